"""One progress bar for everything that takes long: live while a cell runs, gone afterwards.

A stored notebook must not change from run to run, so a bar leaves no text behind. In a notebook it is shown as a bare
widget without the usual text version, which would hold speeds and times; in a terminal it goes to stderr and is wiped.
What is over in a moment shows no bar at all.
"""

import time
from collections.abc import Iterable, Iterator, Sized
from typing import Any, TypeVar

Item = TypeVar("Item")
PATIENCE = 0.5  # seconds before a bar appears
_WIDGET = "application/vnd.jupyter.widget-view+json"


def progress(iterable: Iterable[Item], what: str, *, total: int | None = None) -> Iterator[Item]:
    """The same items, while a bar counts them.

    what : the counted thing, such as "pictures embedded". total : needed where `len(iterable)` does not work.
    """
    if total is None and isinstance(iterable, Sized):
        total = len(iterable)
    with ProgressBar(desc=what, total=total) as bar:
        for item in iterable:
            yield item
            bar.advance()


class ProgressBar:
    """A tqdm bar that appears only when `PATIENCE` is over; use it in a `with` statement. count: the items so far."""

    def __init__(self, **options: Any):
        self._options = options
        self._started = time.monotonic()
        self.count = 0
        self._bar: Any = None

    def advance(self, n: int = 1) -> None:
        """Count n more items."""
        self.count += n
        if self._bar is not None:
            self._bar.update(n)
        else:
            self._appear_if_late()

    def say(self, text: str) -> None:
        """Show a text in front of the bar, and move its clock."""
        self._options["desc"] = text
        if self._bar is not None:
            self._bar.set_description_str(text)
        else:
            self._appear_if_late()

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if self._bar is not None:
            if error is None or error is GeneratorExit:  # left on purpose: no red bar that looks like a failure
                self._bar.total = self._bar.n
            self._bar.close()

    def _appear_if_late(self) -> None:
        if time.monotonic() - self._started < PATIENCE:
            return
        from tqdm.auto import tqdm

        # The delay keeps tqdm from displaying itself; its display adds the text version.
        self._bar = tqdm(initial=self.count, leave=False, delay=1e-9, **self._options)
        widget = getattr(self._bar, "container", None)
        if widget is not None:
            from IPython.display import display

            self._bar.displayed = True
            view = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
            display({_WIDGET: view}, raw=True)


def clock(what: str) -> ProgressBar:
    """A running clock for a wait of unknown length; `say` tells what is going on."""
    return ProgressBar(desc=what, bar_format="{desc} [{elapsed}]")

"""What the explorer does when somebody types, chooses, slides, clicks or uploads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from IPython.display import display

from ..catalog import query_subjects
from ..cluster_names import ClusterName
from ..search import Result
from ..state import NotReady
from ..workshop import Workshop
from .advice import advice
from .fallback import bundle, described, digest
from .pictures import QueryPicture, picture_of_catalog, picture_of_upload
from .state import SHOWN, Answer, Question, State
from .view import View

TYPING, SLIDING = 0.25, 0.03  # seconds of rest before a search: after a keystroke, and between two steps of the slider
EVENTS = {"like": ("favorite", "Liked"), "download": ("download", "Downloaded")}


class Explorer:
    """Generic and personalized results side by side, alive: `Explorer(aws)` at the end of a cell shows it.

    names: how to call the clusters; those that notebook 02 left, if None. `choose`, `like` and `start_again` act from code.
    A search reads the controls when it begins and draws before the next event is looked at: no result is ever stale.
    """

    def __init__(self, aws: Workshop, *, query: str = "cat", names: Mapping[str, ClusterName] | None = None):
        self.state = State(aws, names or {})
        words = sorted({word for name in self.state.names.values() for word in name.words[:1]})
        self.view = View(self.state.people, words or query_subjects())
        self._picture: QueryPicture | None = None
        self._explained: str | None = None  # the picture that "why" was asked for
        self._waiting: asyncio.TimerHandle | None = None
        self.view.query.value = query
        self._listen()
        self.refresh()

    def choose(
        self, *, query: str | None = None, persona: str | None = None, weight: float | None = None, picture: str | None = None
    ) -> None:
        """Moves the controls, as a person would, and searches. picture: an image id, or "" for none."""
        view = self.view
        if picture is not None:
            self._picture = self._of_catalog(picture) if picture else None
        view.query.value = view.query.value if query is None else query
        view.person.value = view.person.value if persona is None else persona
        view.weight.value = view.weight.value if weight is None else weight
        self.refresh()

    def like(self, image_id: str) -> None:
        """Likes one of the pictures found, as a person would."""
        found = {result.image_id: result for result in self.state.answer.generic} if self.state.answer else {}
        self._try(lambda: self._click("like", found[image_id]))

    def start_again(self) -> None:
        """The same person as it was before the first click of this visit."""
        self._try(lambda: self._draw(self.state.start_again(), "Started again, without the clicks."))

    def refresh(self) -> None:
        """Searches for what the controls say, now. When that fails, a line says what to do and the grids stay."""
        self._try(lambda: self._draw(self.state.ask(self._question())))

    def shown(self) -> tuple[list[str], list[str]]:
        """The image ids in the left and in the right grid, best first."""
        answer = self.state.answer
        grids = (answer.generic, answer.personalized) if answer else ((), ())
        left, right = ([result.image_id for result in grid[:SHOWN]] for grid in grids)
        return left, right

    @property
    def line(self) -> str:
        """The line below the controls, as HTML."""
        return str(self.view.line.value)

    def show_static(self) -> None:
        """The same two grids as a picture and in words, for places that show no widgets (GitHub, exported pages).

        Raises NotReady, with the line's advice, while there is no answer to show.
        """
        if self.state.answer is None:
            raise NotReady(self.line)
        data, metadata = bundle(self.state, self.state.answer)
        display(data, raw=True, metadata=metadata)
        print(digest(self.state, self.state.answer))

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widgets, and the picture of both grids for whoever can't show them."""
        data, metadata = bundle(self.state, self.state.answer) if self.state.answer else ({"text/plain": "Explorer()"}, {})
        return {**self.view.box._repr_mimebundle_(), **data}, metadata

    def _listen(self) -> None:
        view = self.view
        view.query.observe(lambda _: self._soon(TYPING, restart=True), "value")
        view.weight.observe(lambda _: self._soon(SLIDING), "value")
        view.person.observe(lambda _: self.refresh(), "value")
        view.upload.observe(lambda _: self._try(self._take_upload), "value")
        view.forget.on_click(lambda _: self._search_by(None))
        view.again.on_click(lambda _: self.start_again())
        for number, grid in enumerate(view.grids):
            for place, tile in enumerate(grid):
                for name, button in tile.buttons.items():
                    button.on_click(partial(self._on_tile, name, number, place))

    def _on_tile(self, what: str, grid: int, place: int, _: Any) -> None:
        answer = self.state.answer
        results = [] if answer is None else answer.personalized if grid else answer.generic
        if place < len(results):
            result = results[place]
            actions = {"why": lambda: self._explain(result.image_id), "similar": lambda: self._search_by(result.image_id)}
            self._try(actions.get(what, lambda: self._click(what, result)))

    def _soon(self, seconds: float, *, restart: bool = False) -> None:
        """Searches once the events have come to rest. Without a running loop (plain Python) there is nothing to wait for."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.refresh()
            return
        if restart:
            self._stop_waiting()
        self._waiting = self._waiting or loop.call_later(seconds, self.refresh)

    def _stop_waiting(self) -> None:
        if self._waiting:
            self._waiting.cancel()
        self._waiting = None

    def _try(self, action: Callable[[], None]) -> None:
        self._stop_waiting()  # whatever happens now sees the controls as they are
        try:
            action()
        except Exception as error:  # a traceback would land in a log that nobody in the room sees
            self.view.say(advice(error), failed=True)

    def _question(self) -> Question:
        view = self.view
        return Question(view.query.value, self._picture, view.person.value, view.weight.value)

    def _click(self, what: str, result: Result) -> None:
        event, done = EVENTS[what]
        self.state.click(result, event)
        title, cluster = self.state.title(result.image_id), self.state.cluster_name(result.cluster)
        file = f" The file: {self.state.file(result.image_id)}" if what == "download" else ""
        asked = self._question()  # where the box was emptied meanwhile, the question that the grids answer
        answer = self.state.ask(asked if asked.text.strip() or asked.picture else self.state.question)
        self._draw(answer, f"{done} {title}: sent a {event} of “{cluster}”.{file}")

    def _take_upload(self) -> None:
        if self.view.upload.value:
            file = self.view.upload.value[0]
            self.view.upload.value = ()  # else the widget keeps the file
            self._picture = picture_of_upload(bytes(file["content"]), file["name"])
            self.refresh()

    def _search_by(self, image_id: str | None) -> None:
        self._picture = self._of_catalog(image_id) if image_id else None
        self.refresh()

    def _of_catalog(self, image_id: str) -> QueryPicture:
        return picture_of_catalog(self.state.file(image_id), self.state.title(image_id))

    def _explain(self, image_id: str | None) -> None:
        self._explained = self.view.explain(self.state, image_id)

    def _draw(self, answer: Answer, words: str = "") -> None:
        self.view.draw(self.state, answer, described(answer))
        self._explain(self._explained)
        found = f"{len(answer.generic)} pictures found for {described(answer)}."
        self.view.say(words or found)

"""One measurement beside its reference: how it is taken, judged and shown."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_clock = [time.perf_counter]  # seconds


@dataclass(frozen=True)
class Figure:
    """One measurement. ours and reference are in `unit`; ratio is ours / reference, and bar what it should not exceed."""

    what: str
    n: int
    unit: str
    ours: float
    reference: float
    against: str
    bar: float | None = None

    @property
    def ratio(self) -> float:
        return self.ours / self.reference

    @property
    def verdict(self) -> str:
        return "" if self.bar is None else "ok" if self.ratio <= self.bar else "MISSED"


def seconds(call: Callable[[], object], tries: int = 3) -> float:
    """The fastest of some tries."""
    taken = []
    for _ in range(tries):
        start = _clock[0]()
        call()
        taken.append(_clock[0]() - start)
    return min(taken)


def each(calls: list[Callable[[], object]]) -> NDArray[np.float64]:
    """Milliseconds of each call."""
    taken = []
    for call in calls:
        start = _clock[0]()
        call()
        taken.append(1000 * (_clock[0]() - start))
    return np.array(taken)


def count_this_process_only() -> None:
    """From now on times are what this process computes, whatever else the machine does."""
    _clock[0] = time.process_time


def clock_of_this_run() -> Callable[[], float]:
    """What tells the seconds: of the wall, or of this process."""
    return _clock[0]


def growth(what: str, each_by_size: dict[int, float]) -> Iterator[Figure]:
    """What one more costs at the largest size, against the smallest."""
    small, large = min(each_by_size), max(each_by_size)
    yield Figure(
        f"growth of {what}, from {small:,}",
        large,
        "µs each",
        1e6 * each_by_size[large],
        1e6 * each_by_size[small],
        f"{small:,}",
        1.3,
    )


def table(figures: list[Figure]) -> str:
    """All figures as lines of text."""
    lines = [f"{'':46}{'size':>10}{'ours':>11}{'reference':>11}  {'':9}{'ratio':>7}  {'bar':>4}"]
    for f in figures:
        bar = "" if f.bar is None else f"{f.bar:g}"
        both = f"{f.ours:>11.3f}{f.reference:>11.3f}  {f.unit:9}{f.ratio:>7.2f}"
        lines.append(f"{f.what:46}{f.n:>10,}{both}  {bar:>4} {f.verdict:7}{f.against}")
    return "\n".join(lines)

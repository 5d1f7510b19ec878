"""How long calls take, measured, and shown as curves: the share of calls that were done within a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt

from .plots import show, style


def time_calls(call: Callable[[], Any], times: int) -> list[float]:
    """The seconds that each of so many calls took, one after the other."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return taken


def quantile(seconds: Sequence[float], share: float) -> float:
    """The time within which this share of the calls was done: the smallest one measured that is enough."""
    ordered = sorted(seconds)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def plot_latencies(seconds: Mapping[str, Sequence[float]], *, title: str, alt: str) -> None:
    """A curve for each way, over milliseconds, with the median marked and named. The words beside it hold no measured number."""
    with style():
        figure, axes = plt.subplots(figsize=(7.5, 3.4))
        for place, (name, taken) in enumerate(seconds.items()):
            milliseconds = sorted(1000 * second for second in taken)
            shares = [(number + 1) / len(milliseconds) for number in range(len(milliseconds))]
            [line] = axes.step(milliseconds, shares, where="post")
            middle = 1000 * quantile(taken, 0.5)
            axes.plot(middle, 0.5, marker="os^D"[place % 4], color=line.get_color())
            # Above the axes: no corner inside them is free of every run's curves.
            words, corner = f"{'●■▲◆'[place % 4]} {name}: half within {middle:.0f} ms", (0.5 * place, 1.04)
            axes.annotate(words, corner, xycoords="axes fraction", color=line.get_color())
        # A few slow ones, when the machine did something else, must not squeeze all the others.
        axes.set_xlim(0, 1100 * max(quantile(taken, 0.95) for taken in seconds.values()))
        axes.set_xlabel("milliseconds")
        axes.set_ylabel("share of searches done")
        axes.set_ylim(0, 1.02)
        axes.set_title(title, pad=24)
        counted = "; ".join(f"{name}: {len(taken)} times measured" for name, taken in seconds.items())
        show(figure, alt=alt, words=f"title: {title} · each curve climbs from 0 to 1\n{counted}")

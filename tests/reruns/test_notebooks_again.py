"""The walk with notebooks: run again, in the same kernel and in new ones, on other dates, two at a time: it shows the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from notebook_runs import fewer_pictures, outputs_of, walk

from helpers.walk import notebooks_to_run

LEAP_DAY, LATER, BEFORE = "2028-02-29T23:58:00", "2031-12-31T23:58:00", "2027-03-01T00:00:00"


def differences(first: dict[str, list[str]], other: dict[str, list[str]]) -> list[str]:
    """Where two walks do not show the same: notebook, cell, and both outputs."""
    return [
        f"{name}, code cell {number}:\n{before[:500]}\n--- and then\n{after[:500]}"
        for name, outputs in first.items()
        for number, (before, after) in enumerate(zip(outputs, other[name], strict=True), start=1)
        if before != after
    ]


def backwards(data: Path) -> dict[str, list[list[str]]]:
    """The walk, begun on the last day of 2031; before each further notebook the clock was set back by a year."""
    return {
        path.stem: outputs_of([path], data, date=f"{int(LATER[:4]) - years}{LATER[4:]}")
        for years, path in enumerate(notebooks_to_run())
    }


def test_every_notebook_shows_the_same_whenever_and_however_often_it_runs(tmp_path):
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    for folder in (here, elsewhere):
        folder.mkdir()
        fewer_pictures(folder)
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(walk, here, date=LEAP_DAY, times=2)
        other = pool.submit(backwards, elsewhere)
        twice, later = one.result(), other.result()
        first = {name: runs[0] for name, runs in twice.items()}
        assert sum(bool(text) for outputs in first.values() for text in outputs) > 80
        assert differences(first, {name: runs[1] for name, runs in twice.items()}) == [], "again in the same kernel"
        assert differences(first, {name: runs[0] for name, runs in later.items()}) == [], "on other dates"
        # New kernels, two on one folder, whose clock stands before everything that they find there; each runs one notebook after
        # another, since most of a small notebook's time is the start of its kernel. Notebook 09 takes its API down, and 10
        # moves an alias and a campaign on its way: two of them would see each other's steps.
        paths = [path for path in notebooks_to_run() if path.name[:2] not in ("09", "10")]
        pair = [pool.submit(outputs_of, paths, here, date=BEFORE) for _ in range(2)]
        names = [path.stem for path in paths]
        for future in pair:
            found = dict(zip(names, future.result(), strict=True))
            assert differences({name: first[name] for name in names}, found) == []

"""What a reader waits for: the set-up, and all notebooks in order. Both by the wall, whatever clock the others go by."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
from benchmarks.figures import Figure
from tqdm import tqdm

from helpers.settings import REPOSITORY
from helpers.walk import execute, notebooks_to_run

MOST_SECONDS = 75.0  # of all notebooks on two cores


def set_up(folder: Path, *settings: str) -> Iterator[Figure]:
    """`make`'s set-up in a folder of its own, against a virtual environment with nothing in it; no figure without an index."""
    ours, bare = folder / "venv", folder / "bare"
    try:
        taken = _seconds(["make", "--no-print-directory", f"VENV={ours}", *settings, f"{ours}/.ready"])
    except subprocess.CalledProcessError as error:
        tqdm.write(f"The set-up is not measured, it failed here (is there a package index?): {error.stderr[-300:]}")
        return
    yield Figure("set-up: make .venv/.ready", 1, "s", taken, _seconds([sys.executable, "-m", "venv", str(bare)]), "an empty venv")
    shutil.rmtree(ours)


def notebook_run(folder: Path) -> Iterator[Figure]:
    """`make workshop` from an empty data folder; and once more, against as many kernels that run one empty cell each."""
    paths, environment = notebooks_to_run(), os.environ | {"WORKSHOP_DATA": str(folder)}
    command = [sys.executable, "-m", "helpers.walk"]
    first = _seconds(command, environment)
    yield Figure("all notebooks, from nothing", len(paths), "s", first, MOST_SECONDS, "what is allowed", 1)
    start = time.perf_counter()
    for _ in paths:
        execute(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("pass")]), folder)
    kernels = time.perf_counter() - start
    yield Figure("all notebooks, again", len(paths), "s", _seconds(command, environment), kernels, "kernels that run nothing")


def _seconds(command: list[str], environment: dict[str, str] | None = None) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=REPOSITORY, env=environment, check=True, capture_output=True, text=True)
    return time.perf_counter() - start

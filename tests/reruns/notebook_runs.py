"""Notebooks run on a fifth of the pictures, and what of their outputs must not change from run to run."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import nbformat

from helpers.catalog import load_catalog, load_interactions
from helpers.settings import SHIPPED_DATA
from helpers.walk import execute, notebooks_to_run

ADDRESS = re.compile(r"0x[0-9a-f]+")
MEASURED = "times measured"  # in the words of a figure that shows seconds, and so never looks the same
# Notebook 10 trains each time, and a campaign that is there is brought up to date.
UPDATED = re.compile(r"^update of campaign .*\n", re.M)


def fewer_pictures(folder: Path) -> Path:
    """The folder, with the first five pictures of every subject in every style and the clicks on them."""
    catalog, clicks = load_catalog(SHIPPED_DATA), load_interactions(SHIPPED_DATA)
    chosen = catalog.groupby(["subject", "style"], sort=False).head(5)
    chosen.to_csv(folder / "catalog.csv")
    clicks[clicks["image_id"].isin(chosen.index)].to_csv(folder / "interactions.csv", index=False)
    (folder / "images").symlink_to(SHIPPED_DATA / "images")
    return folder


def outputs_of(paths: Sequence[Path], data: Path, *, date: str | None = None) -> list[list[str]]:
    """What the code cells of each notebook show, when one new kernel runs them all, one notebook after another."""
    notebooks = [nbformat.read(path, as_version=4) for path in paths]
    together, starts = nbformat.v4.new_notebook(metadata=notebooks[0].metadata), []
    for notebook in notebooks:
        starts.append(len(together.cells))
        together.cells += [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(together.cells):
        cell.id = f"cell-{number}"
    execute(together, paths[0].parent, environment=environment(data, date))
    shown = [_digest(cell) for cell in together.cells]
    return [shown[start:stop] for start, stop in pairwise([*starts, len(shown)])]


def environment(data: Path, date: str | None = None) -> dict[str, str]:
    """Environment variables of a process that works in `data`, on another date if one is given (tests/guard)."""
    return {**os.environ, "WORKSHOP_DATA": str(data), **({"WORKSHOP_TEST_DATE": date} if date else {})}


def walk(data: Path, *, date: str | None = None, times: int = 1) -> dict[str, list[list[str]]]:
    """The outputs of every notebook of the walk by its name."""
    return {path.stem: outputs_of([path] * times, data, date=date) for path in notebooks_to_run()}


def _digest(cell: nbformat.NotebookNode) -> str:
    """All texts of a cell's outputs and a fingerprint of each picture; ids of widgets and addresses are left out."""
    parts = []
    for output in cell.outputs:
        if output.output_type == "stream":
            parts.append(output.text)
        for kind, content in sorted(output.get("data", {}).items()):
            if kind.startswith("image/") and MEASURED in output.data.get("text/plain", ""):
                continue
            if kind.startswith("image/"):
                parts.append(hashlib.sha256(content.encode()).hexdigest())
            elif kind.startswith("text/"):
                parts.append(content)
    return UPDATED.sub("", ADDRESS.sub("", "".join(parts)))

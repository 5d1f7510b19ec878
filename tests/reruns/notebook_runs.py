"""Notebooks run on a fifth of the pictures, and what of their outputs must not change from run to run."""

from __future__ import annotations

import copy
import hashlib
import os
import re
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


def outputs_of(path: Path, data: Path, *, date: str | None = None, times: int = 1) -> list[list[str]]:
    """What the code cells show, a list for each time that one new kernel runs them all."""
    notebook = nbformat.read(path, as_version=4)
    once = [cell for cell in notebook.cells if cell.cell_type == "code"]
    notebook.cells = [copy.deepcopy(cell) for _ in range(times) for cell in once]
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
    execute(notebook, path.parent, environment=environment(data, date))
    shown = [_digest(cell) for cell in notebook.cells]
    return [shown[start : start + len(once)] for start in range(0, len(shown), len(once))]


def environment(data: Path, date: str | None = None) -> dict[str, str]:
    """Environment variables of a process that works in `data`, on another date if one is given (tests/guard)."""
    return {**os.environ, "WORKSHOP_DATA": str(data), **({"WORKSHOP_TEST_DATE": date} if date else {})}


def walk(data: Path, *, date: str | None = None, times: int = 1) -> dict[str, list[list[str]]]:
    """The outputs of every notebook of the walk by its name."""
    return {path.stem: outputs_of(path, data, date=date, times=times) for path in notebooks_to_run()}


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

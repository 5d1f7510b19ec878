"""What the page for instructors says of the notebooks is what the notebooks say; its cell is tried in test_whole_walk.py."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import nbformat
import pytest

from helpers.costs import plan_of
from helpers.faults import parse_faults
from helpers.settings import read_settings

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
PAGE = (NOTEBOOKS / "for_instructors.md").read_text(encoding="utf-8")
RESULTS = re.findall(r"^\| (\d\d) \| `(.+)` \|$", PAGE, re.M)
ROUTE = re.findall(r"^\| (\d+) \| \[(\d\d)\]\(", PAGE, re.M)


@functools.cache
def words_of(number: str) -> str:
    """Every text that a notebook stored below its cells, with single blanks."""
    [path] = NOTEBOOKS.glob(f"{number}_*.ipynb")
    outputs = [o for cell in nbformat.read(path, as_version=4)["cells"] for o in cell.get("outputs", [])]
    return " ".join(" ".join(o.get("text", "") or o.get("data", {}).get("text/plain", "") for o in outputs).split())


@pytest.mark.parametrize(("number", "line"), RESULTS)
def test_a_result_to_compare_with_is_what_the_notebook_printed(number, line):
    assert re.search(rf"(?<![\w.]){re.escape(line)}(?![\w.])", words_of(number))


def test_the_sheet_has_results_of_every_notebook_from_01_to_08_and_of_99():
    assert {number for number, _ in RESULTS} >= {f"{n:02}" for n in (*range(1, 9), 99)}


def test_its_times_are_the_notebooks_own():
    rows = dict(re.findall(r"^\| \[(\d\d)\]\([^)]+\) \| (.+) \|$", PAGE, re.M))
    assert sorted(rows) == sorted(path.name[:2] for path in NOTEBOOKS.glob("[0-9]*.ipynb"))
    for number, row in rows.items():
        plan = plan_of(number)
        assert row == f"{plan.offline} | {plan.aws} | {plan.charges} | {plan.keeps_billing}"


def test_the_short_route_takes_45_minutes():
    assert [number for _, number in ROUTE] == ["00", "02", "06", "07", "99"]
    assert sum(int(minutes) for minutes, _ in ROUTE) == 45


def test_the_settings_that_it_names_can_be_set(tmp_path):
    for faults in re.findall(r"WORKSHOP_FAULTS=([\w=.,]+)", PAGE):
        assert parse_faults(faults)
    [prefix] = re.findall(r"WORKSHOP_PREFIX=([\w-]+)", PAGE)
    assert read_settings({"WORKSHOP_PREFIX": prefix, "WORKSHOP_DATA": str(tmp_path)}).prefix == prefix

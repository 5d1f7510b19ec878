"""The page of corrections has its 22 rows, and what each says of our code is in the file that it links."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[1] / "notebooks" / "article_corrections.md"
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if re.match(r"\| \d+ \|", line)
]
LINK = re.compile(r"\[([^]]+)\]\(([^)]+)\)")


def names_in(path: Path) -> set[str]:
    """What a Python file defines at its top level."""
    nodes = ast.parse(path.read_text(encoding="utf-8")).body
    made = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    targets = [target for node in nodes if isinstance(node, ast.Assign) for target in node.targets]
    return made | {target.id for target in targets if isinstance(target, ast.Name)}


def test_the_points_are_numbered_from_1_to_22():
    assert [row[0] for row in ROWS] == [str(number) for number in range(1, 23)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_point_says_what_why_and_where(row):
    assert len(row) == 4
    assert all(cell.endswith(".") and len(cell.split()) >= 3 for cell in row[1:])
    assert not LINK.search(row[1] + row[2]), "links lead to ours"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_point_leads_to_what_it_names(row):
    links = LINK.findall(row[3])
    assert links
    for words, target in links:
        file = (PAGE.parent / target.partition("#")[0]).resolve()
        assert file.exists(), target
        if file.suffix == ".py":
            assert words.strip("`") in names_in(file), f"{words} is not in {target}"
        else:
            assert re.fullmatch(r"[Nn]otebook \d\d", words) and file.name.startswith(words[-2:]), words


def test_the_readme_and_a_notebook_lead_here():
    notebooks = PAGE.parent.glob("*.ipynb")
    assert "(notebooks/article_corrections.md)" in (PAGE.parents[1] / "README.md").read_text(encoding="utf-8")
    assert any("(article_corrections.md)" in path.read_text(encoding="utf-8") for path in notebooks)

"""The README's commands, map and tables are true."""

from __future__ import annotations

import re
from pathlib import Path

from helpers.catalog import load_catalog, load_interactions
from helpers.costs import plan_of
from helpers.settings import SHIPPED_DATA

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
# The map of the house, line by line: indentation, folder, what is in it.
MAP = re.findall(r"^( *)([a-z]+)/ +(.*)$", re.search(r"## The house\n\n```\n(.*?)```", README, re.S)[1], re.M)


def folders_of(folder: Path) -> set[str]:
    hidden = re.compile(r"[._].*|.*\.egg-info")
    return {path.name for path in folder.iterdir() if path.is_dir() and not hidden.fullmatch(path.name)}


def test_it_names_the_commands_that_make_has():
    prose = re.sub(r"^```.*?^```", "", README, flags=re.M | re.S)
    words = "\n".join(re.findall(r"^make .*$", README, re.M) + re.findall(r"`[^`\n]+`", prose))
    assert set(re.findall(r"\bmake ([a-z]+)\b", words)) == set(re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.M)) - {"help"}


def test_its_map_is_the_tree():
    """Both ways, at the depth that it shows: no folder too many, none missing."""
    shown: dict[str, set[str]] = {}
    above = "."
    for indent, folder, _ in MAP:
        shown.setdefault(above if indent else ".", set()).add(folder)
        above = above if indent else folder
    for above, folders in shown.items():
        assert folders == folders_of(ROOT / above)


def test_what_its_map_says_of_a_folder_is_in_it():
    """Files and folders by name, notebooks by number; what appears only when one runs is ignored by git."""
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    for _, folder, words in MAP:
        for entry in re.findall(r"\b[\w-]+(?:/|\.(?:py|csv|toml|md|json))(?!\w)", words):
            there = (ROOT / folder / entry).exists() or (ROOT / entry).exists()
            assert there or f"{folder}/{entry}" in ignored, entry
    [(first, last, more)] = re.findall(r"^notebooks/ +(\d\d) to (\d\d)((?:,| and| \d\d)+)", README, re.M)
    expected = [*range(int(first), int(last) + 1), *map(int, re.findall(r"\d\d", more))]
    assert [int(path.name[:2]) for path in sorted((ROOT / "notebooks").glob("*.ipynb"))] == expected


def test_its_table_lists_every_notebook():
    listed = re.findall(r"\]\((notebooks/[^)]+\.ipynb)\)", README)
    assert sorted(set(listed)) == sorted(
        f"notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")
    )


def test_the_data_s_own_readme_counts_right():
    text = (SHIPPED_DATA / "README.md").read_text(encoding="utf-8")
    events = len(load_interactions(SHIPPED_DATA))
    assert f"{len(load_catalog(SHIPPED_DATA)):,} pictures" in text and f"{events:,} simulated events" in text


def test_its_table_says_what_the_notebooks_say():
    rows = dict(re.findall(r"^\| \[(\d\d) [^]]*\]\(notebooks/[^)]*\)(.*)$", README, re.M))
    for number, row in rows.items():
        plan = plan_of(number)
        for words in (plan.offline, plan.aws, plan.charges):
            assert f"| {words} |" in row, (number, words)


def test_no_number_is_still_to_be_filled_in():
    names = r"WORKSHOP_[A-Z_]+|OPENSEARCH_URL|DISABLE_SECURITY_PLUGIN|HTTPS_PROXY|MODEL_CARD"
    assert not re.search(r"\b[A-Z]+_[A-Z]+\b", re.sub(names, "", README))

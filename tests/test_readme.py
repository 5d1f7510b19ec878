"""The README's commands, links and map are true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from helpers.catalog import load_catalog, load_interactions
from helpers.costs import plan_of
from helpers.settings import SHIPPED_DATA

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
EXTERNAL = ("http", "#", "mailto:")


@pytest.mark.parametrize(
    "command",
    sorted(set(re.findall(r"\bmake ([a-z]+)\b", "\n".join(re.findall(r"`[^`]+`|^make .*$", README, re.M))))),
)
def test_every_make_command_that_it_names_exists(command):
    assert re.search(rf"^{command}:.*## ", MAKEFILE, re.M)


@pytest.mark.parametrize(
    "target", sorted({t for t in re.findall(r"\]\(([^)]+)\)", README) if not t.startswith(EXTERNAL)})
)
def test_its_links_lead_somewhere(target):
    assert (ROOT / target).exists()


def test_its_pictures_have_words():
    assert all(words for words in re.findall(r"!\[([^]]*)\]", README))


def test_its_map_shows_the_top_folders():
    shown = set(re.findall(r"^([a-z]+)/ ", README, re.M))
    tracked = {
        path.name
        for path in ROOT.iterdir()
        if path.is_dir() and not path.name.startswith((".", "_")) and "egg" not in path.name
    }
    assert shown == tracked


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
    assert not re.search(r"\b[A-Z]+_[A-Z]+\b", re.sub(r"WORKSHOP_[A-Z_]+|OPENSEARCH_URL|HTTPS_PROXY|MODEL_CARD", "", README))

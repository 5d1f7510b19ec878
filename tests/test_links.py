"""Every link of every page leads somewhere, every path that prose names is there, and every picture has words."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    *ROOT.glob("*.md"), *(ROOT / "data").glob("*.md"), *(ROOT / "seeds").rglob("*.md"), *(ROOT / "notebooks").glob("*.md"),
    *(ROOT / "notebooks").glob("*.ipynb"),
]  # fmt: skip
MADE_BY_RUNNING = re.compile(r"data/(offline|aws|wheels|workshop\.toml)")
IMAGE_TAG = re.compile(r"<img\b[^>]*>")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def prose_of(page: Path) -> str:
    """A page's Markdown without its code blocks; of a notebook, all Markdown cells."""
    text = page.read_text(encoding="utf-8")
    if page.suffix == ".ipynb":
        cells = nbformat.reads(text, as_version=4)["cells"]
        text = "\n\n".join(cell["source"] for cell in cells if cell["cell_type"] == "markdown")
    return re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)


def anchors_of(page: Path) -> set[str]:
    """What may stand behind # in a link to this page, as GitHub makes it of the headings."""
    headings = re.findall(r"^#+ (.+)$", prose_of(page), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def links_of(page: Path) -> list[str]:
    prose = prose_of(page)
    return re.findall(r"\]\(([^)\s]+)\)", prose) + re.findall(r"""(?:href|src)=["']([^"']+)["']""", prose)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page):
    for link in links_of(page):
        target, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", target):  # of the world outside only the form can be checked here
            assert re.match(r"https://[\w.-]+\.\w+(/|$)", target), link
            continue
        file = (page.parent / target).resolve() if target else page
        assert file.exists() and file.is_relative_to(ROOT), link
        assert not anchor or anchor in anchors_of(file), link


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_paths_that_prose_names_exist(page):
    for path in re.findall(r"`(?:\.venv/bin/python )?((?:helpers|seeds|tests|data|notebooks)/[\w./-]+)", prose_of(page)):
        if not MADE_BY_RUNNING.match(path):
            assert (ROOT / path.rstrip(".")).exists(), path


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_pictures_of_a_page_have_words(page):
    prose = prose_of(page)
    assert all(len(words.split()) >= 3 for words in re.findall(r"!\[([^]]*)\]\(", prose))
    assert all(re.search(r"""\balt=["'][^"']+["']""", tag) for tag in IMAGE_TAG.findall(prose))


def test_pictures_that_code_writes_into_pages_have_words():
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "helpers").rglob("*.py"))
    tags = IMAGE_TAG.findall(sources)
    assert tags and all(re.search(r"""\balt=["']\{\w+\}["']""", tag) for tag in tags)


def test_pictures_that_notebooks_stored_as_html_have_words():
    for page in (ROOT / "notebooks").glob("*.ipynb"):
        for cell in nbformat.read(page, as_version=4)["cells"]:
            for output in cell.get("outputs", []):
                stored = output.get("data", {}).get("text/html", "")
                assert all(re.search(r"""\balt=["'][^"']+["']""", tag) for tag in IMAGE_TAG.findall(stored))


def test_anchors_are_made_as_github_makes_them(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# What offline is, and is not\n\n```\n# no heading\n```\n\n## `make lab`: 3 minutes\n", encoding="utf-8")
    assert anchors_of(page) == {"what-offline-is-and-is-not", "make-lab-3-minutes"}

"""Where widgets are blank: a picture of both grids with its words, also in an exported page."""

from __future__ import annotations

import io
from pathlib import Path

import nbformat
import pytest
from PIL import Image

from helpers.explorer.fallback import bundle, digest
from helpers.gallery import fingerprint

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "07_explore_interactively.ipynb"


def test_the_picture_carries_its_words(explorer):
    data, metadata = bundle(explorer.state, explorer.state.answer)
    with Image.open(io.BytesIO(data["image/jpeg"])) as image:
        assert image.info["comment"].decode() == data["text/plain"]
    alt, everybody, person, _ = data["text/plain"].split("\n")
    assert alt == metadata["image/jpeg"]["alt"] and "“cat”" in alt
    left, right = explorer.shown()
    assert [name for name in left if f"{name} {fingerprint(explorer.state.file(name))}" in everybody] == left
    assert [name for name in right if name in person] == right and "▲" in person


def test_the_digest_gives_order_moves_and_scores(explorer):
    lines = digest(explorer.state, explorer.state.answer).split("\n")
    assert lines[0] == f"“cat” for everybody: {' '.join(explorer.shown()[0])}"
    assert [line.split()[-3] for line in lines[2:]] == explorer.shown()[1]
    for result, line in zip(explorer.state.answer.personalized[:12], lines[2:], strict=True):
        assert f"match {result.search_score:.4f}  taste {result.taste_score:.4f}" in line


def test_the_stored_notebook_shows_the_picture_where_the_widget_would_be():
    cells = [cell for cell in nbformat.read(NOTEBOOK, as_version=4).cells if "app" in cell.metadata.get("tags", [])]
    [output] = cells[0].outputs
    assert set(output.data) == {"image/jpeg", "text/plain"}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_exported_page_shows_it_too(tmp_path):
    from nbconvert import HTMLExporter

    page, _ = HTMLExporter(template_name="classic").from_filename(str(NOTEBOOK))
    assert page.count("data:image/jpeg;base64,") >= 6
    assert 'alt="Pictures found for “cat”: for everybody, and for comic-art-user"' in page
    assert "cat-comic-art-07 (" in page  # the digest

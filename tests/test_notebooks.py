"""What every notebook must be before it is run: its anatomy, its limits, and stored outputs in order."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))
FORBIDDEN = re.compile(
    r"pip install|%store|^!|import \*|boto3\.(client|resource)|if .*offline|https?://\S+\.(png|jpg)", re.M
)


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4) | {"path": request.param}


def texts(notebook, kind):
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == kind]


def test_all_notebooks_are_there():
    assert [path.stem[:2] for path in NOTEBOOKS] == ["00", "01", "02", "03", "04", "05", "06", "07", "99"]


def test_it_opens_with_a_title_and_a_question(notebook):
    first = notebook["cells"][0]["source"]
    assert first.startswith(f"# {notebook['path'].name[:2]} · ")
    assert re.search(r"\*\*[^*]+\?\*\*", first)


def test_it_says_what_you_will_do_and_what_it_needs(notebook):
    prose = "\n".join(texts(notebook, "markdown"))
    for part in (
        "**You will**",
        "**Needs:**",
        "**Try it.**",
        "<details>",
        "## Recap",
        "**Still running and costing",
        "**Next →**",
    ):
        assert part in prose, part


def test_it_connects_in_the_same_words(notebook):
    assert any(
        re.fullmatch(r"from helpers import (check, )?connect\n\naws = connect\(\)", text)
        for text in texts(notebook, "code")
    )


def test_its_cells_are_short(notebook):
    for text in texts(notebook, "code"):
        assert text.count("\n") < 20 and not text.rstrip().endswith(";")
    for text in texts(notebook, "markdown"):
        assert len(text.split()) <= 90
    assert len(notebook["cells"]) <= 45


def test_prose_stands_between_its_cells(notebook):
    kinds = "".join(cell["cell_type"][0] for cell in notebook["cells"])
    assert "ccc" not in kinds


def test_it_avoids_what_hurts_readers(notebook):
    for text in texts(notebook, "code"):
        assert not FORBIDDEN.search(text), text


def test_outputs_are_stored_in_order_and_clean(notebook):
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    for cell in code:
        # nbval passes a cell whose outputs were stripped. So silence must be declared, by the tag "quiet".
        assert bool(cell["outputs"]) != ("quiet" in cell["metadata"].get("tags", [])), cell["source"]
        assert not any(
            output["output_type"] == "error" or output.get("name") == "stderr" for output in cell["outputs"]
        )


def test_pictures_have_words_beside_them(notebook):
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            for kind in ("image/png", "image/jpeg"):
                if kind in output.get("data", {}):
                    assert output["metadata"][kind]["alt"]
                    assert output["data"]["text/plain"]


def test_its_links_lead_somewhere(notebook):
    for text in texts(notebook, "markdown"):
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            if not target.startswith("http"):
                assert (notebook["path"].parent / target).exists(), target


def test_its_file_is_small(notebook):
    assert notebook["path"].stat().st_size <= 600_000

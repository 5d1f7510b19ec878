"""What every notebook must be before it is run: its anatomy, its limits, and stored outputs in order."""

from __future__ import annotations

import base64
import io
import json
import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from PIL import Image
from refresh_outputs import DATA_SEEN, fingerprints

from helpers.gallery import fingerprint
from helpers.library import read_library
from helpers.sample_folder import make_sample
from helpers.settings import SHIPPED_DATA
from helpers.thumbnails import thumbnails

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
    assert [path.stem[:2] for path in NOTEBOOKS] == ["00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "99"]


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
        "**Quiz.**",
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
        streams = [output.get("name") for output in cell["outputs"]]
        assert not any(name and name == after for name, after in pairwise(streams)), "one stream in pieces; run: make outputs"
        assert not any(
            output["output_type"] == "error" or output.get("name") == "stderr" for output in cell["outputs"]
        )


def images(notebook):
    """(kind, output) of every stored image."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            for kind in ("image/png", "image/jpeg"):
                if kind in output.get("data", {}):
                    yield kind, output


def test_pictures_have_words_beside_them(notebook):
    for kind, output in images(notebook):
        alt, *contents = output["data"]["text/plain"].split("\n")
        assert alt and alt == output["metadata"][kind]["alt"]
        assert contents, f"nothing says what stands in the picture “{alt}”; show it with helpers.plots or helpers.gallery"


def test_a_stored_picture_is_the_one_that_its_words_describe(notebook):
    # nbval compares words and no pixels, so the file itself carries the words that it was made with.
    for kind, output in images(notebook):
        with Image.open(io.BytesIO(base64.b64decode(output["data"][kind]))) as image:
            carried = image.info["Description"] if kind == "image/png" else image.info["comment"].decode()
        assert carried == output["data"]["text/plain"]


@pytest.fixture(scope="module")
def sample_tiles(tmp_path_factory):
    """The pictures that notebook 10 shows: thumbnails of its sample, by the name of their file."""
    folder = tmp_path_factory.mktemp("sample")
    sample = make_sample(SHIPPED_DATA, folder / "own_sample")
    libraries = [read_library(part) for part in (sample.pictures, sample.later_pictures)]
    whole = [[i for i in library.pictures.index if not i.endswith("IMG_8001.jpg")] for library in libraries]  # one is cut off
    return {
        path.stem: path
        for library, ids in zip(libraries, whole, strict=True)
        for path in thumbnails(library, ids, folder / "tiles")
    }


def test_stored_grids_show_the_pictures_as_they_are_now(notebook, request):
    files = {path.stem: path for path in (SHIPPED_DATA / "images").iterdir()}
    if notebook["path"].name.startswith("10"):
        files = request.getfixturevalue("sample_tiles")
    for kind, output in images(notebook):
        tiles = re.findall(r"\b([\w-]+) ([0-9a-f]{8})\b", output["data"]["text/plain"])
        assert bool(tiles) == (kind == "image/jpeg")
        for name, stored in tiles:
            assert fingerprint(files[name]) == stored, f"{name} was changed after the notebook ran; run: make outputs"


def test_the_stored_outputs_come_from_the_data_as_they_are_now():
    assert json.loads(DATA_SEEN.read_text(encoding="utf-8")) == fingerprints(SHIPPED_DATA), "run: make outputs"


def test_its_links_lead_somewhere(notebook):
    for text in texts(notebook, "markdown"):
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            if not target.startswith("http"):
                assert (notebook["path"].parent / target).exists(), target


def test_its_file_is_small(notebook):
    assert notebook["path"].stat().st_size <= 600_000

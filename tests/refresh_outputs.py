"""Run every notebook offline in a data folder of its own and store the outputs in place:  make outputs"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import zlib
from pathlib import Path

import nbformat
from PIL import Image
from tqdm import tqdm

from helpers import connect
from helpers.catalog import load_catalog, load_personas
from helpers.gallery import compose_rows, fingerprint, result_row
from helpers.search import personalized_search
from helpers.settings import SHIPPED_DATA
from helpers.walk import execute
from helpers.workshop import Workshop

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
HERO = SHIPPED_DATA / "hero.jpg"
DATA_SEEN = Path(__file__).with_name("data_seen.json")  # the data that the stored outputs were made from
CRLF, LF = b"\r\n", b"\n"
WIDGET = "application/vnd.jupyter.widget-view+json"
ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def clean(notebook: nbformat.NotebookNode, number: str) -> None:
    """Keeps what a reader and a comparison need: outputs, counts in order, ids by place; no metadata, no addresses."""
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    for place, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}-{place:02d}"
        cell.metadata = nbformat.from_dict(
            {"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {}
        )
        for output in cell.get("outputs", []):
            for kind, text in output.get("data", {}).items():
                if isinstance(text, str) and kind.startswith("text/"):
                    output["data"][kind] = ADDRESS.sub("", text)
            if "image/jpeg" in output.get("data", {}):  # stored, a widget is an id that no page knows; its picture stays
                output["data"].pop(WIDGET, None)
        if cell.cell_type == "code":
            # A bar that is gone when the cell ends leaves an empty widget behind.
            kept = [output for output in cell.outputs if set(output.get("data", {})) != {WIDGET}]
            cell.outputs = joined(kept)


def joined(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """The outputs with neighbouring pieces of one stream as one: where it was cut depends on the machine's haste."""
    whole: list[nbformat.NotebookNode] = []
    for output in outputs:
        if whole and output.output_type == "stream" == whole[-1].output_type and output.name == whole[-1].name:
            whole[-1].text += output.text
        else:
            whole.append(output)
    return whole


def fingerprints(data: Path) -> dict[str, str]:
    """The CRC-32 of the catalogue, of the click log, and of each style's pictures in the catalogue's order."""
    found = {
        # Git may store lines as the machine likes them.
        name: f"{zlib.crc32((data / name).read_bytes().replace(CRLF, LF)):08x}"
        for name in ("catalog.csv", "interactions.csv")
    }
    for style, pictures in load_catalog(data).groupby("style", sort=False):
        sums = " ".join(fingerprint(data / file) for file in pictures["file"])
        found[str(style)] = f"{zlib.crc32(sums.encode()):08x}"
    return found


def hero(aws: Workshop) -> Image.Image:
    """The README's picture: "cat" for everybody and for each persona."""
    engine, catalog = aws.search_engine(), load_catalog(aws.data)
    rows = [result_row("everybody", "“cat”, generic", personalized_search(engine, text="cat"), catalog, aws.data)]
    rows += [
        result_row(
            persona.user_id,
            f"“cat”, {persona.about}",
            personalized_search(engine, text="cat", user_id=persona.user_id),
            catalog,
            aws.data,
        )
        for persona in load_personas()
    ]
    return compose_rows(rows, tile=72)


def refresh(paths: list[Path]) -> None:
    with tempfile.TemporaryDirectory(prefix="workshop-outputs-") as folder:
        os.environ["WORKSHOP_DATA"] = folder
        for path in tqdm(paths, unit="notebook"):
            if path.name.startswith("99"):
                hero(connect(announce=False)).save(HERO, "JPEG", quality=88, optimize=True)
            notebook = nbformat.read(path, as_version=4)
            execute(notebook, path.parent)
            clean(notebook, path.name[:2])
            nbformat.write(notebook, path)
    DATA_SEEN.write_text(json.dumps(fingerprints(SHIPPED_DATA), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    for name in [name for name in os.environ if name.startswith(("AWS_", "WORKSHOP_", "OPENSEARCH_"))]:
        del os.environ[name]
    refresh(sorted(NOTEBOOKS.glob("[0-9]*.ipynb")))
    sys.exit(0)

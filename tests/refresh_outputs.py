"""Run every notebook offline in a data folder of its own and store the outputs in place:  make outputs"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path

import nbformat
from tqdm import tqdm

from helpers.walk import execute

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
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
        # A bar that is gone when the cell ends leaves an empty widget behind.
        cell_outputs = [
            output
            for output in cell.get("outputs", [])
            if set(output.get("data", {})) != {"application/vnd.jupyter.widget-view+json"}
        ]
        if cell.cell_type == "code":
            cell.outputs = cell_outputs


def store_hero(target: Path) -> None:
    """The README's picture: "cat" for everybody and for each persona, from this run."""
    from helpers import connect
    from helpers.catalog import load_catalog, load_personas
    from helpers.gallery import compose_rows, result_row
    from helpers.search import personalized_search

    aws = connect(announce=False)
    engine, catalog = aws.search_engine(), load_catalog(aws.data)
    rows = [
        result_row("everybody", "“cat”, generic", personalized_search(engine, text="cat"), catalog, aws.data)
    ]
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
    compose_rows(rows, tile=72).save(target, "JPEG", quality=88, optimize=True)


def refresh(paths: list[Path]) -> None:
    with tempfile.TemporaryDirectory(prefix="workshop-outputs-") as folder:
        os.environ["WORKSHOP_DATA"] = folder
        for path in tqdm(paths, unit="notebook"):
            if path.name.startswith("99"):
                store_hero(NOTEBOOKS.parent / "data" / "hero.jpg")
            notebook = nbformat.read(path, as_version=4)
            execute(notebook, path.parent)
            clean(notebook, path.name[:2])
            nbformat.write(notebook, path)


if __name__ == "__main__":
    for name in [name for name in os.environ if name.startswith(("AWS_", "WORKSHOP_", "OPENSEARCH_"))]:
        del os.environ[name]
    refresh(sorted(NOTEBOOKS.glob("[0-9]*.ipynb")))
    sys.exit(0)

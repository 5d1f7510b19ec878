"""The explorer as a page of its own, on this machine only:  python -m helpers.app  (make app)"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nbformat
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from .settings import Settings, SettingsError, read_settings
from .walk import NOTEBOOKS, run_notebook
from .workshop import connect

EXPLORER = NOTEBOOKS / "07_explore_interactively.ipynb"
TAG = "app"  # of the cell that shows the explorer
MADE_IN = {
    "01": ("vectors",), "02": ("clusters",), "03": ("index_name",), "04": ("interactions_uri",),
    "05": ("campaign_arn", "tracking_id"),
}  # fmt: skip
TEMPLATES = Path(__file__).with_name("explorer")  # holds voila/templates/explorer: a page without links to other hosts
# An upload comes in one message; Tornado's own limit of 10 MB would cut the connection without a word.
LARGEST_MESSAGE = 100 * 1024 * 1024


def missing_notebooks(settings: Settings) -> list[Path]:
    """The notebooks to run before the explorer works: from the first whose work is missing up to 05, in order."""
    aws = connect(announce=False, settings=settings)
    for number, keys in MADE_IN.items():
        there = all(key in aws.state for key in keys)
        if not there or (number == "02" and not (aws.home / "cluster_names.json").exists()):
            return [path for path in sorted(NOTEBOOKS.glob("0[1-5]_*.ipynb")) if path.name[:2] >= number]
    return []


def write_app(settings: Settings) -> Path:
    """A notebook with what 07 has up to the cell that shows the explorer; the page needs no more."""
    notebook = nbformat.read(EXPLORER, as_version=4)
    last = next(place for place, cell in enumerate(notebook.cells) if TAG in cell.metadata.get("tags", []))
    notebook.cells = [cell for cell in notebook.cells[: last + 1] if cell.cell_type == "code"]
    path = settings.home / "notebooks" / "app.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def voila_command(notebook: Path, *options: str) -> tuple[list[str], dict[str, str]]:
    """(command, environment) that serve the notebook without its code, to this machine alone."""
    command = [
        sys.executable, "-m", "voila", str(notebook), "--template=explorer", "--Voila.ip=127.0.0.1",
        f"--Voila.tornado_settings={{'websocket_max_message_size': {LARGEST_MESSAGE}}}", *options,
    ]  # fmt: skip
    folders = os.pathsep.join(filter(None, [str(TEMPLATES), os.environ.get("JUPYTER_PATH")]))
    return command, {**os.environ, "JUPYTER_PATH": folders}


def main(options: list[str]) -> int:
    """The exit status of the command; where nothing is wrong it becomes Voilà and does not return."""
    try:
        settings = read_settings()
        missing = missing_notebooks(settings)
        if missing and settings.mode == "aws":
            print(f"Run first, on AWS it costs money: {', '.join(path.name for path in missing)}", file=sys.stderr)
            return 1
        for path in missing:
            print(f"Running {path.name}, whose work is missing.")
            run_notebook(path, settings.home / "notebooks" / path.name)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        print(f"\n{path.name} stopped:\n{error}\nMend the cause and run the same command again.", file=sys.stderr)
        return 1
    command, environment = voila_command(write_app(settings), *options)
    # The page's kernel works in another folder.
    os.execve(command[0], command, {**environment, "WORKSHOP_DATA": str(settings.data)})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

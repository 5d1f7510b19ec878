"""Run the workshop's notebooks in order and report what came out:  python -m helpers.walk  (make workshop)"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean

import nbformat
from filelock import FileLock, Timeout
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from tqdm import tqdm

from .catalog import load_catalog, load_personas, query_subjects
from .disk import writing_to
from .search import personalized_search
from .settings import REPOSITORY, Settings, SettingsError, read_settings
from .workshop import Workshop, connect

NOTEBOOKS = REPOSITORY / "notebooks"
GRID = 12
MAKERS = ("02", "03", "04", "05", "09")  # of things that an attendee of a shared room does not make


def notebooks_to_run() -> list[Path]:
    """Every notebook in order but 99, which deletes what the others made."""
    return sorted(path for path in NOTEBOOKS.glob("[0-9]*.ipynb") if not path.name.startswith("99"))


def run_notebook(path: Path, copy: Path) -> float:
    """Seconds that the notebook took; writes the executed copy, also when a cell fails."""
    start = time.perf_counter()
    notebook = nbformat.read(path, as_version=4)
    try:
        execute(notebook, path.parent)
    finally:
        copy.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, copy)
    return time.perf_counter() - start


def execute(notebook: nbformat.NotebookNode, folder: Path, environment: Mapping[str, str] | None = None) -> None:
    """Runs every cell, in `folder`, and leaves the outputs in the notebook. Raises CellExecutionError where a cell fails.

    environment : the kernel's variables in place of this process's own.
    """
    with tempfile.TemporaryDirectory(prefix="kernel-") as sockets:
        # Unix sockets in place of TCP: the run uses no network at all, not even loopback.
        manager = KernelManager(kernel_name="python3", transport="ipc", ip=f"{sockets}/socket")
        NotebookClient(
            notebook,
            km=manager,
            timeout=7200,
            extra_arguments=["--log-level=ERROR"],  # how a kernel ends is no news
            store_widget_state=False,
            resources={"metadata": {"path": str(folder)}},
        ).execute(**({} if environment is None else {"env": dict(environment)}))


def measure_query(aws: Workshop, subject: str) -> dict[str, dict]:
    """How many of the 12 pictures found for a subject's plain name show it, and in whose style: generic and per persona."""
    catalog, engine = load_catalog(aws.data), aws.search_engine()

    def counts(user_id: str | None) -> tuple[int, list[str]]:
        shown = catalog.loc[
            [
                result.image_id
                for result in personalized_search(engine, text=subject, user_id=user_id, size=GRID)
            ]
        ]
        return int((shown["subject"] == subject).sum()), shown["style"].tolist()

    def share(styles: Sequence[str], liked: Sequence[str]) -> float:
        return round(sum(style in liked for style in styles) / GRID, 4)

    hits, styles = counts(None)
    measured: dict[str, dict] = {
        "generic": {
            "subject": hits,
            "photographic": styles.count("photographic"),
            "style_share": {
                persona.user_id: share(styles, persona.liked_styles) for persona in load_personas()
            },
        }
    }
    for persona in load_personas():
        hits, styles = counts(persona.user_id)
        measured[persona.user_id] = {"subject": hits, "style_share": share(styles, persona.liked_styles)}
    return measured


def mean_of(measures: Sequence[dict]) -> dict:
    """The same nested dictionary with the mean of every number."""
    first = measures[0]
    return {
        key: mean_of([m[key] for m in measures])
        if isinstance(value, dict)
        else round(fmean(m[key] for m in measures), 4)
        for key, value in first.items()
    }


def report(walk: dict) -> str:
    """The closing table: for "cat" and for the mean of the queried subjects, how many pictures fit."""
    lines = ["", f"{'of 12 pictures found':28}{'show a cat':>14}{'in own style':>16}   mean of six subjects"]
    for who, figures in walk["cat"].items():
        mean = walk["mean_of_six_subjects"][who]
        if who == "generic":
            lines.append(
                f"{'everybody (generic)':28}{figures['subject']:>14}{'':>16}   {mean['subject']:.1f}, "
                f"{mean['photographic']:.1f} of them photographic"
            )
        else:
            lines.append(
                f"{who:28}{figures['subject']:>14}{figures['style_share']:>15.0%}    {mean['subject']:.1f}, "
                f"{mean['style_share']:.0%} in own style"
            )
    return "\n".join(lines)


def _ask(question: str) -> str:
    """The reader's answer; nothing when nobody is there to answer."""
    try:
        return input(question)
    except EOFError:
        return ""


def main() -> int:
    """The exit status of the command: that of `walk`, or 1 where a setting can't be used."""
    try:
        return walk(read_settings())
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1


def walk(settings: Settings) -> int:
    """The exit status of the whole run: 0, or 1 where a notebook stopped or the reader does not want to spend."""
    if settings.mode == "aws":
        answer = _ask(
            "WORKSHOP_MODE is aws: this creates resources that cost money (notebook 00 has the estimate). Type yes: "
        )
        if answer.strip().lower() != "yes":
            print("Nothing was created.")
            return 1
    with alone_in(settings.home):
        return _run_all(settings)


@contextmanager
def alone_in(home: Path) -> Iterator[None]:
    """`with alone_in(home):` waits, and says so, while another run of the whole walk is at work in this folder.

    Notebook 09 takes its API down at the end, and 10 moves its alias: two runs in step would take these from each other.
    The lock is the system's, so it ends with its process, however that ends.
    """
    with writing_to(home):
        home.mkdir(parents=True, exist_ok=True)
        lock = FileLock(home / "walk.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            print(
                f"Another run is at work in {home}. This one waits until that has ended, and then goes through the notebooks "
                "too: what is made by then is found. To stop waiting, press Ctrl-C; to run beside it, set WORKSHOP_DATA to "
                "another folder.",
                flush=True,
            )
            lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _run_all(settings: Settings) -> int:
    paths, copies = notebooks_to_run(), settings.home / "notebooks"
    if settings.shared:
        paths = [path for path in paths if path.name[:2] not in MAKERS]
    seconds: dict[str, float] = {}
    with tqdm(paths, unit="notebook") as bar:
        for path in bar:
            bar.set_description(path.stem)
            try:
                seconds[path.stem] = round(run_notebook(path, copies / path.name), 2)
            except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
                bar.close()
                print(
                    f"\n{path.name} stopped:\n{error}\nIts executed copy is {copies / path.name}. "
                    "Mend the cause and run the same command again: what is done is kept.",
                    file=sys.stderr,
                )
                return 1
    aws = connect(announce=False)
    measures = {subject: measure_query(aws, subject) for subject in query_subjects()}
    figures = {
        "seconds": seconds,
        "cat": measures["cat"],
        "mean_of_six_subjects": mean_of(list(measures.values())),
    }
    target = settings.home / "walk.json"
    draft = target.with_suffix(".part")
    draft.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    os.replace(draft, target)
    print(report(figures))
    print(f"\nAll {len(paths)} notebooks ran in {sum(seconds.values()):.0f} s. Executed copies: {copies}")
    print(
        f"Figures: {target}\nRead on: make lab opens them in JupyterLab; start with notebooks/00_start_here.ipynb"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A copy of the repository that may be broken: change it, run a part of `make test` on it, put it right again."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("helpers", "seeds", "tests", "notebooks", "data/images", "data/catalog.csv", "data/interactions.csv", "pyproject.toml")
FLAGS = re.findall(r" (--\S+)", re.search(r"-m pytest .*", (ROOT / "Makefile").read_text(encoding="utf-8"))[0])


@dataclass(frozen=True)
class Outcome:
    """How a run ended: its exit status, and what it printed."""

    status: int
    output: str


class SmallCopy:
    """What `make test` reads, copied into a folder. No file of the original is ever opened for writing."""

    def __init__(self, folder: Path):
        self.root = folder / "copy"
        self._originals: dict[Path, tuple[bytes, os.stat_result]] = {}
        for part in PARTS:
            source, target = ROOT / part, self.root / part
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("mutation", ".*"))
            else:
                shutil.copy2(source, target)

    def write(self, path: str, content: bytes) -> None:
        """Another content for a file; `restore` brings the first one back."""
        file = self.root / path
        self._originals.setdefault(file, (file.read_bytes(), file.stat()))
        file.write_bytes(content)

    def replace(self, path: str, old: str, new: str) -> None:
        """Another text in the place of one that stands there exactly once."""
        text = (self.root / path).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}; mend the mutation"
        self.write(path, text.replace(old, new).encode())

    def swap(self, first: str, second: str) -> None:
        """Two files change their contents."""
        one, other = (self.root / first).read_bytes(), (self.root / second).read_bytes()
        self.write(first, other)
        self.write(second, one)

    @contextmanager
    def notebook(self, number: str) -> Iterator[list[dict]]:
        """The code cells of a notebook, to be changed."""
        [path] = self.root.glob(f"notebooks/{number}_*.ipynb")
        content = json.loads(path.read_text(encoding="utf-8"))
        yield [cell for cell in content["cells"] if cell["cell_type"] == "code"]
        self.write(str(path.relative_to(self.root)), json.dumps(content, ensure_ascii=False, indent=1).encode())

    @property
    def changed(self) -> list[Path]:
        return list(self._originals)

    def restore(self) -> None:
        """Every changed file as it was, also in its times: compiled modules of the original stay valid."""
        for file, (content, stat) in self._originals.items():
            file.write_bytes(content)
            os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        self._originals.clear()

    def run(self, *selection: str, data: Path | None = None, keep: bool = False) -> Outcome:
        """Runs `make test`'s pytest on some of its tests and notebooks; "ruff" runs its ruff.

        data: the data folder that notebooks find, else an empty one. They work on a copy; with `keep` it becomes `data`.
        """
        # Loading what compares notebooks takes longer than most tests.
        flags = FLAGS if any(".ipynb" in path for path in selection) else ["-p", "no:nbval"]
        pytest = ["pytest", *selection, *flags, "-p", "no:cacheprovider", "--color=no", "--tb=line"]
        tool = ["ruff", "check", "."] if selection == ("ruff",) else pytest
        with tempfile.TemporaryDirectory(prefix="mutation-data-") as folder:
            if data and data.exists():
                shutil.copytree(data, folder, dirs_exist_ok=True)
            environment = os.environ | {
                # Before everything else: the interpreter knows the original as an installed package.
                "PYTHONPATH": os.pathsep.join(filter(None, [str(self.root), os.environ.get("PYTHONPATH")])),
                "PYTHONDONTWRITEBYTECODE": "1",
                "WORKSHOP_DATA": folder,
            }
            command = [sys.executable, "-m", *tool]
            done = subprocess.run(
                command, cwd=self.root, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
            )
            if data and keep:
                shutil.copytree(folder, data, dirs_exist_ok=True)
        return Outcome(done.returncode, done.stdout + done.stderr)


Change = Callable[[SmallCopy], None]

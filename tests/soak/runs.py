"""Walks in processes of their own, forked from one that has imported everything (`soak.server`)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]


class Runs:
    """`with Runs() as runs:` starts walks, one after another or at the same time."""

    def __enter__(self) -> Runs:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])}
        self._server = subprocess.Popen(
            [sys.executable, "-m", "soak.server"], env=environment, cwd=TESTS.parent, text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self._server.stdout.readline()  # it has imported everything
        return self

    def __exit__(self, *_) -> None:
        self._server.stdin.close()
        self._server.wait(60)
        self._server.stdout.close()

    def start(self, folder: Path, result: str = "result.json", *, die_at: int | None = None, torn: bool = False) -> int:
        """The process id of a walk that has just started; see `soak.server`."""
        (folder / result).unlink(missing_ok=True)
        order = {"data": str(folder), "result": str(folder / result), "die_at": die_at, "torn": torn}
        return self._ask(order)

    def wait(self, process: int) -> int:
        """The exit status of a walk once it has ended: minus SIGKILL if it died of that."""
        return self._ask({"wait": process})

    def _ask(self, order: dict) -> int:
        self._server.stdin.write(json.dumps(order) + "\n")
        return int(self._server.stdout.readline())


def kill_after(process: int, seconds: float) -> None:
    """SIGKILL for the process and its children after these seconds, unless it ends before."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        time.sleep(min(left, 0.01))
        if not Path(f"/proc/{process}").exists():
            return
    with suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)


def outcome(folder: Path, result: str = "result.json") -> dict:
    """What a finished walk wrote: answers, fingerprint of its vectors, clusters, number of changes of files."""
    return json.loads((folder / result).read_text())


def log(folder: Path, result: str = "result.json") -> str:
    """The end of what a walk printed, its traceback included."""
    return (folder / f"{result}.log").read_text()[-3000:]

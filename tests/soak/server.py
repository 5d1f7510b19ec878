"""A process that has imported everything and forks for each run, so that a run costs what it does and not its imports.

Reads JSON lines: {"data", "result", "die_at", "torn"} starts a run and is answered with its process id,
{"wait": id} with its exit status.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import traceback
from itertools import count
from pathlib import Path

import faiss  # noqa: F401
import onnxruntime  # noqa: F401
import sagemaker.train.model_trainer  # noqa: F401
import sklearn.cluster  # noqa: F401
from soak.steps import search_and_click, walk

import helpers.local.cloud
import helpers.local.opensearch.connection
import helpers.local.services.personalize
import helpers.local.services.sagemaker.kmeans_image  # noqa: F401
from helpers.vector_cache import VectorCache

K = 60
_CHANGES = ("os.rename", "os.remove", "os.truncate", "os.mkdir", "os.rmdir", "os.utime", "sqlite3.connect")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Moments:
    """Counts every step that changes a file below `root`; before step number `die_at` the process dies.

    torn : a step that writes bytes writes half of them first, one that opens a file to replace its content empties it.
    """

    def __init__(self, root: Path, die_at: int | None, torn: bool):
        self._root, self._die_at, self._torn = str(root), die_at, torn
        self._numbers = count(1)
        self.passed = 0
        sys.addaudithook(self._audit)
        self._write, os.write = os.write, self._write_bytes
        self._keep, VectorCache.keep = VectorCache.keep, lambda cache, vectors: self._keep_vectors(cache, vectors)
        self._vectors = 0

    def step(self, last_words=lambda: None) -> None:
        self.passed = next(self._numbers)
        if self.passed == self._die_at:
            last_words()
            os.killpg(0, signal.SIGKILL)

    def _audit(self, event: str, arguments: tuple) -> None:
        if event == "open":
            path, _, flags = arguments
            if flags & _WRITING and self._is_ours(path):
                emptied = self._torn and flags & os.O_TRUNC and os.path.exists(path)
                self.step(lambda: os.truncate(path, 0) if emptied else None)
        elif event == "os.mkdir" and os.path.exists(arguments[0]):
            return  # and nothing changes
        elif event in _CHANGES and any(self._is_ours(argument) for argument in arguments):
            self.step()

    def _keep_vectors(self, cache: VectorCache, vectors: dict) -> None:
        """Counts each hundredth vector only: how many come at once hangs on the machine's haste, and plans on the count."""
        before, self._vectors = self._vectors, self._vectors + len(vectors)
        counts = before // 100 < self._vectors // 100
        if counts:
            self.step()
        self._keep(cache, vectors)
        if counts:
            self.step()

    def _is_ours(self, path: object) -> bool:
        """Locks hold nothing, and a draft that was just begun is no other than one that was finished."""
        name = os.fspath(path) if isinstance(path, str | os.PathLike) else ""
        return name.startswith(self._root) and not name.endswith(".lock") and not {".locks", ".drafts"} & {*Path(name).parts}

    def _write_bytes(self, descriptor: int, data: bytes) -> int:
        if os.readlink(f"/proc/self/fd/{descriptor}").startswith(self._root):
            half = bytes(data)[: len(data) // 2] if self._torn else b""
            self.step(lambda: self._write(descriptor, half))
        return self._write(descriptor, data)


def run(data: str, result: str, die_at: int | None, torn: bool) -> None:
    """The whole walk in `data`; what came of it is written to `result`."""
    folder = Path(data)
    moments = Moments(folder / "offline", die_at, torn)
    walked = walk(folder, K)
    answers = search_and_click(walked, folder / "acknowledged.jsonl")
    Path(result).write_text(json.dumps({
        "answers": answers,
        "vectors": hashlib.sha256(walked.vectors.tobytes()).hexdigest(),
        "clusters": walked.catalog["cluster"].tolist(),
        "changes": moments.passed,
    }))  # fmt: skip


def main() -> None:
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            print(os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1]), flush=True)
            continue
        child = os.fork()
        if child == 0:
            os._exit(_child(order))
        os.setpgid(child, child)
        print(child, flush=True)


def _child(order: dict) -> int:
    """The exit status of a run that prints into a file of its own and leads a group of processes of its own."""
    os.setpgid(0, 0)
    sys.stdin.close()
    with open(f"{order['result']}.log", "w") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    try:
        run(**order)
        return 0
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


if __name__ == "__main__":
    main()

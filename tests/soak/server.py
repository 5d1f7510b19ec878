"""A process that has imported everything and forks for each run, so that a run costs what it does and not its imports.

Reads JSON lines: {"data", "result", "die_at", "torn"} starts a run and is answered with its process id,
{"wait": id} with its exit status.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import traceback
from pathlib import Path

import faiss  # noqa: F401
import onnxruntime  # noqa: F401
import sagemaker.train.model_trainer  # noqa: F401
import sklearn.cluster  # noqa: F401
from soak.moments import Moments
from soak.steps import search_and_click, walk

import helpers.local.cloud
import helpers.local.opensearch.connection
import helpers.local.services.personalize
import helpers.local.services.sagemaker.kmeans_image  # noqa: F401

K = 60


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

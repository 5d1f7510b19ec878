"""Remap and import of millions of events, each size in a process of its own, whose memory is then its own, too.

    PYTHONPATH=tests python -m benchmarks.many_events N      prints {"remap": seconds, "upload": …, "import": …, "gb": peak}
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from benchmarks.figures import Figure, clock_of_this_run, growth

from helpers import ranker
from helpers.catalog import SEEDS
from helpers.interactions import remap_to_clusters, upload_interactions
from helpers.settings import read_settings
from helpers.workshop import connect

PICTURES, CLUSTERS, MOST_GB = 3400, 400, 4.0


def click_log(n: int, seed: int = 4) -> pd.DataFrame:
    """`n` clicks as load_interactions reads them, a fiftieth as many users; and the rows of one moment in order."""
    rng = np.random.default_rng(seed)
    users = pd.Index([f"user-{number}" for number in range(max(50, n // 50))])
    images = pd.Index([f"picture-{number}" for number in range(PICTURES)])
    return pd.DataFrame({
        "user_id": users.take(rng.integers(0, len(users), n)), "image_id": images.take(rng.integers(0, PICTURES, n)),
        "event_type": pd.Index(["view", "favorite", "download"]).take(rng.integers(0, 3, n)),
        "timestamp": 1_700_000_000 + np.arange(n),
    })  # fmt: skip


def cluster_of() -> dict[str, str]:
    return {f"picture-{number}": str(number % CLUSTERS) for number in range(PICTURES)}


def measure(n: int, folder: Path, clock: Callable[[], float] = time.perf_counter) -> dict[str, float]:
    """Seconds of each step, and the most memory of this process in GB."""
    aws = connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(folder)}))
    personalize = aws.client("personalize")
    group = ranker.create_dataset_group(personalize, "bench", poll_seconds=0)
    schema = (SEEDS / "interactions_schema.json").read_text()
    dataset = ranker.create_interactions_dataset(personalize, "bench", group, schema, poll_seconds=0)
    log = click_log(n)
    moments = [clock()]
    table = remap_to_clusters(log, cluster_of())
    moments.append(clock())
    uri = upload_interactions(table, aws.client("s3"), aws.bucket, "bench")
    moments.append(clock())
    ranker.import_interactions(personalize, "bench", dataset, uri, aws.personalize_role_arn, poll_seconds=0)
    moments.append(clock())
    taken = dict(zip(("remap", "upload", "import"), np.diff(moments).tolist(), strict=True))
    return taken | {"gb": most_memory()}


def most_memory() -> float:
    """The most that this process held at a time, in GB of 2^30 bytes.

    Linux hands ru_maxrss on to a child, so that a small child seems as large as who started it; VmHWM begins anew.
    """
    status = Path("/proc/self/status")
    if status.exists() and (found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text())):
        return int(found[1]) / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**30 if sys.platform == "darwin" else 2**20)


def import_of_events(sizes: list[int]) -> Iterator[Figure]:
    """Time and memory at each size, and how an event's time grows over them."""
    each: dict[int, float] = {}
    for n in sizes:
        command = [sys.executable, "-m", "benchmarks.many_events", str(n), clock_of_this_run().__name__]
        found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1])
        each[n] = sum(found[step] for step in ("remap", "upload", "import")) / n
        yield Figure("remap + import, memory (4 GB allowed)", n, "GB", found["gb"], MOST_GB, "what is allowed", 1)
    yield from growth("a remapped and imported event", each)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        clock = getattr(time, sys.argv[2]) if len(sys.argv) > 2 else time.perf_counter
        print(json.dumps(measure(int(sys.argv[1]), Path(folder), clock)))

"""A vector index whose vectors stay on disk, loaded and asked through opensearch-py:  on_disk.py 20000 200000 1000000

Mapping `mode: on_disk`: a bit of each number in memory, the candidates compared in full from the file. Each size runs in a
process and a data folder of its own (4 KB a vector while it runs). Recall is that of the 10 nearest against an exact search
of all the vectors; p99 is held against faiss's exact search of 20,000 vectors in memory, one thread, in the same process.
Anonymous memory is the most that the process had, loading and asking (RssAnon in /proc/self/status, looked at ten times a
second): node, client and all that they import. The pages of the vectors' file do not count; where the system has forgotten
them, they are read again. So each query is timed twice: as it is first asked, and once more, its pages known.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
from benchmarks.figures import Figure, each, table
from numpy.typing import NDArray

HERE = Path(__file__).resolve()
REFERENCE, QUERIES, NEIGHBOURS, CHUNK, BULK = 20_000, 100, 10, 4_000, 500
# k and the factor of oversampling: k times as many candidates are compared in full, and the 10 nearest of them shown. 3 is what
# a node takes for 1,024 numbers if nobody asks for more, 100 and 10,000 candidates are its most.
ASKED = ((10, 3.0), (10, 30.0), (10, 100.0), (20, 100.0), (100, 30.0), (100, 100.0))
LEAST_RECALL, MOST_MEMORY, MOST_RATIO = 0.95, 1.5, 10  # memory in GB
Asked = tuple[int, float]


def chunks(pictures: NDArray[np.float32], n: int) -> Iterator[NDArray[np.float32]]:
    """`n` vectors as bench.jittered makes them, never all at once."""
    from benchmarks.bench import jittered

    for start in range(0, n, CHUNK):
        yield jittered(pictures, min(CHUNK, n - start), 10 + start)


def exact(pictures: NDArray[np.float32], n: int, queries: NDArray[np.float32]) -> list[set[str]]:
    """The ids of the nearest of all vectors, for each query."""
    import faiss

    keep = faiss.ResultHeap(len(queries), NEIGHBOURS)
    for number, vectors in enumerate(chunks(pictures, n)):
        part = faiss.IndexFlatL2(vectors.shape[1])
        part.add(vectors)
        distances, rows = part.search(queries, NEIGHBOURS)
        keep.add_result(distances, rows + number * CHUNK)
    keep.finalize()
    return [{str(row) for row in rows} for rows in keep.I.tolist()]


class Memory:
    """The most anonymous memory that this process had since it was asked to look, in GB."""

    def __init__(self) -> None:
        self.most = 0.0
        threading.Thread(target=self._look, daemon=True).start()

    @staticmethod
    def now() -> float:
        """What it has now."""
        found = re.search(r"RssAnon:\s+(\d+) kB", Path("/proc/self/status").read_text())
        assert found is not None
        return int(found[1]) * 1024 / 1e9

    def _look(self) -> None:
        while True:
            self.most = max(self.most, self.now())
            time.sleep(0.1)


def measure(pictures: NDArray[np.float32], n: int, folder: Path) -> list[Figure]:
    """Every figure of `n` vectors, in this process; `folder` is the data folder. Deletes the index in the end."""
    import faiss
    from benchmarks.bench import jittered

    from helpers.settings import read_settings
    from helpers.workshop import connect

    faiss.omp_set_num_threads(1)
    client, name = connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(folder)})).opensearch, "on-disk"
    queries, dimension = jittered(pictures, QUERIES, 2), pictures.shape[1]
    memory = Memory()
    vector = {"type": "knn_vector", "dimension": dimension, "space_type": "l2", "mode": "on_disk"}
    fields = {"image_vector": vector, "image_id": {"type": "keyword"}, "cluster": {"type": "keyword"}}
    body = {"settings": {"index.knn": True, "index.refresh_interval": "-1"}, "mappings": {"properties": fields}}
    client.indices.create(index=name, body=body)

    def send(first: int, vectors: NDArray[np.float32]) -> None:
        lines: list[dict] = []
        for number, numbers in enumerate(np.round(vectors.astype(np.float64), 9).tolist(), start=first):
            source = {"image_id": str(number), "cluster": str(number % 400), "image_vector": numbers}
            lines += [{"index": {"_id": str(number)}}, source]
        assert not client.bulk(index=name, body=lines)["errors"]

    start = time.perf_counter()
    for first, vectors in zip(range(0, n, CHUNK), chunks(pictures, n), strict=True):
        for at in range(0, len(vectors), BULK):
            send(first + at, vectors[at : at + BULK])
    client.indices.refresh(index=name)
    loading = time.perf_counter() - start
    print(f"{n:,} loaded: {loading:.0f} s, {memory.most:.2f} GB", file=sys.stderr, flush=True)

    def ask(query: NDArray[np.float32], k: int, factor: float) -> set[str]:
        knn = {"vector": query.tolist(), "k": k, "rescore": {"oversample_factor": factor}}
        answer = client.search(index=name, body={"size": NEIGHBOURS, "_source": False, "query": {"knn": {"image_vector": knn}}})
        return {hit["_id"] for hit in answer["hits"]["hits"]}

    start = time.perf_counter()
    ask(queries[0], *ASKED[0])
    coding = time.perf_counter() - start
    found: dict[Asked, list[set[str]]] = {asked: [] for asked in ASKED}
    at_first, taken = {}, {}
    for asked in ASKED:
        at_first[asked] = each([lambda query=query, asked=asked: ask(query, *asked) for query in queries])
        taken[asked] = each([lambda query=query, asked=asked: found[asked].append(ask(query, *asked)) for query in queries])
    most = memory.most
    print(f"{n:,} asked: {most:.2f} GB", file=sys.stderr, flush=True)
    client.indices.delete(index=name)
    nearest = exact(pictures, n, queries)
    recall = {
        asked: float(np.mean([len(one & other) / NEIGHBOURS for one, other in zip(ids, nearest, strict=True)]))
        for asked, ids in found.items()
    }
    flat = faiss.IndexFlatL2(dimension)
    flat.add(np.concatenate(list(chunks(pictures, REFERENCE))))
    theirs = each([lambda query=query: flat.search(query[None], NEIGHBOURS) for query in queries])
    return list(_figures(n, loading, coding, most, recall, taken, at_first, theirs))


def _figures(
    n: int,
    loading: float,
    coding: float,
    most: float,
    recall: dict[Asked, float],
    taken: dict[Asked, NDArray[np.float64]],
    at_first: dict[Asked, NDArray[np.float64]],
    theirs: NDArray[np.float64],
) -> Iterator[Figure]:
    """The bars are on the fewest candidates that hold enough, or else on the most."""
    enough = next((asked for asked in ASKED if recall[asked] >= LEAST_RECALL), ASKED[-1])
    yield Figure("on_disk: anonymous memory, most", n, "GB", most, MOST_MEMORY, "what is allowed", 1)
    yield Figure("on_disk: a vector loaded", n, "ms", 1000 * loading / n, 1000 * coding / n, "coding it, at the first search")
    for k, factor in ASKED:
        judged, what = (k, factor) == enough, f"on_disk k={k} x{factor:g}"
        missed = 1 - recall[k, factor], 1 - LEAST_RECALL
        yield Figure(f"{what}: missed of recall@10", n, "share", *missed, "what is allowed", 1 if judged else None)
        for of in (50, 99):
            both = float(np.percentile(taken[k, factor], of)), float(np.percentile(theirs, of))
            bar = MOST_RATIO if judged and of == 99 else None
            yield Figure(f"{what}: p{of}", n, "ms", *both, f"exact, {REFERENCE:,} in memory", bar)
        first, again = (float(np.percentile(times[k, factor], 99)) for times in (at_first, taken))
        yield Figure(f"{what}: p99, first asked", n, "ms", first, again, "asked again")


def measured_apart(pictures: NDArray[np.float32], n: int) -> list[Figure]:
    """The same from a process of its own, whose memory is nobody else's. Its folder is gone when this returns."""
    with tempfile.TemporaryDirectory(prefix="on-disk-") as folder:
        np.save(Path(folder) / "pictures.npy", pictures)
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("WORKSHOP_", "OPENSEARCH_"))}
        environment |= {"PYTHONPATH": str(HERE.parents[1]), "OMP_NUM_THREADS": "1"}
        command = [sys.executable, str(HERE), str(n), "--alone", folder]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return [Figure(**figure) for figure in json.loads(done.stdout.splitlines()[-1])]


def main() -> int:
    """0 when every bar is kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="+")
    parser.add_argument("--alone", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.alone:
        pictures = np.load(chosen.alone / "pictures.npy")
        print(json.dumps([asdict(figure) for figure in measure(pictures, chosen.sizes[0], chosen.alone / "data")]))
        return 0
    from benchmarks.lab import open_lab

    pictures, figures = open_lab(pictures=2).vectors, []
    for n in chosen.sizes:
        figures += measured_apart(pictures, n)
        print(table(figures), flush=True)
    return 1 if any(figure.verdict == "MISSED" for figure in figures) else 0


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parents[1]))
    sys.exit(main())

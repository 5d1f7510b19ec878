"""Many pictures through embed, cluster, index and remap, one process on two cores:  many_pictures.py 3000 20000 100000

The pictures are the workshop's own at 64 pixels, each time shifted, turned to another light and compressed anew, so that no
two files are alike. Each size runs in a process and a data folder of its own. Shown for each step: milliseconds of processor
time a picture (of all threads, so that what else the machine does does not count), of the clock, and the largest memory.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

SIDE, K, EVENTS_EACH, MOST_CORES = 64, 400, 10, 2


def draw(folder: Path, n: int, seed: int = 1) -> list[Path]:
    """So many pictures, a thousand in a folder."""
    from helpers.catalog import load_catalog
    from helpers.settings import SHIPPED_DATA

    files = [SHIPPED_DATA / file for file in load_catalog(SHIPPED_DATA)["file"]]
    originals = [np.asarray(Image.open(file).convert("RGB").resize((SIDE, SIDE))) for file in files]
    rng, paths = np.random.default_rng(seed), []
    for number in range(n):
        pixels = np.roll(originals[number % len(originals)], rng.integers(-6, 7, 2), (0, 1))
        pixels = np.clip(pixels * rng.uniform(0.85, 1.15, 3) + rng.uniform(-8, 8), 0, 255).astype(np.uint8)
        path = folder / f"{number // 1000:03d}" / f"{number:06d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path, quality=int(rng.integers(70, 95)))
        paths.append(path)
    return paths


def measure(n: int, folder: Path) -> dict[str, dict[str, float]]:
    """Milliseconds a picture of each step, and gigabytes at its end."""
    from helpers.clustering import assign_clusters, read_centroids, train_kmeans, upload_vectors
    from helpers.embeddings import embed_images
    from helpers.interactions import remap_to_clusters
    from helpers.library import read_library
    from helpers.settings import read_settings
    from helpers.vector_index import VECTOR_FIELD, create_index, index_images, knn_search
    from helpers.workshop import connect

    aws = connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(folder / "data")}))
    draw(folder / "pictures", n)
    steps: dict[str, dict[str, float]] = {}

    @contextmanager
    def step(name: str):
        cpu, wall = time.process_time(), time.perf_counter()
        yield
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        steps[name] = {"cpu": 1000 * (time.process_time() - cpu) / n, "wall": 1000 * (time.perf_counter() - wall) / n, "gb": peak}

    with step("read"):
        library = read_library(folder / "pictures")
        assert len(library.pictures) == n
    with step("embed"):
        vectors = embed_images(list(library.pictures["file"]), embedder=aws.embedder, cache=folder / "vectors.sqlite")
    with step("cluster"):
        uri = upload_vectors(aws, vectors)
        centroids = read_centroids(aws, train_kmeans(aws, uri, K, feature_dim=vectors.shape[1], n_vectors=n))
        clusters = assign_clusters(vectors, centroids)
    with step("index"):
        create_index(aws.opensearch, aws.index_name, embedder=aws.embedder)
        index_images(aws.opensearch, aws.index_name, (
            {"image_id": i, "title": i, "cluster": c, VECTOR_FIELD: v}
            for i, c, v in zip(library.pictures.index, clusters, vectors, strict=True)
        ))  # fmt: skip
        knn_search(aws.opensearch, aws.index_name, vectors[0])  # the first search builds the graph
    with step("remap"):
        rng = np.random.default_rng(2)
        events = pd.DataFrame({
            "user_id": rng.integers(0, n, EVENTS_EACH * n).astype(str),
            "image_id": library.pictures.index.to_numpy()[rng.integers(0, n, EVENTS_EACH * n)],
            "event_type": "view", "timestamp": np.arange(EVENTS_EACH * n) + 1_700_000_000,
        })  # fmt: skip
        remap_to_clusters(events, dict(zip(library.pictures.index, clusters, strict=True)))
    return steps


def main(sizes: list[int]) -> None:
    measured = {}
    for n in sizes:
        with tempfile.TemporaryDirectory(prefix="many-") as folder:
            command = [sys.executable, __file__, "--one", str(n), folder]
            threads = {"OMP_NUM_THREADS": str(MOST_CORES), "OPENBLAS_NUM_THREADS": str(MOST_CORES)}
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env={**os.environ, **threads})
        measured[n] = json.loads(done.stdout.splitlines()[-1])
        print(f"{n:,} pictures{'ms CPU':>18}{'ms clock':>10}{'GB':>7}{'CPU × ' + format(sizes[0], ',') + ' pictures':>24}")
        total = {kind: sum(step[kind] for step in measured[n].values()) for kind in ("cpu", "wall")}
        rows = {**measured[n], "all": {**total, "gb": max(step["gb"] for step in measured[n].values())}}
        first = {**measured[sizes[0]], "all": {"cpu": sum(step["cpu"] for step in measured[sizes[0]].values())}}
        for name, row in rows.items():
            print(f"  {name:12}{row['cpu']:>18.2f}{row['wall']:>10.2f}{row['gb']:>7.2f}{row['cpu'] / first[name]['cpu']:>18.2f}")


if __name__ == "__main__":
    if sys.argv[1] == "--one":
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:MOST_CORES])
        print(json.dumps(measure(int(sys.argv[2]), Path(sys.argv[3]))))
    else:
        main([int(size) for size in sys.argv[1:]] or [3000, 20_000])

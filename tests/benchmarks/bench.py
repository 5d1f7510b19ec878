"""How fast it is, each figure beside a reference measured in the same run:  make bench [BIG=1]

A table on screen, and data/benchmarks.json. CPU=1 counts what the process computes in place of the time that passes, for a
machine that others use, too. Vectors are those of the workshop's own pictures, with jitter. Times are the
fastest of a few tries, since whatever else the machine does only adds to them; p50 and p99 are of all queries.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
from benchmarks.figures import Figure, count_this_process_only, each, growth, seconds, table
from benchmarks.lab import open_lab
from benchmarks.many_events import click_log, cluster_of, import_of_events
from benchmarks.on_disk import measured_apart
from benchmarks.pictures import drawing, embedding
from benchmarks.whole import notebook_run, set_up
from numpy.typing import NDArray
from tqdm import tqdm

from helpers.clustering import train_kmeans, upload_vectors
from helpers.fusion import fuse
from helpers.interactions import remap_to_clusters, upload_interactions
from helpers.ranking_client import rank_clusters
from helpers.search import personalized_search
from helpers.settings import SHIPPED_DATA, read_settings
from helpers.vector_index import VECTOR_FIELD, create_index, index_images, knn_search
from helpers.workshop import Workshop, connect

RESULTS = SHIPPED_DATA / "benchmarks.json"
QUERIES, NEIGHBOURS = 300, 10
M, EF_CONSTRUCTION, EF_SEARCH = 16, 100, 100  # as in vector_index.index_body, and what a node takes by default


def jittered(vectors: NDArray[np.float32], n: int, seed: int) -> NDArray[np.float32]:
    """`n` unit vectors that lie as those of pictures do: each is a real one, moved a little."""
    rng = np.random.default_rng(seed)
    made = vectors[rng.integers(0, len(vectors), n)] + rng.normal(0, 0.01, (n, vectors.shape[1])).astype(np.float32)
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def objects(aws: Workshop, n: int) -> Iterator[Figure]:
    import boto3
    from moto import mock_aws

    body = np.random.default_rng(0).bytes(100_000)

    def put_and_get(s3, bucket: str) -> None:
        for number in range(n):
            s3.put_object(Bucket=bucket, Key=f"bench/{number}", Body=body)
            s3.get_object(Bucket=bucket, Key=f"bench/{number}")["Body"].read()

    ours = seconds(lambda: put_and_get(aws.client("s3"), aws.bucket)) / n
    with mock_aws():
        moto = boto3.Session("key", "secret", region_name="us-east-1").client("s3")
        moto.create_bucket(Bucket="bench")
        theirs = seconds(lambda: put_and_get(moto, "bench")) / n
    yield Figure("S3 put + get of 100 KB", n, "ms", 1000 * ours, 1000 * theirs, "moto in this process", 0.5)


def neighbours(aws: Workshop, pictures: NDArray[np.float32], n: int, loaded: dict[int, float]) -> Iterator[Figure]:
    import faiss

    vectors, queries, name = jittered(pictures, n, 1), jittered(pictures, QUERIES, 2), f"bench-{n}"
    create_index(aws.opensearch, name)
    documents = (
        {"image_id": str(i), "title": "", "cluster": str(i % 400), VECTOR_FIELD: vector} for i, vector in enumerate(vectors)
    )
    loaded[n] = seconds(lambda: index_images(aws.opensearch, name, documents), tries=1) / n
    linking = seconds(lambda: knn_search(aws.opensearch, name, queries[0]), tries=1)  # the first search links the graph
    raw = faiss.IndexHNSWFlat(vectors.shape[1], M, faiss.METRIC_L2)
    raw.hnsw.efConstruction, raw.hnsw.efSearch = EF_CONSTRUCTION, EF_SEARCH  # faiss's own are 40 and 16: less work, less found
    faiss.omp_set_num_threads(1)
    build = seconds(lambda: raw.add(vectors), tries=1)
    yield Figure("index linked at the first search", n, "s", linking, build, "faiss HNSW, one thread")
    found: list[list[int]] = []

    def ask(query: NDArray[np.float32]) -> None:
        found.append([int(hit.image_id) for hit in knn_search(aws.opensearch, name, query, size=NEIGHBOURS)])

    ours = each([lambda query=query: ask(query) for query in queries])
    theirs = each([lambda query=query: raw.search(query[None], NEIGHBOURS) for query in queries])
    bar = 2 if n >= 200_000 else None
    yield Figure("k-NN, p50", n, "ms", float(np.median(ours)), float(np.median(theirs)), "faiss HNSW, one thread", bar)
    yield Figure("k-NN, p99", n, "ms", float(np.percentile(ours, 99)), float(np.percentile(theirs, 99)), "faiss HNSW, one thread")
    exact = faiss.IndexFlatL2(vectors.shape[1])
    exact.add(vectors)
    _, nearest = exact.search(queries, NEIGHBOURS)
    recall = np.mean([len(set(one) & set(other.tolist())) / NEIGHBOURS for one, other in zip(found, nearest, strict=True)])
    yield Figure("k-NN, missed of recall@10 (0.02 allowed)", n, "share", float(1 - recall), 0.02, "what is allowed", 1)
    aws.opensearch.indices.delete(index=name)


def clusters(aws: Workshop, pictures: NDArray[np.float32], n: int, k: int) -> Iterator[Figure]:
    from sklearn.cluster import KMeans, MiniBatchKMeans
    from threadpoolctl import threadpool_limits

    vectors = jittered(pictures, n, 3)
    uri = upload_vectors(aws, vectors)
    # A warm-up with another seed of work: the SDK's first job imports for seconds what no later one does.
    train_kmeans(aws, uri, 2, feature_dim=vectors.shape[1], epochs=1, extra_center_factor=1)
    ours = seconds(lambda: train_kmeans(aws, uri, k, feature_dim=vectors.shape[1], epochs=10, extra_center_factor=4), tries=1)

    def directly() -> None:
        """The same two steps: mini-batches into 4 k centres, these into k by ten trials of Lloyd's algorithm."""
        many = MiniBatchKMeans(4 * k, init="random", n_init=1, batch_size=5000, max_iter=10, random_state=0).fit(vectors)
        weights = np.bincount(many.labels_, minlength=4 * k)
        KMeans(k, n_init=10, max_iter=300, tol=1e-4, random_state=0).fit(many.cluster_centers_, sample_weight=weights)

    with threadpool_limits(limits=1):
        theirs = seconds(directly, tries=1)
    yield Figure(f"K-Means, k = {k}, by SageMaker's API", n, "s", ours, theirs, "scikit-learn, one thread", 1.3)


def events(aws: Workshop, n: int, remapped: dict[int, float]) -> Iterator[Figure]:
    log, clusters_of = click_log(n), cluster_of()
    ours = seconds(lambda: remap_to_clusters(log, clusters_of), tries=2)
    remapped[n] = ours / n
    yield Figure(
        "events remapped",
        n,
        "µs each",
        1e6 * ours / n,
        1e6 * seconds(lambda: log["image_id"].map(clusters_of)) / n,
        "pandas map alone",
    )
    table = remap_to_clusters(log, clusters_of)
    upload = seconds(lambda: upload_interactions(table, aws.client("s3"), aws.bucket, "bench"), tries=1)
    plain = seconds(lambda: table.to_csv(index=False), tries=1)
    yield Figure("events written to S3 as CSV", n, "µs each", 1e6 * upload / n, 1e6 * plain / n, "pandas to_csv alone")


def fusion(n: int) -> Iterator[Figure]:
    rng = np.random.default_rng(5)
    search, taste = rng.random(n).tolist(), rng.random(n).tolist()

    def with_numpy() -> None:
        one, other = np.asarray(search), np.log(np.asarray(taste))
        one, other = (one - one.min()) / np.ptp(one), (other - other.min()) / np.ptp(other)
        np.argsort(-(0.4 * one + 0.6 * other), kind="stable").tolist()

    yield Figure(
        "fusion of two scores", n, "ms", 1000 * seconds(lambda: fuse(search, taste), 20), 1000 * seconds(with_numpy, 20), "NumPy"
    )


def questions(data: Path) -> Iterator[Figure]:
    """Of the notebooks' own walk, on a tenth of the pictures."""
    from soak.steps import small_data, walk

    small_data(data)
    engine = walk(data, 60).aws.search_engine()
    many = [str(number) for number in range(500)]  # 60 that the campaign knows, the rest unknown, which come last without a score
    rank = [lambda: rank_clusters(engine.personalize_runtime, engine.campaign_arn, "comic-art-user", many)]
    aws = connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(data)}))
    bare = [lambda: aws.client("sts").get_caller_identity()]
    yield Figure(
        "a ranking of 500 items, p50",
        500,
        "ms",
        *(float(np.median(each(calls * QUERIES))) for calls in (rank, bare)),
        "a call that does nothing",
    )
    generic = each([lambda: personalized_search(engine, text="cat")] * QUERIES)
    personal = each([lambda: personalized_search(engine, text="cat", user_id="comic-art-user")] * QUERIES)
    for name, of in (("p50", 50), ("p99", 99)):
        bar = 1.5 if of == 99 else None
        ours, theirs = float(np.percentile(personal, of)), float(np.percentile(generic, of))
        yield Figure(f"a personalized search, {name}", 336, "ms", ours, theirs, "the same without a user", bar)


def measure(folder: Path, sizes: list[int], n_events: list[int], n_embedded: list[int], on_disk: int) -> Iterator[Figure]:
    """Every figure, one after another."""
    aws = connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(folder)}))
    pictures = open_lab(pictures=2).vectors
    loaded: dict[int, float] = {}
    remapped: dict[int, float] = {}
    yield from set_up(folder)
    yield from notebook_run(folder / "notebooks")
    yield from objects(aws, 100)
    yield from fusion(500)
    yield from questions(folder / "walk")
    for n in sizes:
        yield from events(aws, n, remapped)
    yield from growth("a remapped event", remapped)
    yield from import_of_events(n_events)
    yield from drawing([30, 60, 120])
    yield from embedding(aws, folder / "embedding", n_embedded)
    for n in sizes:
        yield from neighbours(aws, pictures, n, loaded)
    yield from growth("an indexed picture", loaded)
    yield from clusters(aws, pictures, 3400, 400)
    yield from measured_apart(pictures, on_disk)


def main() -> int:
    """0 when every bar is kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[3_000, 10_000, 20_000], help="vectors in the index")
    parser.add_argument("--events", type=int, nargs="+", default=[100_000, 300_000, 1_000_000])
    parser.add_argument("--pictures", type=int, nargs="+", default=[300, 1000, 3000], help="pictures to embed")
    parser.add_argument("--on-disk", type=int, default=20_000, help="vectors in the index whose vectors stay on disk")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--cpu", action="store_true", help="count what this process computes, on a machine that others use too")
    chosen = parser.parse_args()
    if chosen.cpu:
        count_this_process_only()
    for name in [name for name in os.environ if name.startswith(("AWS_", "WORKSHOP_", "OPENSEARCH_"))]:
        del os.environ[name]
    figures = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        found = measure(Path(folder), chosen.sizes, chosen.events, chosen.pictures, chosen.on_disk)
        figures += tqdm(found, unit="figure")
    print(table(figures))
    machine = {"cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1), "python": platform.python_version()}
    machine |= {"machine": platform.machine(), "clock": "this process" if chosen.cpu else "the wall"}
    rows = [{**asdict(figure), "ratio": figure.ratio, "verdict": figure.verdict} for figure in figures]
    chosen.results.write_text(
        json.dumps({"machine": machine, "figures": rows}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    print(f"Results: {chosen.results}")
    return 1 if any(figure.verdict == "MISSED" for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main())

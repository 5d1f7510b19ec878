"""How good is a clustering, and which k? Distances, silhouettes, the elbow, and the most typical members."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .clustering import assign_clusters


def mean_squared_distance(vectors: NDArray[np.float32], centroids: NDArray[np.float32]) -> float:
    """Mean squared Euclidean distance of a vector to its nearest centroid: what K-Means makes small."""
    nearest = np.array(assign_clusters(vectors, centroids), dtype=int)
    return float(((vectors - centroids[nearest]) ** 2).sum(axis=1, dtype=np.float64).mean())


def mean_silhouette(
    vectors: NDArray[np.float32], clusters: Sequence[str], *, sample: int = 2000, seed: int = 0, metric: str = "cosine"
) -> float:
    """How much nearer a vector is to its own cluster than to the next one: from -1 to 1, higher is better.

    sample : as many vectors are drawn, with `seed`; the cost grows with its square.
    NaN when there is one cluster only, or none has two members.

    Source: P. Rousseeuw, "Silhouettes", J. Comput. Appl. Math. 20, 1987.
    """
    from sklearn.metrics import silhouette_score

    rows = np.random.default_rng(seed).permutation(len(vectors))[:sample]
    labels = np.asarray(clusters)[rows]
    if not 2 <= len(set(labels)) < len(labels):
        return float("nan")
    return float(silhouette_score(vectors[rows], labels, metric=metric))


def score_each_k(
    vectors: NDArray[np.float32], centroids_by_k: Mapping[int, NDArray[np.float32]], *, sample: int = 2000, seed: int = 0
) -> pd.DataFrame:
    """A row for each k, with columns msd, silhouette, and smallest and largest cluster (in vectors)."""
    rows = []
    for k, centroids in sorted(centroids_by_k.items()):
        clusters = assign_clusters(vectors, centroids)
        sizes = np.bincount(np.array(clusters, dtype=int), minlength=k)
        rows.append({
            "k": k,
            "msd": mean_squared_distance(vectors, centroids),
            "silhouette": mean_silhouette(vectors, clusters, sample=sample, seed=seed),
            "smallest": int(np.min(sizes)),
            "largest": int(np.max(sizes)),
        })
    return pd.DataFrame(rows).set_index("k")


def find_elbow(ks: Sequence[int], distances: Sequence[float]) -> int:
    """The k at which the falling curve bends most: the point farthest below the line from its first to its last point.

    Raises ValueError with fewer than three points.
    Source: V. Satopaa et al., "Finding a 'Kneedle' in a Haystack", ICDCS Workshops 2011.
    """
    if len(ks) < 3:
        raise ValueError(f"an elbow needs at least three values of k; there are {len(ks)}")
    order = np.argsort(ks)
    x, y = np.asarray(ks, float)[order], np.asarray(distances, float)[order]
    x = (x - x[0]) / (x[-1] - x[0])
    fall = y[0] - y[-1]
    y = (y - y[-1]) / fall if fall else np.zeros_like(y)
    return int(np.asarray(ks)[order][np.argmax((1 - x) - y)])


def most_typical(
    vectors: NDArray[np.float32], centroids: NDArray[np.float32], clusters: Sequence[str], *, n: int = 8
) -> dict[str, list[int]]:
    """For each cluster that has members the rows of the `n` nearest to its centroid, nearest first."""
    own = np.array(clusters, dtype=int)
    distances = ((vectors - centroids[own]) ** 2).sum(axis=1)
    by_distance = np.argsort(distances, kind="stable")
    return {str(c): [int(row) for row in by_distance[own[by_distance] == c][:n]] for c in np.unique(own)}


def purity_by_k(
    vectors: NDArray[np.float32],
    centroids_by_k: Mapping[int, NDArray[np.float32]],
    labels: Mapping[str, Sequence[str]],
    *,
    seed: int = 0,
) -> pd.DataFrame:
    """A row for each k: the mean number of vectors in a cluster that has any, and for each kind of label two purities.

    **Purity** is the share of vectors that carry their cluster's commonest label. Small clusters reach much of it by
    chance, single vectors all of it; so beside each kind stands what the same labels reach when they are "shuffled".
    labels : for each kind, such as "style", a label for each vector. seed : of the shuffle.

    Source: C. Manning et al., "Introduction to Information Retrieval", chapter 16.3.
    """
    order = np.random.default_rng(seed).permutation(len(vectors))
    rows = []
    for k, centroids in sorted(centroids_by_k.items()):
        clusters = np.array(assign_clusters(vectors, centroids))
        row: dict[str, float] = {"k": k, "vectors a cluster": len(vectors) / len(set(clusters.tolist()))}
        for kind, given in labels.items():
            row[kind] = _purity(clusters, np.asarray(given))
            row[f"{kind}, shuffled"] = _purity(clusters, np.asarray(given)[order])
        rows.append(row)
    return pd.DataFrame(rows).set_index("k")


def _purity(clusters: NDArray[np.str_], labels: NDArray[np.str_]) -> float:
    return float(pd.crosstab(clusters, labels).max(axis=1).sum()) / len(labels)

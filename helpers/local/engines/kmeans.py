"""Web-scale K-Means: stream mini-batches into many centres, then shrink these to k.

1. Draw `k * extra_center_factor` centres from the first mini-batch.
2. Stream the data `epochs` times. Each mini-batch moves every centre to the running mean of the points that were
   nearest to it, so old and new points count alike (or decay with `half_life_time_size`).
3. Run Lloyd's algorithm on these centres, weighted by their counts, several times; the best trial's k centres win.

The many centres make a bad start harmless: a cluster that no centre of the k hit at first is still among the K.

Source: SageMaker guide, "How K-Means Clustering Works"; D. Sculley, "Web-Scale K-Means Clustering", WWW 2010.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Weights = NDArray[np.float64]
Rows = NDArray[np.int64]
RANDOM, PLUS_PLUS = "random", "kmeans++"
BLOCK_ROWS = 2048  # rows of a distance matrix held at once
GRAM_ROWS = 8192  # up to here all inner products fit in 256 MB, and kmeans++ looks its distances up


@dataclass(frozen=True)
class KMeansSettings:
    """How to train; the names and defaults are those of the documented hyperparameters. None means "auto"."""

    k: int
    epochs: int = 1
    mini_batch_size: int = 5000
    init_method: str = RANDOM
    extra_center_factor: int | None = None
    half_life_time_size: int = 0
    local_lloyd_init_method: str = PLUS_PLUS
    local_lloyd_max_iter: int = 300
    local_lloyd_num_trials: int | None = None
    local_lloyd_tol: float = 1e-4


@dataclass(frozen=True)
class Clustering:
    """A trained model: `centroids` (k, n_features) float32, and how far the training points are from them."""

    centroids: Vectors
    msd: float  # mean squared distance of a point to its nearest centroid
    ssd: float  # sum of these squared distances


def train_kmeans(vectors: Vectors, settings: KMeansSettings, *, seed: int = 0) -> Clustering:
    """The best `settings.k` centroids found for `vectors` (n_points, n_features).

    The same vectors, settings and seed give the same bits: it computes in one thread. Clusters are numbered by
    the first point that belongs to them, so that their ids depend on the data and not on the luck of a trial.

    Raises ValueError when there are fewer points than clusters.
    """
    from threadpoolctl import threadpool_limits

    points = np.ascontiguousarray(vectors, dtype=np.float32)
    if settings.k > len(points):
        raise ValueError(f"k={settings.k} clusters need at least as many points; there are {len(points)}")
    rng = np.random.default_rng(seed)
    with threadpool_limits(limits=1):
        # float32 distances from inner products lose digits far from the origin, hence the shift.
        middle = points.mean(axis=0, dtype=np.float64).astype(np.float32)
        points = points - middle
        centers, counts = _stream(points, settings, rng)
        centroids = _shrink(centers, counts, settings, rng)
        nearest = assign(points, centroids)
        centroids = centroids[_order_of_appearance(nearest, settings.k)]
    centroids = (centroids + middle).astype(np.float32)
    return Clustering(centroids, *distortion(vectors, centroids))


def assign(points: Vectors, centers: Vectors) -> Rows:
    """The index of the nearest centre for each point, (n_points,); the lower index wins a tie."""
    nearest = np.empty(len(points), dtype=np.int64)
    half_norms = 0.5 * np.einsum("ij,ij->i", centers, centers)
    for start in range(0, len(points), BLOCK_ROWS):
        rows = slice(start, start + BLOCK_ROWS)
        # |x - c|^2 / 2 = |x|^2 / 2 + (|c|^2 / 2 - x.c), and |x| is the same for every centre
        nearest[rows] = np.argmin(half_norms - points[rows] @ centers.T, axis=1)
    return nearest


def distortion(vectors: Vectors, centroids: Vectors) -> tuple[float, float]:
    """Mean and sum of the squared distances from each vector to its nearest centroid."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        offsets = vectors - centroids[assign(vectors, centroids)]
        squared = np.einsum("ij,ij->i", offsets, offsets, dtype=np.float64)
    return float(squared.mean()), float(squared.sum())


def _stream(points: Vectors, settings: KMeansSettings, rng: np.random.Generator) -> tuple[Vectors, Weights]:
    """The K >= k extra centres after all epochs, and how many points each of them stands for."""
    from scipy.sparse import csr_matrix

    factor = settings.extra_center_factor or max(1, min(10, len(points) // settings.k))
    n_centers = min(settings.k * factor, len(points))
    sample = points[: max(settings.mini_batch_size, n_centers)]
    centers = sample[_drawer(sample, np.ones(len(sample)), settings.init_method)(n_centers, rng)]
    counts = np.zeros(n_centers)
    still = 1e-6 * np.sqrt(np.einsum("ij,ij->", points, points) / len(points))
    for _ in range(settings.epochs):
        farthest = 0.0
        for start in range(0, len(points), settings.mini_batch_size):
            batch = points[start : start + settings.mini_batch_size]
            if settings.half_life_time_size:
                counts *= 0.5 ** (len(batch) / settings.half_life_time_size)
            nearest = assign(batch, centers)
            arrived = np.bincount(nearest, minlength=n_centers)
            columns = np.arange(len(batch))
            sums = csr_matrix((np.ones(len(batch), np.float32), (nearest, columns)), (n_centers, len(batch))) @ batch
            counts += arrived
            touched = arrived > 0
            steps = (sums[touched] - arrived[touched, None] * centers[touched]) / counts[touched, None]
            centers[touched] += steps.astype(np.float32)
            farthest = max(farthest, float(np.abs(steps).max()))
        if farthest <= still:  # further epochs would assign the same points and move nothing either
            break
    return centers, counts


def _shrink(centers: Vectors, counts: Weights, settings: KMeansSettings, rng: np.random.Generator) -> Vectors:
    """The k centroids with the lowest weighted distortion among the trials of Lloyd's algorithm."""
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    if len(centers) == settings.k:
        return centers
    used = counts > 0 if np.count_nonzero(counts) >= settings.k else np.full(len(counts), True)
    centers, weights = centers[used], np.maximum(counts[used], 1e-9)
    draw = _drawer(centers, weights, settings.local_lloyd_init_method)
    best, lowest = centers[: settings.k], np.inf
    for _ in range(settings.local_lloyd_num_trials or 10):
        start = centers[draw(settings.k, rng)]
        lloyd = KMeans(settings.k, init=start, max_iter=settings.local_lloyd_max_iter, tol=settings.local_lloyd_tol)
        with warnings.catch_warnings():
            # Fewer distinct points than clusters is no reason to warn: the spare centroids are copies.
            warnings.simplefilter("ignore", ConvergenceWarning)
            lloyd.fit(centers, sample_weight=weights)
        if lloyd.inertia_ < lowest:
            best, lowest = lloyd.cluster_centers_, lloyd.inertia_
    return best


def _drawer(points: Vectors, weights: Weights, method: str) -> Callable[[int, np.random.Generator], Rows]:
    """A function of n and rng: indices of n different points, all alike or far apart (kmeans++)."""
    if method == RANDOM:
        return lambda n, rng: rng.permutation(len(points))[:n]
    norms = np.einsum("ij,ij->i", points, points)
    products = points @ points.T if len(points) <= GRAM_ROWS else None

    def distances_to(chosen: Rows) -> Vectors:
        """Squared distances (n_chosen, n_points)."""
        inner = points[chosen] @ points.T if products is None else products[chosen]
        return np.maximum(norms + norms[chosen, None] - 2 * inner, 0)

    return lambda n, rng: _plus_plus(distances_to, weights, n, rng)


def _plus_plus(distances_to: Callable[[Rows], Vectors], weights: Weights, n: int, rng: np.random.Generator) -> Rows:
    """Indices of n points by greedy kmeans++: of a few far points, take the one that helps most.

    Source: D. Arthur and S. Vassilvitskii, "k-means++: The Advantages of Careful Seeding", SODA 2007, section 5.
    """
    n_candidates = 2 + int(np.log(n))
    drawn = np.empty(n, dtype=np.int64)
    drawn[0] = rng.choice(len(weights), p=weights / weights.sum())
    nearest = distances_to(drawn[:1])[0]
    for i in range(1, n):
        nearest[drawn[i - 1]] = 0
        chances = np.cumsum(weights * nearest)
        if chances[-1] <= 0:  # only copies of drawn points are left
            drawn[i:] = np.setdiff1d(np.arange(len(weights)), drawn[:i])[: n - i]
            break
        candidates = np.searchsorted(chances, rng.random(n_candidates) * chances[-1], side="right")
        after = np.minimum(nearest, distances_to(np.minimum(candidates, len(weights) - 1)))
        winner = np.argmin(after @ weights)
        drawn[i], nearest = candidates[winner], after[winner]
    return drawn


def _order_of_appearance(nearest: Rows, k: int) -> Rows:
    """The clusters in the order of their first points; clusters without a point come last."""
    first = np.full(k, len(nearest))
    np.minimum.at(first, nearest, np.arange(len(nearest)))
    return np.argsort(first, kind="stable")

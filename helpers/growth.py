"""A library that grows: how many clusters it needs, and whether pictures that come later still fit into those there are."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

# The workshop's own library: 3,400 pictures in 400 clusters; notebook 08 shows what other numbers cost.
_PICTURES, _CLUSTERS = 3400, 400
_FEWEST_IN_A_CLUSTER = 4


def choose_k(n_pictures: int) -> int:
    """How many clusters to begin with: 400 × √(n ÷ 3,400), and four pictures in each on average at least.

    A rule of thumb that nobody has proved. Comfortably more than subjects × styles is right, where one knows those.
    """
    rule = round(_CLUSTERS * math.sqrt(n_pictures / _PICTURES))
    return max(min(2, n_pictures), min(rule, n_pictures // _FEWEST_IN_A_CLUSTER))


def nearness(vectors: NDArray[np.float32], centroids: NDArray[np.float32]) -> NDArray[np.float32]:
    """The cosine of each vector (n, n_features) and its nearest centroid: 1 is the middle of a cluster."""
    lengths = np.maximum(np.linalg.norm(centroids, axis=1, keepdims=True), 1e-12)
    nearest = np.empty(len(vectors), np.float32)
    for start in range(0, len(vectors), 4096):  # a block at a time: n × k cosines would fill the memory
        nearest[start : start + 4096] = (vectors[start : start + 4096] @ (centroids / lengths).T).max(axis=1)
    return nearest


def share_of_strangers(old: NDArray[np.float32], new: NDArray[np.float32], centroids: NDArray[np.float32]) -> float:
    """The share of new vectors that lie farther from any centroid than 95 % of the old ones do.

    About 0.05 says that they are of the same kind; a multiple of it that the clusters don't know them. The centroids were
    fitted to the old vectors, so it starts somewhat above 0.05.
    """
    limit = float(np.quantile(nearness(old, centroids), 0.05))
    return float((nearness(new, centroids) < limit).mean())

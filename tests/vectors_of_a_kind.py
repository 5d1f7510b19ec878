"""Vectors that lie as those of pictures do: in groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def clustered(n: int, dimension: int = 32, seed: int = 0) -> NDArray[np.float32]:
    """Unit vectors `(n, dimension)` around 40 centres."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(40, dimension))
    vectors = centres[rng.integers(0, 40, n)] + 0.6 * rng.normal(size=(n, dimension))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)

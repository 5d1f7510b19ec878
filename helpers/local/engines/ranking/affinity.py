"""What goes with what: two tables of items, both made from who chose which items together.

`cosine` takes the data at their word. `taste_affinity` asks what of it is more than chance. A few thousand people with
ten clicks each leave about two common choosers for a pair of items, too few to tell a taste from an accident. Tastes,
though, are few: people who like comics like hundreds of pictures for the same reason. So the table of log-lifts is
rebuilt from its strongest directions (eigenvectors), and what counts as strong is measured: the same events, dealt out
to people at random, show how strong a direction gets by chance.

Sources: log-lift (pointwise mutual information) and its factors: Levy and Goldberg 2014, "Neural word embedding as
implicit matrix factorization"; comparison with shuffled data: Horn 1965, "A rationale and test for the number of factors"
(parallel analysis); weakening what stays: Gavish and Donoho 2017, "Optimal shrinkage of singular values".
"""

import numpy as np

from .histories import Histories

PAIRS_ADDED = 1.0  # to seen and to expected: a rare pair is no proof of anything
EDGE = 1.1  # a direction counts from this many times the strength that chance reaches


def cosine(counts: np.ndarray) -> np.ndarray:
    """(n_items, n_items) cosines of the columns of counts (n_users, n_items), each row scaled to sum 1."""
    products = counts.T @ counts
    norms = np.sqrt(np.diag(products))
    norms[norms == 0] = 1
    cosines = products / np.outer(norms, norms)
    # Habit says that a choice is repeated; here an item is to itself what its closest companion is.
    np.fill_diagonal(cosines, 0)
    closest = cosines.max(axis=1)
    np.fill_diagonal(cosines, np.where(closest > 0, closest, 1))  # one that nobody here chose leads to itself
    return cosines / cosines.sum(axis=1, keepdims=True)


def taste_affinity(histories: Histories, n_items: int, rng: np.random.Generator) -> np.ndarray:
    """(n_items, n_items) symmetric: log of how much likelier people choose both items than chance explains; 0 = not."""
    lifts = log_lifts(histories.counts(n_items))
    by_chance = np.linalg.eigvalsh(log_lifts(histories.shuffled(rng).counts(n_items)))[-1]
    edge = max(EDGE * by_chance, 1e-12)
    for _ in range(3):  # nobody can be counted as their own companion: the diagonal is what the others suggest
        strengths, directions = np.linalg.eigh(lifts)
        strong = strengths > edge
        kept = (directions[:, strong] * _shrink(strengths[strong], edge)) @ directions[:, strong].T
        np.fill_diagonal(lifts, np.diag(kept))
    return kept


def log_lifts(counts: np.ndarray) -> np.ndarray:
    """(n_items, n_items) log of pairs seen / pairs expected if people chose independently; the diagonal is 0."""
    pairs = counts.T @ counts
    np.fill_diagonal(pairs, 0)
    sums = pairs.sum(axis=1)
    expected = np.outer(sums, sums) / max(sums.sum(), 1e-12)
    lifts = np.log((pairs + PAIRS_ADDED) / (expected + PAIRS_ADDED))
    np.fill_diagonal(lifts, 0)
    return lifts


def _shrink(strengths: np.ndarray, edge: float) -> np.ndarray:
    return (strengths**2 - edge**2) / strengths

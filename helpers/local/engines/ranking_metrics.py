"""How good rankings are, judged by what people chose next: the usual offline metrics of recommenders.

Relevance is binary: an item is relevant if it is among the held-out choices. Definitions: Järvelin and
Kekäläinen 2002, "Cumulated gain-based evaluation of IR techniques" (NDCG), and the usual mean reciprocal rank
and precision.
"""

from collections.abc import Collection, Iterable

import numpy as np

CUTOFFS = (5, 10, 25)
Numbers = Collection[int] | np.ndarray


def ranking_metrics(trial: Iterable[tuple[Numbers, Numbers]], n_items: int) -> dict[str, float]:
    """Mean metrics over (ranked item numbers, relevant item numbers) pairs; all 0 when there is no pair.

    coverage is the share of the `n_items` that appear in anyone's first 25. A precision divides by the
    cut-off even where fewer items are relevant, so its best possible value may be far below 1.
    """
    hits, n_relevant, shown = [], [], set()
    for ranked, relevant in trial:
        first = np.asarray(ranked)[:25]
        wanted = np.unique(list(relevant))
        hits.append(np.pad(np.isin(first, wanted), (0, 25 - len(first))))
        n_relevant.append(len(wanted))
        shown.update(first.tolist())
    rows = np.array(hits, dtype=float).reshape(-1, 25)
    metrics = {"coverage": len(shown) / max(n_items, 1)}
    metrics["mean_reciprocal_rank_at_25"] = _mean((rows / np.arange(1, 26)).max(axis=1, initial=0))
    discounts = 1 / np.log2(np.arange(2, 27))
    best = np.cumsum(discounts)
    for cutoff in CUTOFFS:
        ideal = best[np.clip(n_relevant, 1, cutoff).astype(int) - 1]
        gains = (rows * discounts)[:, :cutoff].sum(axis=1)
        metrics[f"normalized_discounted_cumulative_gain_at_{cutoff}"] = _mean(gains / ideal)
    for cutoff in CUTOFFS:
        metrics[f"precision_at_{cutoff}"] = _mean(rows[:, :cutoff].mean(axis=1))
    return metrics


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else 0.0

"""Who foretells the next clicks best? Our ranker beside `implicit`'s models, on the same split with the same budget.

Of every user the newest tenth of the events (one at least) is the test, the tenth before it the validation. Each rival
tries TRIALS settings, drawn from its grid, on the validation split; the best is trained again on both and meets the test
once. Ours tries none: it is trained as it is everywhere else.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
from scipy.sparse import csr_matrix

from helpers.local.engines.ranking import Histories, train

TRIALS, TOP = 12, 10
MODELS = ("ours", "als", "bpr", "nearest", "popularity")


def compare(items: np.ndarray, histories: Histories, seed: int) -> dict[str, dict]:
    """{model: {"ndcg10", "new_ndcg10", "ahead", "settings"}}: nDCG@10 on held-out clusters; `new_`: of clusters that the
    user had not chosen before, those chosen left out; ahead: ours - model with its standard error, paired by user."""
    known, test = histories.hold_out_newest(0.1)
    earlier, validation = known.hold_out_newest(0.1)
    n, results, values = len(items), {}, {}
    for model in MODELS:
        best: dict = {}
        if model != "ours":
            trials = list(_trials(model, seed))
            if len(trials) > 1:
                found = [_ndcg(_scores(model, earlier, n, settings, seed), validation).mean() for settings in trials]
                best = trials[int(np.argmax(found))]
            else:
                best = trials[0]
            scores = _scores(model, known, n, best, seed)
        else:
            ranker, _ = train(items, known)
            scores = np.stack([ranker.choice_utilities(user) for user in known.users.tolist()])
            served = np.stack([ranker.utilities(user) for user in known.users.tolist()])
            results["ours_for_lists"] = {"ndcg10": float(_ndcg(served, test).mean())}
        values[model] = _ndcg(scores, test)
        new = _ndcg(scores, test, known)
        difference = values["ours"] - values[model]
        results[model] = {
            "ndcg10": float(values[model].mean()), "new_ndcg10": float(np.nanmean(new)),
            "ahead": float(difference.mean()), "error": float(difference.std() / np.sqrt(len(difference))), "settings": best,
        }  # fmt: skip
    return results


def _trials(model: str, seed: int) -> Iterator[dict]:
    grids = {
        "als": {"factors": (16, 24, 32, 48, 64), "alpha": (1, 5, 20), "regularization": (0.1, 1, 5), "weighted": (0, 1)},
        "bpr": {"factors": (32, 64, 128), "learning_rate": (0.01, 0.03), "regularization": (0.001, 0.01), "weighted": (0,)},
        "nearest": {"kind": ("Cosine", "TFIDF", "BM25"), "K": (20, 50, 100, 400), "weighted": (0, 1)},
        "popularity": {"weighted": (0,)},
    }
    everything = [dict(zip(grids[model], values, strict=True)) for values in product(*grids[model].values())]
    order = np.random.default_rng(seed).permutation(len(everything))
    return (everything[i] for i in order[:TRIALS])


def _scores(model: str, histories: Histories, n_items: int, settings: dict, seed: int) -> np.ndarray:
    """(n_users, n_items) the higher, the likelier next."""
    from implicit import als, bpr, nearest_neighbours
    from threadpoolctl import threadpool_limits

    settings = dict(settings)
    data = histories.weights if settings.pop("weighted") else np.ones(len(histories.items))
    matrix = csr_matrix((data.astype(np.float32), histories.items, histories.starts), (len(histories.users), n_items))
    matrix = csr_matrix(matrix.toarray())  # the same item twice is one entry
    if model == "popularity":
        return np.tile(np.bincount(histories.items, minlength=n_items).astype(float), (len(histories.users), 1))
    makers: dict[str, Callable] = {
        "als": lambda **s: als.AlternatingLeastSquares(random_state=seed, num_threads=1, **s),
        "bpr": lambda **s: bpr.BayesianPersonalizedRanking(random_state=seed, num_threads=1, **s),
        "nearest": lambda kind, **s: getattr(nearest_neighbours, f"{kind}Recommender")(num_threads=1, **s),
    }
    with threadpool_limits(limits=1), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # implicit converts its own matrices and says so
        fitted = makers[model](**settings)
        fitted.fit(matrix, show_progress=False)
    if model == "nearest":
        return (matrix @ fitted.similarity).toarray()
    return np.asarray(fitted.user_factors @ fitted.item_factors.T)


def _ndcg(scores: np.ndarray, newest: Histories, known: Histories | None = None) -> np.ndarray:
    """(n_users,) nDCG@10, each chosen item relevant once; with `known` only items not known count, NaN without any."""
    n_users = len(newest.users)
    relevant = np.zeros(scores.shape, dtype=bool)
    relevant[np.repeat(np.arange(n_users), newest.lengths), newest.items] = True
    if known is not None:
        seen = np.zeros_like(relevant)
        seen[np.repeat(np.arange(n_users), known.lengths), known.items] = True
        relevant, scores = relevant & ~seen, np.where(seen, -np.inf, scores)
    first = np.argsort(-scores, axis=1, kind="stable")[:, :TOP]
    discounts = 1 / np.log2(np.arange(2, TOP + 2))
    gains = (np.take_along_axis(relevant, first, axis=1) * discounts).sum(axis=1)
    ideal = np.cumsum(discounts)[np.clip(relevant.sum(axis=1), 1, TOP) - 1]
    return np.where(relevant.any(axis=1), gains / ideal, np.nan if known is not None else 0.0)

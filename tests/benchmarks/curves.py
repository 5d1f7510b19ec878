"""How does personalization depend on what one can choose, and on what one knows of a user?

    make measure SEED=n CURVES=1        writes data/offline/curves-n.json

{population: {"weight" | "k" | "history" | "candidates" | "users" | "cold": [{…}, …]}}: a row for each value, with our
nDCG@12, subject precision and share in liked styles for unseen users of the plain test. k comes with the mean squared
distance and the silhouette of its clustering.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
from lab import Lab, cluster, open_lab, questions_of, scores_by, train_on, world_of
from measure import POPULATIONS
from tqdm import tqdm

from helpers import metrics, rivals
from helpers.cluster_quality import mean_silhouette
from helpers.experiment import Question, World, look_up
from helpers.fusion import DEFAULT_WEIGHT
from helpers.settings import read_settings
from seeds.people.trials import Trial, draw_trial

ASKERS = 400
WEIGHTS = tuple(np.round(np.arange(0, 1.01, 0.1), 1).tolist())
KS = (60, 100, 160, 200, 250, 300, 400, 500, 600)
HISTORIES = (1, 2, 3, 5, 10, 20, 40)
CANDIDATES = (50, 100, 200, 300, 500)
USERS = (100, 300, 1000, 2400)
COLD_SHARE = 0.2


def figures(world: World, questions: list[Question], weight: float = DEFAULT_WEIGHT) -> dict[str, float]:
    """Our means over these users."""
    rows = []
    for question, found in zip(questions, look_up(world, questions), strict=True):
        shown = rivals.ours(found, weight)[: metrics.TOP]
        rows.append((
            metrics.ndcg(question.relevance, shown), metrics.share_of(question.subject, shown),
            metrics.share_of(question.liked, shown),
        ))  # fmt: skip
    return dict(zip(("ndcg12", "subject", "style"), np.mean(rows, axis=0).round(5).tolist(), strict=True))


def curves(lab: Lab, population: str, seed: int, clusterings: dict[int, list[str]], askers: int = ASKERS) -> dict:
    """All curves of one population."""
    trial = draw_trial(lab.catalog, population, "plain", seed, askers=askers)
    clusters, questions = clusterings[400], questions_of(trial, trial.askers)
    ranker = train_on(trial, clusters)
    world = world_of(lab, trial, clusters, ranker)
    found = {"weight": [{"weight": w} | figures(world, questions, w) for w in WEIGHTS]}
    found["k"] = [
        {"k": k} | figures(world_of(lab, trial, by_k, train_on(trial, by_k)), questions) for k, by_k in clusterings.items()
    ]
    found["history"] = [{"events": n} | figures(world, [newest(q, n) for q in questions]) for n in HISTORIES]
    found["candidates"] = [{"candidates": n} | figures(replace(world, candidates=n), questions) for n in CANDIDATES]
    people = np.random.default_rng(seed).permutation(trial.events["user_id"].unique())
    found["users"] = [
        {"users": n} | figures(
            replace(world, scores=scores_by(train_on(trial, clusters, trial.events[trial.events["user_id"].isin(people[:n])]))),
            questions,
        )
        for n in USERS
    ]  # fmt: skip
    found["cold"] = [cold(world, trial, clusters, questions, seed)]
    return found


def newest(question: Question, n: int) -> Question:
    """The same user with the newest n events only."""
    return replace(question, images=question.images[-n:], event_types=question.event_types[-n:])


def cold(world: World, trial: Trial, clusters: list[str], questions: list[Question], seed: int) -> dict[str, float]:
    """What happens to clusters that nobody clicked: a fifth of them is taken from the log that the ranker learns from.

    cold_shown: their share of the top 12; cold_there: their share of the pictures that would be right (subject and style).
    """
    ids = np.unique(clusters)
    gone = np.random.default_rng(seed).choice(ids, int(COLD_SHARE * len(ids)), replace=False)
    is_cold = np.isin(clusters, gone)
    warm = trial.events[~trial.events["image_id"].isin(set(trial.catalog.loc[is_cold, "image_id"]))]
    chilled = replace(world, scores=scores_by(train_on(trial, clusters, warm)))
    shown = [rivals.ours(found)[: metrics.TOP] for found in look_up(chilled, questions)]
    return figures(chilled, questions) | {
        "cold_shown": float(np.mean([is_cold[rows].mean() for rows in shown]).round(5)),
        "cold_there": float(np.mean([is_cold[q.subject & q.liked].mean() for q in questions]).round(5)),
    }


def distance(vectors: np.ndarray, clusters: list[str]) -> float:
    """Mean squared distance of a picture to the mean of its cluster."""
    numbers = np.unique(clusters, return_inverse=True)[1]
    sums = np.zeros((numbers.max() + 1, vectors.shape[1]))
    np.add.at(sums, numbers, vectors)
    means = sums / np.bincount(numbers)[:, None]
    return float(((vectors - means[numbers]) ** 2).sum(axis=1).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seed", type=int)
    parser.add_argument("--askers", type=int, default=ASKERS)
    parser.add_argument("--folder", type=Path, default=read_settings(os.environ).data / "offline")
    options = parser.parse_args()
    lab = open_lab()
    clusterings = {k: cluster(lab.vectors, k) for k in tqdm(KS, unit="k")}
    quality = {
        k: {"msd": round(distance(lab.vectors, by_k), 5), "silhouette": round(mean_silhouette(lab.vectors, by_k), 5)}
        for k, by_k in clusterings.items()
    }
    results: dict = {"about": {"seed": options.seed, "users_asked": options.askers, "default_weight": DEFAULT_WEIGHT}}
    for population in tqdm(POPULATIONS, unit="population"):
        results[population] = curves(lab, population, options.seed, clusterings, options.askers)
        results[population]["k"] = [row | quality[row["k"]] for row in results[population]["k"]]
    path = options.folder / f"curves-{options.seed}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(path)


if __name__ == "__main__":
    main()

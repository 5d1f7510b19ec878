"""Does personalization help, and by how much? Every method, two populations, two tests, users that nobody trained on.

    make measure SEED=n        writes data/offline/measurements-n.json

{population: {test: {method: {"ndcg12", "low", "high", "subject", "style", …}}}}; the key "about" holds what else was
measured: tuned weights, the comparison on held-out clicks, drift, controls, minutes. All numbers follow from the seed.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np
from heldout import compare
from lab import K, cluster, open_lab, questions_of, train_on, vectors_of, world_of
from tqdm import tqdm

from helpers.experiment import World, history_of, measure, summarize, tune
from helpers.fusion import DEFAULT_WEIGHT, fuse
from helpers.local.engines.ranking import group_by_user
from helpers.rivals import METHODS
from helpers.search import DEFAULT_CANDIDATES
from helpers.settings import read_settings
from seeds.people.trials import TESTS, Trial, draw_missing, draw_trial, without

POPULATIONS = ("gentle", "harsh")
ASKERS, TUNING, DRIFTERS, LONGEST_DRIFT = 1600, 200, 200, 6


def run(
    seed: int, *, askers: int = ASKERS, tuning: int = TUNING, users: int | None = None, pictures: int | None = None, k: int = K
) -> dict:
    """Everything that measurements-<seed>.json holds."""
    results: dict = {population: {} for population in POPULATIONS}
    settings = {"k": k, "weight": DEFAULT_WEIGHT, "candidates": DEFAULT_CANDIDATES}
    about: dict = {"seed": seed, "users_asked": askers, "users_for_tuning": tuning, **settings, "seconds": {}}
    started = time.perf_counter()
    lab = open_lab(pictures)
    clusters = {
        "plain": cluster(lab.vectors, k),
        "co_taste": cluster(vectors_of(lab, without(lab.catalog, draw_missing(lab.catalog, seed))), k),
    }
    about["seconds"]["prepare"] = round(time.perf_counter() - started, 1)
    steps = [(population, test) for population in POPULATIONS for test in TESTS]
    for population, test in (bar := tqdm(steps, unit="test")):
        bar.set_description(f"{population}, {test}")
        started = time.perf_counter()
        trial = draw_trial(lab.catalog, population, test, seed, askers=askers, tuning=tuning, users=users)
        world = world_of(lab, trial, clusters[test], train_on(trial, clusters[test]))
        weights = tune(world, questions_of(trial, trial.tuning), seed=seed)
        questions = questions_of(trial, trial.askers)
        table = measure(world, questions, weights, seed=seed, what=f"{population}, {test}")
        summary = summarize(table, len(world.clusters)).loc[list(METHODS)]
        results[population][test] = {
            str(method): {name: round(float(value), 5) for name, value in row.items()} for method, row in summary.iterrows()
        }
        about.setdefault("weights", {}).setdefault(population, {})[test] = weights
        if test == "plain":
            about.setdefault("held_out", {})[population] = rounded(held_out(trial, clusters[test], seed))
            about.setdefault("drift", {})[population] = drift(world, trial, questions[:DRIFTERS], seed)
        about["seconds"][f"{population} {test}"] = round(time.perf_counter() - started, 1)
    return results | {"about": about}


def held_out(trial: Trial, clusters: list[str], seed: int) -> dict:
    """nDCG@10 on the newest tenth of everybody's clicks, see heldout.py."""
    cluster_of, events = dict(zip(trial.catalog["image_id"], clusters, strict=True)), trial.events
    items = [cluster_of[image] for image in events["image_id"]]
    return compare(*group_by_user(events["user_id"], items, events["event_type"], range(len(events))), seed)


def drift(world: World, trial: Trial, questions: list, seed: int) -> list[float]:
    """The share of the top 12 in a style that a user never liked, after 0, 1, 2 … views of pictures in it."""
    rng, style = np.random.default_rng([seed, 7]), trial.catalog["style"].to_numpy()
    clusters, shares = np.asarray(world.clusters), []
    for question in questions:
        new = str(rng.choice([name for name in trial.styles if not question.liked[style == name].any()]))
        views = rng.choice(np.flatnonzero((style == new) & ~question.subject), LONGEST_DRIFT, replace=False)
        similarity = world.vectors @ world.queries[question.text]
        rows = np.argsort(-similarity, kind="stable")[: world.candidates]
        search = (1 / (3 - 2 * similarity[rows].astype(float))).tolist()
        history, row = history_of(world, question), []
        for n in range(LONGEST_DRIFT + 1):
            scores = world.scores([*history, *((clusters[v], "view") for v in views[:n])], list(dict.fromkeys(clusters[rows])))
            order = [rows[candidate.index] for candidate in fuse(search, [scores[c] for c in clusters[rows]])]
            row.append(float((style[order[:12]] == new).mean()))
        shares.append(row)
    return np.mean(shares, axis=0).round(4).tolist()


def rounded(value):
    """The same nested dictionaries with numbers of five digits."""
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    return round(value, 5) if isinstance(value, float) else value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seed", type=int)
    parser.add_argument("--askers", type=int, default=ASKERS, help="unseen users in each test")
    parser.add_argument("--users", type=int, help="size of the population, if not population.toml's")
    parser.add_argument("--pictures", type=int, help="of each subject and style; all if not given")
    parser.add_argument("--k", type=int, default=K, help="clusters")
    parser.add_argument("--folder", type=Path, default=read_settings(os.environ).data / "offline")
    options = parser.parse_args()
    sizes = {"users": options.users, "pictures": options.pictures, "k": options.k}
    results = run(options.seed, askers=options.askers, tuning=min(TUNING, options.askers), **sizes)
    path = options.folder / f"measurements-{options.seed}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    for population in POPULATIONS:
        for test in TESTS:
            print(f"\n{population}, {test}: nDCG@12, subject precision, share in the styles sought")
            for method, row in results[population][test].items():
                interval = f"{row['ndcg12']:.3f} [{row['low']:.3f}, {row['high']:.3f}]"
                print(f"  {method:14} {interval} {row['subject']:.3f} {row['style']:.3f}")
    print(f"\n{path}: {sum(results['about']['seconds'].values()):.0f} s")


if __name__ == "__main__":
    main()

"""The long trials, seeded:  make soak, or for fewer  PYTHONPATH=tests .venv/bin/python -m soak kills -n 20 --seed 3"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from itertools import islice
from pathlib import Path

from soak import clean_ups, embedding_kills, kills, load
from tqdm import tqdm

from helpers.settings import read_settings


def kill_trials(n: int, seed: int) -> dict:
    """Kill the walk at seeded moments, run it again, and compare: same ids, scores and vectors."""
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    verdicts: list[kills.Verdict] = []
    with kills.Lab(folder) as lab:
        for plan in tqdm(islice(kills.plans(seed), n), total=n, unit="trial", desc="kills"):
            verdicts.append(lab.trial(plan))
            for problem in verdicts[-1].problems:
                tqdm.write(f"{plan}: {problem}")
    if not any(verdict.problems for verdict in verdicts):
        shutil.rmtree(folder)
    good = sum(not verdict.problems for verdict in verdicts)
    kinds = Counter(kind for verdict in verdicts for kind, _ in verdict.plan.kills)
    return {
        "good": good,
        "trials": n,
        "seed": seed,
        "kills": sum(verdict.n_killed for verdict in verdicts),
        "planned": dict(kinds),
        "seconds": round(sum(verdict.seconds for verdict in verdicts)),
        "failed": {str(verdict.plan): verdict.problems for verdict in verdicts if verdict.problems},
        "kept": str(folder) if folder.exists() else None,
    }


def embedding_trials(n: int, seed: int) -> dict:
    """Kill the embedding of a folder at seeded moments: nothing acknowledged is lost, or asked for again."""
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    return {**embedding_kills.embedding_trials(n, seed, folder), "kept": str(folder) if folder.exists() else None}


def clean_up_trials(n: int, seed: int) -> dict:
    """Stop the clean-up at seeded points, run it again, and look for what is left of ours and missing of others'."""
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    lab, verdicts = clean_ups.Lab(folder), []
    for plan in tqdm(islice(clean_ups.plans(seed), n), total=n, unit="trial", desc="clean-ups"):
        verdicts.append(lab.trial(plan))
        for problem in verdicts[-1].problems:
            tqdm.write(f"{plan}: {problem}")
    bad = {str(verdict.plan): verdict.problems for verdict in verdicts if verdict.problems}
    if not bad:
        shutil.rmtree(folder)
    return {
        "good": n - len(bad),
        "trials": n,
        "seed": seed,
        "kills": sum(verdict.n_stopped for verdict in verdicts),
        "planned": dict(Counter(kind for verdict in verdicts for kind, _ in verdict.plan.stops)),
        "seconds": round(sum(verdict.seconds for verdict in verdicts)),
        "failed": bad,
        "kept": str(folder) if bad else None,
    }


def load_trials(n: int, seed: int) -> dict:
    """Thirty-two threads search, click and add pictures at once; n: queries of each."""
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    found = load.load_trial(folder / "load", n, seed)
    if not found["failed"]:
        shutil.rmtree(folder)
    return {**found, "kept": str(folder) if folder.exists() else None}


TRIALS = {
    "kills": (kill_trials, 200), "embedding": (embedding_trials, 100), "clean-ups": (clean_up_trials, 24),
    "load": (load_trials, 5000),
}  # fmt: skip


def main() -> int:
    for name in [name for name in os.environ if name.startswith(("AWS_", "WORKSHOP_", "OPENSEARCH_"))]:
        del os.environ[name]
    parser = argparse.ArgumentParser(prog="python -m soak", description=__doc__)
    parser.add_argument("trials", nargs="*", default=list(TRIALS), help=f"which of {', '.join(TRIALS)} (default: all)")
    parser.add_argument("-n", type=int, help="how many of each")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    results = {}
    for name in chosen.trials:
        trial, usual = TRIALS[name]
        results[name] = trial(chosen.n or usual, chosen.seed)
    log = read_settings().home / "soak.json"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(json.dumps(results, indent=2) + "\n")
    print(f"\n{'trials':12}{'good':>17}{'kills':>8}{'seconds':>9}")
    for name, result in results.items():
        print(f"{name:12}{result['good']:>7} of {result['trials']:>6}{result['kills']:>8}{result['seconds']:>9}")
    print(f"Log: {log}")
    return 0 if all(result["good"] == result["trials"] for result in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())

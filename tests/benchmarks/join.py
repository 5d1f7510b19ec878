"""One file of what `make measure` wrote for several seeds: what notebook 08 and the README quote.

    python tests/benchmarks/join.py        data/offline/measurements-*.json and curves-*.json → data/measurements.json

Every figure comes as the mean over the seeds and, under "seeds", for each of them. An interval reaches from the lowest
bound of any seed to the highest: what holds for it held in every population.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from statistics import fmean

from helpers.settings import SHIPPED_DATA, read_settings

POPULATIONS = ("gentle", "harsh")
ENDS = {"low": min, "high": max, "ahead_low": min, "ahead_high": max}
SAME = ("users_asked", "users_for_tuning", "k", "weight", "candidates")
HELD_OUT = ("ndcg10", "new_ndcg10", "ahead", "error")


def join(measured: list[dict], curves: list[dict]) -> dict:
    """What data/measurements.json holds. Raises ValueError if the seeds were not measured alike."""
    abouts = [one["about"] for one in measured]
    if any(about[key] != abouts[0][key] for about in abouts for key in SAME):
        raise ValueError(f"the seeds differ in one of {', '.join(SAME)}; measure all of them again")
    about = {
        "seeds": [one["seed"] for one in abouts],
        "curves_seed": [one["about"]["seed"] for one in curves],
        "curves_users_asked": [one["about"]["users_asked"] for one in curves],
        "command": "make measure SEED=n for each seed, make measure SEED=n CURVES=1, python tests/benchmarks/join.py",
        **{key: abouts[0][key] for key in SAME},
    }
    tests = list(measured[0]["gentle"])
    joined: dict = {"about": about}
    joined |= {p: {test: _each([one[p][test] for one in measured]) for test in tests} for p in POPULATIONS}
    joined["weights"] = {p: {test: _lists([a["weights"][p][test] for a in abouts]) for test in tests} for p in POPULATIONS}
    joined["held_out"] = {p: _each([a["held_out"][p] for a in abouts], HELD_OUT) for p in POPULATIONS}
    joined["drift"] = {p: _drift([a["drift"][p] for a in abouts]) for p in POPULATIONS}
    joined["curves"] = {p: curves[0][p] for p in POPULATIONS} if curves else {}
    return joined


def _each(seeds: list[dict], names: tuple[str, ...] | None = None) -> dict:
    """{row: {figure: mean or end, "seeds": {figure: [one a seed]}}} of {row: {figure: number}} for every seed."""
    joined = {}
    for row in seeds[0]:
        each = _lists([{name: s[row][name] for name in names or s[row] if name in s[row]} for s in seeds])
        joined[row] = {name: round(ENDS.get(name, fmean)(values), 5) for name, values in each.items()} | {"seeds": each}
    return joined


def _drift(seeds: list[list[float]]) -> dict:
    return {"mean": [round(fmean(shares), 4) for shares in zip(*seeds, strict=True)], "seeds": seeds}


def _lists(rows: list[dict]) -> dict:
    return {name: [row[name] for row in rows] for name in rows[0]}


def written(value, depth: int = 0) -> str:
    """JSON in lines that one can read: objects open downwards, what holds only numbers and words stands in one line."""
    flat = json.dumps(value)
    if not isinstance(value, dict) or len(flat) < 100:
        inner = isinstance(value, list) and any(isinstance(one, dict) for one in value)
        lines = f",\n{' ' * (depth + 1)}".join(json.dumps(one) for one in value) if inner else ""
        return f"[\n{' ' * (depth + 1)}{lines}\n{' ' * depth}]" if inner else flat
    pad = " " * (depth + 1)
    lines = ",\n".join(f"{pad}{json.dumps(key)}: {written(inner, depth + 1)}" for key, inner in value.items())
    return f"{{\n{lines}\n{' ' * depth}}}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=read_settings(os.environ).data / "offline")
    parser.add_argument("--target", type=Path, default=SHIPPED_DATA / "measurements.json")
    options = parser.parse_args()
    measured, curves = (
        sorted(
            (json.loads(path.read_text(encoding="utf-8")) for path in options.folder.glob(f"{kind}-*.json")),
            key=lambda one: one["about"]["seed"],
        )
        for kind in ("measurements", "curves")
    )
    if not measured:
        raise SystemExit(f"{options.folder} has no measurements yet; run make measure SEED=1 first")
    options.target.write_text(written(join(measured, curves)) + "\n", encoding="utf-8")
    print(f"{options.target}: seeds {', '.join(str(one['about']['seed']) for one in measured)}")


if __name__ == "__main__":
    main()

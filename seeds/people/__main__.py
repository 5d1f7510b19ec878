"""Write data/interactions.csv:  python -m seeds.people [FOLDER]"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd

from .simulate import draw_people, personas, read_population, simulate_events

ROOT = Path(__file__).resolve().parents[2]


def write_interactions(data: Path) -> pd.DataFrame:
    """Simulate the population and the personas over data/catalog.csv; writes and returns data/interactions.csv."""
    catalog = pd.read_csv(data / "catalog.csv")
    settings = read_population("gentle")
    queries = tomllib.loads((ROOT / "seeds/pictures/catalog.toml").read_text(encoding="utf-8"))["queries"][
        "subjects"
    ]
    rng = np.random.default_rng(settings["seed"])
    styles = pd.unique(catalog["style"]).tolist()
    people = [*personas(styles, queries), *draw_people(settings, styles, rng)]
    events = simulate_events(people, catalog, settings, rng)
    events.to_csv(data / "interactions.csv", index=False, lineterminator="\n")
    return events


if __name__ == "__main__":
    events = write_interactions(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "data")
    print(f"{len(events):,} events by {events['user_id'].nunique():,} users")

"""What `make measure` found, as it ships in data/measurements.json: tables and curves to read and to plot."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from .settings import SHIPPED_DATA

MEASUREMENTS = SHIPPED_DATA / "measurements.json"
POPULATIONS, TESTS = ("gentle", "harsh"), ("plain", "co_taste")
CONTROLS = ("shuffled", "random", "anonymous")


def read_measurements(path: Path = MEASUREMENTS) -> dict[str, Any]:
    """{"about", "gentle", "harsh", "weights", "held_out", "drift", "curves"}, as tests/benchmarks/join.py wrote them."""
    return json.loads(path.read_text(encoding="utf-8"))


def table_of(measured: Mapping[str, Any], figure: str = "ndcg12") -> pd.DataFrame:
    """A figure by method (rows) and by population and test (columns): means over the seeds."""
    columns = {
        f"{population} {test}": {method: row[figure] for method, row in measured[population][test].items()}
        for population in POPULATIONS
        for test in TESTS
    }
    return pd.DataFrame(columns)


def mark_winners(table: pd.DataFrame, *, tie: float = 0.0, leave_out: Sequence[str] = CONTROLS) -> pd.DataFrame:
    """The table in words, three digits, "◀" behind the best of each column and what lies at most `tie` below it.

    leave_out : rows that cannot win.
    """
    best = table.drop(index=list(leave_out), errors="ignore").max() - tie
    won = table.ge(best, axis="columns") & ~table.index.isin(leave_out)[:, None]
    return table.map("{:.3f}".format) + won.replace({True: " ◀", False: ""})


def curve_of(measured: Mapping[str, Any], curve: str, figure: str = "ndcg12") -> pd.DataFrame:
    """A figure over the values of one curve ("weight", "k", "history", "candidates", "users"): a column a population."""
    columns = {}
    for population in POPULATIONS:
        rows = pd.DataFrame(measured["curves"][population][curve])
        columns[population] = rows.set_index(rows.columns[0])[figure]
    return pd.DataFrame(columns)

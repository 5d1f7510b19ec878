"""What a notebook costs on AWS, from seeds/prices.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from IPython.display import Markdown, display

from .catalog import SEEDS


@dataclass(frozen=True)
class Price:
    """A price in US dollars for one unit, with where it was read and whether AWS's own page confirmed it."""

    dollars: float
    unit: str
    source: str
    read_on: str
    confirmed: bool


def _read() -> dict[str, Any]:
    return tomllib.loads((SEEDS / "prices.toml").read_text(encoding="utf-8"))


def read_prices() -> dict[str, Price]:
    """Every price that the estimates use, by name."""
    return {name: Price(**entry) for name, entry in _read()["price"].items()}


def estimate(amounts: Mapping[str, float]) -> float:
    """Dollars for so many units of each price: {"titan_image": 2000} → 0.12."""
    prices = read_prices()
    return sum(prices[name].dollars * amount for name, amount in amounts.items())


def idle_amounts(thing: str) -> dict[str, float]:
    """What a thing uses up in an hour by merely being there, in units of each price.

    thing: campaign, training_job, or a kind of OpenSearch such as "domain".
    """
    return _read()["idle"][thing]


@dataclass(frozen=True)
class Plan:
    """What running a notebook takes: times and charges in words, as the notebooks and the README show them."""

    offline: str
    aws: str
    charges: str
    keeps_billing: str


def plan_of(notebook: str) -> Plan:
    """A notebook's minutes offline and on AWS, its dollars, and what keeps billing after it.

    notebook: its number, such as "05". Raises KeyError for a notebook that seeds/prices.toml does not know.
    """
    entry = _read()["notebook"][notebook]
    dollars = estimate(entry["amounts"])
    charges = "nothing" if not dollars else "under $0.01" if dollars < 0.01 else f"about ${dollars:.2f}"
    return Plan(entry["offline"], entry["aws"], charges, entry["keeps_billing"])


def show_time_and_cost(notebook: str) -> None:
    """Displays a notebook's plan as a table; `notebook` is its number, such as "05"."""
    plan = plan_of(notebook)
    display(
        Markdown(
            "| offline | on AWS | AWS charges | keeps billing afterwards |\n|---|---|---|---|\n"
            f"| {plan.offline} | {plan.aws} | {plan.charges} | {plan.keeps_billing} |"
        )
    )

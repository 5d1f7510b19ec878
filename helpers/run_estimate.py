"""What a run on AWS will take, in minutes and dollars, before anything is created."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from .catalog import load_catalog, load_interactions
from .clustering import MOST_KS
from .costs import Price, estimate, idle_amounts, read_prices
from .durations import minutes_of
from .scale import EVENT_BYTES
from .tables import Table

if TYPE_CHECKING:
    from .workshop import Workshop

# What the reader waits for, one after the other; the six jobs of the elbow train side by side where the quota allows.
WAITS = ("training_job", "dataset_group", "dataset", "dataset_import_job", "solution", "solution_version", "campaign")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_COLUMNS = ("what", "how much", "about", "price", "read where and when")
_WORDS_1K = 0.5  # thousand tokens of queries in all notebooks: some hundred, of about five each


def estimate_run(aws: Workshop, *, hours: float = 3) -> Table:
    """A table of charges, what bills while it stands idle first, with the source of each price; the waits below it.

    hours : how long you mean to stay, from launching the stack to deleting everything.
    Raises ValueError for a stay that is not longer than 0.
    """
    if not hours > 0:
        raise ValueError(f"hours is {hours}; it says how long you mean to stay, so it must be more than 0.")
    if aws.settings.shared:
        return _lent(aws.settings.shared)
    search = search_of(aws)
    fewest, most = _minutes(search)
    ahead = min(hours, fewest / 60)
    idle = _idle_rows(search, hours, hours - ahead, f"{hours:g} hours, less the {fewest} minutes or more before it is there")
    once = _once_rows(len(load_catalog(aws.data)), len(load_interactions(aws.data)))
    total = sum(estimate(amounts) for _, _, amounts in idle + once)
    a_day = 24 * sum(estimate(idle_amounts(thing)) for thing in ("campaign", search) if thing)
    rows = [(what, how_much, _dollars(estimate(amounts)), *_prices(amounts)) for what, how_much, amounts in idle + once]
    rows.append(("in all", f"{hours:g} hours", _dollars(total), "before tax and free tier", ""))
    rows.append(("forgotten", "each further day", _dollars(a_day), "until notebook 99 deletes it", ""))
    waits = f"Waits: {fewest} to {most} minutes in all, most of them for training and import (typical, and unconfirmed)."
    return Table(_COLUMNS, tuple(rows), (waits, _OTHERS.get(search, _OWN)))


def _lent(owner: str) -> Table:
    """An attendee's share: the words of their queries."""
    amounts = {"titan_1k_tokens": _WORDS_1K}
    row = ("Titan: words of queries", f"{1000 * _WORDS_1K:.0f} tokens", _dollars(estimate(amounts)), *_prices(amounts))
    return Table(_COLUMNS, (row,), (f"All else is that of '{owner}', whose campaign and index bill once for the whole room.",))


def search_of(aws: Workshop) -> str:
    """The kind of OpenSearch that will be paid for: that of the settings, or "" where one is given."""
    return "" if aws.settings.opensearch_url else aws.settings.opensearch or "domain"


_OWN = "Your own OpenSearch is not counted."
_OTHERS = {
    "domain": "Prices are those of us-east-1.",
    "serverless-classic": "Prices are those of us-east-1. A Classic collection bills whether it is used or not.",
    "serverless-nextgen": "Prices are those of us-east-1. NextGen bills while it is used, and nothing after ten idle minutes: "
    "2 OCU for all your stay are counted here, as what it really takes is unconfirmed.",
}
_Row = tuple[str, str, Mapping[str, float]]


def _minutes(search: str) -> tuple[int, int]:
    each = [minutes_of(kind) for kind in (*WAITS, *([search] if search else []))]
    return sum(fewest for fewest, _ in each), sum(most for _, most in each)


def _idle_rows(search: str, hours: float, campaign_hours: float, words: str) -> list[_Row]:
    rows: list[_Row] = [("campaign, used or not", words, _times(idle_amounts("campaign"), campaign_hours))]
    if search == "serverless-nextgen":
        rows.append(("OpenSearch Serverless NextGen, while used", f"2 OCU, {hours:g} hours", {"opensearch_ocu_hour": 2 * hours}))
    elif search:
        rows.append((f"OpenSearch {search}, used or not", f"{hours:g} hours", _times(idle_amounts(search), hours)))
    return sorted(rows, key=lambda row: -estimate(row[2]))


def _once_rows(pictures: int, events: int) -> list[_Row]:
    machine_hours = MOST_KS * minutes_of("training_job")[1] / 60
    rows: list[_Row] = [
        ("Titan: pictures", f"{pictures:,}", {"titan_image": pictures}),
        ("Personalize: training", f"{events:,} events", {"personalize_v2_training_1k": events / 1000}),
        ("SageMaker: K-Means", f"{MOST_KS} jobs of {minutes_of('training_job')[1]} minutes", {"ml_m5_large_hour": machine_hours}),
        ("Personalize: import", f"{EVENT_BYTES * events / 1e6:.1f} MB", {"personalize_ingestion_gb": EVENT_BYTES * events / 1e9}),
        ("Titan: words of queries", f"{1000 * _WORDS_1K:.0f} tokens", {"titan_1k_tokens": _WORDS_1K}),
    ]
    return sorted(rows, key=lambda row: -estimate(row[2]))


def _times(amounts: Mapping[str, float], hours: float) -> dict[str, float]:
    return {name: amount * hours for name, amount in amounts.items()}


def _dollars(amount: float) -> str:
    return "nothing" if not amount else "under $0.01" if amount < 0.01 else f"${amount:.2f}"


def _prices(amounts: Mapping[str, float]) -> tuple[str, str]:
    """The prices in words, and where and when each was read."""
    prices = [read_prices()[name] for name in amounts]
    words = [f"{f'${price.dollars:.6f}'.rstrip('0').rstrip('.')} per {price.unit}" for price in prices]
    return " + ".join(words), " + ".join(dict.fromkeys(map(_source, prices)))


def _source(price: Price) -> str:
    read = f"{price.source}, {price.read_on}{'' if price.confirmed else ' (unconfirmed)'}"
    return re.sub(r"(\d{4})-(\d\d)-(\d\d)", lambda day: f"{int(day[3])} {_MONTHS[int(day[2]) - 1]} {day[1]}", read)

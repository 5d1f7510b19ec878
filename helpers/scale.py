"""What each step takes when the library grows: sizes, minutes and dollars, each with its formula and its source.

Nothing here was measured on AWS. What no source tells is "unknown".
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import pandas as pd

from .costs import read_prices
from .index_memory import COMPRESSION_LEVELS, HOURS_A_MONTH, SMALLEST, cheapest_domain, index_memory
from .interactions import LEAST_INTERACTIONS, LEAST_USERS
from .ranking_client import MOST_CLUSTERS
from .search import DEFAULT_CANDIDATES
from .titan import DEFAULT_DIMENSION

UNKNOWN = "unknown"
# Measured on the data that ships; a test compares.
PICTURES, USERS, EVENTS, SUBJECTS, CLUSTERS = 3_400, 2_403, 90_325, 20, 400
PICTURE_BYTES, EVENT_BYTES, DOCUMENT_BYTES, RECORD_BYTES = 9_790, 30.9, 12_800, 4_124
D = DEFAULT_DIMENSION
# What the services allow. unconfirmed: Titan's requests a minute, an old default; an account may have fewer, or none.
TITAN_A_MINUTE, OPENSEARCH_K, RANKINGS_A_SECOND, EVENTS_A_SECOND = 2_000, 10_000, 500, 1_000
MOST_ITEMS, MOST_ITEMS_V1 = 5_000_000, 750_000
TOKENS_A_QUERY, BULK = 5, 200
_OWN, _PRICES, _FLOAT32 = "our data", "seeds/prices.toml", "float32"
_PERSONALIZE, _OPENSEARCH = "Personalize developer guide", "OpenSearch documentation"
_GB = 1e9


@dataclass(frozen=True)
class Size:
    """A library and its traffic: pictures, users with a history, and queries a second, on average over the month."""

    name: str
    pictures: int
    users: int
    queries_per_second: float


SIZES = (
    Size("workshop", PICTURES, USERS, 0.1),
    Size("100 k", 100_000, 50_000, 10),
    Size("10 M", 10_000_000, 5_000_000, 1_000),
)


@dataclass(frozen=True)
class _Row:
    step: str
    quantity: str
    amount: float | str
    unit: str
    formula: str
    source: str
    note: str = ""


def scale_table(pictures: int, users: int, queries_per_second: float, *, clusters: int | None = None) -> pd.DataFrame:
    """A row for each quantity of each step: amount (a number or "unknown"), formula, source, a note where a limit binds.

    Its index is step, quantity, unit.

    clusters : how many K-Means makes; None lets them grow with the root of the pictures, from the workshop's 400.
    In formulas n is pictures, u users, q queries a second, k clusters, d 1,024; names are those of seeds/prices.toml.
    Prices are for us-east-1, without free tier, volume discounts, replicas and data transfer.
    Raises ValueError for a library without pictures or users, or fewer than no queries.
    """
    if pictures < 1 or users < 1 or queries_per_second < 0:
        raise ValueError("a library has at least one picture and one user, and no fewer than 0 queries a second")
    k = clusters or max(1, round(CLUSTERS * math.sqrt(pictures / PICTURES)))
    rows = _embed(pictures) + _cluster(pictures, k) + _index(pictures) + _train(users, k, queries_per_second)
    rows += _search(pictures, queries_per_second)
    for unit in ("$ once", "$ a month"):
        kept = [row.amount for row in rows if row.unit == unit and isinstance(row.amount, float)]
        rows.append(_Row("all", "known charges", sum(kept), unit, "sum of the rows above", _PRICES, "unknown ones come on top"))
    table = pd.DataFrame([asdict(row) for row in rows])
    table["amount"] = table["amount"].astype(object)
    return table.set_index(["step", "quantity", "unit"])


def compare_sizes(step: str = "") -> pd.DataFrame:
    """The amounts of all three SIZES side by side, three digits each, with formula and source.

    step : a notebook's number such as "03" keeps that step alone.
    """
    tables = {size.name: scale_table(size.pictures, size.users, size.queries_per_second) for size in SIZES}
    amounts = {name: table["amount"].map(_in_three_digits) for name, table in tables.items()}
    whole = pd.DataFrame(amounts).join(next(iter(tables.values()))[["formula", "source"]])
    return whole[[name.startswith(step) for name, _, _ in whole.index]]


def binding_limits(step: str = "") -> list[str]:
    """A sentence for each note of the three SIZES' tables: which limit binds, and where."""
    sentences = []
    for size in SIZES:
        table = scale_table(size.pictures, size.users, size.queries_per_second)
        for row in table[table["note"] != ""].reset_index().itertuples():
            if str(row.step).startswith(step) and row.step != "all":
                sentences.append(f"{size.name} · {row.step} · {row.quantity}: {row.note}")
    return sentences


def _in_three_digits(amount: float | str) -> str:
    if isinstance(amount, str):
        return amount
    digits = 2 - math.floor(math.log10(abs(amount))) if amount else 0
    text = f"{round(amount, digits):,.{max(0, digits)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _dollars(price: str, amount: float) -> float:
    return read_prices()[price].dollars * amount


def _if(binds: bool, note: str) -> str:
    return note if binds else ""


def _embed(n: int) -> list[_Row]:
    step = "01 embed"
    minutes = n / TITAN_A_MINUTE
    quota = f"n ÷ {TITAN_A_MINUTE:,} a minute"
    late = _if(minutes > 24 * 60, f"{minutes / 1440:.1f} days at this quota: ask for more, or use batch jobs")
    return [
        _Row(step, "vectors on disk", 4 * D * n / _GB, "GB", "4 × d × n", _FLOAT32),
        _Row(step, "Titan, one by one", minutes, "minutes", quota, "an old default quota, unconfirmed", late),
        _Row(step, "Titan, one by one", _dollars("titan_image", n), "$ once", "n × titan_image", _PRICES),
        _Row(step, "Titan, in batch: input", n * PICTURE_BYTES * 4 / 3 / _GB, "GB", "n × mean picture × 4/3", "base64; our data"),
        _Row(step, "Titan, in batch", UNKNOWN, "minutes", "none published", "Bedrock user guide"),
        _Row(step, "Titan, in batch", _dollars("titan_image_batch", n), "$ instead", "n × titan_image_batch", _PRICES),
    ]


def _cluster(n: int, k: int) -> list[_Row]:
    step, known = "02 cluster", n <= PICTURES and k <= CLUSTERS
    many = _if(k > MOST_CLUSTERS, f"over {MOST_CLUSTERS}: one request can't rank them all, only those of the candidates")
    too_many = f"over {MOST_ITEMS:,}: training leaves the rest out (recipe v1: {MOST_ITEMS_V1:,})"
    items = too_many if k > MOST_ITEMS else many
    per_item = _if(n > MOST_ITEMS, f"over {MOST_ITEMS:,}: pictures could not be items themselves, clusters can")
    return [
        _Row(step, "pictures", n, "vectors", "n", "given; limits: Personalize guide", per_item),
        _Row(step, "clusters", k, "ids", f"{CLUSTERS} × √(n ÷ {PICTURES:,})", "a rule of thumb, unproven", items),
        _Row(step, "training file", RECORD_BYTES * n / _GB, "GB", "(4 × d + 28) × n", "recordIO, as we write it"),
        _Row(step, "centres in memory", 4 * D * 10 * k / _GB, "GB", "4 × d × 10 k", "extra_center_factor, auto"),
        _Row(step, "multiply-adds", n * 10 * k * D * 10 / 1e12, "10¹²", "n × 10 k × d × 10 epochs", "K-Means' definition"),
        _Row(step, "training", 5 if known else UNKNOWN, "minutes", "3 to 5 for our size", "public logs of small jobs"),
        _Row(step, "training", _dollars("ml_m5_large_hour", 5 / 60) if known else UNKNOWN, "$ once",
             "minutes × ml_m5_large_hour", _PRICES),
    ]  # fmt: skip


def _index(n: int) -> list[_Row]:
    step, rows = "03 index", []
    for level in COMPRESSION_LEVELS:
        formula = f"1.1 × (4 × d{f' ÷ {level}' if level > 1 else ''} + 8 × m) × n"
        rows.append(_Row(step, f"memory at {level}x", index_memory(n, compression=level) / _GB, "GB", formula, _OPENSEARCH))
    month = f"nodes × hour × {HOURS_A_MONTH}, from {SMALLEST}"
    for level, unit in ((1, "$ a month"), (32, "$ instead")):
        domain = cheapest_domain(index_memory(n, compression=level))
        more = f"memory asks for {domain.nodes} × {domain.instance_type}; replicas and processors come on top"
        note = _if((domain.nodes, domain.instance_type) != (1, SMALLEST), more)
        rows.append(_Row(step, f"domain at {level}x", domain.dollars, unit, month, _PRICES, note))
    # unconfirmed: the 1.45 that AWS adds for the index and what the system reserves was read at second hand.
    disk = _dollars("opensearch_gp3_gb_month", 1.45 * (4 * D + 8 * 16) * n / _GB)
    return [
        *rows,
        _Row(step, "disk", disk, "$ a month", "1.45 × (4 × d + 8 × m) × n", "AWS sizing guide; prices"),
        _Row(step, "bulk load", n * DOCUMENT_BYTES / _GB, "GB of JSON", "n × one document", _OWN),
        _Row(step, "bulk load", math.ceil(n / BULK), "requests", f"n ÷ {BULK}", "index_images"),
        _Row(step, "bulk load", UNKNOWN, "minutes", "hangs on nodes and shards", "none published"),
    ]


def _train(u: int, k: int, q: float) -> list[_Row]:
    step, known = "05 train", u <= USERS
    events = u * EVENTS / USERS
    too_few = events < LEAST_INTERACTIONS or u < LEAST_USERS
    few = _if(too_few, f"Personalize wants {LEAST_INTERACTIONS:,} events and {LEAST_USERS} users")
    rate = max(1.0, q)
    busy = _if(q < 1, "minProvisionedTPS ≥ 1 binds: an idle campaign bills one request a second")
    if q > RANKINGS_A_SECOND:
        busy = f"over {RANKINGS_A_SECOND} a second for one campaign: ask for more, or split the users"
    training = _dollars("personalize_v2_training_1k", events / 1000)
    return [
        _Row(step, "training rows", events, "events", f"u × {EVENTS / USERS:.1f}", _OWN, few),
        _Row(step, "events a cluster", events / k, "events", "events ÷ k", _OWN),
        _Row(step, "import file", EVENT_BYTES * events / _GB, "GB", f"{EVENT_BYTES} bytes × events", _OWN),
        _Row(step, "import", _dollars("personalize_ingestion_gb", EVENT_BYTES * events / _GB), "$ once",
             "GB × personalize_ingestion_gb", _PRICES),
        _Row(step, "import and training", 65 if known else UNKNOWN, "minutes", "15 + 50 at most, our size", "typical durations"),
        _Row(step, "training", training, "$ once", "events × …_v2_training_1k", _PRICES),
        _Row(step, "training every week", training * 365 / 12 / 7, "$ more a month", "one training × 365 ÷ 12 ÷ 7", _PERSONALIZE),
        _Row(step, "campaign", _dollars("personalize_v2_campaign_hour", rate * HOURS_A_MONTH), "$ a month",
             "max(1, q) × …_campaign_hour × 730", _PRICES, busy),
    ]  # fmt: skip


def _search(n: int, q: float) -> list[_Row]:
    step, queries = "06 search", q * HOURS_A_MONTH * 3600
    each = n / SUBJECTS
    few = f"the {DEFAULT_CANDIDATES} candidates are but the nearest; raise size, to {MOST_CLUSTERS} clusters at most"
    missed = _if(each > DEFAULT_CANDIDATES, few)
    if each > OPENSEARCH_K:
        missed = f"over OpenSearch's k ≤ {OPENSEARCH_K:,}: re-ranking never sees most of them; ask narrower, or filter"
    clicks = _if(q >= EVENTS_A_SECOND, f"at the quota of {EVENTS_A_SECOND:,} PutEvents a second")
    return [
        _Row(step, "pictures of a subject", each, "pictures", f"n ÷ {SUBJECTS} subjects", _OWN, missed),
        _Row(step, "queries", queries, "a month", "q × 730 × 3,600", "definition"),
        _Row(step, "Titan for the words", _dollars("titan_1k_tokens", queries * TOKENS_A_QUERY / 1000), "$ a month",
             f"queries × {TOKENS_A_QUERY} tokens × titan_1k_tokens", _PRICES),
        _Row(step, "clicks recorded", q, "a second", "one for each query", "an assumption", clicks),
    ]  # fmt: skip

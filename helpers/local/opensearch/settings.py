"""The settings of an index: read from a request in any of their spellings, kept flat, shown nested.

Unconfirmed: the texts of its refusals (errors.py says what that means).
"""

from typing import Any

from .errors import OpenSearchError, illegal_argument, not_offline

_DEFAULTS = {"index.number_of_shards": "1", "index.number_of_replicas": "1"}
_DYNAMIC = {
    "index.refresh_interval",
    "index.number_of_replicas",
    "index.max_result_window",
    "index.knn.algo_param.ef_search",
    "index.knn.advanced.approximate_threshold",
}
_FIXED = {
    "index.knn",
    "index.number_of_shards",
    "index.replication.type",
    "index.knn.derived_source.enabled",
    "index.hidden",
}
_WHOLE_NUMBERS = {  # with the least that they may be
    "index.number_of_shards": 1,
    "index.number_of_replicas": 0,
    "index.max_result_window": 1,
    "index.knn.algo_param.ef_search": 2,
    "index.knn.advanced.approximate_threshold": -1,
}
_FLAGS = ("index.knn", "index.knn.derived_source.enabled", "index.hidden")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def read(body: dict[str, Any] | None) -> dict[str, str]:
    """The settings of a request, flat: {"index.knn": "true"}. Raises the 400 error for an unknown one."""
    settings = dict(_flatten(body or {}))
    for name in settings:
        if name.startswith(("index.analysis.", "index.similarity.", "index.sort.", "index.knn.disk.")):
            raise not_offline(f"setting {name}")
        if name not in _DYNAMIC | _FIXED:
            raise illegal_argument(
                f"unknown setting [{name}] please check that any required plugins are installed, or check "
                "the breaking changes documentation for removed settings"
            )
    _refuse_misfit(settings)
    return settings


def copies(settings: dict[str, str]) -> int:
    """How many copies of the one shard there should be; a single node holds the first."""
    return 1 + int(settings["index.number_of_replicas"])


def with_defaults(settings: dict[str, str]) -> dict[str, str]:
    """What a new index gets."""
    return {**_DEFAULTS, **settings}


def refuse_fixed(settings: dict[str, str], index: str, uuid: str) -> None:
    """Raise the 400 error if one of these can only be set when the index is made."""
    fixed = sorted(set(settings) & _FIXED)
    if fixed:
        names = ", ".join(fixed)
        raise illegal_argument(f"Can't update non dynamic settings [[{names}]] for open indices [[{index}/{uuid}]]")


def seconds(interval: str) -> float:
    """The length of an interval such as "1s" or "500ms"; "-1" (never) is infinite."""
    if interval == "-1":
        return float("inf")
    number = interval.rstrip("abcdefghijklmnopqrstuvwxyz")
    unit = interval[len(number) :]
    try:
        return float(number) * _UNITS[unit]
    except (KeyError, ValueError):
        raise OpenSearchError(
            400,
            "illegal_argument_exception",
            f"failed to parse setting [index.refresh_interval] with value [{interval}] as a time value: "
            "unit is missing or unrecognized",
        ) from None


def _refuse_misfit(settings: dict[str, str]) -> None:
    seconds(settings.get("index.refresh_interval", "1s"))
    for name, least in _WHOLE_NUMBERS.items():
        value = settings.get(name, str(least))
        if not value.lstrip("-").isdigit():
            raise illegal_argument(f"Failed to parse value [{value}] for setting [{name}]")
        if int(value) < least:
            raise illegal_argument(f"Failed to parse value [{value}] for setting [{name}] must be >= {least}")
    for name in _FLAGS:
        if (value := settings.get(name, "true")) not in ("true", "false"):
            raise illegal_argument(f"Failed to parse value [{value}] as only [true] or [false] are allowed.")
    if settings.get("index.number_of_shards", "1") != "1":
        raise not_offline("index of several shards")
    if settings.get("index.hidden", "false") != "false":
        raise not_offline("hidden index")
    if settings.get("index.replication.type", "DOCUMENT").upper() != "DOCUMENT":
        raise not_offline("replication by segments")


def nested(settings: dict[str, str]) -> dict[str, Any]:
    """The settings as an answer shows them. "knn" has a value and children, so these keep a dotted name."""
    tree: dict[str, Any] = {}
    for name in sorted(settings):
        *parents, leaf = name.split(".")
        place = tree
        for depth, parent in enumerate(parents):
            below = place.setdefault(parent, {})
            if not isinstance(below, dict):
                *rest, leaf = name.split(".")[depth:]
                place = place.setdefault(".".join(rest), {})
                break
            place = below
        place[leaf] = settings[name]
    return tree


def _flatten(tree: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in tree.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            pairs += _flatten(value, f"{name}.")
        elif value is not None:
            full = name if name.startswith("index.") else f"index.{name}"
            pairs.append((full, str(value).lower() if isinstance(value, bool) else str(value)))
    return pairs

"""How long AWS usually takes to make a thing, from seeds/prices.toml, and what to read meanwhile."""

from __future__ import annotations

import tomllib

from .catalog import SEEDS


def usual(kind: str) -> str:
    """The usual time for a kind of resource: "15–50 minutes", or "1 minute". "" for a kind that we know nothing of.

    kind: as AWS's own name for it, such as "solution version".
    """
    if kind.replace(" ", "_") not in _read():
        return ""
    fewest, most = minutes_of(kind)
    return f"{most} minute{'s' * (most > 1)}" if fewest == most else f"{fewest}–{most} minutes"


def minutes_of(kind: str) -> tuple[int, int]:
    """The fewest and the most minutes that it usually takes. Raises KeyError for a kind that we know nothing of."""
    fewest, most = _read()[kind.replace(" ", "_")]["minutes"]
    return fewest, most


def say_started(what: str, kind: str) -> None:
    """Prints the line below a cell that starts something, the same whether it started it or found it started or done."""
    entry = _read()[kind.replace(" ", "_")]
    meanwhile = f" Meanwhile: {entry['meanwhile']}." if "meanwhile" in entry else ""
    print(f"{what}: started, or found. On AWS it usually takes {usual(kind)}.{meanwhile}")


def _read() -> dict[str, dict]:
    return tomllib.loads((SEEDS / "prices.toml").read_text(encoding="utf-8"))["duration"]

"""Which faults to meet on purpose: the setting WORKSHOP_FAULTS, read and checked.

    throttling=0.3,server=0.05,seed=1

Faults that pass have a rate; those that are for good happen so many times, and then no more, in one data folder. Here is
only what the setting says; helpers/local/faults.py makes it happen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields

RATES = {  # share of attempts
    "throttling": "calls that a busy service refuses",
    "server": "calls that meet an error of the service's own",
    "timeouts": "calls whose answer never comes",
    "bulk": "documents that a bulk request has no room for",
}
COUNTS = {  # how many
    "training": "K-Means jobs that fail",
    "imports": "imports into Personalize that fail",
    "versions": "trainings of Personalize that fail",
    "full_disk": "writes that find the disk full",
    "stale": "looks that a search takes to see what is new, asked to refresh or not",
    "slow_disk": "milliseconds that every write takes longer",
    "seed": "which calls it hits",
}
HIGHEST_RATE = 0.9
MOST = 1000


@dataclass(frozen=True)
class FaultPlan:
    """How often each fault happens; see RATES and COUNTS. `FaultPlan()` has none, and is false."""

    throttling: float = 0
    server: float = 0
    timeouts: float = 0
    bulk: float = 0
    training: int = 0
    imports: int = 0
    versions: int = 0
    full_disk: int = 0
    stale: int = 0
    slow_disk: int = 0
    seed: int = 0

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self) if field.name != "seed")

    def __str__(self) -> str:
        return ",".join(f"{f.name}={getattr(self, f.name):g}" for f in fields(self) if getattr(self, f.name))


NO_FAULTS = FaultPlan()


def parse_faults(text: str | None) -> FaultPlan:
    """The plan that a setting asks for, such as "throttling=0.3,server=0.05,seed=1"; none for None and "".

    Raises ValueError naming what is wrong and everything that is accepted.
    """
    given: dict[str, float] = {}
    for part in (text or "").split(","):
        name, equals, value = (word.strip() for word in part.partition("="))
        if not name and not equals:
            continue
        if name in given:
            raise _refused(text, f"{name} stands in it twice")
        if name in RATES:
            given[name] = _number(text, name, value, r"0?\.\d+|0|1", HIGHEST_RATE, float)
        elif name in COUNTS:
            given[name] = _number(text, name, value, r"\d{1,6}", 10**6 if name == "seed" else MOST, int)
        else:
            raise _refused(text, f"{name!r} is no fault")
    if sum(given.get(name, 0) for name in ("throttling", "server", "timeouts")) > HIGHEST_RATE:
        raise _refused(text, f"throttling, server and timeouts together are more than {HIGHEST_RATE}: no call would succeed")
    return FaultPlan(**given)  # type: ignore[arg-type]


def _number(text: str | None, name: str, value: str, pattern: str, most: float, kind: type) -> float:
    if not re.fullmatch(pattern, value, re.ASCII) or kind(value) > most:
        what = "a share from 0" if kind is float else "a whole number from 0"
        raise _refused(text, f"{name} is {value!r}, not {what} to {most}")
    return kind(value)


def _refused(text: str | None, problem: str) -> ValueError:
    rates = "; ".join(f"{name}, {words}" for name, words in RATES.items())
    counts = "; ".join(f"{name}, {words}" for name, words in COUNTS.items())
    return ValueError(
        f"WORKSHOP_FAULTS is {text!r}: {problem}. It is a list such as 'throttling=0.3,server=0.05,seed=1'. "
        f"Shares from 0 to {HIGHEST_RATE}: {rates}. Whole numbers: {counts}."
    )

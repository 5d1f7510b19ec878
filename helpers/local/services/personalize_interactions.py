"""Interactions of one dataset group: read from a CSV at import, put together with live events at training.

The texts of failures are those that Amazon Personalize's developer guide lists ("Common error messages").
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from ..errors import ServiceError
from ..store import Store
from .personalize_records import DATASET, EVENTS

LEAST_INTERACTIONS = 1000
LEAST_USERS = 25  # with two interactions or more
LONGEST_ID = 256
REQUIRED = ("USER_ID", "ITEM_ID", "TIMESTAMP")
_NOT_CONFORMING = (
    "Input CSV has rows that do not conform to the dataset schema. Please ensure all required data fields are "
    "present and that they are of the type specified in the schema."
)


class Interaction(NamedTuple):
    """One event; timestamp in epoch seconds as the file has it, whatever moment that may be."""

    user_id: str
    item_id: str
    event_type: str
    timestamp: int


class CreateFailed(Exception):
    """A job cannot be done; the text becomes its failureReason."""


def schema_columns(schema: str) -> dict[str, bool]:
    """The columns of a schema, and whether each is required. Raises ValueError if it is no Avro record."""
    fields = json.loads(schema)["fields"]
    types = {field["name"]: field["type"] for field in fields}
    return {name: "null" not in (kind if isinstance(kind, list) else [kind]) for name, kind in types.items()}


def read_csv(
    read_object: Callable[[str], bytes], location: str, columns: dict[str, bool]
) -> list[Interaction]:
    """The interactions in the CSV at this S3 location, in file order.

    Milliseconds pass as timestamps, as on AWS, and mean a date far in the future.
    Raises CreateFailed with the text that AWS gives.
    """
    try:
        text = read_object(location).decode("utf-8-sig")
    except ServiceError as error:
        reason = "Insufficient privileges for accessing data in Amazon S3."
        raise CreateFailed(reason if error.code == "AccessDenied" else "Invalid Data location.") from None
    except (OSError, KeyError, ValueError):
        raise CreateFailed("Invalid Data location.") from None
    rows = csv.reader(io.StringIO(text, newline=""))
    header = next(rows, [])
    missing = [name for name, required in columns.items() if required and name not in header]
    if missing:
        raise CreateFailed(f"Input CSV is missing the following columns: [{', '.join(missing)}].")
    return [_interaction(dict(zip(header, row, strict=False)), columns) for row in rows if row]


def _interaction(row: dict[str, str], columns: dict[str, bool]) -> Interaction:
    if any(required and not row.get(name) for name, required in columns.items()):
        raise CreateFailed(_NOT_CONFORMING)
    for name, value in row.items():
        if len(value) > LONGEST_ID:
            raise CreateFailed(f"Length cannot be more than {LONGEST_ID} characters for {name}.")
    try:
        timestamp = int(row["TIMESTAMP"])
    except ValueError:
        raise CreateFailed(_NOT_CONFORMING) from None
    return Interaction(row["USER_ID"], row["ITEM_ID"], row.get("EVENT_TYPE") or "", timestamp)


class Interactions:
    """What has been imported into, and recorded for, the Interactions dataset of one dataset group."""

    def __init__(self, store: Store, dataset: dict):
        self._store = store
        self._path = store.path(DATASET.folder, dataset["offline"]["key"], ".csv")
        self._group = dataset["offline"]["group"]
        self._first_event = dataset["offline"]["first_event"]

    def replace(self, interactions: Iterable[Interaction]) -> None:
        """Keep these instead of what was imported before; live events stay."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(("USER_ID", "ITEM_ID", "EVENT_TYPE", "TIMESTAMP"))
        writer.writerows(interactions)
        self._store.write_bytes(self._path, text.getvalue().encode())

    def imported(self) -> list[Interaction]:
        """What import jobs brought, in file order."""
        if not self._path.exists():
            return []
        with self._path.open(encoding="utf-8", newline="") as file:
            return [Interaction(u, i, kind, int(when)) for u, i, kind, when in list(csv.reader(file))[1:]]

    def recorded(self) -> list[Interaction]:
        """Live events that name an item, in the order of their arrival; an event id counts once."""
        events: dict[str, dict] = {}
        for line in self._store.lines(EVENTS, self._group)[self._first_event :]:
            events.setdefault(line["eventId"], line)
        with_item = (event for event in events.values() if "itemId" in event)
        return [Interaction(user_of(event), event["itemId"], event["eventType"], 0) for event in with_item]

    def n_lines(self) -> int:
        """How many live events have arrived for this dataset group so far."""
        return len(self._store.lines(EVENTS, self._group))

    def delete(self) -> None:
        """Remove what was imported."""
        self._path.unlink(missing_ok=True)


def user_of(event: dict) -> str:
    """Whose event it is; an anonymous visitor goes by the session id."""
    return event.get("userId") or event["sessionId"]


def check_minimums(interactions: Iterable[Interaction], event_type: str | None) -> None:
    """Raises CreateFailed if there is too little to train on, counted after filtering by event type."""
    counts = Counter(interaction.user_id for interaction in interactions)
    if counts.total() < LEAST_INTERACTIONS:
        raise CreateFailed(
            f"Create failed. Dataset has fewer than {LEAST_INTERACTIONS} interactions after filtering by event "
            f"type: {event_type or 'all event types'}."
        )
    if sum(count >= 2 for count in counts.values()) < LEAST_USERS:
        raise CreateFailed(
            f"Create failed. Dataset has fewer than {LEAST_USERS} users with at least 2 interactions each."
        )

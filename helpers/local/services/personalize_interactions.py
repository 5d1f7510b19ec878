"""Interactions of one dataset group: read from a CSV at import, put together with live events at training.

The texts of failures are those that Amazon Personalize's developer guide lists ("Common error messages").
"""

import codecs
import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import NamedTuple

from ..errors import ServiceError
from ..store import Store
from .personalize_records import DATASET, EVENTS

LEAST_INTERACTIONS = 1000
LEAST_USERS = 25  # with two interactions or more
LONGEST_ID = 256
_ROWS_AT_ONCE = 50_000
_PIECE = 1 << 20  # bytes
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
) -> Iterator[Interaction]:
    """The interactions in the CSV at this S3 location, in file order, one at a time: there may be millions.

    Milliseconds pass as timestamps, as on AWS, and mean a date far in the future.
    Raises CreateFailed with the text that AWS gives: at once for the file and its header, later for a row.
    """
    try:
        data = read_object(location)
        _check_text(data)
    except ServiceError as error:
        reason = "Insufficient privileges for accessing data in Amazon S3."
        raise CreateFailed(reason if error.code == "AccessDenied" else "Invalid Data location.") from None
    except (OSError, KeyError, ValueError):
        raise CreateFailed("Invalid Data location.") from None
    rows = csv.reader(io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", newline=""))
    header = next(rows, [])
    missing = [name for name, required in columns.items() if required and name not in header]
    if missing:
        raise CreateFailed(f"Input CSV is missing the following columns: [{', '.join(missing)}].")
    return _interactions(rows, header, columns)


def _check_text(data: bytes) -> None:
    """Raises UnicodeDecodeError for what is no UTF-8, piece by piece: the whole text can take four times as much as its bytes."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(data), _PIECE):
        decoder.decode(data[start : start + _PIECE], final=start + _PIECE >= len(data))


def _interactions(rows: Iterable[list[str]], header: list[str], columns: dict[str, bool]) -> Iterator[Interaction]:
    place = {name: number for number, name in enumerate(header)}
    required = [place[name] for name, needed in columns.items() if needed]
    user, item, when, kind = place["USER_ID"], place["ITEM_ID"], place["TIMESTAMP"], place.get("EVENT_TYPE")
    for row in filter(None, rows):
        row += [""] * (len(header) - len(row))
        if not all(row[number] for number in required):
            raise CreateFailed(_NOT_CONFORMING)
        if max(map(len, row)) > LONGEST_ID:
            for name, value in zip(header, row, strict=False):
                if len(value) > LONGEST_ID:
                    raise CreateFailed(f"Length cannot be more than {LONGEST_ID} characters for {name}.")
        try:
            timestamp = int(row[when])
        except ValueError:
            raise CreateFailed(_NOT_CONFORMING) from None
        yield Interaction(row[user], row[item], "" if kind is None else row[kind], timestamp)


class Interactions:
    """What has been imported into, and recorded for, the Interactions dataset of one dataset group."""

    def __init__(self, store: Store, dataset: dict):
        self._store = store
        self._path = store.path(DATASET.folder, dataset["offline"]["key"], ".csv")
        self._group = dataset["offline"]["group"]
        self._first_event = dataset["offline"]["first_event"]

    def replace(self, interactions: Iterable[Interaction]) -> None:
        """Keep these instead of what was imported before; live events stay."""
        self._store.write_pieces(self._path, _csv_pieces(interactions))

    def add(self, interactions: Iterable[Interaction]) -> None:
        """Keep these after what was imported before."""
        self.replace(chain(self._imported(), interactions))

    def imported(self) -> list[Interaction]:
        """What import jobs brought, in file order."""
        return list(self._imported())

    def _imported(self) -> Iterator[Interaction]:
        if self._path.exists():
            with self._path.open(encoding="utf-8", newline="") as file:
                for user, item, kind, when in islice(csv.reader(file), 1, None):
                    yield Interaction(user, item, kind, int(when))

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


def _csv_pieces(interactions: Iterable[Interaction]) -> Iterator[bytes]:
    rows: Iterator[tuple] = chain([("USER_ID", "ITEM_ID", "EVENT_TYPE", "TIMESTAMP")], interactions)
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(some)
        yield text.getvalue().encode()


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

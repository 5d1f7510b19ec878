"""Any table of who did what to which picture, and when, as the click log that the workshop reads; with a report."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from .interactions import COLUMNS, InteractionsError
from .library import image_id_of

_GUESSES = {  # how people call these columns; compared without case, spaces and punctuation
    "user_id": ("userid", "user", "visitor", "visitorid", "customer", "customerid", "account", "session", "uid"),
    "image_id": ("imageid", "image", "picture", "photo", "file", "filename", "path", "item", "itemid", "asset", "assetid"),
    "event_type": ("eventtype", "event", "action", "type", "what"),
    "timestamp": ("timestamp", "time", "when", "date", "datetime", "createdat", "at", "ts"),
}
# A number of seconds has ten digits until the year 2286; each further unit has three more.
_UNITS = ((10_000_000_000, 1), (10_000_000_000_000, 1_000), (10_000_000_000_000_000, 1_000_000))
_UNIT_NAMES = ("in seconds", "in milliseconds", "in microseconds", "in nanoseconds")
_LONGEST_USER_ID = 256  # botocore's model of PutEvents and GetPersonalizedRanking


@dataclass(frozen=True)
class EventLog:
    """What a log holds for us.

    events: columns user_id, image_id, event_type, timestamp (epoch seconds), oldest first. report: columns what, rows,
    example; first how many rows were taken, then what was changed or left out, and why.
    """

    events: pd.DataFrame
    report: pd.DataFrame


def read_event_log(
    path: str | Path | None,
    image_ids: Iterable[str],
    *,
    columns: Mapping[str, str] | None = None,
    event_types: Mapping[str, str] | None = None,
    same_as: Mapping[str, str] | None = None,
) -> EventLog:
    """The events of a CSV file that speak of these pictures. With None for a path, no events.

    columns: the file's name of user_id, image_id, event_type and timestamp; those left out are guessed. event_type may be
    missing altogether, then every event is a view. event_types: our name for each of the file's; others are left out.
    same_as: the picture that stands for a copy (`Library.same_as`).
    A picture may be given by its path below the folder, its file name, or that without the extension, as long as only
    one picture has it. Times may be seconds, milliseconds or smaller units since 1970, or dates and times as ISO 8601
    writes them, in a mixture too; without a time zone they count as UTC.

    Raises InteractionsError when the file can't be read as a table, or a column can't be found.
    """
    if path is None:
        return EventLog(pd.DataFrame(columns=list(COLUMNS)), _report(0, {}))
    table = _read_table(Path(path).expanduser())
    names = _names_of(table, columns or {})
    raw = pd.DataFrame({ours: table[theirs].str.strip() for ours, theirs in names.items()})
    notes: dict[str, tuple[int, str]] = {}
    if "event_type" not in raw:
        raw["event_type"], event_types = "view", None
        notes["no column of event types: each event counts as a view"] = (len(raw), "")

    def drop(rows: pd.Series, why: str, shown: pd.Series) -> None:
        nonlocal raw
        if rows.any():
            notes[why] = (int(rows.sum()), str(shown[rows].iloc[0])[:60])
            raw = raw[~rows]

    nobody = raw["user_id"].eq("") | raw["image_id"].eq("")
    drop(nobody, "left out: no user or no picture", raw["user_id"] + ", " + raw["image_id"])
    endless = raw["user_id"].str.len() > _LONGEST_USER_ID
    drop(endless, f"left out: a user id of more than {_LONGEST_USER_ID} characters", raw["user_id"])
    if event_types is not None:
        mapped = raw["event_type"].map(dict(event_types))
        drop(mapped.isna(), "left out: an event type without a name of ours", raw["event_type"])
        raw["event_type"] = raw["event_type"].map(dict(event_types))
    drop(raw["event_type"].eq(""), "left out: no event type", raw["user_id"])
    known, shared = _pictures_by_name(image_ids, same_as or {})
    given = raw["image_id"].map(image_id_of)
    drop(given.isin(shared), "left out: a name that several pictures have", raw["image_id"])
    drop(~raw["image_id"].map(image_id_of).isin(known), "left out: a picture that is not in the folder", raw["image_id"])
    raw["image_id"] = raw["image_id"].map(image_id_of).map(known)
    seconds, kinds = _seconds_of(raw["timestamp"])
    drop(seconds.isna(), "left out: a time that can't be read, or before 1970", raw["timestamp"])
    raw["timestamp"] = seconds.dropna().astype("int64")
    for kind, n in kinds.items():
        if kind != "in seconds":
            notes[f"times {kind}, turned into seconds"] = (n, "")
    # Personalize reads our table as unquoted CSV.
    for column in ("user_id", "event_type"):
        odd = raw[column].str.contains(r'[,"\r\n]', regex=True)
        if odd.any():
            notes[f"{column}: a comma, quote or line break became _"] = (int(odd.sum()), str(raw[column][odd].iloc[0])[:60])
            raw[column] = raw[column].str.replace(r'[,"\r\n]', "_", regex=True)
    events = raw[list(COLUMNS)].sort_values("timestamp", kind="stable").reset_index(drop=True)
    return EventLog(events, _report(len(events), notes))


def _report(taken: int, notes: Mapping[str, tuple[int, str]]) -> pd.DataFrame:
    rows = [("taken", taken, ""), *((what, n, example) for what, (n, example) in notes.items())]
    return pd.DataFrame(rows, columns=["what", "rows", "example"])


def _read_table(path: Path) -> pd.DataFrame:
    """Every cell as text; whatever the encoding and the separator."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InteractionsError(f"{path} cannot be read ({error.strerror}). Give the path of a CSV file.") from error
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        break
    else:
        raise InteractionsError(f"{path} is in an encoding that nobody can tell. Save it as UTF-8.")
    names = re.split(r"[\r\n]", text, maxsplit=1)[0]
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t|", key=names.count)) if row]
    except csv.Error:
        rows = []
    if len(rows) < 2 or len(rows[0]) < 3:
        raise InteractionsError(
            f"{path} is no table: it needs a line of column names and a line for each event, separated by commas."
        )
    width = len(rows[0])
    return pd.DataFrame([(row + [""] * width)[:width] for row in rows[1:]], columns=[name.strip() for name in rows[0]], dtype=str)


def _names_of(table: pd.DataFrame, given: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for ours, guesses in _GUESSES.items():
        if ours in given:
            if given[ours] not in table.columns:
                raise InteractionsError(f"The log has no column {given[ours]!r} for {ours}; it has {', '.join(table.columns)}.")
            found[ours] = given[ours]
            continue
        plain = {re.sub(r"[^a-z]", "", name.lower()): name for name in reversed(table.columns)}
        match = next((plain[guess] for guess in guesses if guess in plain), None)
        if match is not None:
            found[ours] = match
        elif ours != "event_type":
            raise InteractionsError(
                f"Which column is the {ours}? The log has {', '.join(table.columns)}. Say so: columns={{{ours!r}: '…'}}."
            )
    return found


def _pictures_by_name(image_ids: Iterable[str], same_as: Mapping[str, str]) -> tuple[dict[str, str], set[str]]:
    """(picture by each name that it may be given by, names that several pictures have)."""
    paths = {image_id: image_id for image_id in image_ids}
    paths |= {copy: taken for copy, taken in same_as.items() if taken in paths}
    short: dict[str, set[str]] = defaultdict(set)
    for path, image_id in paths.items():
        name = path.rpartition("/")[2]
        for form in {name, name.rpartition(".")[0], path.rpartition(".")[0]} - {""}:
            short[form].add(image_id)
    shared = {name for name, ids in short.items() if len(ids) > 1} - paths.keys()
    return {name: next(iter(ids)) for name, ids in short.items() if len(ids) == 1} | paths, shared


def _seconds_of(times: pd.Series) -> tuple[pd.Series, dict[str, int]]:
    """(epoch seconds, NaN for what is no time; how many were written how)."""
    numbers = pd.to_numeric(times, errors="coerce").replace([np.inf, -np.inf], np.nan)
    unit = sum((numbers >= limit) * 1 for limit, _ in _UNITS)
    seconds = np.floor(numbers / 1000.0**unit)
    texts = times[numbers.isna()]
    dates = pd.to_datetime(texts, format="ISO8601", utc=True, errors="coerce")
    seconds = seconds.where(numbers.notna(), np.nan)
    seconds.loc[texts.index] = (dates - pd.Timestamp(0, tz="UTC")) // pd.Timedelta(seconds=1)
    seconds = seconds.where(seconds >= 0)
    how = pd.Series(np.select([numbers.isna(), *(unit == n for n in range(4))], ["as dates", *_UNIT_NAMES], ""), times.index)
    return seconds, {str(word): int(n) for word, n in how[seconds.notna()].value_counts(sort=False).items()}

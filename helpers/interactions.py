"""From clicks on pictures to clicks on clusters, in the form that Personalize imports.

Ranking single pictures would need a history for each of them. Clusters are few and each has many clicks, so a
ranker learns from far less data, and a picture that came today is ranked by its cluster at once.
"""

import csv
import hashlib
import io
from collections.abc import Mapping
from typing import Any

import pandas as pd

COLUMNS = ("user_id", "image_id", "event_type", "timestamp")
LEAST_INTERACTIONS = 1000
LONGEST_ID = 256  # characters of a user, a picture or an event type
LEAST_USERS = 25  # with two interactions or more
_ROWS_AT_ONCE = 500_000
_LATEST_SECOND = 10_000_000_000  # in the year 2286; anything later was counted in milliseconds


class InteractionsError(ValueError):
    """The click log cannot be used as it is; the message says what to change."""


def remap_to_clusters(interactions: pd.DataFrame, cluster_of: Mapping[str, str]) -> pd.DataFrame:
    """(n_events, 4) table USER_ID, ITEM_ID, EVENT_TYPE, TIMESTAMP where ITEM_ID is the cluster of the clicked
    picture.

    interactions: columns user_id, image_id, event_type, timestamp (epoch seconds). cluster_of: cluster id of
    each image id. Rows keep their order; ids are strings and times whole numbers, as Personalize wants them.
    Raises InteractionsError for missing columns, ids that Personalize does not take, pictures outside the catalogue, or times
    that are no epoch seconds.
    """
    if not isinstance(interactions, pd.DataFrame):
        raise InteractionsError(f"The click log is a {type(interactions).__name__}; read it with load_interactions.")
    if missing := [column for column in COLUMNS if column not in interactions.columns]:
        raise InteractionsError(
            f"The click log has no column {', '.join(missing)}. Name its columns {', '.join(COLUMNS)}."
        )
    if incomplete := int(interactions[list(COLUMNS)].isna().any(axis=1).sum()):
        raise InteractionsError(
            f"{incomplete} rows of the click log lack a user, a picture, an event type or a time. Fill them in, or drop "
            "these rows: interactions.dropna()."
        )
    users, images, event_types = (_ids(interactions[name]) for name in COLUMNS[:3])
    unknown = sorted(set(images) - set(cluster_of))
    if unknown:
        shown = ", ".join(unknown[:5]) + (", …" if len(unknown) > 5 else "")
        raise InteractionsError(
            f"{len(unknown)} clicked pictures are not in the catalogue: {shown}. Add them to the catalogue and "
            "run notebooks 01 and 02 again, or drop their rows from the click log."
        )
    if wrong := [image for image in set(images) if not isinstance(cluster_of[image], str) or not cluster_of[image]]:
        raise InteractionsError(
            f"The cluster of {wrong[0]!r} is {cluster_of[wrong[0]]!r}; clusters are strings such as '7'. Take them from "
            "assign_clusters (notebook 02), and read their file with dtype=str."
        )
    return pd.DataFrame(
        {
            "USER_ID": users,
            "ITEM_ID": [cluster_of[image] for image in images],
            "EVENT_TYPE": event_types,
            "TIMESTAMP": _epoch_seconds(pd.Series(interactions["timestamp"])),
        }
    ).reset_index(drop=True)


def check_minimums(interactions: pd.DataFrame) -> dict[str, int]:
    """How much there is: {"interactions", "users", "users_with_two", "clusters"}, enough for Personalize to
    train on.

    Call it after the remap: that is what Personalize counts.
    Raises InteractionsError below 1,000 interactions or 25 users with two interactions each.
    """
    if missing := {"USER_ID", "ITEM_ID"} - set(interactions.columns):
        raise InteractionsError(f"The table has no column {', '.join(sorted(missing))}. Call remap_to_clusters first.")
    per_user = interactions["USER_ID"].value_counts()
    counts = {
        "interactions": len(interactions),
        "users": len(per_user),
        "users_with_two": int((per_user >= 2).sum()),
        "clusters": interactions["ITEM_ID"].nunique(),
    }
    if counts["interactions"] < LEAST_INTERACTIONS or counts["users_with_two"] < LEAST_USERS:
        raise InteractionsError(
            f"Personalize trains on at least {LEAST_INTERACTIONS:,} interactions and {LEAST_USERS} users with "
            f"two or more, but here are {counts['interactions']:,} interactions and {counts['users_with_two']} "
            "such users. Collect a longer click log, or keep more of its event types."
        )
    # unconfirmed: whether Personalize asks for a number of items, too; none is documented
    return counts


def upload_interactions(interactions: pd.DataFrame, s3: Any, bucket: str, folder: str) -> str:
    """The s3:// URI of the table, uploaded as CSV below `folder`.

    The name holds a digest of the content: the same table lands in the same place, another one in another
    place.
    """
    data = to_csv(interactions)
    key = f"{folder}/interactions-{hashlib.sha256(data).hexdigest()[:12]}.csv"
    s3.put_object(Bucket=bucket, Key=key, Body=data, ContentType="text/csv")
    return f"s3://{bucket}/{key}"


def to_csv(interactions: pd.DataFrame) -> bytes:
    """The table as CSV with a header, unquoted, one line per event; the same table gives the same bytes.

    Raises InteractionsError where an id or event type holds a comma, a quote or a line break.
    """
    data = io.BytesIO()
    # In pieces: the text of ten million events, and the same again as bytes, would take more memory than the events.
    for start in range(0, max(1, len(interactions)), _ROWS_AT_ONCE):
        rows = interactions.iloc[start : start + _ROWS_AT_ONCE]
        try:
            text = rows.to_csv(index=False, header=start == 0, quoting=csv.QUOTE_NONE, lineterminator="\n")
        except csv.Error:
            text = None
        if text is None or text.count("\n") != len(rows) + (start == 0) or '"' in text:
            raise InteractionsError(
                "An id or event type holds a comma, a quote or a line break. "
                "Replace these characters in the click log."
            )
        data.write(text.encode())
    return data.getvalue()


def _ids(values: pd.Series) -> pd.Series:
    """The values as strings. Raises InteractionsError for one that Personalize does not take."""
    try:
        texts = pd.Series(values.astype(str))
    except UnicodeError as error:  # half a character
        raise InteractionsError(f"{values.name!s} holds what is no text ({error}). Correct it, or drop its rows.") from error
    if wrong := [text for text in texts.unique() if not 0 < len(text) <= LONGEST_ID]:
        raise InteractionsError(
            f"{values.name!s} {wrong[0]!r:.40} is no id: Personalize takes 1 to {LONGEST_ID} characters. "
            "Correct it, or drop its rows."
        )
    return texts


def _epoch_seconds(timestamps: pd.Series) -> pd.Series:
    numbers = pd.Series(pd.to_numeric(timestamps, errors="coerce"))
    if numbers.isna().any() or (numbers % 1 != 0).any():
        raise InteractionsError(
            "Some timestamps are no whole numbers. "
            "Give the time of each click in seconds since 1 January 1970 (UTC)."
        )
    if (numbers < 0).any():
        raise InteractionsError("Some timestamps lie before 1970. Give each click's time in seconds since then (UTC).")
    if (numbers > _LATEST_SECOND).any():
        raise InteractionsError(
            "Some timestamps look like milliseconds. Personalize would accept them and take them for dates "
            "thousands of years ahead; divide them by 1,000."
        )
    return numbers.astype("int64")

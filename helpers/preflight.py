"""The pre-flight: one table of what could go wrong on this account, before anything is created."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .preflight_account import model_rows, sign_in
from .preflight_quotas import quota_rows
from .preflight_rights import rights_rows
from .preflight_rows import LOOK, OK, STOP, Row, look_at
from .running import running, told
from .tables import Table

if TYPE_CHECKING:
    from .workshop import Workshop

_COLUMNS = ("looked at", "found", "verdict", "what to do")


def preflight(aws: Workshop, *, attendees: int = 1) -> Table:
    """A table, one row a check: what was looked at, what was found, ok, look or stop, and what to do.

    It creates nothing, and raises nothing for what AWS refuses: such a row says "look". It sends one picture to the model.
    attendees : how many people will work in this account and region, each with a prefix of their own.
    """
    rows = check_account(aws, attendees=attendees)
    counts = {verdict: sum(row.verdict == verdict for row in rows) for verdict in (STOP, LOOK)}
    if counts[STOP]:
        last = "Do what the rows marked stop say before you launch anything, then run this cell again."
    elif counts[LOOK]:
        last = "Nothing stops you. Read the rows marked look: they may cost you time later."
    else:
        last = "Ready for take-off."
    shown = [(row.looked_at, row.found, row.verdict, row.what_to_do) for row in rows]
    return Table(_COLUMNS, tuple(shown), (last,))


def check_account(aws: Workshop, *, attendees: int = 1) -> list[Row]:
    """The rows of the pre-flight. Where nobody can sign in there is one row: the others could only say the same."""
    if attendees < 1:
        raise ValueError(f"attendees is {attendees}; at least one person works here.")
    first = sign_in(aws)
    if first.verdict != OK:
        return [first]
    left = f"left-overs under '{aws.prefix}'"
    again = "Run notebook 99 if you are not sure whether an earlier run left something that bills."
    return [
        first,
        *_room(aws),
        *model_rows(aws),
        *quota_rows(aws, attendees),
        *rights_rows(aws),
        look_at(left, lambda: _left_overs(aws, left), again),
    ]


def _room(aws: Workshop) -> list[Row]:
    """For an attendee: whether there is something to attach to. connect() has tried, just now."""
    if not (owner := aws.settings.shared):
        return []
    what = f"the room of '{owner}'"
    if "campaign_arn" in aws.state:
        return [Row(what, "its campaign, event tracker and index are attached")]
    return [Row(what, "nothing is attached", STOP, "See the line that connect() prints; then run both cells again.")]


def _left_overs(aws: Workshop, what: str) -> Row:
    """Things of ours that these notebooks know nothing of, as their state is empty, or was lost."""
    if aws.settings.shared or list(aws.state):
        return Row(what, "nothing that these notebooks do not know of")
    names = {aws.name("group"), aws.name("campaign"), aws.name("ranker")}
    things = [told(thing, datetime.now(UTC)) for thing in running(aws.client, aws.prefix) if "OpenSearch" not in thing.what]
    for page in aws.client("personalize").get_paginator("list_dataset_groups").paginate():
        things += [f"dataset group {group['name']}" for group in page["datasetGroups"] if group["name"] in names]
    if not things:
        return Row(what, "nothing that these notebooks do not know of")
    yours = "Yours? Go on: the notebooks find and use it; or run notebook 99. Somebody else's? Choose another WORKSHOP_PREFIX."
    return Row(what, "; ".join(things), LOOK, yours)

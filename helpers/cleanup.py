"""Delete everything that the workshop made, in the order that AWS allows, and list what is left."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace

import pandas as pd
from botocore.exceptions import BotoCoreError, ClientError
from opensearchpy import OpenSearchException

from .deletion import DELETERS, PATIENCE, delete
from .inventory import PERSONALIZE_ORDER, UNSEEN, Resource, inventory, inventory_by_tag, look_around
from .progress import progress
from .settings import SettingsError
from .waiting import WaitError
from .workshop import Workshop

__all__ = ["clean_up_plan", "delete_everything", "inventory", "inventory_by_tag", "show_resources"]
GO_ON = "Nothing is lost. When this computer is online, run this cell again: it goes on where it stopped."
LOOKS = 20  # at AWS's index of tags, which comes after the deletions: unconfirmed by how much


def clean_up_plan(aws: Workshop, *, with_stack: bool = True) -> pd.DataFrame:
    """What `delete_everything` would delete, in its order, a row a thing: a dry run, in which nothing is deleted."""
    return show_resources(_of_the_notebooks(look_around(aws), with_stack))


def show_resources(resources: Iterable[Resource]) -> pd.DataFrame:
    """A row a thing: what it is, its name, why it is ours, dollars a day while it is left, and why it is left, if it was."""
    rows = [
        {
            "what": resource.kind.replace("_", " "),
            "name": resource.label.removeprefix(f"{resource.kind.replace('_', ' ')} "),
            "ours by": " and ".join(["name"] * resource.by_name + ["tag"] * resource.by_tag),
            "$ a day": round(resource.dollars_a_day, 2),
            "why not": resource.reason,
        }
        for resource in resources
    ]
    table = pd.DataFrame(rows, columns=["what", "name", "ours by", "$ a day", "why not"])
    return table if any(table["why not"]) else table.drop(columns="why not")


def delete_everything(aws: Workshop, *, with_stack: bool = False) -> list[Resource]:
    """What is left after deleting all of ours: an empty list, else each thing with the reason.

    One line is printed for each thing. What can't be deleted does not keep the others from it. Safe to run again after an
    interruption, and when there is nothing to delete.

    with_stack : delete the stack, too, with its bucket and its OpenSearch; and that of the search API, if there is one.
    Raises SignInAgain when the credentials expire, WaitError when AWS can't be reached for long; both lose nothing.
    """
    reasons: dict[tuple[str, str], str] = {}
    for resource in progress(_of_the_notebooks(look_around(aws), with_stack), "things deleted"):
        if resource.kind not in DELETERS:
            continue
        try:
            delete(aws, resource, patience=_patience(resource, reasons))
        except BotoCoreError as error:  # no network: it would be the same with all others
            raise WaitError(f"{resource.label}: AWS can't be reached ({error}). {GO_ON}") from error
        except (ClientError, OpenSearchException, SettingsError, WaitError) as error:
            if isinstance(error.__cause__, BotoCoreError):
                raise
            reasons[resource.kind, resource.name] = str(error)
            print(f"{resource.label}: not deleted")
    left = _left(aws, with_stack, reasons)
    if not left:
        for key in list(aws.state):
            del aws.state[key]
    return left


def _of_the_notebooks(found: list[Resource], with_stack: bool) -> list[Resource]:
    """What is deleted by itself: what a stack made goes with the stack, or stays with it."""
    stacks = {resource.name for resource in found if resource.kind == "stack"}
    return [
        resource
        for resource in found
        if resource.stack not in stacks and (with_stack or resource.kind != "stack")
    ]


def _patience(resource: Resource, reasons: dict[tuple[str, str], str]) -> int:
    """Once something of Personalize could not be deleted, what needs it is tried once: it is no use to wait for that."""
    ranked = {kind for kind, _, _, _ in PERSONALIZE_ORDER}
    return 0 if resource.kind in ranked and any(kind in ranked for kind, _ in reasons) else PATIENCE


def _left(aws: Workshop, with_stack: bool, reasons: dict[tuple[str, str], str]) -> list[Resource]:
    for _ in range(LOOKS):
        left = _of_the_notebooks(look_around(aws), with_stack)
        if all(resource.kind in DELETERS or resource.kind == UNSEEN for resource in left):
            break
        time.sleep(aws.poll_seconds)  # the others are only tagged: perhaps an echo of what was deleted a minute ago
    return [replace(r, reason=r.reason or reasons.get((r.kind, r.name)) or _why(r)) for r in left]


def _why(resource: Resource) -> str:
    if resource.kind in DELETERS:
        return "It came while the clean-up ran. Run this cell again."
    return f"Its stack is gone. If it is there (AWS's index of tags forgets late), delete it in the AWS console: {resource.arn}"

"""The stack's template as tests read it: every statement of every policy in it, in whichever branch it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from helpers.local.services.cloudformation.template import read_template
from helpers.stack import TEMPLATE

TEXT = TEMPLATE.read_text(encoding="utf-8")
# What launching and deleting the stack calls. It can't stand in a policy that only the stack makes: whoever launches has it.
LAUNCHER_ONLY = {"cloudformation:CreateStack", "cloudformation:UpdateStack", "cloudformation:DeleteStack"}

OF_THE_API = {"SearchApiStack", "SearchFunction", "SearchApi", "CallTheSearchApi"}


def template() -> dict[str, Any]:
    return read_template(TEXT)


def statements() -> Iterator[tuple[str, dict[str, Any]]]:
    """(logical id of the resource, statement) of every policy: of roles, the bucket, the domain and the attendees."""
    for logical, resource in template()["Resources"].items():
        yield from ((logical, statement) for statement in _below(resource))


def actions_of(statement: dict[str, Any]) -> set[str]:
    """The actions, of both branches where a condition chooses."""
    return set(_texts(statement["Action"].get("Fn::If", [None])[1:] if isinstance(statement["Action"], dict)
                      else statement["Action"]))  # fmt: skip


def attendee_actions() -> set[str]:
    """Every action that the policy of who runs the notebooks grants, with any OpenSearch, but those for the search API."""
    return _granted(lambda sid: sid not in OF_THE_API)


def api_actions() -> set[str]:
    """Those for the search API: CloudFormation asks for most of them in the attendee's name, when it makes the second stack."""
    return _granted(lambda sid: sid in OF_THE_API)


def _granted(is_meant: Callable[[str], bool]) -> set[str]:
    mine = (one for logical, one in statements() if logical == "AttendeePolicy" and is_meant(one["Sid"]))
    return {action for one in mine for action in actions_of(one)}


def _below(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if {"Effect", "Action"} <= node.keys():
            yield node
        else:
            for item in node.values():
                yield from _below(item)
    elif isinstance(node, list):
        for item in node:
            yield from _below(item)


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    else:
        for item in node:
            yield from _texts(item)

"""What CloudFormation says of the stack: whether it is there, what it has, what happens to it, what failed first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from .tagging import TAG
from .workshop import Workshop

STARTS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS")  # of the stack itself: somebody asked for it
FAILED = ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "UPDATE_ROLLBACK_FAILED", "DELETE_FAILED")

# What a stack has can be used. While one is being made, or deleted, part of it is missing.
USABLE = (
    "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE",
)  # fmt: skip


def find_stack(aws: Workshop, name: str) -> Mapping[str, Any] | None:
    """The stack of this name or id, or None. A deleted one is found by its id only."""
    try:
        return aws.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":  # CloudFormation's way of saying: no such stack
            return None
        raise


def is_stack_of(stack: Mapping[str, Any], prefix: str) -> bool:
    """Whether these notebooks made the stack for this prefix. Its name proves nothing: another prefix may be that name."""
    tags = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}
    given = {parameter["ParameterKey"]: parameter.get("ParameterValue") for parameter in stack.get("Parameters", [])}
    return prefix in (tags.get(TAG), given.get("Prefix"))  # whoever launches it from the console gives no tag


def first_failure(aws: Workshop, stack: Mapping[str, Any]) -> str:
    """What failed first in the latest change, and why: all that failed after it failed because of it."""
    failures = [
        event
        for event in _events(aws, stack)
        if event["ResourceStatus"].endswith("_FAILED") and "cancelled" not in event.get("ResourceStatusReason", "")
    ]
    if not failures:
        return stack.get("StackStatusReason", "CloudFormation gives no reason")
    reason = f"{failures[-1]['LogicalResourceId']}: {failures[-1].get('ResourceStatusReason', 'no reason given').rstrip('.')}"
    if "already exists" in reason:
        reason += ". It is there without this stack: delete it if it is yours, or choose another WORKSHOP_PREFIX"
    return reason


def told(aws: Workshop, stack: Mapping[str, Any]) -> Mapping[str, Any]:
    """The stack's status with the latest event, or in the end with what failed first."""
    status = stack["StackStatus"]
    if status in FAILED:
        return {"status": status, "failureReason": first_failure(aws, stack)}
    events = _events(aws, stack)
    done = sum(event["ResourceStatus"].endswith("_COMPLETE") for event in events)
    latest = f"{events[0]['LogicalResourceId']} {events[0]['ResourceStatus']}" if events else "begun"
    return {"status": f"{status}, {done} things done, now {latest}"}


def resources_of(aws: Workshop, stack: str = "") -> list[tuple[str, str, str]]:
    """(name in the template, type, name in the account) of each thing that the stack has; stack: another's name or id."""
    name = stack or aws.prefix
    pages = aws.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=name)
    return [
        (item["LogicalResourceId"], item["ResourceType"], item.get("PhysicalResourceId", ""))
        for page in pages
        for item in page["StackResourceSummaries"]
        if item["ResourceStatus"] not in ("DELETE_COMPLETE", "CREATE_FAILED")
    ]


def _events(aws: Workshop, stack: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What happened since the stack was last asked to change, the latest first."""
    pages = aws.client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=stack["StackId"])
    found: list[Mapping[str, Any]] = []
    for event in (event for page in pages for event in page["StackEvents"]):
        found.append(event)
        if event["LogicalResourceId"] == stack["StackName"] and event["ResourceStatus"] in STARTS:
            break
    return found

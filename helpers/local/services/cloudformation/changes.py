"""How a stack changes: one step a look, every step an event, and back again when one fails.

A stack in a change has a list of steps to take. A look begins the first of them or carries it out, so a process that is
killed leaves a stack that the next look goes on with. (User Guide, Stack status codes, Resource status codes.)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ...errors import ServiceError
from .resolution import Kind

STACK = "AWS::CloudFormation::Stack"


@dataclass(frozen=True)
class Phase:
    """A status during which steps are taken. done: when all went well. failed: when one of them did not."""

    done: str
    failed: str


PHASES = {
    "CREATE_IN_PROGRESS": Phase("CREATE_COMPLETE", "ROLLBACK_IN_PROGRESS"),
    "ROLLBACK_IN_PROGRESS": Phase("ROLLBACK_COMPLETE", "ROLLBACK_FAILED"),
    "UPDATE_IN_PROGRESS": Phase("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"),
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": Phase("UPDATE_COMPLETE", "UPDATE_COMPLETE"),
    "UPDATE_ROLLBACK_IN_PROGRESS": Phase("UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED"),
    "DELETE_IN_PROGRESS": Phase("DELETE_COMPLETE", "DELETE_FAILED"),
}


def begin(stack: dict[str, Any], status: str, steps: list[dict[str, Any]], reason: str = "") -> None:
    """Puts the stack into a phase with these steps before it."""
    stack["offline"]["steps"], stack["offline"]["failed"] = steps, []
    _enter(stack, status, reason)


def look(stack: dict[str, Any], kinds: Mapping[str, Kind]) -> bool:
    """Takes the stack one step further; False if there is none to take."""
    phase = PHASES.get(stack["StackStatus"])
    if phase is None:
        return False
    if stack["offline"]["steps"]:
        _take(stack, phase, kinds)
    else:
        _finish(stack, phase)
    return True


def making(verb: str, resources: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Steps that make or change these resources, or in the opposite order remove them."""
    order = reversed(list(resources)) if verb == "DELETE" else resources
    return [{"verb": verb, "logical": logical, **resources[logical]} for logical in order]


def living(stack: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The resources that this stack may have made and has not removed, as steps need them."""
    return {
        logical: {key: resource[key] for key in ("type", "name", "properties")}
        for logical, resource in stack["offline"]["resources"].items()
        if resource["status"] != "DELETE_COMPLETE" and not resource["refused"]
    }


def _take(stack: dict[str, Any], phase: Phase, kinds: Mapping[str, Kind]) -> None:
    step = stack["offline"]["steps"][0]
    kind, logical, name = kinds[step["type"]], step["logical"], step["name"]
    busy = f"{step['verb']}_IN_PROGRESS"
    before = stack["offline"]["resources"].get(logical, {})
    has_begun = before.get("status") == busy
    try:
        if step["verb"] == "DELETE" and has_begun:
            kind.remove(name)
        elif step["verb"] == "CREATE" and not has_begun:
            kind.refuse_if_taken(name)
        elif has_begun:
            kind.put(name, step["properties"], {tag["Key"]: tag["Value"] for tag in stack["Tags"]})
    except ServiceError as error:
        _note(stack, step, f"{step['verb']}_FAILED", error.message, refused=not has_begun)
        _fail(stack, phase, step)
        return
    if has_begun:
        stack["offline"]["steps"].pop(0)
    _note(stack, step, f"{step['verb']}_COMPLETE" if has_begun else busy)


def _fail(stack: dict[str, Any], phase: Phase, step: Mapping[str, Any]) -> None:
    offline, logical = stack["offline"], step["logical"]
    if stack["StackStatus"] == "CREATE_IN_PROGRESS":
        reason = f"The following resource(s) failed to create: [{logical}]. Rollback requested by user."
        begin(stack, phase.failed, making("DELETE", living(stack)), reason)
    elif stack["StackStatus"] == "UPDATE_IN_PROGRESS":
        was = offline["previous"]["plan"]
        new = {name: resource for name, resource in living(stack).items() if name not in was}
        steps = making("UPDATE", was) + making("DELETE", new)
        stack.update(offline["previous"]["members"])
        offline |= {key: offline["previous"][key] for key in ("plan", "outputs", "template")}
        begin(stack, phase.failed, steps, f"The following resource(s) failed to update: [{logical}].")
    else:  # nothing to go back to: the other steps are still taken
        offline["failed"].append(logical)
        offline["steps"].pop(0)


def _finish(stack: dict[str, Any], phase: Phase) -> None:
    offline = stack["offline"]
    if failed := offline["failed"]:
        verb = "delete" if "DELETE" in phase.failed or "ROLLBACK" in phase.failed else "update"
        _enter(stack, phase.failed, f"The following resource(s) failed to {verb}: [{', '.join(failed)}].")
        return
    if phase.done == "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS":
        gone = {name: resource for name, resource in living(stack).items() if name not in offline["plan"]}
        begin(stack, phase.done, making("DELETE", gone))
        return
    if phase.done in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"):
        stack["Outputs"] = offline["outputs"]
    if phase.done == "DELETE_COMPLETE":
        stack["DeletionTime"] = datetime.now(UTC)
    _enter(stack, phase.done)


def _enter(stack: dict[str, Any], status: str, reason: str = "") -> None:
    stack["StackStatus"] = status
    stack.pop("StackStatusReason", None)
    if reason:
        stack["StackStatusReason"] = reason
    if status != "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS":  # the model knows no such event
        _event(stack, stack["StackName"], stack["StackId"], STACK, status, reason)


def _note(stack: dict[str, Any], step: Mapping[str, Any], status: str, reason: str = "", refused: bool = False) -> None:
    entry = {key: step[key] for key in ("type", "name", "properties")}
    entry |= {"status": status, "reason": reason, "time": datetime.now(UTC), "refused": refused}
    stack["offline"]["resources"][step["logical"]] = entry
    _event(stack, step["logical"], step["name"], step["type"], status, reason)


def _event(stack: dict[str, Any], logical: str, name: str, kind: str, status: str, reason: str) -> None:
    events = stack["offline"]["events"]
    event = {
        "StackId": stack["StackId"],
        "EventId": f"{logical}-{status}-{len(events)}",
        "StackName": stack["StackName"],
        "LogicalResourceId": logical,
        "PhysicalResourceId": name,
        "ResourceType": kind,
        "Timestamp": datetime.now(UTC),
        "ResourceStatus": status,
    }
    events.append(event | ({"ResourceStatusReason": reason} if reason else {}))

"""CloudFormation's operations on stacks: create, update, describe and delete them, and tell what happened."""

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

from ...arns import ACCOUNT, arn
from ...errors import ServiceError
from ...store import Store
from .changes import begin, living, look, making
from .resolution import Kind, Plan, Resolution
from .template import invalid, names_iam, read_template

STACKS = "cloudformation/stacks"
_CAPABILITY = "CAPABILITY_NAMED_IAM"


class CloudFormation:
    """Stacks as records; every describe_stacks of one of them takes it a step further.

    kinds : what each resource type does. address_of : where a URL among the outputs is answered on this machine.
    """

    INVALID_REQUEST = "ValidationError"

    def __init__(
        self,
        store: Store,
        kinds: Mapping[str, Kind],
        region: str = "us-east-1",
        address_of: Callable[[str], str] = lambda url: url,
    ):
        self._store, self._kinds, self._region, self._address_of = store, kinds, region, address_of

    def create_stack(
        self,
        *,
        StackName: str,
        TemplateBody: str,
        Parameters: Sequence[dict] = (),
        Capabilities: Sequence[str] = (),
        Tags: Sequence[dict] = (),
    ) -> dict:
        """The new stack's id. Raises AlreadyExistsException while there is a stack of this name, even a failed one."""
        if not re.fullmatch(r"[a-zA-Z][-a-zA-Z0-9]{,127}", StackName):
            raise invalid(f"Value '{StackName}' at 'stackName' failed to satisfy constraint: [a-zA-Z][-a-zA-Z0-9]*")
        stack_id = arn("cloudformation", f"stack/{StackName}/{uuid.uuid4()}", self._region)
        members = self._members(stack_id, StackName, TemplateBody, Parameters, Capabilities, Tags, {})
        plan = self._plan(stack_id, StackName, TemplateBody, members["Parameters"])
        with self._lock():
            if self._named(StackName):
                raise ServiceError("AlreadyExistsException", f"Stack [{StackName}] already exists")
            stack = members | {"CreationTime": datetime.now(UTC), "offline": {"resources": {}, "events": []}}
            stack["offline"] |= {"plan": plan.resources, "outputs": plan.outputs, "template": TemplateBody}
            begin(stack, "CREATE_IN_PROGRESS", making("CREATE", plan.resources), "User Initiated")
            self._save(stack)
        return {"StackId": stack_id}

    def update_stack(
        self,
        *,
        StackName: str,
        TemplateBody: str,
        Parameters: Sequence[dict] = (),
        Capabilities: Sequence[str] = (),
        Tags: Sequence[dict] | None = None,
    ) -> dict:
        """The stack's id. Raises ValidationError when nothing would change, or while another change is under way."""
        with self._lock():
            stack = self._find(StackName)
            if not stack["StackStatus"].endswith(("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")):
                raise invalid(f"Stack:{stack['StackId']} is in {stack['StackStatus']} state and can not be updated.")
            name, offline = stack["StackName"], stack["offline"]
            tags = stack["Tags"] if Tags is None else Tags
            before = {item["ParameterKey"]: item["ParameterValue"] for item in stack["Parameters"]}
            members = self._members(stack["StackId"], name, TemplateBody, Parameters, Capabilities, tags, before)
            plan = self._plan(stack["StackId"], name, TemplateBody, members["Parameters"])
            was = offline["plan"]
            if (plan.resources, plan.outputs, list(tags)) == (was, offline["outputs"], stack["Tags"]):
                raise invalid("No updates are to be performed.")
            if renamed := [key for key in plan.resources if key in was and plan.resources[key]["name"] != was[key]["name"]]:
                raise NotImplementedError(f"{', '.join(renamed)}: offline an update gives nothing another name")
            kept = {key: offline[key] for key in ("plan", "outputs", "template")}
            offline["previous"] = {**kept, "members": {key: stack[key] for key in ("Parameters", "Tags")}}
            steps = [
                step
                for step in making("UPDATE", plan.resources)
                if plan.resources[step["logical"]] != was.get(step["logical"]) or list(tags) != stack["Tags"]
            ]
            for step in steps:
                step["verb"] = "UPDATE" if step["logical"] in was else "CREATE"
            stack |= members | {"LastUpdatedTime": datetime.now(UTC)}
            offline |= {"plan": plan.resources, "outputs": plan.outputs, "template": TemplateBody}
            begin(stack, "UPDATE_IN_PROGRESS", steps, "User Initiated")
            self._save(stack)
        return {"StackId": stack["StackId"]}

    def delete_stack(self, *, StackName: str) -> dict:
        """Nothing. To delete what is not there, or is being deleted, is no error."""
        with self._lock():
            stack = self._by_id(StackName) if StackName.startswith("arn:") else self._named(StackName)
            if stack and not stack["StackStatus"].startswith(("DELETE_COMPLETE", "DELETE_IN_PROGRESS")):
                begin(stack, "DELETE_IN_PROGRESS", making("DELETE", living(stack)), "User Initiated")
                self._save(stack)
        return {}

    def describe_stacks(self, *, StackName: str | None = None) -> dict:
        """One stack after this look, also a deleted one if it is asked for by its id; or all that are there."""
        with self._lock():
            if StackName is None:
                stacks = [stack for stack in self._store.all(STACKS) if stack["StackStatus"] != "DELETE_COMPLETE"]
                return {"Stacks": [_public(stack) for stack in stacks]}
            stack = self._find(StackName)
            if look(stack, self._kinds):
                self._save(stack)
        told = _public(stack)
        if told["StackStatus"].endswith("_COMPLETE") and not told["StackStatus"].startswith("DELETE"):
            # Who asks for one stack means to use it, so what it serves is served from now on.
            outputs = [{**item, "OutputValue": self._address_of(item["OutputValue"])} for item in told.get("Outputs", [])]
            told |= {"Outputs": outputs} if outputs else {}
        return {"Stacks": [told]}

    def describe_stack_events(self, *, StackName: str) -> dict:
        """Everything that happened, the latest first."""
        return {"StackEvents": self._find(StackName)["offline"]["events"][::-1]}

    def list_stack_resources(self, *, StackName: str) -> dict:
        """The resources that the stack has or had, with what became of them."""
        resources = self._find(StackName)["offline"]["resources"]
        summaries = [
            {
                "LogicalResourceId": logical,
                "PhysicalResourceId": resource["name"],
                "ResourceType": resource["type"],
                "LastUpdatedTimestamp": resource["time"],
                "ResourceStatus": resource["status"],
            }
            | ({"ResourceStatusReason": resource["reason"]} if resource["reason"] else {})
            for logical, resource in resources.items()
        ]
        return {"StackResourceSummaries": summaries}

    def get_template(self, *, StackName: str) -> dict:
        """The template as it was given."""
        return {"TemplateBody": self._find(StackName)["offline"]["template"], "StagesAvailable": ["Original", "Processed"]}

    def _members(
        self,
        stack_id: str,
        name: str,
        body: str,
        parameters: Sequence[dict],
        capabilities: Sequence[str],
        tags: Sequence[dict],
        before: Mapping[str, str],
    ) -> dict[str, Any]:
        """What AWS shows of a stack that was asked for like this."""
        template = read_template(body)
        if names_iam(template) and _CAPABILITY not in capabilities:
            raise ServiceError("InsufficientCapabilitiesException", f"Requires capabilities : [{_CAPABILITY}]")
        values = {key: str(rules["Default"]) for key, rules in template.get("Parameters", {}).items() if "Default" in rules}
        for item in parameters:
            key = item["ParameterKey"]
            values[key] = before[key] if item.get("UsePreviousValue") else item["ParameterValue"]
        listed = [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]
        told = {"StackId": stack_id, "StackName": name, "Parameters": listed, "Tags": list(tags)}
        return told | {"Capabilities": list(capabilities), "DisableRollback": False, "RollbackConfiguration": {}}

    def _plan(self, stack_id: str, name: str, body: str, parameters: Sequence[dict]) -> Plan:
        pseudo = {"AccountId": ACCOUNT, "Partition": "aws", "Region": self._region, "StackName": name, "StackId": stack_id}
        values = {item["ParameterKey"]: item["ParameterValue"] for item in parameters}
        named = {f"AWS::{key}": value for key, value in pseudo.items()}
        return Resolution(read_template(body), values, named, self._kinds).plan()

    def _find(self, name: str) -> dict:
        stack = self._by_id(name) if name.startswith("arn:") else self._named(name)
        if stack is None:
            raise invalid(f"Stack with id {name} does not exist")
        return stack

    def _named(self, name: str) -> dict | None:
        there = (stack for stack in self._store.all(STACKS) if stack["StackStatus"] != "DELETE_COMPLETE")
        return next((stack for stack in there if stack["StackName"] == name), None)

    def _by_id(self, stack_id: str) -> dict | None:
        return self._store.read(STACKS, stack_id.rpartition("/")[2])

    def _save(self, stack: dict) -> None:
        self._store.write(STACKS, stack["StackId"].rpartition("/")[2], stack)

    def _lock(self) -> AbstractContextManager:
        return self._store.lock("cloudformation")


def _public(stack: Mapping[str, Any]) -> dict[str, Any]:
    rules = read_template(stack["offline"]["template"]).get("Parameters", {})
    shown = [
        {**item, "ParameterValue": "****"} if rules.get(item["ParameterKey"], {}).get("NoEcho") else item
        for item in stack["Parameters"]
    ]
    return {key: value for key, value in stack.items() if key != "offline"} | {"Parameters": shown}


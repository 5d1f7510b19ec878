"""Pre-flight: which calls of the notebooks the reader may not make, as IAM's own simulation says.

What the notebooks call stands in one place, the AttendeePolicy of helpers/api/stack.yaml; it is read from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from .preflight_rows import LOOK, STOP, Row, look_at
from .stack import TEMPLATE, caller_arn

if TYPE_CHECKING:
    from .workshop import Workshop

_CALLS, _LAUNCH = "right to what the notebooks call", "right to launch the stack"
_SHOWN = 4


@dataclass(frozen=True)
class Needed:
    """Actions that must be allowed on a resource; service: to whom a role is passed, where one is."""

    actions: tuple[str, ...]
    resource: str
    service: str = ""


def rights_rows(aws: Workshop) -> list[Row]:
    """A row for what the notebooks call, and one for what launching the stack takes."""
    go_on = "Go on: a call that is refused says which right it lacks. An administrator's rights, or the policy "
    go_on += f"{aws.settings.room}-attendee that the stack makes, are enough."
    return [look_at(_CALLS, lambda: _calls(aws), go_on), look_at(_LAUNCH, lambda: _launch(aws), _ASK)]


_ASK = (
    "If the next cell is refused, ask an administrator to launch helpers/api/stack.yaml, or set WORKSHOP_BUCKET, "
    "WORKSHOP_ROLE_ARN and OPENSEARCH_URL."
)


def _calls(aws: Workshop) -> Row:
    needed = list(needed_by_notebooks(aws))
    denied = _denied(aws, needed)
    total = sum(len(each.actions) for each in needed)
    if not denied:
        return Row(_CALLS, "every one is allowed")
    more = f" and {len(denied) - _SHOWN} more" if len(denied) > _SHOWN else ""
    lacking = f"{len(denied)} of {total} actions are not allowed: {', '.join(denied[:_SHOWN])}{more}"
    attach = f"Have the policy {aws.settings.room}-attendee attached, which the stack makes (README, Rights)."
    return Row(_CALLS, lacking, STOP, attach)


def _launch(aws: Workshop) -> Row:
    if aws.brings_its_own:
        return Row(_LAUNCH, "not needed: bucket, role and OpenSearch are given")
    if aws.settings.shared:
        return Row(_LAUNCH, f"not needed: the stack is that of '{aws.settings.shared}'")
    account = _account(aws)
    needed = [
        Needed(("cloudformation:CreateStack", "cloudformation:DeleteStack"),
               f"arn:aws:cloudformation:{aws.region}:{account}:stack/{aws.prefix}/x"),
        Needed(("iam:CreateRole",), f"arn:aws:iam::{account}:role/{aws.prefix}-sagemaker"),
        Needed(("s3:CreateBucket",), f"arn:aws:s3:::{_bucket(aws, account)}"),
    ]  # fmt: skip
    denied = _denied(aws, needed)
    return Row(_LAUNCH, f"not allowed: {', '.join(denied)}", LOOK, _ASK) if denied else Row(_LAUNCH, "allowed")


def _denied(aws: Workshop, needed: list[Needed]) -> list[str]:
    """The actions that the caller's policies do not allow. An organization may forbid more than these tell."""
    caller, iam, denied = caller_arn(aws), aws.client("iam"), []
    if caller.endswith(":root"):  # may do everything, and can't be simulated
        return []
    for each in needed:
        context = {"ContextKeyName": "iam:PassedToService", "ContextKeyValues": [each.service], "ContextKeyType": "string"}
        answer = iam.simulate_principal_policy(
            PolicySourceArn=caller, ActionNames=list(each.actions), ResourceArns=[each.resource],
            **({"ContextEntries": [context]} if each.service else {}),
        )  # fmt: skip
        decisions = {result["EvalActionName"]: result["EvalDecision"] for result in answer["EvaluationResults"]}
        denied += [action for action, decision in decisions.items() if decision != "allowed"]
    return denied


def needed_by_notebooks(aws: Workshop) -> Iterator[Needed]:
    """What the AttendeePolicy grants, with the names of this workshop in place of the template's."""
    settings, account = aws.settings, _account(aws)
    role, bucket = settings.role_arn, f"arn:aws:s3:::{_bucket(aws, account)}"
    names = {"${AWS::Partition}": "aws", "${AWS::Region}": aws.region, "${AWS::AccountId}": account, "${Prefix}": settings.room}
    names |= {"${Bucket.Arn}": bucket, "Bucket.Arn": bucket}
    for statement in _statements(TEMPLATE.read_text(encoding="utf-8")):
        if statement["Sid"] == "Index" and (settings.opensearch_url or str(settings.opensearch).startswith("serverless")):
            continue  # of a collection its data policy decides, of a server of one's own its owner
        resource = _first(statement["Resource"])
        for name, value in names.items():
            resource = resource.replace(name, value)
        if made := re.fullmatch(r"(\w+)Role\.Arn", resource):
            resource = role or f"arn:aws:iam::{account}:role/{settings.room}-{made[1].lower()}"
        # A star of the policy stands for many things; asked is about one of them.
        resource = resource if resource == "*" else resource.replace("*", "x")
        passed = statement.get("Condition", {}).get("StringEquals", {}).get("iam:PassedToService", "")
        actions = tuple(re.findall(r"[a-z0-9-]+:\w+", str(_last(statement["Action"]))))
        yield Needed(actions, resource, passed)


@cache
def _statements(text: str) -> list[dict[str, Any]]:
    """The statements of the AttendeePolicy; of CloudFormation's short forms only what they hold."""
    import yaml

    class Loader(yaml.SafeLoader):
        pass

    def held(loader: Any, suffix: str, node: Any) -> Any:
        return loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else loader.construct_sequence(node, deep=True)

    Loader.add_multi_constructor("!", held)
    properties = yaml.load(text, Loader=Loader)["Resources"]["AttendeePolicy"]["Properties"]
    return properties["PolicyDocument"]["Statement"]


def _first(resource: Any) -> str:
    """Of several resources the first; of a choice (!If) what stands for a domain."""
    if isinstance(resource, str):
        return resource
    return _last(resource) if resource[0].startswith("Is") else resource[0]


def _last(choice: Any) -> Any:
    return choice[-1] if isinstance(choice, list) and choice[0].startswith("Is") else choice


def _account(aws: Workshop) -> str:
    return aws.client("sts").get_caller_identity()["Account"]


def _bucket(aws: Workshop, account: str) -> str:
    return aws.settings.bucket or f"{aws.settings.room}-{aws.region}-{account}"

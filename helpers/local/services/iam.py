"""AWS Identity and Access Management: the roles that services work under, and what policies grant."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from ..arns import arn, name_of
from ..errors import ServiceError
from ..store import Store
from .iam_simulation import decide

ROLES, POLICIES, USERS = "iam/roles", "iam/policies", "iam/users"
_CREATED = datetime(2026, 1, 1, tzinfo=UTC)
_FIRST = "v1"  # the stack makes no other version
_OWNER = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}


class IAM:
    """The roles and policies that stacks made, as they stand in the store."""

    INVALID_REQUEST = "ValidationError"

    def __init__(self, store: Store):
        self._store = store

    def get_role(self, *, RoleName: str) -> dict:
        """The role. Raises NoSuchEntity."""
        return {"Role": _described(self._role(RoleName))}

    def list_roles(self, *, PathPrefix: str = "/", MaxItems: int = 100, Marker: str = "") -> dict:
        """A page of roles, by name; the marker is the last name of the page before."""
        everyone = self._store.all(ROLES) if PathPrefix == "/" else []
        roles = [role for role in everyone if role["RoleName"] > Marker]
        listed = [{key: value for key, value in _described(role).items() if key != "Tags"} for role in roles[:MaxItems]]
        page = {"Roles": listed, "IsTruncated": len(roles) > MaxItems}
        return page | ({"Marker": roles[MaxItems - 1]["RoleName"]} if page["IsTruncated"] else {})

    def get_role_policy(self, *, RoleName: str, PolicyName: str) -> dict:
        """A policy that stands in the role itself. Raises NoSuchEntity."""
        for policy in self._role(RoleName).get("Policies", []):
            if policy["PolicyName"] == PolicyName:
                document = _on_the_wire(policy["PolicyDocument"])
                return {"RoleName": RoleName, "PolicyName": PolicyName, "PolicyDocument": document}
        raise _missing(f"The role policy with name {PolicyName} cannot be found.")

    def get_policy(self, *, PolicyArn: str) -> dict:
        """A managed policy, without its document. Raises NoSuchEntity."""
        policy = self._policy(PolicyArn)
        name = policy["ManagedPolicyName"]
        told = {"PolicyName": name, "PolicyId": _id("ANPA", name), "Arn": PolicyArn, "Path": "/", "IsAttachable": True}
        return {"Policy": told | {"DefaultVersionId": _FIRST, "CreateDate": _CREATED, "Description": policy["Description"]}}

    def get_policy_version(self, *, PolicyArn: str, VersionId: str) -> dict:
        """The document of a managed policy. Raises NoSuchEntity."""
        policy = self._policy(PolicyArn)
        if VersionId != _FIRST:
            raise _missing(f"Policy {PolicyArn} version {VersionId} does not exist or is not attachable.")
        told = {"Document": _on_the_wire(policy["PolicyDocument"]), "VersionId": VersionId, "IsDefaultVersion": True}
        return {"PolicyVersion": told | {"CreateDate": _CREATED}}

    def simulate_principal_policy(
        self,
        *,
        PolicySourceArn: str,
        ActionNames: Sequence[str],
        ResourceArns: Sequence[str] = ("*",),
        ContextEntries: Sequence[Mapping[str, Any]] = (),
    ) -> dict:
        """Whether the policies of a user or role allow each action on each resource. Raises NoSuchEntity."""
        documents = self._documents(PolicySourceArn)
        context = {entry["ContextKeyName"]: entry["ContextKeyValues"] for entry in ContextEntries}
        results = [
            {"EvalActionName": action, "EvalResourceName": resource, "MatchedStatements": [], "MissingContextValues": []}
            | {"EvalDecision": decide(documents, action, resource, context)}
            for action in ActionNames
            for resource in ResourceArns
        ]
        return {"EvaluationResults": results, "IsTruncated": False}

    def _documents(self, principal: str) -> list[Mapping[str, Any]]:
        """The policies of a role, or of a user: one of whom nothing is written down owns the account."""
        name = name_of(principal)
        if principal == arn("iam", f"user/{name}"):
            user = self._store.read(USERS, name)
            return [_OWNER] if user is None else [policy["PolicyDocument"] for policy in user["Policies"]]
        if principal != arn("iam", f"role/{name}"):
            raise _missing(f"The user or role {principal} cannot be found.")
        return [policy["PolicyDocument"] for policy in self._role(name).get("Policies", [])]

    def _role(self, name: str) -> dict:
        role = self._store.read(ROLES, name)
        if role is None:
            raise _missing(f"The role with name {name} cannot be found.")
        return role

    def _policy(self, policy_arn: str) -> dict:
        policy = self._store.read(POLICIES, name_of(policy_arn))
        if policy is None or policy_arn != arn("iam", f"policy/{policy['ManagedPolicyName']}"):
            raise _missing(f"Policy {policy_arn} was not found.")
        return policy


def _missing(message: str) -> ServiceError:
    return ServiceError("NoSuchEntity", message)


def _described(role: Mapping[str, Any]) -> dict[str, Any]:
    name = role["RoleName"]
    told = {"Path": "/", "RoleName": name, "RoleId": _id("AROA", name), "Arn": arn("iam", f"role/{name}")}
    told |= {"CreateDate": _CREATED, "AssumeRolePolicyDocument": _on_the_wire(role["AssumeRolePolicyDocument"])}
    return told | {key: role[key] for key in ("Description", "Tags") if role.get(key)}


def _id(kind: str, name: str) -> str:
    return kind + hashlib.sha256(name.encode()).hexdigest()[:16].upper()


def _on_the_wire(document: object) -> str:
    """A policy as AWS sends it, percent-encoded; boto3 makes a dictionary of it."""
    return quote(json.dumps(document))

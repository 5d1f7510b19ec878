"""AWS Identity and Access Management: the roles that services work under."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from ..arns import arn
from ..errors import ServiceError

_CREATED = datetime(2026, 1, 1, tzinfo=UTC)


class IAM:
    """Roles that exist from the start.

    roles : name of each role and the service that it trusts, such as "sagemaker.amazonaws.com".
    """

    INVALID_REQUEST = "ValidationError"

    def __init__(self, roles: Mapping[str, str]):
        self._roles = dict(roles)

    def get_role(self, *, RoleName: str) -> dict:
        """The role. Raises NoSuchEntity."""
        if RoleName not in self._roles:
            raise ServiceError("NoSuchEntity", f"The role with name {RoleName} cannot be found.")
        return {"Role": self._described(RoleName)}

    def list_roles(self, *, PathPrefix: str = "/", MaxItems: int = 100, Marker: str = "") -> dict:
        """A page of roles, by name; the marker is the last name of the page before."""
        names = sorted(name for name in self._roles if name > Marker) if PathPrefix == "/" else []
        page = {"Roles": [self._described(name) for name in names[:MaxItems]], "IsTruncated": len(names) > MaxItems}
        return page | ({"Marker": names[MaxItems - 1]} if page["IsTruncated"] else {})

    def _described(self, name: str) -> dict:
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": self._roles[name]},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
        return {
            "Path": "/",
            "RoleName": name,
            "RoleId": "AROA" + hashlib.sha256(name.encode()).hexdigest()[:16].upper(),
            "Arn": arn("iam", f"role/{name}"),
            "CreateDate": _CREATED,
            "AssumeRolePolicyDocument": quote(
                json.dumps(trust)
            ),  # on the wire it is encoded; boto3 makes it a dict
        }

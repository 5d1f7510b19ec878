"""One tag on everything that the workshop makes: `workshop = <prefix>`, by which clean-up finds it again."""

from __future__ import annotations

from functools import partial
from typing import Any

import boto3

TAG = "workshop"
SERVICES = ("personalize", "sagemaker", "bedrock", "scheduler")  # a stack tags what it makes by its template
# Of these, AWS has no tags: schemas, objects in S3 that we would have to name one by one, and indices. They go by name.


def tag_what_is_made(session: boto3.Session, prefix: str) -> None:
    """From now on every call that makes something, by any client of this session, gives it the tag, where AWS allows one.

    Also what the SageMaker SDK makes, or a cell of the reader's own: so nothing is made that clean-up could not find.
    """
    for service in SERVICES:
        tag = partial(_with_tag, prefix=prefix)
        session.events.register(f"provide-client-params.{service}", tag, unique_id=f"workshop-tag-{service}")


def _with_tag(params: dict[str, Any], model: Any, *, prefix: str, **_: object) -> dict[str, Any] | None:
    """The arguments with one more tag; None, which changes nothing, where the operation makes nothing or takes no tags."""
    if not str(model.name).startswith("Create") or model.input_shape is None:
        return None
    member = next((name for name in ("tags", "Tags") if name in model.input_shape.members), None)
    if member is None:
        return None
    shape = model.input_shape.members[member]
    if shape.type_name != "list" or len(shape.member.members) != 2:
        return None
    key, value = shape.member.members  # tagKey and tagValue, Key and Value, or key and value: as the service likes
    given = list(params.get(member) or [])
    if any(tag.get(key) == TAG for tag in given):
        return None
    return {**params, member: [*given, {key: TAG, value: prefix}]}

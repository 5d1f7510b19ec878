"""An attendee's clients in a shared room: they read, ask the model and send clicks, and make or change nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
from opensearchpy import OpenSearch

from .outages import OneLine

_READS = ("Get", "List", "Describe", "Head", "Simulate", "Invoke")
_DELETES = ("Delete", "Stop", "Abort")
_CLICKS = ("personalize-events", "PutEvents")
_SEARCHES = ("_search", "_msearch", "_count", "_mget")


class SharedRoom(OneLine, RuntimeError):
    """A call that makes, changes or deletes something was not sent, as this room's things are the instructor's."""


def keep_read_only(session: boto3.Session, *, shared: str, own: str) -> None:
    """From now on clients of this session raise SharedRoom for calls that make or change anything, before they are sent.

    shared : the instructor's prefix, whose things may not be deleted either. own : the attendee's, who may delete what is left
    of earlier work under it.
    """

    def check(params: Any, model: Any, **_: Any) -> None:
        service, name = model.service_model.service_name, str(model.name)
        if name.startswith(_READS) or (service, name) == _CLICKS:
            return
        # A room's bucket is the instructor's, and what lies in it under one's own prefix is not.
        told = {key: value for key, value in params.items() if not (key == "Bucket" and name.startswith("DeleteObject"))}
        if name.startswith(_DELETES) and not any(_belongs_to(text, shared, own) for text in _texts(told)):
            return
        raise _refused(shared, f"{service} {name}")

    session.events.register_first("before-parameter-build", check, unique_id="shared-room")


def keep_index_read_only(client: OpenSearch, *, shared: str, own_index: str) -> None:
    """From now on this client searches, and writes to no index; own_index may be deleted, as it is the attendee's."""
    send: Callable[..., Any] = client.transport.perform_request

    def check(method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        is_search = method == "POST" and url.rstrip("/").rpartition("/")[2] in _SEARCHES
        is_own = method == "DELETE" and url == f"/{own_index}"
        if method not in ("GET", "HEAD") and not is_search and not is_own:
            raise _refused(shared, f"OpenSearch {method} {url}")
        return send(method, url, *args, **kwargs)

    client.transport.perform_request = check  # type: ignore[method-assign]


def _refused(shared: str, call: str) -> SharedRoom:
    return SharedRoom(
        f"This room shares the campaign, event tracker and index of '{shared}', so notebooks 02 to 05 make nothing here "
        f"({call} was not sent). Go on with notebook 06. To make your own, unset WORKSHOP_SHARED and begin with notebook 00."
    )


def _belongs_to(text: str, shared: str, own: str) -> bool:
    """Whether a name, key or ARN is of the instructor: one of the attendee's may begin alike."""
    last = text.rpartition(":")[2]
    names = [text, last, *last.split("/")]
    theirs = any(name == shared or name.startswith((f"{shared}-", f"{shared}/")) for name in names)
    ours = any(name == own or name.startswith((f"{own}-", f"{own}/")) for name in names)
    return theirs and not (ours and own.startswith(shared))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)

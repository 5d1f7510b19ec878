"""The three kinds of OpenSearch that the index can live in, and what each of them takes.

A `domain` is a managed domain or any server of one's own; `serverless-classic` and `serverless-nextgen` are the two
generations of OpenSearch Serverless. Sources: AWS's developer guide, pages "Working with vector search collections" and
"What is Amazon OpenSearch Serverless?"; what stands on a single report is marked.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from opensearchpy import AuthenticationException, AuthorizationException, OpenSearch

from .progress import clock

Answer = TypeVar("Answer")
_ACCESS_LOOKS = 24  # how often a fresh collection is asked before a refusal counts


class AccessRefused(RuntimeError):
    """OpenSearch went on refusing us; the message says what to look at."""


@dataclass(frozen=True)
class Flavour:
    """What one kind of OpenSearch takes.

    signing_name : service name in the signature of a request. engine : to be named in the mapping, or None where naming
    one is refused. compression_level : to be asked for there, because the default rounds the vectors. strict : whether the
    mapping refuses fields that it does not know. own_ids : whether a document may bring its own `_id`.
    has_refresh : whether one may ask for a refresh; else what was written is found after `visible_seconds` at the latest,
    during which we look `looks` times. policy_seconds : how long a fresh access policy may take to be in force.
    """

    name: str
    signing_name: str
    engine: str | None
    compression_level: str | None
    strict: bool
    own_ids: bool
    has_refresh: bool
    visible_seconds: float
    looks: int
    policy_seconds: float

    @property
    def pause(self) -> float:
        """Seconds between two looks at whether something can be found already."""
        return self.visible_seconds / self.looks

    def without_waits(self) -> Flavour:
        """The same rules, kept as often, but with no time between two looks: for a service on this machine."""
        return replace(self, visible_seconds=0, policy_seconds=0)


FLAVOURS = {
    flavour.name: flavour
    for flavour in (
        Flavour("domain", "es", "faiss", None, True, True, True, 1, 1, 0),
        # Without an engine it would take nmslib. `dynamic: strict` is left out on both: unconfirmed there.
        Flavour("serverless-classic", "aoss", "faiss", None, False, False, False, 60, 6, 120),
        # Own ids: AWS says yes, one operator no; index_loading.py copes with both. Without a compression level it keeps
        # 1 bit of every 32, and scores are no longer exact.
        Flavour("serverless-nextgen", "aoss", None, "1x", False, True, False, 10, 5, 120),
    )
}
_HOSTS = (  # the second form is unconfirmed: third parties only
    (re.compile(r"[^.]+\.[a-z0-9-]+\.aoss\.amazonaws\.com(\.cn)?"), "serverless-classic"),
    (re.compile(r"[^.]+\.aoss\.[a-z0-9-]+\.on\.aws"), "serverless-nextgen"),
)


class FlavouredClient(OpenSearch):
    """opensearch-py's own client, which also knows what kind of OpenSearch it talks to."""

    def __init__(self, hosts: Any, *, flavour: Flavour, **options: Any):
        super().__init__(hosts, **options)
        self.flavour = flavour


def flavour_of(opensearch_client: OpenSearch) -> Flavour:
    """The flavour that a client was made for; of any other client, the one that its host's name tells."""
    if isinstance(opensearch_client, FlavouredClient):
        return opensearch_client.flavour
    hosts = opensearch_client.transport.hosts
    return FLAVOURS[flavour_of_host(str(hosts[0].get("host", "")) if hosts else "")]


def flavour_of_host(host: str) -> str:
    """The name of the flavour behind a host: AWS names its collections in a way of their own, the rest are domains."""
    return next((flavour for pattern, flavour in _HOSTS if pattern.fullmatch(host.lower())), "domain")


def when_allowed(flavour: Flavour, call: Callable[[], Answer]) -> Answer:
    """What `call()` answers, once a fresh access policy is in force: on Serverless that may take two minutes.

    Raises AccessRefused if it is still refused then, and what `call` raises for any other reason. Which of 401 and 403 a
    fresh policy gives is unconfirmed, so both count.
    """
    what = "waiting for the access policy to be in force"
    with clock(what) as bar:
        for look in range(_ACCESS_LOOKS):
            try:
                return call()
            except (AuthenticationException, AuthorizationException) as error:
                if not flavour.policy_seconds or look == _ACCESS_LOOKS - 1:
                    raise AccessRefused(
                        f"OpenSearch refuses us ({error.status_code}: {error.error}). On Serverless the data access policy "
                        "must name our IAM role's ARN, not that of its session, and the role needs aoss:APIAccessAll; on a "
                        "domain the access policy must name the role. Correct it, then run this cell again."
                    ) from error
            bar.say(what)
            time.sleep(flavour.policy_seconds / _ACCESS_LOOKS)
    raise AssertionError("unreachable")

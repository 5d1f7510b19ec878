"""What goes wrong on an OpenSearch node, in the words and shapes in which a node says it.

Confirmed, by the source code of OpenSearch and its k-NN plug-in or by several public logs, are the shapes of error bodies
and bulk items, the whole answer for a missing index, and the texts that other files of this folder name as exceptions.
A file that words refusals of its own says "Unconfirmed" in its docstring: their status and type are those that OpenSearch
documents or is known for, their text comes from general knowledge or a single report, and a real node may say it in
other words. The scenarios of tests/congruence compare only what is stable; run on a real node they are the judge.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any


class OpenSearchError(Exception):
    """An answer with an error in it.

    status : HTTP status; kind : such as "illegal_argument_exception"; reason : one sentence
    caused_by : {"type": …, "reason": …} below it; details : further members such as index names
    """

    def __init__(self, status: int, kind: str, reason: str, *, caused_by: dict | None = None, **details: object):
        super().__init__(f"{kind}: {reason}")
        self.status = status
        self._error = {"type": kind, "reason": reason, **details}
        self._caused_by = {"caused_by": caused_by} if caused_by else {}

    def item(self) -> dict:
        """The error as it stands in one item of a bulk answer."""
        return {**self._error, **self._caused_by}

    def body(self) -> dict:
        """The whole answer of a request that failed."""
        return {"error": {"root_cause": [self._error], **self.item()}, "status": self.status}


class QueryError(OpenSearchError):
    """A query that parses but does not fit the index: every shard refuses it."""

    def __init__(self, reason: str):
        super().__init__(400, "illegal_argument_exception", reason)
        self._reason = reason

    def on(self, index: str, uuid: str, node: str) -> OpenSearchError:
        """The error as the search of one index reports it."""
        reason = f"failed to create query: {self._reason}"
        shard = {"type": "query_shard_exception", "reason": reason, "index": index, "index_uuid": uuid}
        below = {"type": "illegal_argument_exception", "reason": self._reason}
        return _SearchFailed(shard, {**shard, "caused_by": below}, index, node)


class WindowError(QueryError):
    """A search that asks for more than the index shows: every shard refuses it, in these words alone."""

    def on(self, index: str, uuid: str, node: str) -> OpenSearchError:
        """The error as the search of one index reports it."""
        shard = self.item()
        return _SearchFailed(shard, shard, index, node, caused_by={**shard, "caused_by": shard})


class _SearchFailed(OpenSearchError):
    def __init__(self, root: dict, failure: dict, index: str, node: str, caused_by: dict | None = None):
        super().__init__(
            400,
            "search_phase_execution_exception",
            "all shards failed",
            caused_by=caused_by,
            phase="query",
            grouped=True,
            failed_shards=[{"shard": 0, "index": index, "node": node, "reason": failure}],
        )
        self._root = root

    def body(self) -> dict:
        return {"error": {"root_cause": [self._root], **self.item()}, "status": self.status}


def index_not_found(name: str) -> OpenSearchError:
    """404: there is no such index."""
    details: dict[str, Any] = {"resource.id": name, "resource.type": "index_or_alias", "index_uuid": "_na_"}
    return OpenSearchError(404, "index_not_found_exception", f"no such index [{name}]", index=name, **details)


def illegal_argument(reason: str) -> OpenSearchError:
    """400: a value that OpenSearch does not accept."""
    return OpenSearchError(400, "illegal_argument_exception", reason)


def parsing(reason: str) -> OpenSearchError:
    """400: a search body that says something OpenSearch does not know. The position is not tracked here."""
    return OpenSearchError(400, "parsing_exception", reason, line=1, col=1)


def x_content(what: str) -> Callable[[str], OpenSearchError]:
    """Makes the 400 error of an object with a member that OpenSearch does not know."""
    return lambda name: OpenSearchError(400, "x_content_parse_exception", f"[1:1] [{what}] unknown field [{name}]")


def invalid_request(*problems: str) -> OpenSearchError:
    """400: a request that lacks something."""
    numbered = " ".join(f"{number}: {problem};" for number, problem in enumerate(problems, start=1))
    return OpenSearchError(400, "action_request_validation_exception", f"Validation Failed: {numbered}")


def mapping_refused(reason: str) -> OpenSearchError:
    """400: a mapping that cannot be."""
    cause = {"type": "illegal_argument_exception", "reason": reason}
    return OpenSearchError(400, "mapper_parsing_exception", f"Failed to parse mapping [_doc]: {reason}", caused_by=cause)


def field_refused(path: str, kind: str, doc_id: str, preview: object, reason: str) -> OpenSearchError:
    """400: a document whose field holds the wrong thing."""
    message = f"failed to parse field [{path}] of type [{kind}] in document with id '{doc_id}'."
    return OpenSearchError(
        400,
        "mapper_parsing_exception",
        f"{message} Preview of field's value: '{preview}'",
        caused_by={"type": "illegal_argument_exception", "reason": reason},
    )


def too_busy() -> OpenSearchError:
    """429: the node's queue is full. Type from OpenSearch's source, as remembered; the text is unconfirmed."""
    return OpenSearchError(429, "rejected_execution_exception", "rejected execution of coordinating operation")


def unavailable() -> OpenSearchError:
    """503: nobody answers. A load balancer says it without this body, in words of its own."""
    return OpenSearchError(503, "service_unavailable", "the service is not available")


def not_offline(what: str) -> OpenSearchError:
    """501, which no real node sends: OpenSearch has this, the offline node does not."""
    return OpenSearchError(
        501,
        "not_available_offline",
        f"the offline OpenSearch has no {what}; a real one has: set OPENSEARCH_URL, or WORKSHOP_MODE=aws",
    )


def refuse_members(
    where: str,
    given: Iterable[str],
    *,
    built: Collection[str],
    real: Collection[str] = (),
    refusal: Callable[[str], OpenSearchError],
) -> None:
    """Raise the 501 error of a member that only a real node obeys, and `refusal(name)` of one that nobody knows.

    Nothing that a request says is ignored: what is not in `built` is refused.
    """
    for name in given:
        if name not in built:
            raise not_offline(f"{name} in {where}") if name in real else refusal(name)

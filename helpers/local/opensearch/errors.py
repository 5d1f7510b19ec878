"""What goes wrong on an OpenSearch node, in the words and shapes in which a node says it."""

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
        shard = {
            "type": "query_shard_exception",
            "reason": f"failed to create query: {self._reason}",
            "index": index,
            "index_uuid": uuid,
        }
        failed = {
            "shard": 0,
            "index": index,
            "node": node,
            "reason": {
                **shard,
                "caused_by": {"type": "illegal_argument_exception", "reason": self._reason},
            },
        }
        return _SearchFailed(shard, failed)


class _SearchFailed(OpenSearchError):
    def __init__(self, shard: dict, failed: dict):
        super().__init__(
            400,
            "search_phase_execution_exception",
            "all shards failed",
            phase="query",
            grouped=True,
            failed_shards=[failed],
        )
        self._shard = shard

    def body(self) -> dict:
        return {"error": {"root_cause": [self._shard], **self.item()}, "status": self.status}


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


def not_offline(what: str) -> OpenSearchError:
    """501, which no real node sends: OpenSearch has this, the offline node does not."""
    return OpenSearchError(
        501,
        "not_available_offline",
        f"the offline OpenSearch has no {what}; a real one has: set OPENSEARCH_URL, or WORKSHOP_MODE=aws",
    )

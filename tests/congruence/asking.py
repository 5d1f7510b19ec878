"""What the scenarios say again and again: a k-NN query, and what an answer or a refusal says."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from opensearchpy import TransportError

KNOWN_AS: dict[str, str] = {}  # OpenSearch's ids of what `put` sent last: the numbers by which the scenarios call them
TOLERANCE = 1e-4  # of scores: a server may add its float32 numbers up in another order


def knn(vector: Any, k: int | None = None, *, field: str = "image_vector", **options: Any) -> dict[str, Any]:
    """A k-NN query: the k nearest, or with min_score or max_distance all within a radius."""
    found = {"vector": np.asarray(vector).tolist(), **options}
    return {"knn": {field: found if k is None else {**found, "k": k}}}


def ids(answer: dict[str, Any]) -> list[str]:
    """The ids of a search's hits, in order."""
    return [KNOWN_AS.get(hit["_id"], hit["_id"]) for hit in answer["hits"]["hits"]]


def doc_id(number: str) -> str:
    """OpenSearch's id of the document that `put` sent last under this number."""
    return {number: given for given, number in KNOWN_AS.items()}.get(number, number)


def with_real_ids(query: Any) -> Any:
    """A query whose `ids` are those that OpenSearch gave."""
    if isinstance(query, list):
        return [with_real_ids(clause) for clause in query]
    if not isinstance(query, dict):
        return query
    if set(query) == {"ids"}:
        return {"ids": {**query["ids"], "values": [doc_id(name) for name in query["ids"]["values"]]}}
    return {name: with_real_ids(clause) for name, clause in query.items()}


def scores(answer: dict[str, Any]) -> list[float]:
    """Their scores."""
    return [hit["_score"] for hit in answer["hits"]["hits"]]


def refused(call: Callable[[], Any], *words: str, status: int = 400, kind: str | None = None) -> dict[str, Any]:
    """The error of a call that the client turns into its exception, all of whose faces say the same.

    words : must stand somewhere in the error. What stands around them differs between versions.
    """
    with pytest.raises(TransportError) as caught:
        call()
    error = caught.value
    assert error.status_code == error.info["status"] == status, error
    told = error.info["error"]
    assert error.error == told["type"] == (kind or told["type"])
    for word in words:
        assert json.dumps(word)[1:-1] in json.dumps(told), told
    return told

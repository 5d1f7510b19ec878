"""What OpenSearch Serverless has not, by flavour: how it refuses, and how a field is written so that it takes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from congruence.asking import refused
from opensearchpy import NotFoundError, OpenSearch, TransportError

from helpers.index_flavours import Flavour

CLASSIC, NEXTGEN = "serverless-classic", "serverless-nextgen"
ID_REFUSED = "Document ID is not supported in create/index operation request"


def fitting(flavour: Flavour, vector: dict[str, Any]) -> dict[str, Any]:
    """The same vector field as a flavour wants it: Classic is told the engine, NextGen the compression and no engine."""
    method = dict(vector.get("method") or {})
    if flavour.name == CLASSIC:
        return {**vector, "method": {"name": "hnsw", "engine": "faiss", **method}}
    if flavour.name == NEXTGEN:
        method.pop("engine", None)
        return {"compression_level": "1x", **vector, **({"method": method} if method else {})}
    return vector


def own_ids(client: OpenSearch, pictures: Callable[..., str]) -> None:
    name = pictures()
    calls = (
        lambda: client.index(index=name, id="1", body={"width": 1}),
        lambda: client.create(index=name, id="1", body={"width": 1}),
    )
    for call in calls:
        refused(call, ID_REFUSED, kind="illegal_argument_exception")
    lines = [{"index": {"_id": "1"}}, {"width": 1}, {"create": {"_id": "2"}}, {"width": 2}, {"index": {}}, {"width": 3}]
    answer = client.bulk(index=name, body=lines)
    items = [next(iter(item.values())) for item in answer["items"]]
    assert answer["errors"] and [item["status"] for item in items] == [400, 400, 201]
    assert items[0]["error"] == {"type": "illegal_argument_exception", "reason": ID_REFUSED}
    by_id = items[2]["_id"]
    assert client.update(index=name, id=by_id, body={"doc": {"width": 4}})["result"] == "updated"
    refused(lambda: client.update(index=name, id=by_id, body={"doc": {"width": 5}, "doc_as_upsert": True}))
    refused(lambda: client.update(index=name, id="9", body={"doc": {}, "upsert": {"width": 5}}))
    for change in ({"doc": {"width": 5}, "doc_as_upsert": True}, {"doc": {}, "upsert": {"width": 5}}):
        [item] = client.bulk(index=name, body=[{"update": {"_id": by_id}}, change])["items"]
        assert item["update"]["status"] == 400
    assert client.get_source(index=name, id=by_id) == {"width": 4}
    assert client.delete(index=name, id=by_id)["result"] == "deleted"


def refresh(client: OpenSearch, pictures: Callable[..., str]) -> None:
    name = pictures()
    for policy in ("true", "wait_for"):
        for write in (
            lambda policy=policy: client.index(index=name, body={"width": 1}, refresh=policy),
            lambda policy=policy: client.bulk(index=name, body=[{"index": {}}, {"width": 1}], refresh=policy),
        ):
            refused(write, f"{policy} refresh policy is not supported.", kind="status_exception")
    assert client.index(index=name, body={"width": 1}, refresh=False)["result"] == "created"
    for missing in (client.indices.refresh, lambda **_: client.indices.refresh()):
        with pytest.raises(NotFoundError):
            missing(index=name)


def settings(client: OpenSearch, pictures: Callable[..., str]) -> None:
    name = pictures()
    for own in ({"refresh_interval": "5s"}, {"number_of_replicas": 0}, {"number_of_shards": 1}):
        refused(lambda own=own: pictures(settings=own), next(iter(own)))
    refused(lambda: client.indices.put_settings(index=name, body={"index.refresh_interval": "5s"}), "refresh_interval")


def cluster(client: OpenSearch, pictures: Callable[..., str]) -> None:
    name = pictures()
    assert client.ping() is False
    for call in (
        client.info,
        client.cluster.health,
        lambda: client.cluster.health(index=name),
        lambda: client.delete_by_query(index=name, body={"query": {"match_all": {}}}),
        lambda: client.reindex(body={"source": {"index": name}, "dest": {"index": f"{name}-2"}}),
        lambda: client.scroll(scroll_id="a"),
        lambda: client.search_pipeline.get(id="a"),
        lambda: client.indices.stats(index=name),
    ):
        with pytest.raises(NotFoundError):
            call()


def scripts(client: OpenSearch, pictures: Callable[..., str]) -> None:
    name = pictures()
    parameters = {"field": "image_vector", "query_value": [1, 2, 3], "space_type": "l2"}
    script = {"source": "knn_score", "lang": "knn", "params": parameters}
    query = {"query": {"script_score": {"query": {"match_all": {}}, "script": script}}}
    refused(lambda: client.search(index=name, body=query))


def engine(client: OpenSearch, pictures: Callable[..., str]) -> None:
    body = {
        "settings": {"index.knn": True},
        "mappings": {"properties": {"v": {"type": "knn_vector", "dimension": 3, "method": {"name": "hnsw", "engine": "faiss"}}}},
    }
    words = "Field parameter 'engine' is not supported"
    refused(lambda: client.indices.create(index="congruence-engine", body=body), words, kind="illegal_argument_exception")
    assert not client.indices.exists(index="congruence-engine")


def no_nmslib(client: OpenSearch, pictures: Callable[..., str]) -> None:
    with pytest.raises(TransportError) as caught:
        pictures(method={"name": "hnsw", "engine": "nmslib"})
    assert caught.value.status_code == 501


BOTH = (CLASSIC, NEXTGEN)
REFUSALS: dict[str, tuple[tuple[str, ...], Callable[[OpenSearch, Callable[..., str]], None], str]] = {
    "own ids": ((CLASSIC,), own_ids, "gives documents ids of its own"),
    "refresh": (BOTH, refresh, "has no refresh to ask for"),
    "settings": (BOTH, settings, "keeps shards, replicas and refreshes to itself"),
    "cluster": (BOTH, cluster, "answers nothing about a node or cluster"),
    "scripts": (BOTH, scripts, "runs no scripts"),
    "no nmslib": ((CLASSIC,), no_nmslib, "has nmslib, which the stand-in has not"),
    "engine": ((NEXTGEN,), engine, "chooses the engine itself"),
}

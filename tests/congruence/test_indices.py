"""Making, showing, changing and deleting indices."""

from __future__ import annotations

import pytest
from congruence.asking import doc_id, refused
from congruence.refusals import fitting
from opensearchpy import NotFoundError, RequestError


def test_an_index_shows_what_it_was_made_of(place, client, name):
    vector = fitting(place.flavour, {"type": "knn_vector", "dimension": 3, "space_type": "l2"})
    body = {
        "settings": {"index": {"knn": True, "knn.algo_param.ef_search": 100}},
        "mappings": {"properties": {"v": vector, "path": {"type": "keyword", "index": False}}},
    }
    made = {"acknowledged": True, "shards_acknowledged": True, "index": name}
    assert client.indices.create(index=name, body=body) == made
    shown = client.indices.get(index=name)[name]
    assert shown["aliases"] == {}
    assert shown["mappings"]["properties"]["path"] == {"type": "keyword", "index": False}
    assert vector.items() <= shown["mappings"]["properties"]["v"].items()
    settings = shown["settings"]["index"]
    assert settings["knn"] == "true"
    assert settings["knn.algo_param"] == {"ef_search": "100"}
    assert settings["provided_name"] == name
    assert len(settings["uuid"]) == 22
    assert client.indices.get_settings(index=name)[name]["settings"]["index"] == settings
    assert client.indices.get_mapping(index=name)[name]["mappings"] == shown["mappings"]


def test_every_index_is_among_all(client, pictures):
    one, other = pictures(), pictures()
    for shown in (client.indices.get_mapping(), client.indices.get_settings(), client.indices.get_alias()):
        assert {one, other} <= set(shown)
    assert set(client.indices.get(index=f"{one},{other[:-1]}*")) == {one, other}


@pytest.mark.needs("refresh")
def test_a_refresh_counts_its_shards(client, pictures):
    assert client.indices.refresh(index=pictures()) == {"_shards": {"total": 1, "successful": 1, "failed": 0}}
    assert client.indices.refresh()["_shards"]["failed"] == 0


def test_an_index_exists_until_it_is_deleted(client, pictures, new_name):
    name = pictures()
    assert client.indices.exists(index=name) is True
    assert client.indices.delete(index=name) == {"acknowledged": True}
    assert client.indices.exists(index=name) is False
    with pytest.raises(NotFoundError):
        client.indices.delete(index=name)
    client.indices.delete(index=name, ignore_unavailable=True)
    assert client.indices.delete(index=name, ignore=[404])["status"] == 404


def test_an_index_made_anew_knows_nothing_of_its_predecessor(place, client, pictures, put):
    name = pictures()
    put(name, [{"image_vector": [1, 2, 3]}])
    client.indices.delete(index=name)
    vector = fitting(place.flavour, {"type": "knn_vector", "dimension": 2})
    body = {"settings": {"index.knn": True}, "mappings": {"properties": {"image_vector": vector}}}
    client.indices.create(index=name, body=body)
    assert client.count(index=name)["count"] == 0
    put(name, [{"image_vector": [1, 2]}])
    assert client.get(index=name, id=doc_id("0"))["_version"] == 1


def test_an_index_that_exists_is_not_made_again(client, pictures):
    name = pictures()
    with pytest.raises(RequestError) as caught:
        client.indices.create(index=name)
    error = caught.value
    assert (error.status_code, error.error) == (400, "resource_already_exists_exception")
    told = error.info["error"]
    assert told["reason"] == f"index [{name}/{told['index_uuid']}] already exists"
    assert told["root_cause"] == [{key: told[key] for key in ("type", "reason", "index", "index_uuid")}]
    assert told["index_uuid"] == client.indices.get_settings(index=name)[name]["settings"]["index"]["uuid"]


@pytest.mark.parametrize("call", ["search", "count", "indices.get", "indices.delete", "indices.get_mapping"])
def test_a_missing_index_is_told_in_full(client, name, call):
    cause = {
        "type": "index_not_found_exception",
        "reason": f"no such index [{name}]",
        "index": name,
        "resource.id": name,
        "resource.type": "index_or_alias",
        "index_uuid": "_na_",
    }
    method = client
    for part in call.split("."):
        method = getattr(method, part)
    with pytest.raises(NotFoundError) as caught:
        method(index=name)
    assert caught.value.status_code == 404
    assert caught.value.error == "index_not_found_exception"
    assert caught.value.info == {"error": {"root_cause": [cause], **cause}, "status": 404}


@pytest.mark.parametrize(
    ("vector", "words"),
    [
        ({}, ["Dimension value missing"]),
        ({"dimension": 0}, ["must be greater than 0"]),
        ({"dimension": 16_001}, ["cannot be greater than 16000"]),
        ({"dimension": "three"}, ["dimension", "three"]),
        ({"dimension": 3, "space_type": "manhattan"}, ["manhattan"]),
        pytest.param(
            {"dimension": 3, "method": {"name": "hnsw", "engine": "turbo"}},
            ["nvalid engine", "turbo"],
            marks=pytest.mark.needs("engine"),
        ),
        ({"dimension": 3, "method": {"name": "hnsw", "speed": 3}}, ["Invalid parameter: speed"]),
        ({"dimension": 3, "method": {"name": "hnsw", "engine": "faiss", "parameters": {"mm": 3}}}, ["mm"]),
        ({"dimension": 3, "method": {"name": "hnsw", "engine": "faiss", "parameters": {"m": "many"}}}, ["m"]),
        ({"dimension": 3, "colour": "red"}, ["colour"]),
    ],
)
def test_a_vector_field_that_cannot_be(place, client, name, vector, words):
    field = fitting(place.flavour, {"type": "knn_vector", **vector})
    body = {"settings": {"index.knn": True}, "mappings": {"properties": {"v": field}}}
    refused(lambda: client.indices.create(index=name, body=body), *words, kind="mapper_parsing_exception")
    assert not client.indices.exists(index=name)


@pytest.mark.needs("engine", "no nmslib")
def test_nmslib_makes_no_new_indices_since_3_0(place, name):
    vector = {"type": "knn_vector", "dimension": 3, "method": {"name": "hnsw", "engine": "nmslib"}}
    body = {"settings": {"index.knn": True}, "mappings": {"properties": {"v": vector}}}
    if place.version < (3, 0):
        assert place.client.indices.create(index=name, body=body)["acknowledged"]
    else:
        words = "nmslib engine is deprecated in OpenSearch  and cannot be used for new index creation in OpenSearch from  3.0.0."
        refused(lambda: place.client.indices.create(index=name, body=body), words)


def test_a_method_needs_a_knn_index(place, client, name):
    vector = fitting(place.flavour, {"type": "knn_vector", "dimension": 3, "method": {"name": "hnsw", "engine": "faiss"}})
    body = {"mappings": {"properties": {"v": vector}}}
    refused(lambda: client.indices.create(index=name, body=body), "index.knn setting is false")


@pytest.mark.parametrize("bad", ["Pictures", "a b", "a,b", "+a", "-a", "a|b", 'a"b', "a" * 256])
def test_names_that_no_index_may_have(client, bad):
    refused(lambda: client.indices.create(index=bad), kind="invalid_index_name_exception")


@pytest.mark.needs("settings")
def test_settings_that_nobody_knows_or_may_change(client, pictures, new_name):
    name = pictures()
    red = {"settings": {"index.colour": "red"}}
    kind = "illegal_argument_exception"
    refused(lambda: client.indices.create(index=new_name(), body=red), "unknown setting [index.colour]", kind=kind)
    refused(lambda: client.indices.put_settings(index=name, body={"index.knn": False}), "index.knn", kind=kind)
    assert client.indices.put_settings(index=name, body={"index": {"refresh_interval": "30s"}}) == {"acknowledged": True}
    assert client.indices.get_settings(index=name)[name]["settings"]["index"]["refresh_interval"] == "30s"


def test_fields_can_be_added_but_not_changed(place, client, pictures, seen):
    name = pictures()
    assert client.indices.put_mapping(index=name, body={"properties": {"path": {"type": "keyword"}}})["acknowledged"]
    client.index(index=name, body={"path": "a.jpg"})
    seen(name)
    assert client.count(index=name, body={"query": {"term": {"path": "a.jpg"}}})["count"] == 1

    def change(**properties):
        return lambda: client.indices.put_mapping(index=name, body={"properties": properties})

    words, kind = "mapper [title] cannot be changed from type [text] to [long]", "illegal_argument_exception"
    refused(change(title={"type": "long"}), words, kind=kind)
    longer = fitting(place.flavour, {"type": "knn_vector", "dimension": 4})
    refused(change(image_vector=longer), "dimension", kind=kind)
    refused(change(cluster={"type": "keyword", "index": False}), "Cannot update parameter [index]", kind=kind)
    refused(change(path={"type": "keyword", "colour": "red"}), "colour", kind="mapper_parsing_exception")


@pytest.mark.needs("cluster")
def test_the_node_says_who_it_is(client):
    assert client.ping() is True
    info = client.info()
    assert info["version"]["distribution"] == "opensearch"
    assert info["tagline"] == "The OpenSearch Project: https://opensearch.org/"
    assert {"name", "cluster_name", "cluster_uuid"} <= set(info)


@pytest.mark.needs("cluster")
def test_health_is_green_where_every_copy_has_its_place(client, pictures):
    alone, copied = pictures(), pictures(settings={"number_of_replicas": 1})
    health = client.cluster.health(index=alone)
    assert (health["status"], health["active_shards"], health["unassigned_shards"]) == ("green", 1, 0)
    # One node has no place for a second copy; a larger cluster has.
    expected = "yellow" if health["number_of_data_nodes"] == 1 else "green"
    assert client.cluster.health(index=copied)["status"] == expected
    assert client.cluster.health()["timed_out"] is False


@pytest.mark.needs("settings")
def test_the_table_of_indices(client, pictures, put):
    name = pictures()
    put(name, [{"image_id": "a"}, {"image_id": "b"}])
    [row] = client.cat.indices(index=name, format="json")
    wanted = {"index": name, "docs.count": "2", "health": "green", "status": "open", "pri": "1", "rep": "0"}
    assert wanted.items() <= row.items()
    assert name in client.cat.indices()

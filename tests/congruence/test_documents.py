"""Documents one by one, and when a search sees them."""

from __future__ import annotations

import pytest
from congruence.asking import doc_id, ids, knn, refused
from opensearchpy import ConflictError, NotFoundError, RequestError

ID = "a/b ü"  # has to be quoted in a path


@pytest.mark.needs("own ids", "settings")
def test_a_document_lives_and_dies_by_its_id(client, pictures):
    name = pictures()
    made = client.index(index=name, id=ID, body={"image_id": "1"})
    shards = {"total": 1, "successful": 1, "failed": 0}
    answer = {"_index": name, "_id": ID, "_version": 1, "result": "created", "_shards": shards, "_seq_no": 0, "_primary_term": 1}
    assert made == answer
    assert client.index(index=name, id=ID, body={"image_id": "2"}) == {**answer, "_version": 2, "result": "updated", "_seq_no": 1}
    found = {"_index": name, "_id": ID, "_version": 2, "_seq_no": 1, "_primary_term": 1, "found": True}
    assert client.get(index=name, id=ID) == {**found, "_source": {"image_id": "2"}}
    assert client.exists(index=name, id=ID) is True
    assert client.exists_source(index=name, id=ID) is True
    assert client.get_source(index=name, id=ID) == {"image_id": "2"}
    assert client.delete(index=name, id=ID)["result"] == "deleted"
    assert client.exists(index=name, id=ID) is False
    assert client.exists_source(index=name, id=ID) is False
    with pytest.raises(NotFoundError) as caught:
        client.get(index=name, id=ID)
    assert caught.value.info == {"_index": name, "_id": ID, "found": False}
    with pytest.raises(NotFoundError) as caught:
        client.delete(index=name, id=ID)
    assert (caught.value.status_code, caught.value.info["result"]) == (404, "not_found")
    refused(lambda: client.get_source(index=name, id=ID), "Document not found", status=404, kind="resource_not_found_exception")


@pytest.mark.needs("own ids")
def test_an_id_that_is_taken_cannot_be_created(client, pictures):
    name = pictures()
    assert client.create(index=name, id="1", body={"image_id": "a"})["result"] == "created"
    for call in (
        lambda: client.create(index=name, id="1", body={"image_id": "b"}),
        lambda: client.index(index=name, id="1", body={"image_id": "b"}, op_type="create"),
    ):
        with pytest.raises(ConflictError) as caught:
            call()
        assert (caught.value.status_code, caught.value.error) == (409, "version_conflict_engine_exception")
        told = caught.value.info["error"]
        assert told["reason"] == "[1]: version conflict, document already exists (current version [1])"
        assert (told["index"], told["shard"]) == (name, "0")
    assert client.get_source(index=name, id="1") == {"image_id": "a"}


def test_a_document_without_an_id_gets_one(client, pictures):
    name = pictures()
    named = [client.index(index=name, body={"image_id": "a"})["_id"] for _ in range(2)]
    assert len(set(named)) == 2
    assert all(len(one) >= 20 for one in named)


@pytest.mark.needs("own ids")
def test_an_id_has_at_most_512_bytes(client, pictures):
    name = pictures()
    assert client.index(index=name, id="é" * 256, body={})["result"] == "created"
    words = "is too long, must be no longer than 512 bytes but was: 514"
    refused(lambda: client.index(index=name, id="é" * 257, body={}), words, kind="action_request_validation_exception")


@pytest.mark.needs("own ids")
def test_an_update_merges_and_keeps_the_vector(client, pictures):
    name = pictures(dynamic=True)
    client.index(index=name, id="1", body={"image_vector": [1, 2, 3], "title": "old", "by": {"x": 1, "y": 2}})
    change = {"doc": {"title": "new", "by": {"x": 5}}}
    assert client.update(index=name, id="1", body=change)["result"] == "updated"
    again = client.update(index=name, id="1", body=change)
    assert (again["result"], again["_version"], again["_shards"]) == ("noop", 2, {"total": 0, "successful": 0, "failed": 0})
    source = client.get_source(index=name, id="1", _source_includes="*")
    assert source.pop("image_vector") == pytest.approx([1, 2, 3])
    assert source == {"title": "new", "by": {"x": 5, "y": 2}}


@pytest.mark.needs("own ids")
def test_an_update_of_what_is_missing(client, pictures):
    name = pictures()
    told = refused(lambda: client.update(index=name, id="9", body={"doc": {"width": 1}}), "[9]: document missing", status=404)
    assert told["type"] == "document_missing_exception"
    assert client.update(index=name, id="9", body={"doc": {"width": 1}, "upsert": {"width": 2}})["result"] == "created"
    assert client.update(index=name, id="8", body={"doc": {"width": 3}, "doc_as_upsert": True})["result"] == "created"
    assert [client.get_source(index=name, id=one)["width"] for one in "98"] == [2, 3]


@pytest.mark.needs("own ids")
def test_several_documents_at_once(client, pictures, put, new_name):
    name, missing = pictures(), new_name()
    put(name, [{"image_id": "a", "width": 1}, {"image_id": "b", "width": 2}])
    docs = client.mget(index=name, body={"ids": ["1", "7"]})["docs"]
    assert [doc["found"] for doc in docs] == [True, False]
    assert docs[0]["_source"] == {"image_id": "b", "width": 2}
    wanted = [{"_index": name, "_id": "0", "_source": ["width"]}, {"_index": missing, "_id": "0"}]
    docs = client.mget(body={"docs": wanted})["docs"]
    assert docs[0]["_source"] == {"width": 1}
    assert docs[1]["error"]["type"] == docs[1]["error"]["root_cause"][0]["type"] == "index_not_found_exception"


@pytest.mark.parametrize(
    ("options", "members"),
    [
        ({"_source": False}, None),
        ({"_source": "image_id,width"}, {"image_id", "width"}),
        ({"_source_includes": "*i*"}, {"image_id", "title", "width"}),
        ({"_source_includes": "*i*", "_source_excludes": "title"}, {"image_id", "width"}),
    ],
)
def test_a_document_shows_what_was_asked_for(client, pictures, put, options, members):
    name = pictures()
    put(name, [{"image_id": "a", "cluster": "7", "title": "A red cat", "width": 100}])
    source = client.get(index=name, id=doc_id("0"), **options).get("_source")
    assert (source if source is None else set(source)) == members


def test_a_document_that_comes_before_its_index_gets_a_guessed_mapping(client, name, seen):
    document = {"name": "cat", "embedding": [0.1, 0.2], "cluster": 7, "seen": True, "day": "2026-01-31", "by": {"x": 1}}
    client.index(index=name, body=document)
    seen(name)
    properties = client.indices.get_mapping(index=name)[name]["mappings"]["properties"]
    kinds = {field: definition.get("type", "object") for field, definition in properties.items()}
    expected = {"name": "text", "embedding": "float", "cluster": "long", "seen": "boolean", "day": "date", "by": "object"}
    assert kinds == expected
    assert client.count(index=name, body={"query": {"term": {"by.x": 1}}})["count"] == 1
    # Numbers that were not mapped as a vector cannot be searched as one.
    with pytest.raises(RequestError, match="Field 'embedding' is not knn_vector type"):
        client.search(index=name, body={"query": knn([1, 2], 1, field="embedding")})


@pytest.mark.needs("refresh")
def test_a_search_sees_nothing_before_the_refresh_but_get_does(client, pictures, put):
    name = pictures(settings={"refresh_interval": "-1"})
    put(name, [{"image_vector": [1, 2, 3]}], refresh=False)
    body = {"query": knn([1, 2, 3], 1)}
    assert client.count(index=name)["count"] == 0
    assert client.search(index=name, body=body)["hits"]["hits"] == []
    assert client.get(index=name, id="0")["found"]
    assert client.mget(index=name, body={"ids": ["0"]})["docs"][0]["found"]
    client.indices.refresh(index=name)
    assert client.count(index=name)["count"] == 1
    assert ids(client.search(index=name, body=body)) == ["0"]


@pytest.mark.needs("refresh")
def test_a_deletion_and_a_change_wait_for_the_refresh_too(client, pictures, put):
    name = pictures(1, settings={"refresh_interval": "-1"})
    put(name, [{"image_vector": [0]}, {"image_vector": [1]}])
    client.delete(index=name, id="0")
    client.index(index=name, id="1", body={"image_vector": [9]})
    near = {"query": knn([1], 2)}
    assert ids(client.search(index=name, body=near)) == ["1", "0"]
    client.indices.refresh(index=name)
    answer = client.search(index=name, body=near)
    assert [(hit["_id"], hit["_score"]) for hit in answer["hits"]["hits"]] == [("1", pytest.approx(1 / 65))]


@pytest.mark.needs("refresh")
def test_a_write_may_ask_for_the_refresh(client, pictures):
    name = pictures(settings={"refresh_interval": "-1"})
    assert client.index(index=name, id="1", body={"width": 1}, refresh=True)["forced_refresh"] is True
    assert client.count(index=name)["count"] == 1
    lines = [{"index": {"_index": name, "_id": "2"}}, {"width": 2}]
    assert client.bulk(body=lines, refresh=True)["items"][0]["index"]["forced_refresh"] is True
    assert client.update(index=name, id="1", body={"doc": {"width": 3}}, refresh=True)["forced_refresh"] is True
    assert client.delete(index=name, id="2", refresh=True)["forced_refresh"] is True
    assert client.count(index=name, body={"query": {"term": {"width": 3}}})["count"] == 1


@pytest.mark.needs("refresh")
def test_a_write_may_wait_for_the_refresh_without_forcing_it(client, pictures):
    name = pictures()
    assert "forced_refresh" not in client.index(index=name, id="1", body={"width": 1}, refresh="wait_for")
    assert client.count(index=name)["count"] == 1
    words = "Unknown value for refresh: [soon]"
    refused(lambda: client.index(index=name, id="1", body={}, refresh="soon"), words, kind="illegal_argument_exception")

"""Many documents in one request: HTTP 200 whatever becomes of each, and an item for each that says it."""

from __future__ import annotations

import pytest
from congruence.asking import refused
from opensearchpy import helpers
from opensearchpy.helpers.errors import BulkIndexError


@pytest.fixture
def item_error(place):
    """The error of the only item of a bulk request."""

    def item_error(name, document):
        own = {"_id": "1"} if place.flavour.own_ids else {}
        answer = place.client.bulk(body=[{"index": {"_index": name, **own}}, document])
        assert answer["errors"] is True
        [item] = answer["items"]
        assert item["index"]["status"] == 400
        assert (item["index"]["_index"], item["index"]["_id"]) == (name, own.get("_id"))
        return item["index"]["error"]

    return item_error


@pytest.mark.needs("own ids", "settings")
def test_an_item_answers_as_a_document_does(client, pictures):
    name = pictures()
    answer = client.bulk(body=[{"index": {"_index": name, "_id": "1"}}, {"image_vector": [1, 2, 3]}])
    assert isinstance(answer["took"], int)
    assert answer["errors"] is False
    shards = {"total": 1, "successful": 1, "failed": 0}
    made = {"_index": name, "_id": "1", "_version": 1, "result": "created", "_shards": shards, "_seq_no": 0, "_primary_term": 1}
    assert answer["items"] == [{"index": {**made, "status": 201}}]


@pytest.mark.needs("own ids")
def test_every_action_has_its_own_answer(client, pictures, seen):
    name = pictures()
    actions = [
        ({"index": {"_id": "1"}}, {"image_id": "a"}, 201, "created"),
        ({"create": {"_id": "1"}}, {"image_id": "b"}, 409, "version_conflict_engine_exception"),
        ({"create": {"_id": "2"}}, {"image_id": "c"}, 201, "created"),
        ({"index": {"_id": "3"}}, {"image_vector": [1]}, 400, "mapper_parsing_exception"),
        ({"update": {"_id": "2"}}, {"doc": {"title": "third"}}, 200, "updated"),
        ({"update": {"_id": "2"}}, {"doc": {"title": "third"}}, 200, "noop"),
        ({"update": {"_id": "9"}}, {"doc": {"title": "nobody"}}, 404, "document_missing_exception"),
        ({"update": {"_id": "4"}}, {"doc": {"title": "new"}, "doc_as_upsert": True}, 201, "created"),
        ({"delete": {"_id": "1"}}, None, 200, "deleted"),
        ({"delete": {"_id": "8"}}, None, 404, "not_found"),
        ({"index": {}}, {"image_id": "named by the node"}, 201, "created"),
    ]
    lines = [line for action, document, *_ in actions for line in (action, document) if line is not None]
    answer = client.bulk(index=name, body=lines)
    seen(name)
    assert answer["errors"] is True
    assert [list(item) for item in answer["items"]] == [list(action) for action, *_ in actions]
    items = [next(iter(item.values())) for item in answer["items"]]
    assert [item["status"] for item in items] == [status for *_, status, _ in actions]
    assert [item.get("result") or item["error"]["type"] for item in items] == [result for *_, result in actions]
    assert items[1]["error"]["reason"] == "[1]: version conflict, document already exists (current version [1])"
    assert items[6]["error"]["reason"] == "[9]: document missing"
    assert len(items[-1]["_id"]) >= 20
    assert client.count(index=name)["count"] == 3
    assert client.get_source(index=name, id="2") == {"image_id": "c", "title": "third"}


@pytest.mark.needs("own ids")
def test_a_failed_item_is_no_error_of_the_request_but_one_of_the_helper(client, pictures, seen):
    name = pictures()
    actions = [{"_index": name, "_id": str(n), "_source": {"image_vector": [1] * (2 if n == 3 else 3)}} for n in range(6)]
    with pytest.raises(BulkIndexError) as caught:
        helpers.bulk(client, actions)
    seen(name)
    [error] = caught.value.errors
    assert (error["index"]["_id"], error["index"]["status"]) == ("3", 400)
    assert client.count(index=name)["count"] == 5
    assert helpers.bulk(client, actions, raise_on_error=False)[0] == 5


@pytest.mark.needs("own ids")
def test_the_last_version_of_a_document_counts_within_a_bulk_too(client, pictures):
    name = pictures()
    lines = [{"index": {"_id": "1"}}, {"image_id": "old", "width": 1}, {"index": {"_id": "1"}}, {"image_id": "new"}]
    client.bulk(index=name, body=lines)
    found = client.get(index=name, id="1")
    assert (found["_version"], found["_source"]) == (2, {"image_id": "new"})


def test_a_vector_of_the_wrong_length(item_error, pictures):
    error = item_error(pictures(1536), {"image_vector": [0.5] * 1024})
    assert error["type"] == "mapper_parsing_exception"
    assert error["reason"].startswith("failed to parse field [image_vector] of type [knn_vector] in document with id '")
    assert error["caused_by"]["type"] == "illegal_argument_exception"
    assert error["caused_by"]["reason"] == "Vector dimension mismatch. Expected: 1536, Given: 1024"


def test_the_index_named_inside_a_document(item_error, pictures):
    name = pictures()
    error = item_error(name, {"_index": name, "image_vector": [1, 2, 3]})
    assert error["type"] == "mapper_parsing_exception"
    words = "Field [_index] is a metadata field and cannot be added inside a document. Use the index API request parameters."
    assert error["caused_by"]["reason"] == words


def test_a_zero_vector_has_no_direction(item_error, pictures):
    name = pictures(3, space_type="cosinesimil")
    words = "zero vector is not supported when space type is [cosinesimil]"
    assert words in item_error(name, {"image_vector": [0, 0, 0]})["caused_by"]["reason"]


def test_a_field_that_a_strict_mapping_does_not_know(item_error, pictures):
    error = item_error(pictures(), {"image_vektor": [1, 2, 3]})
    assert error["type"] == "strict_dynamic_mapping_exception"
    assert error["reason"] == "mapping set to strict, dynamic introduction of [image_vektor] within [_doc] is not allowed"


@pytest.mark.parametrize("document", [{"image_vector": "far"}, {"image_vector": [1, 2, 1e39]}, {"width": "wide"}])
def test_a_value_that_does_not_fit_its_field(item_error, pictures, document):
    error = item_error(pictures(), document)
    assert error["type"] == "mapper_parsing_exception"
    assert f"failed to parse field [{next(iter(document))}]" in error["reason"]


@pytest.mark.needs("own ids")
def test_a_document_that_is_no_json_is_one_failed_item(client, pictures):
    body = '{"index":{"_id":"1"}}\n{"image_id":\n{"index":{"_id":"2"}}\n{"image_id":"a"}\n'
    answer = client.bulk(index=pictures(), body=body)
    assert [item["index"]["status"] for item in answer["items"]] == [400, 201]


@pytest.mark.parametrize(
    ("body", "words", "kind"),
    [
        ('{"put":{}}\n{"image_id":"a"}\n', "Malformed action/metadata line [1]", "illegal_argument_exception"),
        ('{"index":{"colour":"red"}}\n{}\n', "Action/metadata line [1] contains an unknown parameter [colour]", None),
        ('{"update":{}}\n{"doc":{}}\n', "Validation Failed: 1: id is missing;", "action_request_validation_exception"),
        ('{"update":{"_id":"1"}}\n{"colour":"red"}\n', "unknown field [colour]", "x_content_parse_exception"),
        ('{"index":{}\n{"image_id":"a"}\n', "", None),
    ],
)
def test_a_bulk_that_is_no_bulk_is_refused_as_a_whole(client, pictures, body, words, kind):
    name = pictures()
    good = '{"index":{"_id":"1"}}\n{"image_id":"a"}\n'
    refused(lambda: client.bulk(index=name, body=body + good), words, kind=kind)
    assert not client.exists(index=name, id="1")


def test_a_bulk_without_an_index(client):
    words = "Validation Failed: 1: index is missing;"
    refused(lambda: client.bulk(body='{"index":{}}\n{}\n'), words, kind="action_request_validation_exception")


def test_deleting_makes_no_index(client, name):
    answer = client.bulk(body=[{"delete": {"_index": name, "_id": "1"}}])
    item = answer["items"][0]["delete"]
    assert (answer["errors"], item["status"], item["error"]["type"]) == (True, 404, "index_not_found_exception")
    refused(lambda: client.delete(index=name, id="1"), status=404, kind="index_not_found_exception")
    assert not client.indices.exists(index=name)

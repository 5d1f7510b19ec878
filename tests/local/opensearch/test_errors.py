"""Errors word for word, as OpenSearch sends them."""

import pytest
from opensearchpy import NotFoundError, RequestError, TransportError


def error_of(call, kind=RequestError):
    with pytest.raises(kind) as caught:
        call()
    return caught.value.info


def item_error(client, document, **action):
    answer = client.bulk(body=[{"index": {"_index": "pictures", "_id": "1", **action}}, document])
    assert answer["errors"] is True
    assert answer["items"][0]["index"]["status"] == 400
    return answer["items"][0]["index"]["error"]


def test_a_missing_index(client):
    cause = {
        "type": "index_not_found_exception",
        "reason": "no such index [x]",
        "index": "x",
        "resource.id": "x",
        "resource.type": "index_or_alias",
        "index_uuid": "_na_",
    }
    for call in (
        lambda: client.search(index="x", body={}),
        lambda: client.indices.delete(index="x"),
        lambda: client.indices.get(index="x"),
        lambda: client.count(index="x"),
    ):
        assert error_of(call, NotFoundError) == {"error": {"root_cause": [cause], **cause}, "status": 404}


def test_an_index_that_exists_already(client, pictures):
    pictures()
    uuid = client.indices.get_settings(index="pictures")["pictures"]["settings"]["index"]["uuid"]
    info = error_of(lambda: client.indices.create(index="pictures"))
    assert info["error"]["type"] == "resource_already_exists_exception"
    assert info["error"]["reason"] == f"index [pictures/{uuid}] already exists"
    assert info["status"] == 400


def test_a_document_s_vector_of_the_wrong_length(client, pictures):
    pictures(1536)
    assert item_error(client, {"image_vector": [0.5] * 1024}) == {
        "type": "mapper_parsing_exception",
        "reason": "failed to parse field [image_vector] of type [knn_vector] in document with id '1'. "
        "Preview of field's value: 'null'",
        "caused_by": {"type": "illegal_argument_exception", "reason": "Vector dimension mismatch. Expected: 1536, Given: 1024"},
    }


def test_a_query_vector_of_the_wrong_length(client, pictures):
    pictures(1024)
    body = {"query": {"knn": {"image_vector": {"vector": [1, 2, 3], "k": 1}}}}
    info = error_of(lambda: client.search(index="pictures", body=body))
    reason = "Query vector has invalid dimension: 3. Dimension should be: 1024"
    [cause] = info["error"]["root_cause"]
    assert cause["type"] == "query_shard_exception"
    assert cause["reason"] == f"failed to create query: {reason}"
    assert info["error"]["type"] == "search_phase_execution_exception"
    [shard] = info["error"]["failed_shards"]
    assert shard["reason"]["caused_by"] == {"type": "illegal_argument_exception", "reason": reason}


@pytest.mark.parametrize("field", ["title", "no_such_field"])
def test_a_field_that_is_no_vector(client, pictures, field):
    pictures()
    body = {"query": {"knn": {field: {"vector": [1, 2, 3], "k": 1}}}}
    info = error_of(lambda: client.search(index="pictures", body=body))
    assert f"Field '{field}' is not knn_vector type." in info["error"]["root_cause"][0]["reason"]


def test_the_index_named_inside_a_document(client, pictures):
    pictures()
    error = item_error(client, {"_index": "pictures", "image_vector": [1, 2, 3]})
    assert error["type"] == "mapper_parsing_exception"
    assert error["caused_by"]["reason"] == (
        "Field [_index] is a metadata field and cannot be added inside a document. Use the index API request parameters."
    )


def test_a_zero_vector_has_no_direction(client, pictures):
    pictures(3, space_type="cosinesimil")
    reason = "zero vector is not supported when space type is [cosinesimil]"
    assert item_error(client, {"image_vector": [0, 0, 0]})["caused_by"]["reason"] == reason
    body = {"query": {"knn": {"image_vector": {"vector": [0, 0, 0], "k": 1}}}}
    assert reason in str(error_of(lambda: client.search(index="pictures", body=body)))


def test_a_field_that_a_strict_mapping_does_not_know(client, pictures):
    pictures()
    assert item_error(client, {"image_vektor": [1, 2, 3]}) == {
        "type": "strict_dynamic_mapping_exception",
        "reason": "mapping set to strict, dynamic introduction of [image_vektor] within [_doc] is not allowed",
    }


def test_nmslib_makes_no_new_indices(pictures):
    info = error_of(lambda: pictures(3, method={"name": "hnsw", "engine": "nmslib"}))
    assert info["error"]["type"] == "mapper_parsing_exception"
    assert info["error"]["caused_by"]["reason"] == (
        "nmslib engine is deprecated in OpenSearch  and cannot be used for new index creation in OpenSearch from  3.0.0."
    )


def test_a_method_needs_a_knn_index(client):
    vector = {"type": "knn_vector", "dimension": 3, "method": {"name": "hnsw"}}
    info = error_of(lambda: client.indices.create(index="a", body={"mappings": {"properties": {"v": vector}}}))
    assert "Cannot set modelId or method parameters when index.knn setting is false" in info["error"]["reason"]
    assert not client.indices.exists(index="a")


@pytest.mark.parametrize(
    ("vector", "reason"),
    [
        ({}, "Dimension value missing for vector: v"),
        ({"dimension": 16_001}, "Dimension value cannot be greater than 16000 for vector"),
        ({"dimension": 0}, "Dimension value must be greater than 0"),
        ({"dimension": 3, "space_type": "manhattan"}, "Unable to find space: manhattan"),
    ],
)
def test_a_vector_field_that_cannot_be(client, vector, reason):
    body = {"settings": {"index.knn": True}, "mappings": {"properties": {"v": {"type": "knn_vector", **vector}}}}
    assert reason in error_of(lambda: client.indices.create(index="a", body=body))["error"]["reason"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"k": 0}, "[knn] requires k to be in the range (0, 10000]"),
        ({"k": 10_001}, "[knn] requires k to be in the range (0, 10000]"),
        ({}, "[knn] requires exactly one of k, distance or score to be set"),
        ({"k": 1, "min_score": 0.5}, "[knn] requires exactly one of k, distance or score to be set"),
        ({"k": 1, "vector": []}, "[knn] field 'vector' requires to be non-null and non-empty"),
        ({"k": 1, "vector": ["a", 1, 2]}, "[knn] field 'vector' requires to be an array of numbers"),
        ({"k": 1, "neighbours": 3}, "[knn] query does not support [neighbours]"),
    ],
)
def test_a_knn_query_that_cannot_be(client, pictures, options, reason):
    pictures()
    body = {"query": {"knn": {"image_vector": {"vector": [1, 2, 3], **options}}}}
    assert error_of(lambda: client.search(index="pictures", body=body))["error"]["root_cause"][0]["reason"] == reason


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"image_vector": "far"}, "must be an array of numbers"),
        ({"image_vector": [1, 2, 1e39]}, "NaN or infinity"),
        ({"width": "wide"}, 'For input string: "wide"'),
    ],
)
def test_a_value_that_does_not_fit_its_field(client, pictures, document, reason):
    pictures()
    error = item_error(client, document)
    assert error["type"] == "mapper_parsing_exception"
    assert reason in error["caused_by"]["reason"]


@pytest.mark.parametrize("name", ["Pictures", "_pictures", "a b", "a,b", "+a", "a#b"])
def test_names_that_no_index_may_have(client, name):
    with pytest.raises(TransportError):
        client.indices.create(index=name)


def test_settings_that_nobody_knows_or_may_change(client, pictures):
    pictures()
    info = error_of(lambda: client.indices.create(index="a", body={"settings": {"index.colour": "red"}}))
    assert info["error"]["reason"].startswith("unknown setting [index.colour]")
    info = error_of(lambda: client.indices.put_settings(index="pictures", body={"index.knn": False}))
    assert info["error"]["reason"].startswith("Can't update non dynamic settings [[index.knn]]")


@pytest.mark.parametrize(
    "vector",
    [{"mode": "on_disk"}, {"compression_level": "32x"}, {"data_type": "byte"}, {"method": {"name": "ivf", "engine": "faiss"}}],
)
def test_vectors_that_only_a_real_node_can_store(pictures, vector):
    assert error_of(lambda: pictures(3, **vector), TransportError)["status"] == 501

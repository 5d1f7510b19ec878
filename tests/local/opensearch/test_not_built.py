"""What OpenSearch has and the stand-in has not: refused with a status of its own, never ignored."""

import pytest
from opensearchpy import RequestError, TransportError

LONE = {"vector": [1, 2, 3], "k": 1}


def unbuilt(call):
    with pytest.raises(TransportError, match="the offline OpenSearch has no") as caught:
        call()
    assert caught.value.status_code == caught.value.info["status"] == 501
    assert caught.value.error == "not_available_offline"


def test_requests(client):
    unbuilt(lambda: client.nodes.info())
    unbuilt(lambda: client.indices.close(index="pictures"))


@pytest.mark.parametrize(
    "body",
    [
        {"aggs": {"a": {"terms": {"field": "cluster"}}}},
        {"sort": ["width"]},
        {"timeout": "1s"},
        {"fields": ["clu*"]},
        {"query": {"match_phrase": {"title": "cat"}}},
        {"query": {"match_all": {"_name": "all"}}},
        {"query": {"term": {"cluster": {"value": "A", "case_insensitive": True}}}},
        {"query": {"range": {"width": {"gte": 1, "format": "x"}}}},
        {"query": {"match": {"title": {"query": "cat", "fuzziness": 1}}}},
        {"query": {"bool": {"must": [], "_name": "none"}}},
        {"query": {"knn": {"image_vector": {**LONE, "expand_nested_docs": True}}}},
        {"query": {"knn": {"image_vector": {**LONE, "method_parameters": {"nprobes": 3}}}}},
        {"query": {"script_score": {"query": {"match_all": {}}, "script": {"source": "1"}}}},
        {"query": {"script_score": {"query": {"match_all": {}}, "script": {}, "min_score": 1}}},
    ],
)
def test_searches(client, pictures, body):
    pictures()
    unbuilt(lambda: client.search(index="pictures", body=body))


@pytest.mark.parametrize(
    "vector",
    [
        {"mode": "on_disk", "compression_level": "16x"},
        {"mode": "on_disk", "compression_level": "1x"},
        {"mode": "on_disk", "method": {"name": "hnsw", "engine": "lucene"}},
        {"compression_level": "32x"},
        {"data_type": "byte"},
        {"model_id": "a"},
        {"method": {"name": "ivf", "engine": "faiss"}},
        {"method": {"name": "hnsw", "engine": "faiss", "parameters": {"encoder": {"name": "sq"}}}},
        {"space_type": "hamming"},
    ],
)
def test_vectors(pictures, vector):
    unbuilt(lambda: pictures(3, **vector))


@pytest.mark.parametrize(
    "body",
    [
        {"settings": {"number_of_shards": 2}},
        {"settings": {"index.analysis.analyzer.a.type": "keyword"}},
        {"settings": {"index.knn.disk.vector.shard_level_rescoring_disabled": True}},
        {"mappings": {"_source": {"enabled": False}}},
        {"mappings": {"properties": {"a": {"type": "keyword", "null_value": "x"}}}},
        {"mappings": {"properties": {"a": {"type": "text", "index": False}}}},
        {"mappings": {"properties": {"a": {"properties": {}, "dynamic": "strict"}}}},
        {"mappings": {"properties": {"a": {"type": "nested"}}}},
        {"aliases": {"current": {"filter": {"match_all": {}}}}},
    ],
)
def test_indices(client, body):
    unbuilt(lambda: client.indices.create(index="pictures", body=body))
    assert not client.indices.exists(index="pictures")


def test_documents_and_aliases(client, pictures):
    pictures()
    unbuilt(lambda: client.update(index="pictures", id="1", body={"script": {"source": "x"}}))
    unbuilt(lambda: client.bulk(index="pictures", body=[{"index": {"_id": "1", "routing": "a"}}, {}]))
    unbuilt(lambda: client.mget(index="pictures", body={"docs": [{"_id": "1", "routing": "a"}]}))
    unbuilt(lambda: client.msearch(body=[{"index": "pictures", "preference": "_local"}, {}]))
    unbuilt(lambda: client.indices.put_alias(index="pictures", name="current", body={"is_write_index": True}))
    unbuilt(lambda: client.indices.get_alias(name="cur*"))
    assert not client.exists(index="pictures", id="1")


def test_a_body_where_none_belongs(client, pictures):
    pictures()
    with pytest.raises(RequestError, match="does not support having a body"):
        client.transport.perform_request("POST", "/pictures/_refresh", body={"colour": "red"})


def test_a_bulk_without_its_last_newline(client, pictures):
    pictures()
    with pytest.raises(RequestError, match="must be terminated by a newline"):
        client.transport.perform_request("POST", "/pictures/_bulk", body='{"index":{}}\n{"image_id":"a"}')

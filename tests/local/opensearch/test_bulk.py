"""Writing documents, many at once and one by one."""

import pytest
from opensearchpy import ConflictError, NotFoundError, RequestError, helpers
from opensearchpy.helpers.errors import BulkIndexError


def test_an_item_answers_as_a_node_does(client, pictures):
    pictures()
    answer = client.bulk(body=[{"index": {"_index": "pictures", "_id": "1"}}, {"image_vector": [1, 2, 3]}])
    assert answer["errors"] is False
    assert answer["items"] == [
        {
            "index": {
                "_index": "pictures",
                "_id": "1",
                "_version": 1,
                "result": "created",
                "_shards": {"total": 2, "successful": 1, "failed": 0},
                "_seq_no": 0,
                "_primary_term": 1,
                "status": 201,
            }
        }
    ]


def test_every_action_has_its_own_answer(client, pictures):
    pictures()
    answer = client.bulk(
        index="pictures",
        body=[
            {"index": {"_id": "1"}},
            {"image_id": "a"},
            {"create": {"_id": "1"}},
            {"image_id": "b"},
            {"create": {"_id": "2"}},
            {"image_id": "c"},
            {"index": {"_id": "3"}},
            {"image_vector": [1]},
            {"update": {"_id": "2"}},
            {"doc": {"title": "third"}},
            {"update": {"_id": "9"}},
            {"doc": {"title": "nobody"}},
            {"delete": {"_id": "1"}},
            {"delete": {"_id": "8"}},
            {"index": {}},
            {"image_id": "named by the node"},
        ],
        refresh=True,
    )
    assert answer["errors"] is True
    items = [next(iter(item.values())) for item in answer["items"]]
    assert [item["status"] for item in items] == [201, 409, 201, 400, 200, 404, 200, 404, 201]
    assert items[1]["error"]["reason"] == "[1]: version conflict, document already exists (current version [1])"
    assert items[1]["error"]["type"] == "version_conflict_engine_exception"
    assert items[5]["error"]["type"] == "document_missing_exception"
    assert [item.get("result") for item in items] == [
        "created",
        None,
        "created",
        None,
        "updated",
        None,
        "deleted",
        "not_found",
        "created",
    ]
    assert len(items[8]["_id"]) >= 20
    assert client.count(index="pictures")["count"] == 2
    assert client.get(index="pictures", id="2")["_source"] == {"image_id": "c", "title": "third"}


def test_one_bad_document_does_not_stop_the_others(client, pictures):
    pictures()
    actions = [{"_index": "pictures", "_id": str(n), "_source": {"image_vector": [1] * (2 if n == 3 else 3)}} for n in range(6)]
    with pytest.raises(BulkIndexError) as caught:
        helpers.bulk(client, actions, refresh=True)
    assert [error["index"]["_id"] for error in caught.value.errors] == ["3"]
    assert client.count(index="pictures")["count"] == 5


def test_the_last_version_of_a_document_counts_within_a_bulk_too(client, pictures):
    pictures()
    client.bulk(
        index="pictures",
        body=[
            {"index": {"_id": "1"}},
            {"image_id": "old", "image_vector": [1, 1, 1]},
            {"index": {"_id": "1"}},
            {"image_id": "new", "image_vector": [2, 2, 2]},
        ],
    )
    found = client.get(index="pictures", id="1")
    assert (found["_version"], found["_source"]) == (2, {"image_id": "new", "image_vector": [2.0, 2.0, 2.0]})


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('{"index":{}}\n{"image_id":"a"}', "must be terminated by a newline"),
        ('{"put":{}}\n{"image_id":"a"}\n', "Malformed action/metadata line"),
        ('{"index":{}\n{"image_id":"a"}\n', "json_parse_exception"),
    ],
)
def test_a_bulk_that_is_no_bulk_is_refused_as_a_whole(client, pictures, body, message):
    pictures()
    with pytest.raises(RequestError, match=message):
        client.transport.perform_request("POST", "/pictures/_bulk", body=body)


def test_a_document_that_is_no_json_is_one_failed_item(client, pictures):
    pictures()
    body = '{"index":{"_id":"1"}}\n{"image_id":\n{"index":{"_id":"2"}}\n{"image_id":"a"}\n'
    answer = client.bulk(index="pictures", body=body)
    assert [item["index"]["status"] for item in answer["items"]] == [400, 201]


def test_a_document_lives_and_dies_by_its_id(client, pictures):
    pictures()
    assert client.index(index="pictures", id="a/b ü", body={"image_id": "1"})["result"] == "created"
    assert client.index(index="pictures", id="a/b ü", body={"image_id": "2"})["result"] == "updated"
    assert client.exists(index="pictures", id="a/b ü")
    assert client.get_source(index="pictures", id="a/b ü") == {"image_id": "2"}
    with pytest.raises(ConflictError):
        client.create(index="pictures", id="a/b ü", body={"image_id": "3"})
    assert client.delete(index="pictures", id="a/b ü")["result"] == "deleted"
    assert not client.exists(index="pictures", id="a/b ü")
    with pytest.raises(NotFoundError) as caught:
        client.get(index="pictures", id="a/b ü")
    assert caught.value.info["found"] is False
    with pytest.raises(NotFoundError):
        client.delete(index="pictures", id="a/b ü")


def test_an_update_keeps_the_vector(client, pictures):
    pictures()
    client.index(index="pictures", id="1", body={"image_vector": [1, 2, 3], "title": "old"})
    assert client.update(index="pictures", id="1", body={"doc": {"title": "new"}})["result"] == "updated"
    assert client.update(index="pictures", id="1", body={"doc": {"title": "new"}})["result"] == "noop"
    assert client.get(index="pictures", id="1")["_source"] == {"image_vector": [1.0, 2.0, 3.0], "title": "new"}


def test_several_documents_at_once(client, pictures, put):
    pictures()
    put("pictures", [{"image_id": "a"}, {"image_id": "b"}])
    docs = client.mget(index="pictures", body={"ids": ["1", "7"]})["docs"]
    assert [doc["found"] for doc in docs] == [True, False]


def test_a_document_that_comes_before_its_index_gets_a_guessed_mapping(client):
    document = {"name": "cat", "embedding": [0.1, 0.2], "cluster": 7, "seen": True, "day": "2026-01-31", "by": {"x": 1}}
    client.index(index="guessed", body=document, refresh=True)
    properties = client.indices.get_mapping(index="guessed")["guessed"]["mappings"]["properties"]
    assert {name: p.get("type", "object") for name, p in properties.items()} == {
        "name": "text",
        "embedding": "float",
        "cluster": "long",
        "seen": "boolean",
        "day": "date",
        "by": "object",
    }
    assert client.count(index="guessed", body={"query": {"term": {"by.x": 1}}})["count"] == 1
    # Numbers that were not mapped as a vector cannot be searched as one.
    with pytest.raises(RequestError, match="Field 'embedding' is not knn_vector type"):
        client.search(index="guessed", body={"query": {"knn": {"embedding": {"vector": [1, 2], "k": 1}}}})


def test_indexing_the_same_pictures_again_costs_no_vectors(client, pictures, put, tmp_path):
    pictures()
    documents = [{"image_vector": [n, 1, 2]} for n in range(50)]
    put("pictures", documents)
    size = (tmp_path / "pictures" / "image_vector.float32").stat().st_size
    put("pictures", documents)
    assert (tmp_path / "pictures" / "image_vector.float32").stat().st_size == size == 50 * 3 * 4
    assert client.count(index="pictures")["count"] == 50

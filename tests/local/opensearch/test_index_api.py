"""Making, showing, changing and deleting indices."""

import pytest
from opensearchpy import NotFoundError, RequestError, TransportError


def test_an_index_shows_what_it_was_made_of(client):
    body = {
        "settings": {"index": {"knn": True, "knn.algo_param.ef_search": 100}},
        "mappings": {"properties": {"v": {"type": "knn_vector", "dimension": 3, "space_type": "l2"}}},
    }
    assert client.indices.create(index="a", body=body) == {"acknowledged": True, "shards_acknowledged": True, "index": "a"}
    shown = client.indices.get(index="a")["a"]
    assert shown["mappings"] == body["mappings"]
    settings = shown["settings"]["index"]
    assert settings["knn"] == "true"
    assert settings["knn.algo_param"] == {"ef_search": "100"}
    assert settings["number_of_shards"] == "1"
    assert settings["provided_name"] == "a"
    assert client.indices.exists(index="a")
    assert not client.indices.exists(index="b")


def test_a_deleted_index_is_gone_and_can_be_made_anew(client, pictures, put, tmp_path):
    pictures()
    put("pictures", [{"image_vector": [1, 2, 3]}])
    assert client.indices.delete(index="pictures") == {"acknowledged": True}
    assert not client.indices.exists(index="pictures")
    assert [path.name for path in tmp_path.iterdir() if path.name != ".locks"] == []
    pictures(2)
    assert client.count(index="pictures")["count"] == 0
    put("pictures", [{"image_vector": [1, 2]}])
    assert client.get(index="pictures", id="0")["_version"] == 1


def test_deleting_what_is_not_there_may_be_fine(client):
    client.indices.delete(index="missing", ignore_unavailable=True)
    client.indices.delete(index="missing", ignore=[404])
    with pytest.raises(NotFoundError):
        client.indices.delete(index="missing")


def test_another_kernel_sees_that_an_index_was_made_anew(client, connect, pictures, put):
    pictures(3)
    put("pictures", [{"image_vector": [1, 2, 3]}])
    other = connect()
    assert other.count(index="pictures")["count"] == 1
    client.indices.delete(index="pictures")
    pictures(2)
    assert other.count(index="pictures")["count"] == 0
    other.index(index="pictures", body={"image_vector": [1, 2]}, refresh=True)
    assert client.count(index="pictures")["count"] == 1


def test_fields_can_be_added_but_not_changed(client, pictures):
    pictures()
    client.indices.put_mapping(index="pictures", body={"properties": {"path": {"type": "keyword", "index": False}}})
    client.index(index="pictures", id="1", body={"path": "a.jpg"})
    with pytest.raises(RequestError, match=r"mapper \[title\] cannot be changed from type \[text\] to \[long\]"):
        client.indices.put_mapping(index="pictures", body={"properties": {"title": {"type": "long"}}})


def test_an_alias_stands_for_an_index(client, pictures, put):
    pictures()
    put("pictures", [{"image_id": "a"}])
    client.indices.put_alias(index="pictures", name="current")
    assert client.count(index="current")["count"] == 1
    assert client.get(index="current", id="0")["_index"] == "pictures"
    assert client.indices.exists_alias(name="current")
    assert client.indices.get_alias(name="current") == {"pictures": {"aliases": {"current": {}}}}
    with pytest.raises(RequestError, match="matches an alias"):
        client.indices.delete(index="current")
    pictures(name="newer")
    client.indices.update_aliases(
        body={"actions": [{"remove": {"index": "pictures", "alias": "current"}}, {"add": {"index": "newer", "alias": "current"}}]}
    )
    assert client.count(index="current")["count"] == 0
    client.indices.delete_alias(index="newer", name="current")
    assert not client.indices.exists_alias(name="current")


def test_a_name_and_its_alias_in_one_bulk_write_one_index(client, pictures):
    pictures()
    client.indices.put_alias(index="pictures", name="current")
    client.bulk(
        body=[
            {"index": {"_index": "pictures", "_id": "1"}},
            {"image_vector": [1, 1, 1]},
            {"index": {"_index": "current", "_id": "2"}},
            {"image_vector": [2, 2, 2]},
        ],
        refresh=True,
    )
    assert [client.get(index="pictures", id=i)["_source"]["image_vector"][0] for i in "12"] == [1.0, 2.0]


def test_the_node_says_who_it_is(client, pictures):
    assert client.ping()
    info = client.info()
    assert info["version"]["distribution"] == "opensearch"
    assert int(info["version"]["number"].split(".")[0]) >= 3
    pictures()
    assert client.cluster.health()["status"] == "green"
    [row] = client.cat.indices(format="json")
    assert (row["index"], row["docs.count"]) == ("pictures", "0")
    assert "pictures" in client.cat.indices()


def test_requests_that_are_not_built_say_so(client):
    with pytest.raises(TransportError, match="the offline OpenSearch has no GET /_nodes"):
        client.nodes.info()


def test_names_never_leave_the_folder(client, tmp_path):
    with pytest.raises(TransportError):
        client.transport.perform_request("PUT", "/..%2Foutside")
    assert not (tmp_path.parent / "outside").exists()

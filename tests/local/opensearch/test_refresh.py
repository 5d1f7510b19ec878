"""When a search sees what was written."""

import pytest


def count(client):
    return client.count(index="pictures")["count"]


def test_a_search_sees_nothing_before_the_refresh(client, pictures, put):
    pictures()
    put("pictures", [{"image_vector": [1, 2, 3]}], refresh=False)
    body = {"query": {"knn": {"image_vector": {"vector": [1, 2, 3], "k": 1}}}}
    assert count(client) == 0
    assert client.search(index="pictures", body=body)["hits"]["total"]["value"] == 0
    assert client.get(index="pictures", id="0")["found"]
    client.indices.refresh(index="pictures")
    assert count(client) == 1
    assert client.search(index="pictures", body=body)["hits"]["total"]["value"] == 1


@pytest.mark.parametrize("refresh", [True, "wait_for"])
def test_a_write_may_ask_for_the_refresh(client, pictures, refresh):
    pictures()
    answer = client.index(index="pictures", id="1", body={"image_id": "a"}, refresh=refresh)
    assert answer["forced_refresh"] is True
    assert count(client) == 1


def test_a_refresh_comes_by_itself_after_a_second(client, pictures, put, clock):
    pictures()
    put("pictures", [{"image_id": "a"}], refresh=False)
    clock.now += 0.9
    assert count(client) == 0
    clock.now += 0.2
    assert count(client) == 1


def test_writing_on_and_on_does_not_put_the_refresh_off(client, pictures, clock):
    pictures()
    for number in range(5):
        client.index(index="pictures", id=str(number), body={"image_id": "a"})
        clock.now += 0.4
    # The write at 1.2 s comes after the refresh that fell due at 1.0 s, and starts the next second.
    assert count(client) == 3
    clock.now += 0.3
    assert count(client) == 5


def test_the_refresh_interval_is_the_index_s_own(client, pictures, put, clock):
    pictures(settings={"refresh_interval": "-1"})
    put("pictures", [{"image_id": "a"}], refresh=False)
    clock.now += 10_000
    assert count(client) == 0
    client.indices.put_settings(index="pictures", body={"index": {"refresh_interval": "30s"}})
    assert count(client) == 1


def test_a_delete_waits_for_the_refresh_too(client, pictures, put):
    pictures()
    put("pictures", [{"image_id": "a"}])
    client.delete(index="pictures", id="0")
    assert count(client) == 1
    client.indices.refresh()
    assert count(client) == 0

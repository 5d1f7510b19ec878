"""When a refresh comes by itself, on a clock that the test moves."""


def count(client):
    return client.count(index="pictures")["count"]


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

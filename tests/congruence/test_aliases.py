"""Aliases: other names for indices."""

from __future__ import annotations

import pytest
from congruence.asking import doc_id, refused
from opensearchpy import NotFoundError


def test_an_alias_stands_for_an_index(client, pictures, put, new_name):
    name, current = pictures(), new_name()
    put(name, [{"image_id": "a"}])
    assert client.indices.put_alias(index=name, name=current) == {"acknowledged": True}
    assert client.count(index=current)["count"] == 1
    assert client.get(index=current, id=doc_id("0"))["_index"] == name
    shown = {name: {"aliases": {current: {}}}}
    assert client.indices.get_alias(index=name) == shown
    assert client.indices.get_alias(name=current) == shown
    assert client.indices.get_alias(index=name, name=current) == shown
    assert client.indices.exists_alias(name=current) is True
    assert client.indices.exists_alias(index=name, name=current) is True
    refused(lambda: client.indices.delete(index=current), "matches an alias", kind="illegal_argument_exception")
    assert client.indices.delete_alias(index=name, name=current) == {"acknowledged": True}
    assert client.indices.exists_alias(name=current) is False


def test_an_alias_moves_in_one_step(client, pictures, put, new_name):
    old, new, current = pictures(), pictures(), new_name()
    put(old, [{"image_id": "a"}])
    client.indices.put_alias(index=old, name=current)
    move = [{"remove": {"index": old, "alias": current}}, {"add": {"index": new, "alias": current}}]
    assert client.indices.update_aliases(body={"actions": move}) == {"acknowledged": True}
    assert client.count(index=current)["count"] == 0
    assert set(client.indices.get_alias(name=current)) == {new}


def test_an_alias_of_two_indices_is_searched_but_not_written(client, pictures, put, new_name):
    one, other, both = pictures(), pictures(), new_name()
    for name in (one, other):
        put(name, [{"image_id": "a"}])
        client.indices.put_alias(index=name, name=both)
    assert client.count(index=both)["count"] == 2
    refused(lambda: client.get(index=both, id="0"), "more than one ind", kind="illegal_argument_exception")


def test_an_index_may_be_made_with_its_alias(client, name, new_name):
    current = new_name()
    client.indices.create(index=name, body={"aliases": {current: {}}})
    assert client.indices.get_alias(name=current) == {name: {"aliases": {current: {}}}}


def test_a_missing_alias(client, pictures, new_name):
    name, missing = pictures(), new_name()
    with pytest.raises(NotFoundError) as caught:
        client.indices.get_alias(name=missing)
    assert caught.value.info == {"error": f"alias [{missing}] missing", "status": 404}
    refused(lambda: client.indices.delete_alias(index=name, name=missing), f"aliases [{missing}] missing", status=404)


@pytest.mark.needs("own ids")
def test_a_name_and_its_alias_in_one_bulk_write_one_index(client, pictures, new_name):
    name, current = pictures(), new_name()
    client.indices.put_alias(index=name, name=current)
    lines = [{"index": {"_index": name, "_id": "1"}}, {"width": 1}, {"index": {"_index": current, "_id": "2"}}, {"width": 2}]
    assert not client.bulk(body=lines)["errors"]
    assert [client.get(index=name, id=one)["_source"]["width"] for one in "12"] == [1, 2]

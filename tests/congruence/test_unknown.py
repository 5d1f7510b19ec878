"""What a request says beyond what there is: refused, never ignored."""

from __future__ import annotations

import pytest
from congruence.asking import knn, refused
from congruence.methods import METHODS, ask
from opensearchpy import RequestError

LONE = {"vector": [1, 2, 3], "k": 1}


def needs_of(route):
    """What a flavour must have for this route."""
    if route.partition(" ")[2] == "/" or "/_cluster" in route:
        return [pytest.mark.needs("cluster")]
    return [pytest.mark.needs("refresh")] if "_refresh" in route else []


@pytest.mark.parametrize("route", [pytest.param(route, marks=needs_of(route)) for route in METHODS])
def test_a_parameter_that_nobody_knows(client, pictures, route):
    name = pictures()
    if route == "HEAD /":
        assert ask(client, route, name, colour="red") is False  # ping tells every error as "no"
    elif route.startswith("HEAD"):
        with pytest.raises(RequestError) as caught:
            ask(client, route, name, colour="red")
        assert caught.value.status_code == 400
    else:
        words = "contains unrecognized parameter: [colour]"
        refused(lambda: ask(client, route, name, colour="red"), words, kind="illegal_argument_exception")


@pytest.mark.parametrize(
    ("method", "body", "kind"),
    [
        ("search", {"querry": {}}, "parsing_exception"),
        ("search", {"query": {}}, None),
        ("search", {"query": {"knnn": {}}}, "parsing_exception"),
        ("search", {"query": {"match_all": {}, "match_none": {}}}, "parsing_exception"),
        ("search", {"query": {"match_all": {"colour": 1}}}, None),
        ("search", {"query": {"term": {"width": {"value": 1, "colour": 1}}}}, "parsing_exception"),
        ("search", {"query": {"term": {"width": 1, "cluster": 1}}}, "parsing_exception"),
        ("search", {"query": {"range": {"width": {"gte": 1, "colour": 1}}}}, "parsing_exception"),
        ("search", {"query": {"match": {"title": {"query": "a", "colour": 1}}}}, "parsing_exception"),
        ("search", {"query": {"exists": {"field": "width", "colour": 1}}}, "parsing_exception"),
        ("search", {"query": {"ids": {"values": [], "colour": 1}}}, None),
        ("search", {"query": {"bool": {"musst": []}}}, None),
        ("search", {"query": {"constant_score": {"filter": {"match_all": {}}, "colour": 1}}}, None),
        ("search", {"query": {"knn": {"image_vector": {**LONE, "colour": 1}}}}, None),
        ("search", {"query": {"match_all": {}}, "_source": {"colour": ["a"]}}, "parsing_exception"),
        ("search", {"size": -1}, None),
        ("search", {"from": -1}, None),
        ("count", {"size": 1}, "parsing_exception"),
        ("mget", {"idss": ["1"]}, None),
        ("mget", {"docs": [{"_id": "1", "colour": 1}]}, None),
        ("mget", {"ids": []}, "action_request_validation_exception"),
        ("indices.create", {"colour": 1}, "parse_exception"),
        ("indices.create", {"mappings": {"colour": 1}}, "mapper_parsing_exception"),
        ("indices.create", {"mappings": {"properties": {"a": {"type": "colour"}}}}, "mapper_parsing_exception"),
        ("indices.create", {"mappings": {"properties": {"a": {"type": "keyword", "colour": 1}}}}, "mapper_parsing_exception"),
        ("indices.create", {"settings": {"number_of_shards": 0}}, "illegal_argument_exception"),
        ("indices.create", {"settings": {"refresh_interval": "soon"}}, "illegal_argument_exception"),
        ("indices.put_mapping", {"colour": 1}, "mapper_parsing_exception"),
        ("indices.put_settings", {"index.colour": 1}, "illegal_argument_exception"),
        ("update", {"doc": {}, "colour": 1}, "x_content_parse_exception"),
        ("update", {}, "action_request_validation_exception"),
    ],
)
def test_a_member_that_nobody_knows(client, pictures, new_name, method, body, kind):
    name = new_name() if method == "indices.create" else pictures()
    place, _, last = method.rpartition(".")
    call = getattr(getattr(client, place) if place else client, last)
    arguments = {"index": name, "body": body} | ({"id": "1"} if method == "update" else {})
    refused(lambda: call(**arguments), kind=kind)


@pytest.mark.parametrize(
    "action", [{"colour": {"index": "{index}", "alias": "a"}}, {"add": {"index": "{index}", "alias": "a", "colour": 1}}]
)
def test_an_alias_with_a_member_that_nobody_knows(client, pictures, action):
    name = pictures()
    known = {verb: {**target, "index": name} for verb, target in action.items()}
    refused(lambda: client.indices.update_aliases(body={"actions": [known]}))
    assert client.indices.get_alias(index=name) == {name: {"aliases": {}}}


def test_a_search_s_headers_and_windows(client, pictures):
    name = pictures()
    refused(lambda: client.msearch(body=[{"index": name, "colour": 1}, {}]), "colour", kind="illegal_argument_exception")
    refused(lambda: client.search(index=name, body={"query": knn([1, 2, 3], 1, colour=1)}), "colour")
    refused(lambda: client.index(index=name, body={}, op_type="paint"), "paint")

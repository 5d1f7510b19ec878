"""Scenarios written once, for the stand-in in each of its flavours and for a real OpenSearch, with the same assertions.

    docker run --rm -p 9200:9200 -e discovery.type=single-node -e DISABLE_SECURITY_PLUGIN=true opensearchproject/opensearch:3
    OPENSEARCH_URL=http://localhost:9200 make test        (or: python -m pytest tests/congruence)

https://user:password@host works as well; a certificate of one's own is trusted through REQUESTS_CA_BUNDLE. The server should
be there for this alone: every scenario makes indices of its own names and deletes them, but a few look at all indices.
Scores agree within 1e-4. Where 2.19 and 3.x differ the scenario says so; of messages only the stable part is compared.

"classic" and "nextgen" are the stand-in as OpenSearch Serverless. A scenario about something that a flavour has not says so
with `@pytest.mark.needs(…)`; there the refusal itself is asserted, and the rest is skipped with its reason. Such a
collection gives documents ids of its own or shows them late: `put` and `ids` hide that from the scenarios.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import partial

import pytest
from congruence.asking import KNOWN_AS
from congruence.refusals import REFUSALS, fitting
from opensearchpy import OpenSearch

from helpers.index_flavours import FLAVOURS, Flavour
from helpers.settings import read_settings
from helpers.workshop import connect

LACKING = pytest.StashKey[list]()
STAND_INS = {"stand-in": "domain", "classic": "serverless-classic", "nextgen": "serverless-nextgen"}


@dataclass(frozen=True)
class Place:
    """Where the scenarios run, and which OpenSearch that is or imitates: (3, 5)."""

    client: OpenSearch
    version: tuple[int, int]
    flavour: Flavour = FLAVOURS["domain"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "place" in metafunc.fixturenames:
        places = [*STAND_INS, *(["server"] if metafunc.config.getoption("opensearch_url") else [])]
        metafunc.parametrize("place", places, indirect=True, scope="session")


@pytest.fixture(scope="session")
def place(request, tmp_path_factory):
    environment = {"WORKSHOP_DATA": str(tmp_path_factory.mktemp("congruence"))}
    if request.param == "server":
        environment["OPENSEARCH_URL"] = request.config.getoption("opensearch_url")
    else:
        environment["WORKSHOP_OPENSEARCH"] = STAND_INS[request.param]
    client = connect(announce=False, settings=read_settings(environment)).opensearch
    if client.flavour.name == "domain":
        major, minor, *_ = client.info()["version"]["number"].split(".")
        yield Place(client, (int(major), int(minor)))
    else:  # a collection does not say its version; the stand-in is the same one
        yield Place(client, (3, 5), client.flavour)
    client.close()


@pytest.fixture
def client(place):
    return place.client


@pytest.fixture(autouse=True)
def what_it_lacks(request):
    """Notes what the flavour has not of what a scenario is about."""
    lacking = request.node.stash[LACKING] = []
    for need in [need for marker in request.node.iter_markers("needs") for need in marker.args]:
        place, (flavours, refusal, why) = request.getfixturevalue("place"), REFUSALS[need]
        if place.flavour.name in flavours:
            pictures = request.getfixturevalue("pictures")
            lacking.append((partial(refusal, place.client, pictures), f"{place.flavour.name} {why}"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """In place of a scenario about what the flavour has not: its refusal. (Skipped here, all of them are one line.)"""
    lacking = item.stash.get(LACKING, [])
    for refusal, _ in lacking:
        refusal()
    if lacking:
        pytest.skip(f"{lacking[0][1]}: the refusal was asserted instead")


@pytest.fixture
def new_name(client):
    """Each call names an index that nobody has; it is deleted in the end if somebody made it."""
    names = []

    def new_name() -> str:
        names.append(f"congruence-{uuid.uuid4().hex[:12]}")
        return names[-1]

    yield new_name
    for name in names:
        client.indices.delete(index=name, ignore=[404])


@pytest.fixture
def name(new_name):
    return new_name()


@pytest.fixture
def pictures(place, new_name):
    """Makes an index of pictures and returns its name: a vector, two keywords, a text and a number."""

    def pictures(dimension=3, *, settings=None, dynamic="strict", **vector):
        properties = {
            "image_vector": fitting(place.flavour, {"type": "knn_vector", "dimension": dimension, **vector}),
            "image_id": {"type": "keyword"},
            "cluster": {"type": "keyword"},
            "title": {"type": "text", "fields": {"raw": {"type": "keyword"}}},
            "width": {"type": "integer"},
        }
        own = {"number_of_shards": 1, "number_of_replicas": 0} if place.flavour.has_refresh else {}
        index = {"knn": True, **own, **(settings or {})}
        name = new_name()
        body = {"settings": {"index": index}, "mappings": {"dynamic": dynamic, "properties": properties}}
        place.client.indices.create(index=name, body=body)
        return name

    return pictures


@pytest.fixture
def seen(place):
    """Makes sure that what was written to an index can be found, by the means of its flavour."""

    def seen(index):
        if place.flavour.has_refresh:
            place.client.indices.refresh(index=index)
        for _ in range(0 if place.flavour.has_refresh else place.flavour.looks):
            place.client.count(index=index)

    return seen


@pytest.fixture
def put(place, seen):
    """Indexes documents under the ids 0, 1, 2, … (or those that they get instead) and makes sure that they can be found."""

    def put(index, documents, refresh=True):
        own, lines = place.flavour.own_ids, []
        for number, document in enumerate(documents):
            lines += [{"index": {"_index": index, **({"_id": str(number)} if own else {})}}, document]
        answer = place.client.bulk(body=lines)
        assert not answer["errors"], answer
        for number, item in enumerate(answer["items"]):
            KNOWN_AS.pop(item["index"]["_id"], None)  # the last one to bear a number stands last
            KNOWN_AS[item["index"]["_id"]] = str(number)
        if refresh:
            seen(index)
        return answer

    return put

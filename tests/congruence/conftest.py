"""Scenarios written once, for the stand-in and for a real OpenSearch, with the same assertions.

    docker run --rm -p 9200:9200 -e discovery.type=single-node -e DISABLE_SECURITY_PLUGIN=true opensearchproject/opensearch:3
    OPENSEARCH_URL=http://localhost:9200 make test        (or: python -m pytest tests/congruence)

https://user:password@host works as well; a certificate of one's own is trusted through REQUESTS_CA_BUNDLE. The server should
be there for this alone: every scenario makes indices of its own names and deletes them, but a few look at all indices.
Scores agree within 1e-4. Where 2.19 and 3.x differ the scenario says so; of messages only the stable part is compared.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import numpy as np
import pytest
from opensearchpy import OpenSearch

from helpers.settings import read_settings
from helpers.workshop import connect


@dataclass(frozen=True)
class Place:
    """Where the scenarios run, and which OpenSearch that is or imitates: (3, 5)."""

    client: OpenSearch
    version: tuple[int, int]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "place" in metafunc.fixturenames:
        places = ["stand-in", "server"] if metafunc.config.getoption("opensearch_url") else ["stand-in"]
        metafunc.parametrize("place", places, indirect=True, scope="session")


@pytest.fixture(scope="session")
def place(request, tmp_path_factory):
    environment = {"WORKSHOP_DATA": str(tmp_path_factory.mktemp("congruence"))}
    if request.param == "server":
        environment["OPENSEARCH_URL"] = request.config.getoption("opensearch_url")
    client = connect(announce=False, settings=read_settings(environment)).opensearch
    major, minor, *_ = client.info()["version"]["number"].split(".")
    yield Place(client, (int(major), int(minor)))
    client.close()


@pytest.fixture
def client(place):
    return place.client


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
def pictures(client, new_name):
    """Makes an index of pictures and returns its name: a vector, two keywords, a text and a number."""

    def pictures(dimension=3, *, settings=None, dynamic="strict", **vector):
        properties = {
            "image_vector": {"type": "knn_vector", "dimension": dimension, **vector},
            "image_id": {"type": "keyword"},
            "cluster": {"type": "keyword"},
            "title": {"type": "text", "fields": {"raw": {"type": "keyword"}}},
            "width": {"type": "integer"},
        }
        index = {"knn": True, "number_of_shards": 1, "number_of_replicas": 0, **(settings or {})}
        name = new_name()
        body = {"settings": {"index": index}, "mappings": {"dynamic": dynamic, "properties": properties}}
        client.indices.create(index=name, body=body)
        return name

    return pictures


@pytest.fixture
def put(client):
    """Indexes documents under the ids 0, 1, 2, … in one request and refreshes."""

    def put(index, documents, **options):
        lines = []
        for number, document in enumerate(documents):
            lines += [{"index": {"_index": index, "_id": str(number)}}, document]
        answer = client.bulk(body=lines, **{"refresh": True, **options})
        assert not answer["errors"], answer
        return answer

    return put


@pytest.fixture(scope="session")
def clustered():
    """(n, dimension) float32 unit vectors around 40 centres."""

    def clustered(n, dimension=32, seed=0):
        rng = np.random.default_rng(seed)
        centres = rng.normal(size=(40, dimension))
        vectors = centres[rng.integers(0, 40, n)] + 0.6 * rng.normal(size=(n, dimension))
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)

    return clustered

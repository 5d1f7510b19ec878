"""A node in a folder of its own, the genuine client on it, and a clock that stands still until it is moved."""

import pytest
from opensearchpy import OpenSearch

from helpers.local.opensearch.connection import LocalConnection
from helpers.local.opensearch.node import Node


class Clock:
    def __init__(self):
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def connect(tmp_path, clock):
    """Each call is another kernel: a node of its own on the same folder."""

    def connect() -> OpenSearch:
        return OpenSearch([{"host": "local"}], connection_class=LocalConnection, node=Node(tmp_path, clock))

    return connect


@pytest.fixture
def client(connect):
    return connect()


@pytest.fixture
def pictures(client):
    """Makes an index of pictures: a vector, two keywords, a text and a number."""

    def make(dimension=3, *, name="pictures", settings=None, dynamic="strict", **vector):
        properties = {
            "image_vector": {"type": "knn_vector", "dimension": dimension, **vector},
            "image_id": {"type": "keyword"},
            "cluster": {"type": "keyword"},
            "title": {"type": "text", "fields": {"raw": {"type": "keyword"}}},
            "width": {"type": "integer"},
        }
        body = {
            "settings": {"index": {"knn": True, **(settings or {})}},
            "mappings": {"dynamic": dynamic, "properties": properties},
        }
        client.indices.create(index=name, body=body)
        return name

    return make


@pytest.fixture
def put(client):
    """Indexes documents under the ids 0, 1, 2, … and refreshes."""

    def put(index, documents, refresh=True):
        lines = []
        for number, document in enumerate(documents):
            lines += [{"index": {"_index": index, "_id": str(number)}}, document]
        return client.bulk(body=lines, refresh=refresh)

    return put


@pytest.fixture
def ids():
    return lambda answer: [hit["_id"] for hit in answer["hits"]["hits"]]

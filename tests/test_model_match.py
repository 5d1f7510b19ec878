"""An index says whose vectors it holds, and nobody else's come in or out."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from opensearchpy import OpenSearch

from helpers.local.opensearch.connection import LocalConnection
from helpers.local.opensearch.node import Node
from helpers.model_match import ModelMismatch, check_model, check_model_once
from helpers.vector_index import VECTOR_FIELD, IndexingError, create_index, index_images

TITAN = SimpleNamespace(model="amazon.titan-embed-image-v1", dimension=1024)
SMALL = SimpleNamespace(model="small", dimension=8)
ALIKE = SimpleNamespace(model="alike", dimension=8)  # as long as SMALL, and another space


@pytest.fixture
def client(tmp_path):
    return OpenSearch([{"host": "local"}], connection_class=LocalConnection, node=Node(tmp_path))


def requests_of(client, monkeypatch):
    """(method, path) of every request from now on."""
    made, send = [], client.transport.perform_request

    def noted(method, url, *args, **kwargs):
        made.append((method, url))
        return send(method, url, *args, **kwargs)

    monkeypatch.setattr(client.transport, "perform_request", noted)
    return made


def document(name="a", dimension=8):
    return {"image_id": name, "cluster": "1", "title": name, VECTOR_FIELD: np.eye(dimension)[0]}


def test_an_index_takes_the_model_s_dimension_and_remembers_its_name(client):
    assert create_index(client, "shelf", embedder=SMALL) is create_index(client, "shelf", embedder=SMALL) is True
    mappings = client.indices.get_mapping(index="shelf")["shelf"]["mappings"]
    assert mappings["_meta"] == {"embedder": {"model": "small", "dimension": 8}}
    assert mappings["properties"][VECTOR_FIELD]["dimension"] == 8
    assert index_images(client, "shelf", [document()], embedder=SMALL) == 1
    assert check_model(client, "shelf", SMALL) is True


@pytest.mark.parametrize("other", [ALIKE, TITAN, SimpleNamespace(model="small", dimension=4)], ids=lambda other: other.model)
def test_another_model_or_length_is_refused_before_anything_is_written(client, monkeypatch, other):
    create_index(client, "shelf", embedder=SMALL)
    made = requests_of(client, monkeypatch)
    for come_near in (
        lambda: create_index(client, "shelf", embedder=other),
        lambda: index_images(client, "shelf", [document(dimension=other.dimension)], embedder=other),
        lambda: check_model(client, "shelf", other),
    ):
        with pytest.raises(ModelMismatch, match=rf"small/8, but the model in use is {other.model}/{other.dimension}"):
            come_near()
    assert not [path for method, path in made if method == "POST"]
    assert client.count(index="shelf")["count"] == 0


def test_the_error_names_three_ways_out(client):
    create_index(client, "shelf", embedder=SMALL)
    ways = r"set WORKSHOP_EMBEDDER back.*another WORKSHOP_PREFIX.*indices\.delete\(index='shelf'\).*notebooks 01 to 03 again"
    with pytest.raises(ModelMismatch, match=ways):
        check_model(client, "shelf", ALIKE)


def test_the_last_way_out_is_one(client):
    create_index(client, "shelf", embedder=SMALL)
    client.indices.delete(index="shelf")
    assert create_index(client, "shelf", embedder=ALIKE) and check_model(client, "shelf", ALIKE)


def test_an_index_without_a_label_counts_as_titan_s(client):
    """Versions that left none knew no other model: their readers go on, and nobody else's vectors slip in."""
    create_index(client, "old")
    assert check_model(client, "old", TITAN) is True and create_index(client, "old", embedder=TITAN) is True
    with pytest.raises(ModelMismatch, match=r"without a label, which only amazon\.titan-embed-image-v1/1024.*alike/8"):
        check_model(client, "old", ALIKE)


def test_an_alias_is_as_good_as_its_index(client):
    create_index(client, "shelf", embedder=SMALL)
    client.indices.put_alias(index="shelf", name="front")
    assert check_model(client, "front", SMALL) is True
    with pytest.raises(ModelMismatch, match="small/8"):
        check_model(client, "front", ALIKE)


def test_a_missing_index_is_left_to_whoever_needs_it(client):
    assert check_model(client, "none", SMALL) is False
    with pytest.raises(IndexingError, match="create_index first"):
        index_images(client, "none", [document()], embedder=SMALL)


def test_searches_ask_once_for_each_client_index_and_model(client, monkeypatch, tmp_path):
    made = requests_of(client, monkeypatch)
    check_model_once(client, "shelf", SMALL)  # no index yet: nothing is known, so it is asked again
    create_index(client, "shelf", embedder=SMALL)
    made.clear()
    for _ in range(5):
        check_model_once(client, "shelf", SMALL)
    assert made == [("GET", "/shelf/_mapping")]
    for _ in range(2):
        with pytest.raises(ModelMismatch):
            check_model_once(client, "shelf", ALIKE)
    other = OpenSearch([{"host": "local"}], connection_class=LocalConnection, node=Node(tmp_path / "other"))
    create_index(other, "shelf", embedder=ALIKE)
    with pytest.raises(ModelMismatch, match="alike/8"):
        check_model_once(other, "shelf", SMALL)

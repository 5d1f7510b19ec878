"""Versions behind an alias: the switch is one step, no search fails meanwhile, and the old versions go when told."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from helpers.index_versions import drop_old, publish, serving, version_name, versions
from helpers.settings import read_settings
from helpers.vector_index import VECTOR_FIELD, create_index, index_images, knn_search
from helpers.workshop import connect

ALIAS = "workshop-images-own"


@pytest.fixture
def client(tmp_path):
    return connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(tmp_path)})).opensearch


def load(client, number, n=20):
    name = version_name(ALIAS, number)
    create_index(client, name, dimension=8)
    vectors = np.random.default_rng(3).normal(size=(n, 8))
    index_images(client, name, [
        {"image_id": f"p{row}", "cluster": f"{number}-{row % 3}", "title": "", VECTOR_FIELD: vector}
        for row, vector in enumerate(vectors)
    ])  # fmt: skip
    return name


def test_the_alias_answers_with_what_was_published_last(client):
    assert serving(client, ALIAS) is None
    for number in (1, 2):
        assert publish(client, ALIAS, load(client, number)) == serving(client, ALIAS) == version_name(ALIAS, number)
        assert {hit.cluster[0] for hit in knn_search(client, ALIAS, [1.0] * 8, size=9)} == {str(number)}
    assert publish(client, ALIAS, version_name(ALIAS, 2)) == version_name(ALIAS, 2)  # again, and the way back
    assert publish(client, ALIAS, version_name(ALIAS, 1)) == serving(client, ALIAS)


def test_old_versions_go_but_for_the_last(client):
    for number in (1, 2, 9, 10):
        publish(client, ALIAS, load(client, number, n=3))
    create_index(client, f"{ALIAS}-vacation", dimension=8)
    assert versions(client, ALIAS) == [version_name(ALIAS, number) for number in (1, 2, 9, 10)]
    assert drop_old(client, ALIAS) == [version_name(ALIAS, number) for number in (1, 2)]
    assert drop_old(client, ALIAS) == []
    assert drop_old(client, ALIAS, keep=0) == [version_name(ALIAS, 9)]
    assert client.indices.exists(index=f"{ALIAS}-vacation")


def test_a_version_that_is_not_there_changes_nothing(client):
    publish(client, ALIAS, load(client, 1))
    with pytest.raises(Exception, match="no such index"):
        publish(client, ALIAS, version_name(ALIAS, 7))
    assert serving(client, ALIAS) == version_name(ALIAS, 1)


def test_no_search_fails_while_the_alias_moves_and_old_versions_go(client):
    publish(client, ALIAS, load(client, 1))
    load(client, 2)
    errors, mixed, asked, over = [], [], [0] * 4, threading.Event()

    def ask(worker):
        while not over.is_set() or asked[worker] < 20:
            try:
                hits = knn_search(client, ALIAS, [1.0] * 8, size=20)
                if len(hits) != 20 or len({hit.cluster[0] for hit in hits}) != 1:
                    mixed.append(hits)
            except Exception as error:
                errors.append(error)
            asked[worker] += 1

    threads = [threading.Thread(target=ask, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for round_trip in range(13):  # the last one serves version 2: drop_old keeps the newest of the old ones
        publish(client, ALIAS, version_name(ALIAS, 2 - round_trip % 2))
    for number in (3, 4, 5):
        publish(client, ALIAS, load(client, number))
        drop_old(client, ALIAS)
    over.set()
    for thread in threads:
        thread.join(60)
    assert errors == [] and mixed == []
    assert sum(asked) >= 80 and versions(client, ALIAS) == [version_name(ALIAS, number) for number in (4, 5)]

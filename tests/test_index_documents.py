"""A document is checked whole before it is sent; what no index takes is named, with the next step."""

from __future__ import annotations

import math

import numpy as np
import pytest

from helpers.index_documents import LONGEST_ID, BadDocument, source_of

GOOD = {"image_id": "cat-1", "cluster": "7", "title": "a cat", "vector": [0.6, 0.8]}


def test_a_good_document_goes_as_it_is_and_is_not_changed():
    before = dict(GOOD)
    assert source_of(GOOD, "vector") == GOOD == before


@pytest.mark.parametrize("cluster", [7, 7.0, np.int32(7), np.float64(7)])
def test_a_cluster_is_the_same_string_whatever_table_it_comes_from(cluster):
    assert source_of(GOOD | {"cluster": cluster}, "vector")["cluster"] == "7"


def test_a_vector_becomes_plain_numbers_of_nine_decimals():
    sent = source_of(GOOD | {"vector": np.array([1 / 3, 2 / 3], np.float32)}, "vector")["vector"]
    assert [type(number) for number in sent] == [float, float]
    assert sent == pytest.approx([1 / 3, 2 / 3], abs=1e-7) and all(number == round(number, 9) for number in sent)


@pytest.mark.parametrize(
    "change",
    [
        {"image_id": None}, {"image_id": ""}, {"image_id": "x" * (LONGEST_ID + 1)}, {"image_id": ["cat-1"]},
        {"cluster": 7.5}, {"cluster": math.nan}, {"cluster": None}, {"title": "half a \ud800 character"},
        {"vector": [math.nan, 1.0]}, {"vector": [math.inf, 1.0]}, {"vector": [[1.0, 2.0]]}, {"vector": "numbers"},
        {"vector": [1e39, 1.0]},
    ],
    ids=repr,
)  # fmt: skip
def test_what_no_index_takes_is_named_with_the_next_step(change):
    with pytest.raises(BadDocument, match=r"can't be indexed.*run this cell again"):
        source_of(GOOD | change, "vector")


def test_a_document_without_an_id_is_named():
    with pytest.raises(BadDocument, match="no 'image_id'"):
        source_of({"title": "a cat"}, "vector")

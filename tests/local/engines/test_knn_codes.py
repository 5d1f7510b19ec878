"""One bit a number: which bit, which rows are nearest by them, and that the rows alone decide."""

from __future__ import annotations

import numpy as np
import pytest
from vectors_of_a_kind import clustered

from helpers.local.engines.knn_codes import OneBitCodes, candidates


def codes_of(vectors, *sizes):
    codes = OneBitCodes(lambda start, stop: vectors[start:stop], vectors.shape[1])
    for n_rows in sizes or [len(vectors)]:
        codes = codes.grown(n_rows)
    return codes


def test_a_bit_says_which_side_of_the_mean_a_number_is():
    vectors = np.array([[0, 10, 5], [2, 30, 5], [4, 20, 5], [6, 20, 5]], dtype=np.float32)  # means 3, 20 and 5
    differing = codes_of(vectors).distances(np.array([9, 21, 4], dtype=np.float32), 4)
    assert differing.tolist() == [2, 1, 1, 1]


@pytest.mark.parametrize("dimension", [1, 3, 8, 13, 64, 1024])
def test_they_differ_in_as_many_bits_as_numpy_counts(dimension):
    vectors, query = (np.random.default_rng(seed).normal(size=(70, dimension)).astype(np.float32) for seed in (1, 2))
    above = vectors > vectors[:64].mean(axis=0)  # as many as the largest power of two in 70
    wanted = (above != (query[0] > vectors[:64].mean(axis=0))).sum(axis=1)
    assert codes_of(vectors).distances(query[0], 70).tolist() == wanted.tolist()


def test_codes_are_those_of_the_rows_however_they_came(monkeypatch):
    monkeypatch.setattr("helpers.local.engines.knn_codes._CHUNK", 37)
    monkeypatch.setattr("helpers.local.engines.knn_codes.SAMPLE", 50)
    vectors, query = clustered(700, 16), clustered(1, 16, seed=3)[0]
    at_once = codes_of(vectors).distances(query, 700)
    assert codes_of(vectors, 1, 2, 255, 256, 257, 511, 512, 600, 700).distances(query, 700).tolist() == at_once.tolist()
    means = vectors[:512][::11].mean(axis=0)  # 512 rows, of which 50 are to be sampled
    assert at_once.tolist() == ((vectors > means) != (query > means)).sum(axis=1).tolist()


def test_what_is_there_stays_as_it_is_while_others_grow():
    vectors = clustered(600, 16)
    small = codes_of(vectors, 300)
    before = small.distances(vectors[0], 300)
    assert len(small.grown(600)) == 600 and len(small) == 300 and small.grown(200) is small
    assert small.distances(vectors[0], 300).tolist() == before.tolist()


@pytest.mark.parametrize("n", [1, 3, 4, 5, 7, 8, 100])
def test_candidates_are_the_nearest_and_of_equals_the_first(n):
    distances = np.array([5, 0, 2, 2, 9, 2, 2, 1], dtype=np.int32)
    order = np.argsort(distances, kind="stable")
    assert candidates(distances, n).tolist() == sorted(order[:n].tolist())
    allowed = np.array([True, False, True, True, True, False, True, True])
    among = [row for row in order if allowed[row]]
    assert candidates(distances, n, allowed).tolist() == sorted(among[:n])
    assert candidates(distances, n, np.zeros(8, dtype=bool)).tolist() == []

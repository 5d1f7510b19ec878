"""The online flow with small fakes: who is asked, and what comes first."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from helpers.model_match import ModelMismatch
from helpers.search import EmptyQuery, SearchEngine, personalized_search


class FakeSearch:
    """OpenSearch with four pictures in three clusters, best first."""

    hits = (("a", "1", 0.9), ("b", "2", 0.8), ("c", "2", 0.7), ("d", "3", 0.4))

    def __init__(self, model="two numbers"):
        meta = {"embedder": {"model": model, "dimension": 2}}
        self.mappings_read, self.searches = 0, 0
        self.indices = SimpleNamespace(get_mapping=lambda index: self._mapping(index, meta))

    def _mapping(self, index, meta):
        self.mappings_read += 1
        return {index: {"mappings": {"_meta": meta}}}

    def search(self, *, index, body, **_):
        self.searches += 1
        found = [
            {"_id": name, "_score": score, "_source": {"image_id": name, "cluster": cluster}}
            for name, cluster, score in self.hits
        ]
        return {"hits": {"hits": found[: body["size"]]}}


class FakeModel:
    """Embeds everything alike; remembers what it was asked."""

    model, dimension, on_bedrock = "two numbers", 2, False

    def __init__(self):
        self.asked = []

    def embed(self, **asked):
        self.asked.append(asked)
        return [1.0, 0.0]


class FakeRuntime:
    """Personalize with one answer; remembers what it was asked."""

    def __init__(self, scores):
        self.scores, self.asked = scores, []

    def get_personalized_ranking(self, **request):
        self.asked.append(request)
        return {
            "personalizedRanking": [
                {"itemId": item} | ({"score": self.scores[item]} if item in self.scores else {})
                for item in request["inputList"]
            ]
        }


@pytest.fixture
def engine():
    runtime = FakeRuntime({"1": 0.001, "2": 0.9, "3": 0.099})
    return SearchEngine(FakeModel(), FakeSearch(), runtime, "images", "arn:campaign")


def ids(results):
    return [result.image_id for result in results]


def test_without_a_user_personalize_is_not_asked_and_the_order_is_generic(engine):
    results = personalized_search(engine, text="cat", size=4)
    assert ids(results) == ["a", "b", "c", "d"] and engine.personalize_runtime.asked == []
    assert [result.generic_rank for result in results] == [1, 2, 3, 4]
    assert all(result.taste_score is None for result in results)


def test_weight_0_is_exactly_the_generic_order(engine):
    assert ids(personalized_search(engine, text="cat", user_id="u", weight=0, size=4)) == ["a", "b", "c", "d"]


def test_weight_1_is_taste_with_ties_in_opensearch_s_order(engine):
    assert ids(personalized_search(engine, text="cat", user_id="u", weight=1, size=4)) == ["b", "c", "d", "a"]


def test_every_cluster_is_asked_for_once(engine):
    personalized_search(engine, text="cat", user_id="u")
    assert engine.personalize_runtime.asked[0]["inputList"] == ["1", "2", "3"]


@pytest.mark.parametrize("text", [None, "", "  "])
def test_an_empty_query_is_refused_before_anything_is_asked(engine, text):
    with pytest.raises(EmptyQuery, match="Type a word"):
        personalized_search(engine, text=text, user_id="u")
    assert engine.personalize_runtime.asked == []


@pytest.mark.parametrize("weight", [-0.1, 1.1, float("nan")])
def test_a_weight_outside_0_to_1_is_refused_with_a_user_and_without(engine, weight):
    with pytest.raises(ValueError, match="weight"):
        personalized_search(engine, text="cat", weight=weight)
    with pytest.raises(ValueError, match="weight"):
        personalized_search(engine, text="cat", user_id="u", weight=weight)


def test_a_size_below_one_is_refused(engine):
    with pytest.raises(ValueError, match="size"):
        personalized_search(engine, text="cat", size=0)


def test_what_is_asked_for_is_embedded_as_a_query(engine):
    personalized_search(engine, text="cat", image="base64")
    assert engine.embedder.asked == [{"text": "cat", "image": "base64", "purpose": "query"}]


def test_the_index_s_model_is_looked_up_once_for_many_searches(engine):
    for _ in range(3):
        personalized_search(engine, text="cat")
    assert (engine.opensearch.mappings_read, engine.opensearch.searches) == (1, 3)


def test_an_index_of_another_model_is_found_out_before_anything_is_embedded_or_asked(engine):
    engine = replace(engine, opensearch=FakeSearch(model="other numbers"))
    for _ in range(2):  # a refusal is not remembered as a pass
        with pytest.raises(ModelMismatch, match=r"other numbers/2.*two numbers/2"):
            personalized_search(engine, text="cat", user_id="u")
    assert engine.embedder.asked == engine.personalize_runtime.asked == [] and engine.opensearch.searches == 0

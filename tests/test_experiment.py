"""The fast path on arrays shows what the real search would show, and the table says what happened."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers import rivals
from helpers.experiment import Question, World, answer, history_of, look_up, measure, summarize, tune
from helpers.search import SearchEngine, personalized_search
from helpers.vector_index import VECTOR_FIELD, create_index, index_images
from helpers.workshop import connect

RNG = np.random.default_rng(0)
N, CLUSTERS = 120, 12
VECTORS = RNG.normal(size=(N, 1024)).astype(np.float32)
VECTORS /= np.linalg.norm(VECTORS, axis=1, keepdims=True)
CLUSTER_OF = [str(c) for c in RNG.integers(0, CLUSTERS, N)]


def scores(history, clusters):
    """Clusters chosen before, and one unknown."""
    liked = [cluster for cluster, _ in history]
    weights = {c: np.exp(1.5 * liked.count(c) + int(c) / 10) for c in clusters if c != "7"}
    return dict.fromkeys(clusters) | {c: round(w / sum(weights.values()), 7) for c, w in weights.items()}


class Campaign:
    """Personalize with these scores; what a user did is known from the questions."""

    def __init__(self, histories):
        self.histories = histories

    def get_personalized_ranking(self, *, campaignArn, userId, inputList):
        found = scores(self.histories[userId], inputList)
        known = sorted((c for c in inputList if found[c] is not None), key=lambda c: -found[c])
        answer = [{"itemId": c, "score": found[c]} for c in known]
        return {"personalizedRanking": [*answer, *({"itemId": c} for c in inputList if found[c] is None)]}


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    from helpers.settings import read_settings

    data = tmp_path_factory.mktemp("experiment")
    aws = connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(data)}))
    create_index(aws.opensearch, aws.index_name, VECTOR_FIELD, embedder=aws.embedder)
    index_images(aws.opensearch, aws.index_name, [
        {"image_id": str(row), "title": str(row), "cluster": CLUSTER_OF[row], VECTOR_FIELD: VECTORS[row]} for row in range(N)
    ])  # fmt: skip
    return aws, SearchEngine(aws.embedder, aws.opensearch, None, aws.index_name, "arn:campaign")


@pytest.fixture(scope="module")
def world(engine):
    words = ("cat", "boat")
    vectors = [engine[0].embedder.embed(text=word) for word in words]
    queries = {word: np.array(vector, dtype=np.float32) for word, vector in zip(words, vectors, strict=True)}
    return World(VECTORS, CLUSTER_OF, queries, scores, candidates=60)


def questions(n=12):
    rng = np.random.default_rng(1)
    asked = np.arange(N) % 2 == 0
    return [
        Question(
            f"u{i}", ("cat", "boat")[i % 2], rng.integers(0, N, 8), ("view",) * 8, np.where(asked, 1 + 2 * rng.random(N), 0.0),
            asked, np.arange(N) % 3 == 0, taste=str(i % 4),
        )
        for i in range(n)
    ]  # fmt: skip


def test_the_orders_are_those_of_the_real_search(engine, world):
    from dataclasses import replace

    asked = questions()
    engine = replace(engine[1], personalize_runtime=Campaign({q.user_id: history_of(world, q) for q in asked}))
    weights = dict.fromkeys(rivals.TUNED, 0.5)
    for question, found in zip(asked, look_up(world, asked), strict=True):
        orders = answer(found, weights)
        for user, method in ((question.user_id, "ours"), (None, "anonymous")):
            live = personalized_search(engine, text=question.text, user_id=user, size=60, candidates=60)
            assert [int(result.image_id) for result in live] == orders[method].tolist()


def test_another_user_has_another_taste(world):
    asked = questions()
    tastes = {tuple(history_of(world, q)): q.taste for q in asked}
    given = []

    def spy(history, clusters):
        given.append(tuple(history))
        return scores(history, clusters)

    list(look_up(World(VECTORS, CLUSTER_OF, world.queries, spy, 60), asked))
    for question, other in zip(asked, given[2::3], strict=True):
        assert tastes[other] != question.taste


def test_a_weight_is_the_best_of_all_weights_on_these_users(world):
    asked = questions()
    chosen = tune(world, asked)
    for name, method in rivals.TUNED.items():
        from helpers.metrics import ndcg

        means = [
            np.mean([ndcg(q.relevance, method(f, w)) for q, f in zip(asked, look_up(world, asked), strict=True)])
            for w in rivals.WEIGHTS
        ]
        assert chosen[name] == rivals.WEIGHTS[int(np.argmax(means))]


def test_the_table_has_every_user_once_a_method_and_the_summary_its_means(world):
    asked = questions()
    table = measure(world, asked, dict.fromkeys(rivals.TUNED, 0.5))
    assert table.groupby("method").size().to_dict() == dict.fromkeys(rivals.METHODS, len(asked))
    summary = summarize(table, N)
    means = table.groupby("method")[["ndcg12", "subject", "style", "mrr"]].mean()
    pd.testing.assert_frame_equal(summary[means.columns].astype(float), means.loc[summary.index], check_names=False)
    assert (summary["low"] <= summary["ndcg12"]).all() and (summary["ndcg12"] <= summary["high"]).all()
    assert summary.loc["ours", ["ahead", "ahead_low", "ahead_high"]].tolist() == [0, 0, 0]
    columns = ["ndcg12", "low", "high", "subject", "style", "mrr", "diversity", "coverage"]
    assert summary.loc["anonymous", columns].tolist() == summary.loc["generic", columns].tolist()

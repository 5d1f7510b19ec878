"""The pipelines' bodies are what OpenSearch takes, and evaluated by its published formulas they give our order."""

import json

import numpy as np
import pytest
from opensearchpy import OpenSearch

from helpers.fusion import fuse
from helpers.local.opensearch.connection import LocalConnection
from helpers.local.opensearch.node import Node
from helpers.pipeline_formulas import normalization_scores, plugin_order
from helpers.pipelines import (
    exact_hybrid_query,
    hybrid_query,
    normalization_pipeline,
    plugin_pipeline,
    plugin_query,
)
from helpers.vector_index import VECTOR_FIELD, Hit, create_index, index_images, knn_search

CAMPAIGN = "arn:aws:personalize:eu-west-1:123456789012:campaign/workshop-ranker"
ROLE = "arn:aws:iam::123456789012:role/opensearch-personalize"


def order(fused):
    return [candidate.index for candidate in fused]


def random_taste(rng, clusters):
    """Soft-max scores as Personalize rounds them; one in ten clusters has none."""
    chances = np.round(rng.dirichlet(np.full(len(clusters), rng.choice([0.05, 1.0]))), 7)
    return {c: None if rng.random() < 0.1 else float(chance) for c, chance in zip(clusters, chances, strict=True)}


# --- the Personalize plug-in


def test_the_plugin_pipeline_asks_our_campaign_in_its_region_about_clusters():
    pipeline = plugin_pipeline(CAMPAIGN, ROLE, weight=0.3)
    assert list(pipeline) == ["description", "response_processors"]
    assert pipeline["response_processors"] == [
        {
            "personalized_search_ranking": {
                "campaign_arn": CAMPAIGN,
                "item_id_field": "cluster",
                "recipe": "aws-personalized-ranking-v2",
                "weight": 0.3,
                "iam_role_arn": ROLE,
                "aws_region": "eu-west-1",
                "ignore_failure": True,
            }
        }
    ]


def test_a_search_through_the_plugin_brings_back_every_candidate_with_its_cluster():
    body = plugin_query(np.ones(3, np.float32), "comic-art-user", candidates=40)
    assert body["size"] == body["query"]["knn"][VECTOR_FIELD]["k"] == 40 and "cluster" in body["_source"]
    assert body["ext"] == {"personalize_request_parameters": {"user_id": "comic-art-user"}}
    json.dumps(body)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: plugin_pipeline(ROLE, ROLE), "personalize"),
        (lambda: plugin_pipeline(CAMPAIGN, CAMPAIGN), "iam"),
        (lambda: plugin_pipeline("nonsense", ROLE), "ARN"),
        (lambda: plugin_pipeline(CAMPAIGN, ROLE, weight=1.1), "from 0"),
        (lambda: plugin_pipeline(CAMPAIGN, ROLE, recipe="aws-sims"), "recipes"),
        (lambda: plugin_query([1.0], " "), "user_id"),
        (lambda: plugin_query([1.0], "u", candidates=501), "500"),
        (lambda: normalization_pipeline(float("nan")), "from 0"),
        (lambda: hybrid_query([1.0], {}, candidates=0), "500"),
        (lambda: exact_hybrid_query([1.0], [], {}), "500"),
    ],
)
def test_what_opensearch_would_refuse_is_refused_here(wrong, says):
    with pytest.raises(ValueError, match=says):
        wrong()


def test_the_plugins_formula_by_hand():
    fused = plugin_order(["a", "b", "a", "c"], ["c", "a", "b"], 0.5)
    log3, log5 = np.log2(3), np.log2(5)
    by_index = {f.index: f.score for f in fused}
    expected = [0.5 + 0.5 / log3, 0.5 / log3 + 0.25, 0.25 + 0.5 / log3, 0.5 / log5 + 0.5]
    assert [by_index[i] for i in range(4)] == pytest.approx(expected, rel=1e-6)
    assert order(fused) == [0, 3, 1, 2]  # 1 and 2 tie: OpenSearch's order stays


def test_a_cluster_that_the_ranking_lacks_comes_last_here_and_first_in_the_published_code():
    assert order(plugin_order(["a", "gone", "b"], ["b", "a"], 1.0)) == [2, 0, 1]
    assert order(plugin_order(["a", "gone", "b"], ["b", "a"], 1.0, missing_first=True)) == [1, 2, 0]


@pytest.mark.parametrize("seed", range(30))
def test_the_plugins_weight_is_ours_at_0_and_at_1(seed):
    rng = np.random.default_rng(seed)
    names = [str(c) for c in range(40)]
    taste = dict(zip(names, rng.permutation(np.arange(1, 41)) / 820, strict=True))  # all different
    clusters = rng.choice(names, 200).tolist()
    search = np.sort(rng.uniform(0.3, 0.7, 200))[::-1].tolist()
    ranking = sorted(names, key=lambda c: -taste[c])
    for weight in (0, 1):
        ours = fuse(search, [taste[c] for c in clusters], weight)
        assert order(plugin_order(clusters, ranking, weight)) == order(ours)


def test_between_0_and_1_the_plugin_sees_places_where_we_see_distances():
    taste, clusters = {"a": 0.1, "b": 0.8}, ["a", "b", "a"]
    ours = [order(fuse([0.9, second, 0.1], [taste[c] for c in clusters], 0.3)) for second in (0.899, 0.2)]
    assert ours == [[1, 0, 2], [0, 1, 2]]  # the liked picture comes first only when it fits nearly as well
    assert order(plugin_order(clusters, ["b", "a"], 0.3)) == [0, 1, 2]  # the plug-in can't tell the two cases apart


# --- the normalization processor


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """A client whose index holds 150 pictures of 30 clusters, in 8 dimensions."""
    client = OpenSearch([{"host": "local"}], connection_class=LocalConnection, node=Node(tmp_path_factory.mktemp("node")))
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(150, 8))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    create_index(client, "shelf", dimension=8)
    index_images(client, "shelf", [
        {"image_id": f"img-{i:03d}", "cluster": str(rng.integers(30)), "title": "", VECTOR_FIELD: vector}
        for i, vector in enumerate(vectors)
    ])  # fmt: skip
    return client


def answer(client, body, pipeline):
    """{image id: final score} of all candidates: our sub-queries run for real, and then the published formulas."""
    [processor] = pipeline["phase_results_processors"]
    settings = processor["normalization-processor"]
    bounds = settings["normalization"].get("parameters", {}).get("lower_bounds")
    hybrid = body["query"]["hybrid"]
    found = []
    for query in hybrid["queries"]:
        hits = client.search(index="shelf", body={"size": hybrid["pagination_depth"], "query": query})["hits"]["hits"]
        found.append({hit["_id"]: hit["_score"] for hit in hits if hit["_score"] != 0})
    ids = list(dict.fromkeys(name for scores in found for name in scores))
    finals = normalization_scores(
        [[scores.get(name) for name in ids] for scores in found],
        settings["combination"]["parameters"]["weights"],
        bounds and [bound["min_score"] for bound in bounds],
    )
    return dict(zip(ids, finals, strict=True))


def assert_same_order(ours, finals, *, lead=1e-6):
    """Wherever our final score leads by more than `lead`, so does theirs."""
    assert sorted(finals) == sorted(name for name, _ in ours)
    lowest_so_far = float("inf")
    for name, score in ours:
        ahead = [finals[other] for other, better in ours if better > score + lead]
        lowest_so_far = min(ahead, default=float("inf"))
        assert finals[name] < lowest_so_far, name


@pytest.mark.parametrize("seed", range(12))
def test_evaluated_on_an_index_the_bodies_give_our_order(shelf, seed):
    rng = np.random.default_rng(seed)
    vector, weight = rng.normal(size=8), float(rng.choice([0.0, 0.25, 0.6, 0.9]))
    vector /= np.linalg.norm(vector)
    hits = knn_search(shelf, "shelf", vector, size=60)
    taste = random_taste(rng, [str(c) for c in range(30)])
    fused = fuse([hit.score for hit in hits], [taste.get(hit.cluster) for hit in hits], weight)
    ours = [(hits[f.index].image_id, f.score) for f in fused]

    body = exact_hybrid_query(vector, hits, taste, weight=weight)
    assert_same_order(ours, answer(shelf, body, body["search_pipeline"]))
    ids = [hit.image_id for hit in hits]
    on_candidates = {hit.cluster: taste[hit.cluster] for hit in hits}
    for body in (
        hybrid_query(vector, on_candidates, image_ids=ids),
        hybrid_query(vector, on_candidates, candidates=60),
    ):
        assert body["size"] == 12 and body["query"]["hybrid"]["pagination_depth"] == 60
        assert_same_order(ours, answer(shelf, body, normalization_pipeline(weight)), lead=0.001 + 1e-6)


def test_a_cluster_without_a_score_is_still_found_by_both_sub_queries(shelf):
    vector = np.eye(8)[0]
    hits = knn_search(shelf, "shelf", vector, size=60)
    for taste in ({}, {hits[0].cluster: 0.5}, dict.fromkeys(hit.cluster for hit in hits)):
        _, liking = hybrid_query(vector, taste, candidates=60)["query"]["hybrid"]["queries"]
        found = shelf.search(index="shelf", body={"size": 60, "query": liking})["hits"]["hits"]
        assert {hit["_id"] for hit in found} == {hit.image_id for hit in hits}
        assert min(hit["_score"] for hit in found) >= 1


@pytest.mark.parametrize("seed", range(150))
def test_on_random_scores_the_formula_and_fuse_agree(seed):
    rng = np.random.default_rng(seed)
    n, weight = int(rng.integers(2, 300)), float(rng.choice([0, 1, 0.5, rng.random()]))
    taste = random_taste(rng, [str(c) for c in range(int(rng.integers(1, 40)))])
    hits = [
        Hit(str(i), score, str(rng.choice(list(taste))), "")
        for i, score in enumerate(np.sort(rng.uniform(0.3, 0.7, n).round(int(rng.choice([3, 8]))))[::-1].tolist())
    ]
    fused = fuse([hit.score for hit in hits], [taste[hit.cluster] for hit in hits], weight)
    ours = [(str(f.index), f.score) for f in fused]
    body = exact_hybrid_query([1.0], hits, taste, weight=weight)
    boosts = {
        cluster: clause["constant_score"]["boost"]
        for clause in body["query"]["hybrid"]["queries"][1]["bool"]["should"]
        for cluster in clause["constant_score"]["filter"]["terms"]["cluster"]
    }
    scores = [[hit.score for hit in hits], [1 + boosts.get(hit.cluster, 0) for hit in hits]]
    [exact] = body["search_pipeline"]["phase_results_processors"]
    bounds = exact["normalization-processor"]["normalization"]["parameters"]["lower_bounds"]
    weights = exact["normalization-processor"]["combination"]["parameters"]["weights"]
    for lower_bounds, lead in (([bound["min_score"] for bound in bounds], 1e-6), (None, 0.001 + 1e-6)):
        finals = normalization_scores(scores, weights, lower_bounds)
        assert_same_order(ours, {str(i): final for i, final in enumerate(finals)}, lead=lead)


def test_the_floor_of_the_stored_pipeline_can_swap_two_pictures_and_the_exact_one_does_not():
    search, liked = [1.0, 0.5002, 0.5], [1.0, 1.0, 1.0]
    assert order(fuse(search, [0.3, 0.3, 0.3], 0.2)) == [0, 1, 2]
    stored = normalization_scores([search, liked], [0.8, 0.2])
    exact = normalization_scores([search, liked], [0.8, 0.2], [0.0, 0.0])
    assert stored[2] > stored[1] and exact[1] > exact[2]


def test_weights_are_written_as_floats_also_at_the_ends():
    for weight in (0, 1):
        [processor] = normalization_pipeline(weight)["phase_results_processors"]
        text = json.dumps(processor["normalization-processor"]["combination"]["parameters"]["weights"])
        assert text == ("[1.0, 0.0]" if weight == 0 else "[0.0, 1.0]")


def test_min_max_by_hand():
    assert normalization_scores([[4.0, 2.0, 1.0]], [1.0]) == pytest.approx([1, 1 / 3, 0.001])
    assert normalization_scores([[2.0, 2.0]], [1.0]) == [1.0, 1.0]
    assert normalization_scores([[4.0, 2.0], [None, 3.0]], [0.5, 0.5]) == pytest.approx([0.5, 0.5005])
    assert normalization_scores([[4.0, 2.0]], [1.0], [0.0]) == pytest.approx([1, 0.5])
    assert normalization_scores([[4.0, 2.0]], [1.0], [3.0]) == pytest.approx([1, 0.001])

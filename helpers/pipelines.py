"""The same weight in production: two ways in which OpenSearch itself blends a search with a user's taste.

Each is a **search pipeline** (what `PUT /_search/pipeline/<name>` stores, `client.search_pipeline.put` in Python) and the
body of a search that goes through it. `pipeline_formulas` gives the orders that they publish.

- The Amazon Personalize plug-in asks the campaign and re-orders the hits, by their places in both lists and not by their
  scores. So our weight means the same at 0, and at 1 while all clusters have scores of their own; not in between.
- The normalization processor blends the scores of two sub-queries by min-max and a weighted mean: `fuse`, with the taste
  brought along as the second sub-query. Our weight carries over as it is.

Both run on an Amazon OpenSearch Service domain: the plug-in from 2.9, its package associated; `pagination_depth` from 2.19
and lower bounds from 3.0. OpenSearch Serverless has no plug-in; it documents min-max hybrid search. The bodies follow the
documentation and were evaluated by the published formulas, not on a real domain.

Sources: docs.aws.amazon.com/personalize/latest/dg/opensearch-plugin-pipeline-fields.html;
docs.opensearch.org/latest/search-plugins/search-pipelines/normalization-processor; docs.opensearch.org/latest/query-dsl/
compound/hybrid; docs.opensearch.org/latest/vector-search/ai-search/hybrid-search/pagination.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from .fusion import DEFAULT_WEIGHT, fuse
from .ranking_client import MOST_CLUSTERS
from .search import DEFAULT_CANDIDATES
from .vector_index import VECTOR_FIELD, Hit

RECIPES = ("aws-personalized-ranking-v2", "aws-personalized-ranking")
MOST_HITS = MOST_CLUSTERS  # the plug-in sends the cluster of every hit, repeated or not, in one request
SHOWN = ["image_id", "cluster", "title"]


def plugin_pipeline(
    campaign_arn: str, role_arn: str, *, weight: float = DEFAULT_WEIGHT, recipe: str = RECIPES[0]
) -> dict[str, Any]:
    """The pipeline of the Personalize plug-in, with clusters as its items.

    role_arn: a role that OpenSearch Service may assume and that may call GetPersonalizedRanking on the campaign; it is
    not the role with which Personalize reads S3. weight: 0 keeps OpenSearch's order, 1 follows taste alone; between them
    it weighs places, so choose it by measuring. It must be stored: inside a search request the plug-in refuses to run.
    Raises ValueError for what the plug-in would refuse: weight, ARNs, recipe.
    """
    _check_weight(weight)
    for arn, service in ((campaign_arn, "personalize"), (role_arn, "iam")):
        if arn.split(":")[:1] + arn.split(":")[2:3] != ["arn", service]:
            raise ValueError(f"{arn!r} is not an ARN of {service}; it starts with arn:aws:{service}:")
    if recipe not in RECIPES:
        raise ValueError(f"the plug-in knows the recipes {' and '.join(RECIPES)}, not {recipe!r}")
    processor = {
        "campaign_arn": campaign_arn,
        "item_id_field": "cluster",
        "recipe": recipe,
        "weight": float(weight),
        "iam_role_arn": role_arn,
        "aws_region": campaign_arn.split(":")[3],
        "ignore_failure": True,  # without Personalize the reader still gets the generic order
    }
    return {
        "description": "Re-orders pictures by the places of their clusters in Personalize's ranking",
        "response_processors": [{"personalized_search_ranking": processor}],
    }


def plugin_query(vector: Sequence[float], user_id: str, *, candidates: int = DEFAULT_CANDIDATES) -> dict[str, Any]:
    """A search for the plug-in's pipeline: `client.search(index=…, body=…, search_pipeline=name)`.

    The plug-in re-orders the hits that come back, so all candidates must come back; show the first 12 of them.
    Raises ValueError for more than 500 candidates, or without a user: search anonymously without the pipeline.
    """
    if not user_id.strip():
        raise ValueError("the plug-in needs a user_id; search without its pipeline when there is none")
    _check_candidates(candidates)
    return {
        "size": candidates,
        "_source": SHOWN,  # the plug-in reads the cluster from here
        "query": _nearest(vector, candidates),
        "ext": {"personalize_request_parameters": {"user_id": user_id}},
    }


def normalization_pipeline(weight: float = DEFAULT_WEIGHT) -> dict[str, Any]:
    """The pipeline for `hybrid_query`: min-max of both sub-queries, then their mean, weighted 1 − weight and weight.

    The order is that of `fuse` but for three things, which tests pin down: a lowest score becomes 0.001 in place of 0, so
    what is lowest in one sub-query may pass a picture whose final score leads by less than 0.001; scores are 32-bit
    floats; and equal final scores come in no promised order, where `fuse` keeps OpenSearch's.
    """
    _check_weight(weight)
    return _pipeline({"technique": "min_max"}, weight)


def hybrid_query(
    vector: Sequence[float],
    taste: Mapping[str, float | None],
    *,
    candidates: int = DEFAULT_CANDIDATES,
    size: int = 12,
    image_ids: Sequence[str] | None = None,
) -> dict[str, Any]:
    """A search for `normalization_pipeline`: the nearest pictures, and the same pictures by the taste for their cluster.

    taste: Personalize's scores by cluster, from `rank_clusters`; a cluster with None or without an entry counts as the
    lowest known. Up to 500 clusters fit in one such request, so they may be fetched before the search and kept for a
    while. image_ids: the candidates, when a first search found them; then every shard and segment agrees on them. Without
    them each sub-query takes the `candidates` nearest *of a shard* (older releases: of a segment), and the lowest known is
    the lowest of all clusters in `taste`; so the order is that of `fuse` on a one-shard index whose clusters are all known.
    size: how many to return; `pagination_depth` is what keeps all candidates in the min-max.
    """
    _check_candidates(candidates if image_ids is None else len(image_ids))
    if image_ids is None:
        nearest = same = _nearest(vector, candidates)
    else:
        candidates, same = len(image_ids), {"ids": {"values": list(image_ids)}}
        nearest = _nearest(vector, candidates, same)
    # Without the 1 the least liked would score 0, and a hybrid query takes a score of 0 for "no match".
    liked = {"must": [{"constant_score": {"filter": same, "boost": 1.0}}], "should": _boosts(taste)}
    return {
        "size": size,
        "_source": SHOWN,
        "query": {"hybrid": {"queries": [nearest, {"bool": liked}], "pagination_depth": candidates}},
    }


def exact_hybrid_query(
    vector: Sequence[float],
    hits: Sequence[Hit],
    taste: Mapping[str, float | None],
    *,
    weight: float = DEFAULT_WEIGHT,
    size: int = 12,
) -> dict[str, Any]:
    """A search that brings its own pipeline and gives the order of `fuse` down to 32-bit floats, ties excepted.

    hits: the candidates of a first search (`knn_search`). Knowing their scores, it sets a lower bound as far below the
    lowest as that is below the highest: min-max then gives 0.5 to 1 in place of 0 to 1 in both sub-queries, and the
    processor's 0.001 for a lowest score never comes up. Needs OpenSearch 3.0.
    Raises ValueError without hits, for more than 500 of them, or for a weight outside 0–1.
    """
    _check_weight(weight)
    _check_candidates(len(hits))
    scores = [hit.score for hit in hits]
    bounds = [2 * min(scores) - max(scores), 0.0]  # taste scores run from 1 to 2
    parameters = {"lower_bounds": [{"mode": "apply", "min_score": bound} for bound in bounds]}
    body = hybrid_query(
        vector,
        {hit.cluster: taste.get(hit.cluster) for hit in hits},
        image_ids=[hit.image_id for hit in hits],
        size=size,
    )
    return body | {"search_pipeline": _pipeline({"technique": "min_max", "parameters": parameters}, weight)}


def _pipeline(normalization: dict[str, Any], weight: float) -> dict[str, Any]:
    # Floats, because OpenSearch fails on a weight written 0 or 1.
    weights = {"weights": [float(1 - weight), float(weight)]}
    processor = {
        "normalization": normalization,
        "combination": {"technique": "arithmetic_mean", "parameters": weights},
    }
    return {
        "description": "Blends what fits the query with what the user likes",
        "phase_results_processors": [{"normalization-processor": processor}],
    }


def _boosts(taste: Mapping[str, float | None]) -> list[dict[str, Any]]:
    """A clause for every liking above the lowest: its clusters, and their normalised log-score as what they add."""
    clusters, by_liking = list(taste), defaultdict(list)
    for fused in fuse([0.0] * len(clusters), list(taste.values()), 1.0):
        by_liking[fused.taste].append(clusters[fused.index])
    return [
        {"constant_score": {"filter": {"terms": {"cluster": alike}}, "boost": liking}}
        for liking, alike in by_liking.items()
        if liking > 0
    ]


def _nearest(vector: Sequence[float], candidates: int, among: dict[str, Any] | None = None) -> dict[str, Any]:
    knn: dict[str, Any] = {"vector": [float(number) for number in vector], "k": candidates}
    return {"knn": {VECTOR_FIELD: knn if among is None else knn | {"filter": among}}}


def _check_weight(weight: float) -> None:
    if not 0 <= weight <= 1:  # also true for NaN
        raise ValueError(f"weight is {weight}; choose a number from 0 (search only) to 1 (taste only)")


def _check_candidates(candidates: int) -> None:
    if not 1 <= candidates <= MOST_HITS:
        raise ValueError(f"{candidates} candidates; take 1 to {MOST_HITS}")

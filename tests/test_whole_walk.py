"""The walk without notebooks: every helper once, in order, on the shipped data; then what must be true of it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from helpers import ranker
from helpers.catalog import SEEDS, load_catalog, load_interactions, load_personas, query_subjects
from helpers.clustering import assign_clusters, read_centroids, train_kmeans, upload_vectors
from helpers.embeddings import embed_images
from helpers.interactions import check_minimums, remap_to_clusters, upload_interactions
from helpers.ranking_client import record_event
from helpers.search import personalized_search
from helpers.settings import read_settings
from helpers.vector_index import VECTOR_FIELD, create_index, index_images
from helpers.walk import mean_of, measure_query
from helpers.workshop import connect

K = 400


def walk(data):
    """A workshop in `data` with everything that notebooks 01 to 05 make."""
    aws = connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(data)}))
    catalog, personalize = load_catalog(aws.data), aws.client("personalize")
    vectors = embed_images(
        [aws.data / file for file in catalog["file"]],
        bedrock_runtime=aws.client("bedrock-runtime"), cache=aws.home / "vectors.sqlite",
    )  # fmt: skip
    job = train_kmeans(aws, upload_vectors(aws, vectors), K, feature_dim=1024)
    catalog["cluster"] = assign_clusters(vectors, read_centroids(aws, job))
    create_index(aws.opensearch, aws.index_name, VECTOR_FIELD)
    index_images(aws.opensearch, aws.index_name, [
        {"image_id": name, "title": row["title"], "cluster": row["cluster"], VECTOR_FIELD: vector}
        for (name, row), vector in zip(catalog.iterrows(), vectors, strict=True)
    ])  # fmt: skip
    aws.state["index_name"] = aws.index_name
    events = remap_to_clusters(load_interactions(aws.data), catalog["cluster"].to_dict())
    check_minimums(events)
    uri = upload_interactions(events, aws.client("s3"), aws.bucket, f"{aws.prefix}/interactions")
    group = ranker.create_dataset_group(personalize, aws.name("group"), poll_seconds=0)
    schema = (SEEDS / "interactions_schema.json").read_text()
    dataset = ranker.create_interactions_dataset(personalize, aws.name("interactions"), group, schema, poll_seconds=0)
    imported = ranker.import_interactions(
        personalize, aws.name("import"), dataset, uri, aws.personalize_role_arn, poll_seconds=0)
    _, tracking_id = ranker.create_event_tracker(personalize, aws.name("tracker"), group, poll_seconds=0)
    solution = ranker.create_solution(personalize, aws.name("ranker"), group, poll_seconds=0)
    version = ranker.train_solution_version(personalize, solution, imported, poll_seconds=0)
    aws.state["campaign_arn"] = ranker.deploy_campaign(personalize, aws.name("campaign"), version, poll_seconds=0)
    return SimpleNamespace(aws=aws, catalog=catalog, vectors=vectors, tracking_id=tracking_id, job=job, version=version)


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    return walk(tmp_path_factory.mktemp("walk"))


@pytest.fixture(scope="module")
def measured(walked):
    return {subject: measure_query(walked.aws, subject) for subject in query_subjects()}


def assert_personal(figures):
    for persona in load_personas():
        assert figures[persona.user_id]["subject"] >= 11
        assert figures[persona.user_id]["style_share"] >= 0.9
        assert figures["generic"]["style_share"][persona.user_id] <= 0.3
    assert figures["generic"]["photographic"] >= 7


def test_each_persona_gets_cats_in_the_persona_s_own_styles(measured):
    assert_personal(measured["cat"])


def test_so_it_is_for_the_mean_of_five_further_subjects(measured):
    assert_personal(mean_of([figures for subject, figures in measured.items() if subject != "cat"]))


def test_without_a_user_the_order_is_opensearch_s_own(walked):
    engine = walked.aws.search_engine()
    generic = personalized_search(engine, text="cat", size=300)
    assert [r.generic_rank for r in generic] == list(range(1, 301))
    at_zero = personalized_search(engine, text="cat", user_id="comic-art-user", weight=0, size=300)
    assert [r.image_id for r in at_zero] == [r.image_id for r in generic]


def test_at_weight_1_pictures_of_one_cluster_keep_opensearch_s_order(walked):
    results = personalized_search(walked.aws.search_engine(), text="cat", user_id="comic-art-user", weight=1, size=300)
    scores = [r.taste_score for r in results]
    assert scores == sorted(scores, reverse=True)
    for cluster in {r.cluster for r in results}:
        places = [r.generic_rank for r in results if r.cluster == cluster]
        assert places == sorted(places)


def test_taste_scores_of_one_request_sum_to_one(walked):
    results = personalized_search(walked.aws.search_engine(), text="dog", user_id="neon-punk-user", size=300)
    assert sum({r.cluster: r.taste_score for r in results}.values()) == pytest.approx(1, abs=1e-4)


def test_a_new_visitor_s_clicks_move_the_next_answer(walked):
    engine, visitor = walked.aws.search_engine(), walked.aws.new_visitor()

    def share(style):
        found = personalized_search(engine, text="cat", user_id=visitor)
        return np.mean([walked.catalog.loc[r.image_id, "style"] == style for r in found])

    before = share("origami")
    for subject in ("boat", "tree", "house", "rocket", "fish"):
        cluster = walked.catalog.loc[f"{subject}-origami-01", "cluster"]
        record_event(walked.aws.client("personalize-events"), walked.tracking_id, visitor, "session", cluster, "view")
    assert before <= 0.25 and share("origami") >= 0.5


def test_walking_again_finds_everything_and_changes_nothing(walked):
    aws = walked.aws

    def things():
        personalize = aws.client("personalize")
        return (
            len(aws.client("sagemaker").list_training_jobs()["TrainingJobSummaries"]),
            [c["campaignArn"] for c in personalize.list_campaigns()["campaigns"]],
            len(personalize.list_solution_versions()["solutionVersions"]),
            len(personalize.list_dataset_import_jobs()["datasetImportJobs"]),
            aws.opensearch.count(index=aws.index_name)["count"],
        )

    before = things()
    answers = [r.image_id for r in personalized_search(aws.search_engine(), text="cat", user_id="neon-punk-user")]
    again = walk(aws.settings.data)
    assert things() == before
    assert (again.job.name, again.version) == (walked.job.name, walked.version)
    np.testing.assert_array_equal(again.vectors, walked.vectors)
    assert [r.image_id for r in personalized_search(aws.search_engine(), text="cat", user_id="neon-punk-user")] == answers

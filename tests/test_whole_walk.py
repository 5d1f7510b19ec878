"""The walk without notebooks: every helper once, in order, on the shipped data; then what must be true of it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from refresh_outputs import HERO, hero
from soak.steps import walk

from helpers.catalog import load_personas, query_subjects
from helpers.ranking_client import RankingError, record_event
from helpers.search import personalized_search
from helpers.walk import mean_of, measure_query

K = 400
README = Path(__file__).resolve().parents[1] / "README.md"


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    return walk(tmp_path_factory.mktemp("walk"), K)


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


def test_the_readme_s_table_says_what_the_walk_measures(measured):
    cat, mean = measured["cat"], mean_of([*measured.values()])
    first, whole = cat["generic"], mean["generic"]
    lines = [f"| everybody (no user) | {first['subject']} | {first['photographic']} photographic "
             f"| {whole['subject']:.1f} | {whole['photographic']:.1f} photographic |"]  # fmt: skip
    for user in (persona.user_id for persona in load_personas()):
        lines.append(f"| `{user}` | {cat[user]['subject']} | {cat[user]['style_share']:.0%} "
                     f"| {mean[user]['subject']:.1f} | {mean[user]['style_share']:.0%} |")  # fmt: skip
    assert "\n".join(lines).replace("%", " %") in README.read_text(encoding="utf-8")


def test_the_readme_s_picture_is_what_the_walk_finds(walked):
    with Image.open(HERO) as stored:
        # Shrunk, JPEG's loss is below 5, and one exchanged tile above 100.
        seen, found = (np.asarray(image.convert("RGB").reduce(12), dtype=int) for image in (stored, hero(walked.aws)))
    assert seen.shape == found.shape and float(np.abs(seen - found).max()) < 20


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
    again = walk(aws.settings.data, K)
    assert things() == before
    assert (again.job.name, again.version) == (walked.job.name, walked.version)
    np.testing.assert_array_equal(again.vectors, walked.vectors)
    assert [r.image_id for r in personalized_search(aws.search_engine(), text="cat", user_id="neon-punk-user")] == answers


def test_the_instructors_cell_fails_and_is_mended_as_their_page_says(walked, capsys):
    aws = walked.aws
    walked.catalog["cluster"].to_csv(aws.home / "clusters.csv")
    aws.state["clusters"], aws.state["tracking_id"] = "clusters.csv", walked.tracking_id
    page = (README.parent / "notebooks" / "for_instructors.md").read_text(encoding="utf-8").partition("## A cell that fails")[2]
    blocks = re.findall(r"^```(python)?\n(.*?)^```$", page, re.M | re.S)
    [cell, gap, mending] = [text for language, text in blocks if language]
    [error, nothing_moved, mended] = [text for language, text in blocks if not language]
    with pytest.raises(RankingError) as failed:
        exec(cell, {"aws": aws})
    assert f"RankingError: {failed.value}" == error.strip()
    for change, printed in [(gap, nothing_moved), (mending, mended)]:
        exec(cell.replace("visitor = ", f"{change}visitor = "), {"aws": aws})
        assert capsys.readouterr().out == printed

"""Recipes, solutions, solution versions and metrics, through the genuine client."""

import pytest

RECIPE = "arn:aws:personalize:::recipe/aws-personalized-ranking-v2"
METRICS = {
    "coverage",
    "mean_reciprocal_rank_at_25",
    *(f"normalized_discounted_cumulative_gain_at_{k}" for k in (5, 10, 25)),
    *(f"precision_at_{k}" for k in (5, 10, 25)),
}


def test_both_ranking_recipes_are_described(account):
    arns = [recipe["recipeArn"] for recipe in account.personalize.list_recipes()["recipes"]]
    assert arns == [RECIPE, RECIPE.removesuffix("-v2")]
    for arn in arns:
        recipe = account.personalize.describe_recipe(recipeArn=arn)["recipe"]
        assert recipe["recipeType"] == "PERSONALIZED_RANKING" and recipe["status"] == "ACTIVE"


def test_an_unknown_recipe_is_not_found(account):
    group = account.group()
    for arn in ("arn:aws:personalize:::recipe/aws-ranking", "arn:aws:personalize:::recipe/aws-sims"):
        with pytest.raises(
            account.personalize.exceptions.ResourceNotFoundException, match="aws-personalized-ranking-v2"
        ):
            account.personalize.create_solution(name="s", datasetGroupArn=group, recipeArn=arn)
    with pytest.raises(account.personalize.exceptions.InvalidInputException, match="recipeArn is required"):
        account.personalize.create_solution(name="s", datasetGroupArn=group)


def test_automatic_training_is_on_unless_switched_off(account):
    group = account.group()
    account.personalize.create_solution(name="auto", datasetGroupArn=group, recipeArn=RECIPE)
    arns = {item["name"]: item["solutionArn"] for item in account.personalize.list_solutions()["solutions"]}
    auto = account.describe("solution", arns["auto"])
    assert auto["performAutoTraining"] is True
    assert auto["solutionConfig"]["autoTrainingConfig"]["schedulingExpression"] == "rate(7 days)"
    manual = account.describe("solution", account.solution(group, "manual"))
    assert manual["performAutoTraining"] is False and "autoTrainingConfig" not in manual["solutionConfig"]


@pytest.mark.parametrize("expression", ["rate(0 days)", "rate(31 days)", "weekly"])
def test_a_schedule_outside_1_to_30_days_is_refused(account, expression):
    config = {"autoTrainingConfig": {"schedulingExpression": expression}}
    with pytest.raises(account.personalize.exceptions.InvalidInputException):
        account.personalize.create_solution(
            name="s", datasetGroupArn=account.group(), recipeArn=RECIPE, solutionConfig=config
        )


def test_training_needs_an_interactions_dataset(account):
    solution = account.solution(account.group())
    with pytest.raises(account.personalize.exceptions.InvalidInputException, match="Interactions dataset"):
        account.personalize.create_solution_version(solutionArn=solution)


@pytest.mark.parametrize(
    ("n_users", "n_each", "reason"),
    [
        (24, 60, "fewer than 25 users with at least 2 interactions each"),
        (30, 33, "fewer than 1000 interactions"),
    ],
)
def test_too_little_data_imports_but_does_not_train(account, click_log, n_users, n_each, reason):
    group = account.group()
    assert account.run_import(account.dataset(group), click_log(n_users, n_each))["status"] == "ACTIVE"
    solution = account.solution(group)
    version = account.describe("solution_version", account.version(solution))
    assert version["status"] == "CREATE FAILED" and reason in version["failureReason"]
    assert reason in account.describe("solution", solution)["latestSolutionVersion"]["failureReason"]


def test_the_minimums_count_after_the_event_type_filter(account, click_log):
    group = account.group()
    account.run_import(account.dataset(group), click_log(60, 30))
    version = account.describe(
        "solution_version", account.version(account.solution(group, eventType="download"))
    )
    assert "fewer than 1000 interactions after filtering by event type: download" in version["failureReason"]
    views = account.describe(
        "solution_version", account.version(account.solution(group, "views", eventType="view"))
    )
    assert views["status"] == "ACTIVE" and views["eventType"] == "view"


def test_live_events_count_towards_the_minimums(account, click_log, moment):
    group = account.group()
    account.run_import(account.dataset(group), click_log(30, 33))
    tracking_id, solution = account.tracker(group), account.solution(group)
    assert account.describe("solution_version", account.version(solution))["status"] == "CREATE FAILED"
    event = {"eventType": "view", "itemId": "3", "sentAt": moment}
    for _ in range(2):
        account.events.put_events(trackingId=tracking_id, userId="u1", sessionId="s", eventList=[event] * 5)
    assert account.describe("solution_version", account.version(solution))["status"] == "ACTIVE"


def test_an_event_id_counts_once(account, click_log, moment):
    group = account.group()
    account.run_import(account.dataset(group), click_log(30, 33))
    tracking_id, solution = account.tracker(group), account.solution(group)
    event = {"eventType": "view", "itemId": "3", "sentAt": moment, "eventId": "the same"}
    for _ in range(2):
        account.events.put_events(trackingId=tracking_id, userId="u1", sessionId="s", eventList=[event] * 5)
    assert account.describe("solution_version", account.version(solution))["status"] == "CREATE FAILED"


def test_metrics_have_personalizes_names_and_beat_chance(account):
    _, _, version, _ = account.deployed()
    metrics = account.personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]
    assert set(metrics) == METRICS
    assert all(0 <= value <= 1 and round(value, 4) == value for value in metrics.values())
    # 20 of 40 items are to a user's taste: a ranking without any would put a chosen one first about half as often.
    assert metrics["precision_at_5"] > 1.3 * 3 / 40


def test_metrics_of_an_unfinished_version_are_refused(account, click_log):
    group = account.group()
    account.run_import(account.dataset(group), click_log())
    arn = account.personalize.create_solution_version(solutionArn=account.solution(group))[
        "solutionVersionArn"
    ]
    with pytest.raises(account.personalize.exceptions.ResourceInUseException, match="CREATE PENDING"):
        account.personalize.get_solution_metrics(solutionVersionArn=arn)


def test_versions_are_listed_oldest_first_and_the_newest_is_shown_with_the_solution(account):
    _, solution, first, _ = account.deployed()
    second = account.version(solution)
    listed = account.personalize.list_solution_versions(solutionArn=solution)["solutionVersions"]
    assert [version["solutionVersionArn"] for version in listed] == [first, second]
    assert account.describe("solution", solution)["latestSolutionVersion"]["solutionVersionArn"] == second


def test_a_version_in_training_can_be_stopped_and_blocks_the_solution(account, click_log):
    group = account.group()
    account.run_import(account.dataset(group), click_log())
    solution = account.solution(group)
    arn = account.personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    with pytest.raises(account.personalize.exceptions.ResourceInUseException):
        account.personalize.delete_solution(solutionArn=solution)
    account.personalize.stop_solution_version_creation(solutionVersionArn=arn)
    assert [account.describe("solution_version", arn)["status"] for _ in range(3)] == [
        "CREATE STOPPING",
        *["CREATE STOPPED"] * 2,
    ]
    with pytest.raises(account.personalize.exceptions.InvalidInputException):
        account.personalize.stop_solution_version_creation(solutionVersionArn=arn)
    account.personalize.delete_solution(solutionArn=solution)


def test_a_model_is_a_file_of_plain_arrays_and_trains_the_same_twice(account):
    import numpy as np

    _, solution, _, _ = account.deployed()
    account.version(solution)
    files = sorted((account.cloud.root / "personalize").rglob("*.npz"))
    assert len(files) == 2
    first, second = (np.load(file, allow_pickle=False) for file in files)
    for name in first.files:
        np.testing.assert_array_equal(first[name], second[name])


def test_a_training_that_was_killed_is_done_at_the_next_look(account, click_log, monkeypatch):
    from helpers.local.services import personalize_models

    group = account.group()
    account.run_import(account.dataset(group), click_log())
    solution = account.solution(group)
    arn = account.personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    with monkeypatch.context() as patch:
        patch.setattr(personalize_models, "train_ranker", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            account.settle("solution_version", arn)
    assert account.settle("solution_version", arn)["status"] == "ACTIVE"

"""helpers/ranker.py on the offline cloud: every step, twice, and after every kind of interruption."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from helpers import ranker
from helpers.local.cloud import LocalCloud
from helpers.waiting import WaitError

SCHEMA = (
    Path(ranker.__file__).parents[1].joinpath("seeds", "interactions_schema.json").read_text(encoding="utf-8")
)
NOW = {"poll_seconds": 0}


@pytest.fixture(scope="module")
def shared_cloud(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cloud")
    return LocalCloud(folder, weights=folder)


@pytest.fixture
def cloud(shared_cloud):
    """An empty cloud; it is shared because its clients take longer to make than a test to run."""
    shutil.rmtree(shared_cloud.root / "personalize", ignore_errors=True)
    return shared_cloud


@pytest.fixture(scope="module")
def shared_client(shared_cloud):
    return shared_cloud.session.client("personalize")


@pytest.fixture
def personalize(cloud, shared_client):
    return shared_client


def put_object(cloud, key, lines):
    """The URI of an object put into its folder by hand, which spares every test the making of an S3 client."""
    cloud.root.joinpath("s3", cloud.bucket, key).write_text("\n".join(lines), encoding="utf-8")
    return f"s3://{cloud.bucket}/{key}"


def put_clicks(cloud, key="clicks.csv", header="USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP"):
    rng = np.random.default_rng(0)
    rows = [f"u{user},{rng.integers(20)},view,{moment}" for user in range(40) for moment in range(30)]
    return put_object(cloud, key, [header, *rows])


def make_everything(cloud, personalize, uri):
    group = ranker.create_dataset_group(personalize, "w-group", **NOW)
    dataset = ranker.create_interactions_dataset(personalize, "w-clicks", group, SCHEMA, **NOW)
    job = ranker.import_interactions(
        personalize, "w-import", dataset, uri, cloud.role_arn("workshop-personalize"), **NOW
    )
    tracker = ranker.create_event_tracker(personalize, "w-tracker", group, **NOW)
    solution = ranker.create_solution(personalize, "w-solution", group, **NOW)
    version = ranker.train_solution_version(personalize, solution, job, **NOW)
    campaign = ranker.deploy_campaign(personalize, "w-campaign", version, **NOW)
    return group, dataset, job, tracker, solution, version, campaign


def test_a_second_run_finds_everything_and_prints_the_same(cloud, personalize, capsys):
    uri = put_clicks(cloud)
    first = make_everything(cloud, personalize, uri)
    printed = capsys.readouterr().out
    assert make_everything(cloud, personalize, uri) == first
    assert capsys.readouterr().out == printed
    assert "campaign w-campaign: ACTIVE" in printed.splitlines()
    solution = personalize.describe_solution(solutionArn=first[4])["solution"]
    assert solution["performAutoTraining"] is False and solution["recipeArn"] == ranker.RECIPE
    assert personalize.describe_campaign(campaignArn=first[-1])["campaign"]["minProvisionedTPS"] == 1
    assert len(ranker.solution_metrics(personalize, first[5])) == 8


@pytest.mark.parametrize("calls_until_the_interruption", range(2, 40, 5))
@pytest.mark.parametrize("when", ["before-parameter-build", "after-call"])
def test_after_an_interruption_anywhere_the_rerun_completes_without_making_a_thing_twice(
    cloud, personalize, when, calls_until_the_interruption
):
    uri, left = put_clicks(cloud), [calls_until_the_interruption]

    def interrupt(**_):
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt

    personalize.meta.events.register(f"{when}.personalize", interrupt, unique_id="interrupt")
    with pytest.raises(KeyboardInterrupt):
        make_everything(cloud, personalize, uri)
    personalize.meta.events.unregister(f"{when}.personalize", unique_id="interrupt")
    made = make_everything(cloud, personalize, uri)
    assert made == make_everything(cloud, personalize, uri)
    for operation in (
        "dataset_groups",
        "schemas",
        "datasets",
        "dataset_import_jobs",
        "event_trackers",
        "solutions",
        "solution_versions",
        "campaigns",
    ):
        answer = getattr(personalize, f"list_{operation}")()
        assert [len(items) for name, items in answer.items() if name != "ResponseMetadata"] == [1], operation


def test_a_failed_import_tells_why_and_a_corrected_file_goes_through_as_another_job(cloud, personalize):
    group = ranker.create_dataset_group(personalize, "w-group", **NOW)
    dataset = ranker.create_interactions_dataset(personalize, "w-clicks", group, SCHEMA, **NOW)
    role = cloud.role_arn("workshop-personalize")

    def bring(header):
        uri = put_clicks(cloud, header=header)
        return ranker.import_interactions(personalize, "w-import", dataset, uri, role, **NOW)

    with pytest.raises(WaitError, match=r"missing the following columns: \[ITEM_ID\].*run this cell again"):
        bring("USER_ID,ITEM,EVENT_TYPE,TIMESTAMP")
    assert bring("USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP").endswith("-2")


def test_another_file_is_imported_and_the_same_one_is_not_imported_again(cloud, personalize):
    group = ranker.create_dataset_group(personalize, "w-group", **NOW)
    dataset = ranker.create_interactions_dataset(personalize, "w-clicks", group, SCHEMA, **NOW)
    role = cloud.role_arn("workshop-personalize")
    jobs = [
        ranker.import_interactions(personalize, "w-import", dataset, put_clicks(cloud, key), role, **NOW)
        for key in ("a.csv", "a.csv", "b.csv", "a.csv")
    ]
    assert [job.rpartition("-")[2] for job in jobs] == ["1", "1", "2", "3"]


def test_too_little_data_fails_with_personalizes_words_and_trains_once_there_is_enough(cloud, personalize):
    with pytest.raises(WaitError, match=r"fewer than 25 users.*check_minimums"):
        make_everything(cloud, personalize, put_few_users(cloud))
    assert make_everything(cloud, personalize, put_clicks(cloud))


def put_few_users(cloud):
    rows = [f"u{n % 10},{n % 7},view,{n}" for n in range(1200)]
    return put_object(cloud, "few.csv", ["USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP", *rows])


def test_another_import_is_learned_by_another_version_and_served_by_updating_the_campaign(cloud, personalize):
    _, dataset, job, _, solution, first, campaign = make_everything(cloud, personalize, put_clicks(cloud, "a.csv"))
    assert ranker.train_solution_version(personalize, solution, job, **NOW) == first
    role = cloud.role_arn("workshop-personalize")
    job = ranker.import_interactions(personalize, "w-import", dataset, put_clicks(cloud, "b.csv"), role, **NOW)
    second = ranker.train_solution_version(personalize, solution, job, **NOW)
    assert second != first
    assert ranker.train_solution_version(personalize, solution, job, **NOW) == second
    for _ in range(2):
        assert ranker.deploy_campaign(personalize, "w-campaign", second, **NOW) == campaign
        assert personalize.describe_campaign(campaignArn=campaign)["campaign"]["solutionVersionArn"] == second


def test_a_schema_with_other_columns_is_not_taken_for_ours(personalize):
    group = ranker.create_dataset_group(personalize, "w-group", **NOW)
    personalize.create_schema(name="w-clicks", schema=SCHEMA.replace("EVENT_TYPE", "EVENT_VALUE"))
    with pytest.raises(ValueError, match=r"other columns.*another prefix"):
        ranker.create_interactions_dataset(personalize, "w-clicks", group, SCHEMA, **NOW)


def test_what_is_being_deleted_is_waited_for_and_made_anew(personalize, capsys):
    group = ranker.create_dataset_group(personalize, "w-group", **NOW)
    personalize.delete_dataset_group(datasetGroupArn=group)
    assert ranker.create_dataset_group(personalize, "w-group", **NOW) == group
    assert "dataset group w-group: ACTIVE" in capsys.readouterr().out

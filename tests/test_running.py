"""What runs is told with its age and its cost, in three lines at most, and nobody is kept from working."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import EndpointConnectionError

from helpers.costs import estimate, idle_amounts
from helpers.local.cloud import LocalCloud
from helpers.local.errors import ServiceError
from helpers.local.services.sagemaker.jobs import JOBS
from helpers.running import Running, running, running_lines, told

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def cloud(tmp_path):
    """An account in which everything of ours runs, and a campaign and a job of neighbours, too."""
    cloud = LocalCloud(tmp_path, weights=tmp_path)
    cloud.stack()
    for name, status in (("workshop-campaign", "ACTIVE"), ("workshop-bob-campaign", "ACTIVE")):
        record = {
            "name": name, "campaignArn": f"arn:aws:personalize:us-east-1:000000000000:campaign/{name}", "status": status,
            "creationDateTime": NOW - timedelta(hours=3), "lastUpdatedDateTime": NOW, "offline": {"key": name},
        }  # fmt: skip
        cloud._store.write("personalize/campaigns", name, record)
    for name in ("workshop-kmeans-50-aa-1", "workshop-kmeans-99-bb-1", "workshop-bob-kmeans-9-c-1"):
        cloud._store.write(JOBS, name, {
            "TrainingJobName": name, "TrainingJobArn": f"arn:aws:sagemaker:us-east-1:000000000000:training-job/{name}",
            "TrainingJobStatus": "InProgress", "SecondaryStatus": "Training", "CreationTime": NOW - timedelta(minutes=30),
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1}, "offline": {},
        })  # fmt: skip
    return cloud


def test_the_dearest_comes_first_and_neighbours_do_not_count(cloud):
    assert [thing.what for thing in running(cloud.session.client, "workshop")] == [
        "campaign workshop-campaign", "training job", "training job", "OpenSearch domain workshop-search"]  # fmt: skip


def test_three_lines_tell_age_and_cost(cloud):
    stack = cloud._stacks.describe_stacks(StackName="workshop")["Stacks"][0]
    lines = running_lines(cloud.session.client, "workshop", now=NOW)
    assert lines[0] == "running: campaign workshop-campaign, 3 h 0 min, about $1.62 so far ($0.54 an hour, used or not)"
    assert lines[1].startswith("running: OpenSearch domain workshop-search, ") and "$0.04 an hour" in lines[1]
    assert lines[2] == f"running: 2 × training job, 30 min, about ${estimate(idle_amounts('training_job')):.2f} so far"
    assert len(lines) == 3 and stack["StackStatus"] == "CREATE_COMPLETE"


def test_nothing_is_said_in_one_line(tmp_path):
    cloud = LocalCloud(tmp_path, weights=tmp_path)
    assert running_lines(cloud.session.client, "workshop") == ["running: nothing of ours that bills by the hour"]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (ServiceError("AccessDeniedException", "not you", 403), "AccessDeniedException"),
        (ServiceError("ExpiredTokenException", "old", 400), "expired"),
        (EndpointConnectionError(endpoint_url="https://x"), "no network"),
    ],
)
def test_a_look_that_is_refused_is_one_line(tmp_path, fault, words):
    from helpers.credentials import ask_to_sign_in

    cloud = LocalCloud(tmp_path, weights=tmp_path, faults=lambda service, operation: fault)
    ask_to_sign_in(cloud.session)
    [line] = running_lines(cloud.session.client, "workshop")
    assert line.startswith("running: could not look (") and words in line


def test_ages_are_said_in_the_largest_units():
    def age(**since):
        return told(Running("it", NOW - timedelta(**since), 1.0), NOW).split(", ")[1]

    assert [age(minutes=5), age(minutes=65)] == ["5 min", "1 h 5 min"]
    assert [age(hours=49), age(days=1, hours=3)] == ["2 days 1 h", "1 day 3 h"]
    assert age(minutes=-5) == "0 min"  # the clock of AWS may be ahead


def test_what_bills_only_in_use_has_no_sum():
    assert told(Running("OpenSearch serverless-nextgen", NOW, 0), NOW).endswith("(bills only while it is used)")

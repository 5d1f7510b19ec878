"""Personalize's steps, started in one cell and waited for in another; sign-ins and networks fail in between."""

from __future__ import annotations

import pytest
from botocore.exceptions import EndpointConnectionError
from test_ranker import SCHEMA, put_clicks

from helpers import ranker
from helpers.credentials import ask_to_sign_in
from helpers.local.cloud import LocalCloud
from helpers.local.errors import ServiceError
from helpers.outages import SignInAgain
from helpers.waiting import WaitFailed

NOW = {"poll_seconds": 0}
START = {"poll_seconds": 0, "wait": False}


class Cloud(LocalCloud):
    """A cloud whose calls fail with `fault(operation)`; `asked` are the operations so far."""

    def __init__(self, folder):
        self.asked, self.fault = [], lambda operation: None
        super().__init__(folder, weights=folder, faults=self._faults)
        ask_to_sign_in(self.session)

    def _faults(self, service, operation):
        self.asked.append(operation)
        return self.fault(operation)


@pytest.fixture
def cloud(tmp_path):
    return Cloud(tmp_path)


@pytest.fixture
def personalize(cloud):
    return cloud.session.client("personalize")


def everything(cloud, personalize, uri, *, start):
    """The campaign of a walk like notebook 05's; with `start` each step is begun in one call and waited for in the next."""

    def step(function, *arguments):
        if start:
            begun = function(personalize, *arguments, **START)
            assert function(personalize, *arguments, **START) == begun
        made = function(personalize, *arguments, **NOW)
        assert not start or made == begun
        return made

    group = step(ranker.create_dataset_group, "w-group")
    dataset = step(ranker.create_interactions_dataset, "w-clicks", group, SCHEMA)
    job = step(ranker.import_interactions, "w-import", dataset, uri, cloud.role_arn("workshop-personalize"))
    step(ranker.create_event_tracker, "w-tracker", group)
    solution = step(ranker.create_solution, "w-solution", group)
    version = step(ranker.train_solution_version, solution, job)
    return step(ranker.deploy_campaign, "w-campaign", version), solution, version, job


def counts(personalize):
    kinds = ("dataset_groups", "dataset_import_jobs", "event_trackers", "solutions", "solution_versions", "campaigns")
    answers = [getattr(personalize, f"list_{kind}")() for kind in kinds]
    return [len(items) for answer in answers for name, items in answer.items() if name != "ResponseMetadata"]


def test_starting_returns_at_once_and_says_the_same_when_all_is_done(cloud, personalize, capsys):
    uri = put_clicks(cloud)
    first = everything(cloud, personalize, uri, start=True)
    printed = capsys.readouterr().out
    assert everything(cloud, personalize, uri, start=True) == first == everything(cloud, personalize, uri, start=False)
    assert capsys.readouterr().out.startswith(printed)
    assert counts(personalize) == [1] * 6
    training = [line for line in printed.splitlines() if line.startswith("solution version w-solution")]
    assert training[0].startswith("solution version w-solution: started, or found. On AWS it usually takes 15–50 minutes. Mean")
    assert training == [training[0], training[0], "solution version w-solution: ACTIVE"]


def test_a_start_asks_for_no_status_until_ready(cloud, personalize):
    everything(cloud, personalize, put_clicks(cloud), start=False)
    personalize.delete_campaign(campaignArn=personalize.list_campaigns()["campaigns"][0]["campaignArn"])
    version = personalize.list_solution_versions()["solutionVersions"][0]["solutionVersionArn"]
    arn = ranker.deploy_campaign(personalize, "w-campaign", version, **START)  # the old one is gone first
    assert personalize.list_campaigns()["campaigns"][0]["status"] == "CREATE PENDING"
    assert ranker.deploy_campaign(personalize, "w-campaign", version, **NOW) == arn


@pytest.mark.parametrize("calls", range(4, 60, 8))
def test_an_expired_sign_in_anywhere_stops_with_one_line_and_a_rerun_goes_on(cloud, personalize, calls):
    uri = put_clicks(cloud)
    last = len(cloud.asked) + calls

    def expired(operation):
        return ServiceError("ExpiredTokenException", "The security token included in the request is expired", 403)

    cloud.fault = lambda operation: expired(operation) if len(cloud.asked) >= last else None
    for _ in range(2):
        with pytest.raises(SignInAgain, match="run this cell again"):
            everything(cloud, personalize, uri, start=True)
    cloud.fault = lambda operation: None
    everything(cloud, personalize, uri, start=True)
    assert counts(personalize) == [1] * 6


def test_three_drops_of_the_network_while_waiting_end_nothing(cloud, personalize):
    dropped = []

    def drops(operation):
        if operation == "describe_dataset_import_job" and len(dropped) < 9:
            dropped.append(operation)
            return EndpointConnectionError(endpoint_url="https://personalize")
        return None

    cloud.fault = drops
    assert everything(cloud, personalize, put_clicks(cloud), start=False)
    assert len(dropped) == 9


def test_a_campaign_that_is_still_being_made_with_another_version_ends_with_the_right_one(cloud, personalize):
    _, solution, old, _ = everything(cloud, personalize, put_clicks(cloud), start=False)
    personalize.create_campaign(name="late", solutionVersionArn=old, minProvisionedTPS=1)
    new = personalize.create_solution_version(solutionArn=solution, trainingMode="FULL", name="w-new")["solutionVersionArn"]
    ranker.Resources(personalize, ranker._VERSION, 0).ready(new, "w-new", wait=True)
    arn = ranker.deploy_campaign(personalize, "late", new, **START)
    assert ranker.deploy_campaign(personalize, "late", new, **NOW) == arn
    assert personalize.describe_campaign(campaignArn=arn)["campaign"]["solutionVersionArn"] == new
    assert cloud.asked.count("update_campaign") == 1


def test_a_campaign_that_failed_is_said_to_have_failed_by_the_wait(cloud, personalize, monkeypatch):
    campaign, _, version, _ = everything(cloud, personalize, put_clicks(cloud), start=False)
    monkeypatch.setattr(
        ranker.Resources, "describe",
        lambda self, arn: lambda: {"status": "CREATE FAILED", "failureReason": "No capacity", "solutionVersionArn": version},
    )  # fmt: skip
    assert ranker.deploy_campaign(personalize, "w-campaign", version, **START) == campaign
    with pytest.raises(WaitFailed, match=r"CREATE FAILED\. No capacity\. Delete it with notebook 99"):
        ranker.deploy_campaign(personalize, "w-campaign", version, **NOW)
    assert "update_campaign" not in cloud.asked

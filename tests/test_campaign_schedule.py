"""A deletion that is asked for is AWS's to do: the right call, of the right campaign, once, under a role that may do no more."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.session import get_session

from helpers.campaign_schedule import TARGET, delete_campaign_after, keep_campaign
from helpers.cleanup import delete_everything, inventory
from helpers.local.errors import ServiceError
from helpers.settings import SettingsError, read_settings
from helpers.state import NotReady
from helpers.workshop import connect

NOW = datetime(2027, 2, 28, 22, 30, 15, 999, tzinfo=UTC)
CAMPAIGN = "arn:aws:personalize:us-east-1:000000000000:campaign/workshop-campaign"
NAME = "workshop-delete-campaign"


@pytest.fixture
def aws(tmp_path):
    aws = connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(tmp_path)}))
    aws.state["campaign_arn"] = CAMPAIGN
    return aws


def scheduled(aws):
    return aws.client("scheduler").get_schedule(Name=NAME)


def test_by_default_nothing_is_asked_for(aws, capsys):
    delete_campaign_after(aws)
    assert capsys.readouterr().out == "campaign workshop-campaign: no deletion is asked for; it bills until notebook 99\n"
    with pytest.raises(ClientError, match="ResourceNotFound"):
        scheduled(aws)


def test_the_call_is_one_that_personalize_has_and_it_is_made_once(aws, capsys):
    delete_campaign_after(aws, hours=1.5, now=NOW)
    schedule = scheduled(aws)
    assert (schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"]) == ("at(2027-03-01T00:00:15)", "UTC")
    assert (schedule["ActionAfterCompletion"], schedule["FlexibleTimeWindow"]) == ("DELETE", {"Mode": "OFF"})
    service, action = TARGET.rpartition("aws-sdk:")[2].split(":")
    model = get_session().get_service_model(service)
    [operation] = [name for name in model.operation_names if xform_name(name) == xform_name(action)]
    members = {name[0].upper() + name[1:] for name in model.operation_model(operation).input_shape.members}
    assert schedule["Target"]["Arn"] == TARGET and json.loads(schedule["Target"]["Input"]) == {"CampaignArn": CAMPAIGN}
    assert members == {"CampaignArn"}
    assert "in 1.5 hours, at 2027-03-01 00:00 UTC; keep_campaign(aws) calls that off" in capsys.readouterr().out


def test_a_second_call_moves_the_moment_and_keeping_calls_it_off(aws):
    delete_campaign_after(aws, hours=1, now=NOW)
    delete_campaign_after(aws, hours=2, now=NOW)
    assert scheduled(aws)["ScheduleExpression"] == "at(2027-03-01T00:30:15)"
    for _ in range(2):
        keep_campaign(aws)
    with pytest.raises(ClientError, match="ResourceNotFound"):
        scheduled(aws)


def test_clean_up_takes_it_along(aws, monkeypatch):
    delete_campaign_after(aws, hours=1, now=NOW)
    assert [(thing.kind, thing.name) for thing in inventory(aws)] == [("schedule", NAME), ("stack", "workshop")]
    assert delete_everything(aws) == [] and [thing.kind for thing in inventory(aws)] == ["stack"]
    with pytest.raises(ClientError, match="ResourceNotFound"):
        scheduled(aws)
    refused = ServiceError("AccessDeniedException", "not you", 403)
    monkeypatch.setattr(aws.session, "_faults", lambda service, operation: refused if service == "scheduler" else None)
    assert [thing.kind for thing in inventory(aws)] == ["stack"]  # who may not look has not scheduled anything


def test_its_role_may_delete_a_campaign_of_this_prefix_and_nothing_else(aws):
    iam, role = aws.client("iam"), aws.scheduler_role_arn

    def may(action, resource):
        answer = iam.simulate_principal_policy(PolicySourceArn=role, ActionNames=[action], ResourceArns=[resource])
        return answer["EvaluationResults"][0]["EvalDecision"] == "allowed"

    assert may("personalize:DeleteCampaign", CAMPAIGN)
    assert not may("personalize:DeleteCampaign", CAMPAIGN.replace("workshop-", "seat-07-"))
    assert not may("personalize:DeleteSolution", CAMPAIGN) and not may("s3:GetObject", f"arn:aws:s3:::{aws.bucket}/x")


@pytest.mark.parametrize("hours", [0, -1, 24 * 366])
def test_hours_out_of_range_are_refused(aws, hours):
    with pytest.raises(ValueError, match=f"hours is {hours}"):
        delete_campaign_after(aws, hours=hours)


def test_what_is_missing_is_named(aws, monkeypatch, tmp_path):
    with pytest.raises(NotReady, match="notebook 05"):
        delete_campaign_after(connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(tmp_path / "new")})))
    outputs = {name: value for name, value in aws._found.items() if name != "SchedulerRoleArn"}
    monkeypatch.setitem(aws.__dict__, "_found", outputs)
    with pytest.raises(SettingsError, match="notebook 00 again"):
        delete_campaign_after(aws, hours=1)


def test_another_error_of_aws_is_not_hidden(aws, monkeypatch):
    role = aws.scheduler_role_arn
    monkeypatch.setitem(aws.__dict__, "_found", {**aws._found, "SchedulerRoleArn": f"{role}-gone"})
    with pytest.raises(ClientError, match="ValidationException"):
        delete_campaign_after(aws, hours=1)


def test_offline_no_other_call_is_promised(aws):
    asked = {"Name": NAME, "ScheduleExpression": "at(2030-01-01T00:00:00)", "FlexibleTimeWindow": {"Mode": "OFF"}}
    target = {"Arn": TARGET.replace("deleteCampaign", "deleteSolution"), "RoleArn": aws.scheduler_role_arn, "Input": "{}"}
    with pytest.raises(NotImplementedError, match="deleteCampaign"):
        aws.client("scheduler").create_schedule(**asked, Target=target)

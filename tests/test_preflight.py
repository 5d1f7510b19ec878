"""The pre-flight finds what would stop a walk, says what to do, makes nothing, and is never stopped itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from botocore.exceptions import EndpointConnectionError
from stack_template import actions_of, statements

from helpers import ranker
from helpers.local.cloud import LocalCloud
from helpers.local.errors import ServiceError
from helpers.local.services.bedrock import TITAN_REGIONS as OFFERED
from helpers.local.services.iam import POLICIES, USERS
from helpers.preflight import check_account, preflight
from helpers.preflight_account import TITAN_REGIONS
from helpers.preflight_rights import needed_by_notebooks
from helpers.preflight_rows import LOOK, OK, STOP
from helpers.settings import REPOSITORY, read_settings
from helpers.workshop import connect

WEIGHTS = REPOSITORY / "seeds" / "titan_offline"


@pytest.fixture
def account(tmp_path, monkeypatch):
    """An account to which one connects as on AWS; faults are put into `fault`, by service and operation."""

    class Account:
        def __init__(self):
            self.fault = {}
            self.made = {}

        def connect(self, *, quotas=None, **environment):
            region = environment.get("WORKSHOP_REGION", "us-east-1")
            self.cloud = LocalCloud(
                tmp_path / f"account-{region}", weights=WEIGHTS, region=region, training_quotas=quotas,
                faults=lambda *call: self.fault.get(call) or self.fault.get("everything"),
            )  # fmt: skip
            monkeypatch.setattr("helpers.workshop.following_session", lambda region: self.cloud.session)
            chosen = {"WORKSHOP_DATA": str(tmp_path), "WORKSHOP_MODE": "aws", "WORKSHOP_REGION": region, **environment}
            return connect(announce=False, settings=read_settings(chosen))

    return Account()


def rows_of(aws, **options):
    return {row.looked_at: row for row in check_account(aws, **options)}


def verdicts(aws, **options):
    return {name: row.verdict for name, row in rows_of(aws, **options).items() if row.verdict != OK}


def test_on_a_good_account_every_row_is_ok_and_nothing_is_made(account):
    aws = account.connect()
    table = preflight(aws)
    assert [row[2] for row in table.rows] == [OK] * 10 and table.below == ("Ready for take-off.",)
    cloud = account.cloud
    assert aws.client("s3").list_buckets()["Buckets"] == [] and not cloud.has_stack("workshop")
    assert aws.client("personalize").list_dataset_groups()["datasetGroups"] == [] and list(aws.state) == []


def test_offline_the_same_rows_say_the_same(account, tmp_path):
    on_aws = preflight(account.connect())
    offline = preflight(connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(tmp_path)})))
    assert repr(offline) == repr(on_aws)


def test_without_a_sign_in_one_row_says_so(account):
    aws = account.connect()
    account.fault["everything"] = ServiceError("InvalidClientTokenId", "who are you?", 403)
    table = preflight(aws)
    assert len(table.rows) == 1 and table.rows[0][2] == STOP and "aws sso login" in table.rows[0][3]
    account.fault["everything"] = EndpointConnectionError(endpoint_url="https://x")
    assert "no network" in preflight(aws).rows[0][1]


def test_a_look_up_that_is_refused_is_a_row_and_no_exception(account):
    """Every call but the first: each row that needed it says look, and what to do."""
    aws, refused = account.connect(), ServiceError("AccessDeniedException", "not you", 403)
    for service, operation in (
        ("bedrock", "get_foundation_model"), ("service-quotas", "get_service_quota"), ("service-quotas", "list_service_quotas"),
        ("personalize", "list_dataset_groups"), ("personalize", "list_campaigns"), ("iam", "simulate_principal_policy"),
    ):  # fmt: skip
        account.fault[service, operation] = refused
    rows = rows_of(aws)
    looked = {name for name, row in rows.items() if row.verdict == LOOK}
    assert looked == {
        "life cycle of the model", "quota: Titan requests a minute", "quota: ml.m5.large for training",
        "quota: Personalize dataset groups",
        "right to what the notebooks call", "right to launch the stack", "left-overs under 'workshop'",
    }  # fmt: skip
    assert all(rows[name].what_to_do for name in looked) and STOP not in {row.verdict for row in rows.values()}


def test_a_region_without_the_model_stops(account):
    rows = rows_of(account.connect(WORKSHOP_REGION="us-east-2"))
    assert rows["us-east-2 offers the model"].verdict == rows["one picture embedded"].verdict == STOP
    assert "us-west-2" in rows["us-east-2 offers the model"].what_to_do
    assert TITAN_REGIONS == OFFERED


@pytest.mark.parametrize(
    ("code", "words"), [("AccessDeniedException", "bedrock:InvokeModel"), ("ThrottlingException", "quota")]
)
def test_a_model_that_refuses_a_picture_stops(account, code, words):
    aws = account.connect()
    account.fault["bedrock-runtime", "invoke_model"] = ServiceError(code, "no", 400)
    row = rows_of(aws)["one picture embedded"]
    assert row.verdict == STOP and words in row.what_to_do


def test_a_quota_of_0_stops_and_one_that_many_share_is_told(account):
    assert rows_of(account.connect(quotas={"ml.m5.large": 0}))["quota: ml.m5.large for training"].verdict == STOP
    aws = account.connect(quotas={"ml.m5.large": 2})
    assert verdicts(aws) == {}
    assert verdicts(aws, attendees=3)["quota: ml.m5.large for training"] == LOOK
    assert verdicts(account.connect(quotas={}))["quota: ml.m5.large for training"] == LOOK  # AWS lists none


def test_titan_s_quota_is_read_where_aws_tells_it(account, monkeypatch):
    aws = account.connect()

    def row(most, **options):
        told = {"Quota": {"QuotaName": "On-demand model inference requests per minute for Amazon Titan", "Value": most}}
        monkeypatch.setattr(aws.client("service-quotas"), "get_service_quota", lambda **asked: told)
        return rows_of(aws, **options)["quota: Titan requests a minute"]

    assert row(2000.0).found == "2,000: the pictures take 2 minutes or more" and row(2000.0).verdict == OK
    assert row(0.0).verdict == STOP and "L-DF0E34D4" in row(0.0).what_to_do
    assert row(2000.0, attendees=50).verdict == LOOK


def test_a_room_must_fit_into_the_dataset_groups(account):
    aws, what = account.connect(), "quota: Personalize dataset groups"
    assert what not in verdicts(aws, attendees=5)
    assert "WORKSHOP_SHARED" in rows_of(aws, attendees=6)[what].what_to_do and verdicts(aws, attendees=6)[what] == STOP
    personalize = aws.client("personalize")
    ranker.create_dataset_group(personalize, "theirs", poll_seconds=0)
    ranker.create_dataset_group(personalize, aws.name("group"), poll_seconds=0)  # ours is among those we need
    assert rows_of(aws, attendees=4)[what].verdict == OK and rows_of(aws, attendees=5)[what].verdict == STOP
    with pytest.raises(ValueError, match="at least one"):
        check_account(aws, attendees=0)


def test_left_overs_are_told_unless_these_notebooks_know_of_them(account):
    aws, what = account.connect(), "left-overs under 'workshop'"
    ranker.create_dataset_group(aws.client("personalize"), aws.name("group"), poll_seconds=0)
    row = rows_of(aws)[what]
    assert row.verdict == LOOK and "dataset group workshop-group" in row.found and "WORKSHOP_PREFIX" in row.what_to_do
    aws.state["campaign_arn"] = "known"
    assert rows_of(aws)[what].verdict == OK


def test_rights_asked_for_are_those_of_the_policy(account):
    aws = account.connect()
    asked = [action for needed in needed_by_notebooks(aws) for action in needed.actions]
    assert len(asked) == len(set(asked)) + asked.count("iam:PassRole") - 1  # to each service a role of its own
    granted = {action for logical, one in statements() if logical == "AttendeePolicy" for action in actions_of(one)}
    assert set(asked) == granted - {"aoss:APIAccessAll"}


def test_the_policy_that_the_stack_makes_is_enough_for_the_notebooks_and_not_for_the_stack(account):
    aws = account.connect()
    account.cloud.stack()
    policy = account.cloud._store.read(POLICIES, "workshop-attendee")
    account.cloud._store.write(USERS, "workshop", {"UserName": "workshop", "Policies": [policy]})
    assert verdicts(aws) == {"right to launch the stack": LOOK}


def test_what_the_caller_lacks_is_named(account):
    aws = account.connect()
    account.cloud.stack()
    policy = account.cloud._store.read(POLICIES, "workshop-attendee")
    kept = [statement for statement in policy["PolicyDocument"]["Statement"] if statement["Sid"] not in ("KMeans", "Objects")]
    document = {**policy["PolicyDocument"], "Statement": kept}
    account.cloud._store.write(USERS, "workshop", {"UserName": "workshop", "Policies": [{"PolicyDocument": document}]})
    row = rows_of(aws)["right to what the notebooks call"]
    assert row.verdict == STOP and row.found.startswith("8 of ") and "s3:DeleteObject" in row.found and "4 more" in row.found
    assert "workshop-attendee" in row.what_to_do


def test_what_is_given_needs_no_launch(account):
    role = "arn:aws:iam::000000000000:role/mine"
    given = {"WORKSHOP_BUCKET": "mine", "WORKSHOP_ROLE_ARN": role, "OPENSEARCH_URL": "https://x.es.amazonaws.com"}
    aws = account.connect(**given)
    assert rows_of(aws)["right to launch the stack"].found.startswith("not needed")
    needed = list(needed_by_notebooks(aws))
    assert {each.resource for each in needed if each.service} == {role}
    assert not any(action.startswith("es:") for each in needed for action in each.actions)


def test_a_root_user_may_do_everything(account, monkeypatch):
    aws = account.connect()
    monkeypatch.setattr("helpers.preflight_rights.caller_arn", lambda aws: "arn:aws:iam::000000000000:root")
    account.fault["iam", "simulate_principal_policy"] = ServiceError("InvalidInput", "not for root", 400)
    assert verdicts(aws) == {}


def test_another_model_is_not_measured_by_titan_s_regions(account):
    aws = account.connect()
    other = replace(aws.settings, embedder="nova")
    rows = {row.looked_at: row for row in check_account(replace(aws, settings=other, _clients={}))}
    assert rows["us-east-1 offers the model"].verdict == STOP  # the stand-in has Titan only
    assert "quota: Titan requests a minute" not in rows

"""Launching and deleting the stack: twice, at once, interrupted, and when it can't be."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from botocore.stub import Stubber

from helpers import stack as stack_module
from helpers.local.cloud import LocalCloud
from helpers.local.errors import ServiceError
from helpers.settings import SettingsError, read_settings
from helpers.stack import TEMPLATE, delete_stack, launch_stack, stack_resources
from helpers.stack_status import find_stack
from helpers.waiting import WaitError
from helpers.workshop import Workshop, connect

BUCKET = "workshop-us-east-1-000000000000"


def workshop(folder, **environment) -> Workshop:
    return connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(folder), **environment}))


@pytest.fixture
def aws(tmp_path) -> Workshop:
    return workshop(tmp_path)


@pytest.fixture
def refusing(tmp_path, monkeypatch):
    """A workshop whose account refuses the operations that are put into the set."""
    refused: set[str] = set()

    def faults(service: str, operation: str) -> ServiceError | None:
        return ServiceError("AccessDenied", "not you", 403) if operation in refused else None

    cloud = LocalCloud(tmp_path / "offline" / "cloud", weights=tmp_path, faults=faults)
    monkeypatch.setattr("helpers.workshop.local_cloud", lambda settings: cloud)
    return workshop(tmp_path), refused


def events_of(aws) -> list[str]:
    events = aws.client("cloudformation").describe_stack_events(StackName=aws.prefix)["StackEvents"][::-1]
    return [f"{event['LogicalResourceId']} {event['ResourceStatus']}" for event in events]


def test_it_makes_what_the_notebooks_need_and_says_one_line(aws, capsys):
    launch_stack(aws)
    assert capsys.readouterr().out == "stack workshop: ready\n"
    aws.client("s3").head_bucket(Bucket=aws.bucket)
    table = stack_resources(aws)
    assert set(table["kind"]) == {"S3 bucket", "bucket policy", "IAM role", "IAM policy", "log group", "OpenSearch domain"}
    assert all(table["name"].str.contains("workshop")) and all(table["what for"])
    closed = aws.client("s3").get_public_access_block(Bucket=aws.bucket)["PublicAccessBlockConfiguration"]
    assert len(closed) == 4 and all(closed.values())
    assert '"aws:SecureTransport": "false"' in aws.client("s3").get_bucket_policy(Bucket=aws.bucket)["Policy"]


def test_launching_again_finds_it_and_says_the_same(aws, capsys):
    launch_stack(aws)
    before, first = events_of(aws), capsys.readouterr().out
    launch_stack(aws)
    assert capsys.readouterr().out == first and events_of(aws) == before


def test_an_interrupted_launch_is_finished_by_the_next(aws, monkeypatch):
    looks = []

    def interrupted(*arguments):
        looks.append(arguments)
        if len(looks) == 7:
            raise KeyboardInterrupt
        return find_stack(*arguments)

    monkeypatch.setattr(stack_module, "find_stack", interrupted)
    with pytest.raises(KeyboardInterrupt):
        launch_stack(aws)
    assert find_stack(aws, "workshop")["StackStatus"] == "CREATE_IN_PROGRESS"
    monkeypatch.undo()
    launch_stack(aws)
    assert events_of(aws).count("Bucket CREATE_COMPLETE") == 1


def test_two_launches_at_once_make_one_stack(tmp_path):
    workshops = [workshop(tmp_path) for _ in range(3)]
    with ThreadPoolExecutor() as pool:
        list(pool.map(launch_stack, workshops))
    assert len(workshops[0].client("cloudformation").describe_stacks()["Stacks"]) == 1
    assert len({one.bucket for one in workshops}) == 1


def test_a_name_that_is_taken_is_told_with_a_next_step_and_stays(aws):
    aws.client("s3").create_bucket(Bucket=BUCKET)
    aws.client("s3").put_object(Bucket=BUCKET, Key="workshop/theirs")
    with pytest.raises(WaitError, match=rf"ROLLBACK_COMPLETE\. Bucket: {BUCKET} already exists.*WORKSHOP_PREFIX.*delete_stack"):
        launch_stack(aws)
    with pytest.raises(WaitError, match="already exists"):  # and again: a stack that failed can't be launched over
        launch_stack(aws)
    delete_stack(aws)
    assert aws.client("s3").head_object(Bucket=BUCKET, Key="workshop/theirs")
    aws.client("s3").delete_object(Bucket=BUCKET, Key="workshop/theirs")
    aws.client("s3").delete_bucket(Bucket=BUCKET)
    launch_stack(aws)


def test_a_changed_template_updates_the_stack(aws, tmp_path, monkeypatch):
    launch_stack(aws)
    changed = tmp_path / "changed.yaml"
    changed.write_text(TEMPLATE.read_text().replace("Description: What Personalize may read", "Description: What it may read"))
    monkeypatch.setattr(stack_module, "TEMPLATE", changed)
    launch_stack(aws)
    assert find_stack(aws, "workshop")["StackStatus"] == "UPDATE_COMPLETE"
    assert aws.client("iam").get_role(RoleName="workshop-personalize")["Role"]["Description"] == "What it may read"
    assert "Bucket UPDATE_COMPLETE" not in events_of(aws)


def test_a_template_that_asks_for_nothing_new_is_no_failure(aws, tmp_path, monkeypatch):
    launch_stack(aws)
    changed = tmp_path / "changed.yaml"
    changed.write_text(TEMPLATE.read_text() + "# a remark\n")
    monkeypatch.setattr(stack_module, "TEMPLATE", changed)
    launch_stack(aws)
    assert find_stack(aws, "workshop")["StackStatus"] == "CREATE_COMPLETE"


def test_an_update_that_fails_is_undone_and_told(aws, tmp_path, monkeypatch):
    launch_stack(aws)
    aws.client("s3").create_bucket(Bucket="workshop-more")
    more = "Resources:\n  Zebra: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub '${Prefix}-more'}}\n"
    changed = tmp_path / "changed.yaml"
    changed.write_text(TEMPLATE.read_text().replace("Resources:\n", more, 1).replace("RetentionInDays: 14", "RetentionInDays: 7"))
    monkeypatch.setattr(stack_module, "TEMPLATE", changed)
    with pytest.raises(WaitError, match=r"was undone.*Zebra: workshop-more already exists"):
        launch_stack(aws)
    assert find_stack(aws, "workshop")["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert aws.client("s3").head_bucket(Bucket="workshop-more")
    monkeypatch.undo()
    launch_stack(aws)  # the old template: nothing to do
    assert aws.client("s3").head_bucket(Bucket=aws.bucket)


def test_who_may_not_update_uses_the_stack_as_it_is(refusing, tmp_path, monkeypatch):
    aws, refused = refusing
    launch_stack(aws)
    refused.add("update_stack")
    changed = tmp_path / "changed.yaml"
    changed.write_text(TEMPLATE.read_text().replace("RetentionInDays: 14", "RetentionInDays: 7"))
    monkeypatch.setattr(stack_module, "TEMPLATE", changed)
    launch_stack(aws)
    assert find_stack(aws, "workshop")["StackStatus"] == "CREATE_COMPLETE"


def test_who_may_not_launch_is_told_what_to_ask_for(refusing):
    aws, refused = refusing
    refused.add("create_stack")
    with pytest.raises(SettingsError, match="WORKSHOP_ROLE_ARN"):
        launch_stack(aws)


def test_another_opensearch_than_the_stack_s_is_refused_before_anything_is_deleted(tmp_path):
    launch_stack(workshop(tmp_path))
    with pytest.raises(SettingsError, match="WORKSHOP_OPENSEARCH=domain"):
        launch_stack(workshop(tmp_path, WORKSHOP_OPENSEARCH="serverless-classic"))
    launch_stack(workshop(tmp_path, OPENSEARCH_URL="http://127.0.0.1:9"))


def test_a_given_opensearch_is_not_made_and_its_address_is_not_told(tmp_path):
    aws = workshop(tmp_path, OPENSEARCH_URL="https://reader:secret@example.com")
    launch_stack(aws)
    assert "OpenSearch" not in " ".join(stack_resources(aws)["kind"])
    assert "secret" not in str(find_stack(aws, "workshop"))


@pytest.mark.parametrize("kind", ["serverless-nextgen", "serverless-classic"])
def test_a_collection_lets_in_the_role_of_who_launches(tmp_path, kind):
    """AWS wants the role itself, path and all; whoever asks who they are is told their session."""
    aws = workshop(tmp_path, WORKSHOP_OPENSEARCH=kind)
    role = "arn:aws:iam::000000000000:role/service-role/Studio"
    described = {"Path": "/service-role/", "RoleName": "Studio", "RoleId": "AROA0123456789ABCDEF", "Arn": role, "CreateDate": 0}
    with Stubber(aws.client("sts")) as sts, Stubber(aws.client("iam")) as iam:
        sts.add_response("get_caller_identity", {"Arn": "arn:aws:sts::000000000000:assumed-role/Studio/session"})
        iam.add_response("get_role", {"Role": described}, {"RoleName": "Studio"})
        launch_stack(aws)
    values = {p["ParameterKey"]: p["ParameterValue"] for p in find_stack(aws, "workshop")["Parameters"]}
    assert values == {"Prefix": "workshop", "OpenSearch": kind, "NotebookArns": role}
    kinds = set(stack_resources(aws)["kind"])
    assert "OpenSearchServerless::Collection" in kinds and "OpenSearch domain" not in kinds
    assert ("OpenSearchServerless::CollectionGroup" in kinds) == (kind == "serverless-nextgen")


def test_a_restricted_account_launches_nothing(tmp_path, monkeypatch, capsys):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    given = {"WORKSHOP_BUCKET": "mine", "WORKSHOP_ROLE_ARN": "arn:aws:iam::000000000000:role/mine"}
    aws = workshop(tmp_path, WORKSHOP_MODE="aws", OPENSEARCH_URL="https://search-x.us-east-1.es.amazonaws.com", **given)
    launch_stack(aws)  # asks AWS nothing: no socket is open to it
    delete_stack(aws)
    assert "not needed" in capsys.readouterr().out and next(iter(stack_resources(aws)["name"])) == "mine"


@pytest.mark.filterwarnings("ignore:Tried to parse AWS..S3..BucketPolicy but:UserWarning")
def test_it_is_launched_found_and_deleted_in_an_account_that_others_wrote(tmp_path, monkeypatch, capsys):
    """The same on moto, through real requests: what it lacks is a deletion of the bucket that fails when it is full."""
    from moto import mock_aws

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        url = {"OPENSEARCH_URL": "https://search-x.us-east-1.es.amazonaws.com"}
        aws = replace(workshop(tmp_path, WORKSHOP_MODE="aws", **url), poll_seconds=0)
        launch_stack(aws)
        launch_stack(aws)
        assert aws.bucket == "workshop-us-east-1-123456789012"
        aws.client("s3").put_object(Bucket=aws.bucket, Key="workshop/file")
        delete_stack(aws)
        assert capsys.readouterr().out == "stack workshop: ready\n" * 2 + "stack workshop: DELETED\n"
        assert aws.client("s3").list_buckets()["Buckets"] == []

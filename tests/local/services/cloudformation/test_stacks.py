"""Stacks step by step: order of events, going back, and going on after a process that was killed."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from helpers.local.cloud import TEMPLATE, LocalCloud

TEXT = TEMPLATE.read_text(encoding="utf-8")
NAMED = {"Capabilities": ["CAPABILITY_NAMED_IAM"], "StackName": "s"}
PREFIX = [{"ParameterKey": "Prefix", "ParameterValue": "seat-07"}]


@pytest.fixture
def cloud(tmp_path) -> LocalCloud:
    return LocalCloud(tmp_path, weights=tmp_path)


@pytest.fixture
def client(cloud):
    return cloud.session.client("cloudformation")


def settled(client) -> dict:
    while (stack := client.describe_stacks(StackName="s")["Stacks"][0])["StackStatus"].endswith("IN_PROGRESS"):
        pass
    return stack


def happened(client) -> list[str]:
    events = client.describe_stack_events(StackName="s")["StackEvents"][::-1]
    return [f"{event['LogicalResourceId']} {event['ResourceStatus']}" for event in events]


def test_things_are_made_after_what_they_need_and_removed_before_it(client):
    client.create_stack(**NAMED, TemplateBody=TEXT, Parameters=PREFIX)
    settled(client)
    client.delete_stack(StackName="s")
    stack_id = client.describe_stacks(StackName="s")["Stacks"][0]["StackId"]
    while client.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"] != "DELETE_COMPLETE":
        pass
    events = [f"{event['LogicalResourceId']} {event['ResourceStatus']}"
              for event in client.describe_stack_events(StackName=stack_id)["StackEvents"][::-1]]  # fmt: skip
    made = [event.split()[0] for event in events if event.endswith("CREATE_COMPLETE")]
    gone = [event.split()[0] for event in events if event.endswith("DELETE_COMPLETE")]
    assert made[0] == "Bucket" and made.index("AttendeePolicy") > made.index("BatchRole") and made[-1] == "s"
    assert gone == [*made[:-1][::-1], "s"]


def test_every_look_is_one_step_and_another_process_goes_on(cloud, client):
    client.create_stack(**NAMED, TemplateBody=TEXT, Parameters=PREFIX)
    counts = []
    for _ in range(6):
        other = LocalCloud(cloud.root, weights=cloud.root).session.client("cloudformation")
        other.describe_stacks(StackName="s")
        counts.append(len(happened(client)))
    assert counts == [2, 3, 4, 5, 6, 7]
    assert settled(client)["StackStatus"] == "CREATE_COMPLETE"


def test_a_step_that_was_done_but_not_noted_is_done_again(cloud, client):
    """A process killed right after it made the bucket: the bucket is the stack's, not a name that is taken."""
    client.create_stack(**NAMED, TemplateBody=TEXT, Parameters=PREFIX)
    client.describe_stacks(StackName="s")
    assert happened(client)[-1] == "Bucket CREATE_IN_PROGRESS"
    cloud.session.client("s3").create_bucket(Bucket="seat-07-us-east-1-000000000000")
    assert settled(client)["StackStatus"] == "CREATE_COMPLETE"


def test_what_was_made_before_the_failure_is_removed_and_what_was_there_stays(cloud, client):
    cloud.stack("seat-07")  # its roles have the names that the second stack wants
    bucket = "BucketName: !Sub \"${Prefix}-${AWS::Region}-${AWS::AccountId}\""
    client.create_stack(**NAMED, TemplateBody=TEXT.replace(bucket, "BucketName: another"), Parameters=PREFIX)
    stack = settled(client)
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE" and "Outputs" not in stack
    assert "SageMakerRole CREATE_FAILED" in happened(client) and "Bucket DELETE_COMPLETE" in happened(client)
    assert cloud.session.client("iam").get_role(RoleName="seat-07-sagemaker")
    assert [b["Name"] for b in cloud.session.client("s3").list_buckets()["Buckets"]] == ["seat-07-us-east-1-000000000000"]


def test_a_stack_that_was_undone_can_only_be_deleted(cloud, client):
    cloud.stack("seat-07")
    client.create_stack(**NAMED, TemplateBody=TEXT, Parameters=PREFIX)
    settled(client)
    with pytest.raises(ClientError, match="ROLLBACK_COMPLETE state and can not be updated"):
        client.update_stack(**NAMED, TemplateBody=TEXT, Parameters=PREFIX)
    with pytest.raises(client.exceptions.AlreadyExistsException):
        client.create_stack(**NAMED, TemplateBody=TEXT, Parameters=PREFIX)
    client.delete_stack(StackName="s")
    assert settled(client)["StackStatus"] == "DELETE_COMPLETE"
    with pytest.raises(ClientError, match="does not exist"):
        client.describe_stacks(StackName="s")
    assert cloud.session.client("iam").get_role(RoleName="seat-07-sagemaker")


def test_an_update_adds_changes_and_removes(cloud, client):
    client.create_stack(**NAMED, TemplateBody=TEXT, Parameters=PREFIX)
    settled(client)
    new = "Resources:\n  New: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: new}}\n"
    start, end = TEXT.index("  SearchLogs:"), TEXT.index("  Domain:\n")
    text = (TEXT[:start] + TEXT[end:]).replace("Resources:\n", new, 1).replace("What Personalize may read", "Reads")
    keep = [{"ParameterKey": "Prefix", "UsePreviousValue": True}]
    client.update_stack(**NAMED, TemplateBody=text, Parameters=keep)
    with pytest.raises(ClientError, match="UPDATE_IN_PROGRESS state"):
        client.update_stack(**NAMED, TemplateBody=TEXT, Parameters=keep)
    assert settled(client)["StackStatus"] == "UPDATE_COMPLETE"
    since = happened(client)[happened(client).index("s UPDATE_IN_PROGRESS") :]
    assert since == [
        "s UPDATE_IN_PROGRESS", "New CREATE_IN_PROGRESS", "New CREATE_COMPLETE", "PersonalizeRole UPDATE_IN_PROGRESS",
        "PersonalizeRole UPDATE_COMPLETE", "SearchLogs DELETE_IN_PROGRESS", "SearchLogs DELETE_COMPLETE", "s UPDATE_COMPLETE",
    ]  # fmt: skip
    with pytest.raises(NotImplementedError, match="another name"):
        client.update_stack(**NAMED, TemplateBody=text, Parameters=[{"ParameterKey": "Prefix", "ParameterValue": "seat-08"}])


def test_the_last_domain_takes_its_indices_along(cloud, client):
    for name in ("seat-07", "seat-08"):
        cloud.stack(name)
    cloud.node.handle("PUT", "/pictures", {}, b"")
    for name, left in (("seat-07", True), ("seat-08", False)):
        client.delete_stack(StackName=name)
        client.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 0})
        assert (cloud.node.handle("GET", "/pictures", {}, b"")[0] == 200) == left


def test_tags_of_the_stack_are_on_its_things(cloud, client):
    client.create_stack(**NAMED, TemplateBody=TEXT, Parameters=PREFIX, Tags=[{"Key": "room", "Value": "B"}])
    settled(client)
    tags = [{"Key": "room", "Value": "B"}, {"Key": "workshop", "Value": "seat-07"}]
    assert cloud.session.client("s3").get_bucket_tagging(Bucket="seat-07-us-east-1-000000000000")["TagSet"] == tags
    assert cloud.session.client("iam").get_role(RoleName="seat-07-batch")["Role"]["Tags"] == tags

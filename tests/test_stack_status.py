"""What CloudFormation says of the stack: the reason is what failed first, since the stack was last changed."""

from __future__ import annotations

import pytest
from botocore.stub import Stubber

from helpers.settings import read_settings
from helpers.stack import TEMPLATE, launch_stack
from helpers.stack_status import find_stack, first_failure, resources_of, told
from helpers.workshop import connect

STACK = {"StackId": "arn:x", "StackName": "workshop"}


@pytest.fixture
def aws(tmp_path):
    return connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(tmp_path)}))


def test_what_failed_because_another_thing_failed_is_not_the_reason(aws):
    """CloudFormation cancels what is still being made when one thing fails."""
    def event(logical, status, reason=""):
        named = {"StackId": "arn:x", "EventId": logical + status, "StackName": "workshop", "LogicalResourceId": logical}
        return named | {"Timestamp": 0, "ResourceStatus": status} | ({"ResourceStatusReason": reason} if reason else {})

    events = [
        event("workshop", "ROLLBACK_IN_PROGRESS"), event("Bucket", "CREATE_FAILED", "Resource creation cancelled"),
        event("Domain", "CREATE_FAILED", "quota reached."), event("workshop", "CREATE_IN_PROGRESS", "User Initiated"),
        event("Bucket", "CREATE_FAILED", "of an earlier stack"),
    ]  # fmt: skip
    with Stubber(aws.client("cloudformation")) as stub:
        stub.add_response("describe_stack_events", {"StackEvents": events})
        assert first_failure(aws, STACK) == "Domain: quota reached"


def test_without_a_failed_event_the_stack_s_own_reason_is_given(aws):
    with Stubber(aws.client("cloudformation")) as stub:
        stub.add_response("describe_stack_events", {"StackEvents": []})
        assert first_failure(aws, STACK | {"StackStatusReason": "timed out"}) == "timed out"


def test_while_it_is_made_the_latest_event_is_told(aws):
    parameters = [{"ParameterKey": "Prefix", "ParameterValue": "workshop"}]
    aws.client("cloudformation").create_stack(
        StackName="workshop", TemplateBody=TEMPLATE.read_text(), Capabilities=["CAPABILITY_NAMED_IAM"], Parameters=parameters
    )
    told_so_far = [told(aws, find_stack(aws, "workshop"))["status"] for _ in range(3)]
    assert told_so_far[:2] == [
        "CREATE_IN_PROGRESS, 0 things done, now Bucket CREATE_IN_PROGRESS",
        "CREATE_IN_PROGRESS, 1 things done, now Bucket CREATE_COMPLETE",
    ]


def test_there_is_no_stack_before_it_is_launched(aws):
    assert find_stack(aws, "workshop") is None
    launch_stack(aws)
    assert find_stack(aws, "workshop")["StackName"] == "workshop"
    assert ("Bucket", "AWS::S3::Bucket", aws.bucket) in resources_of(aws)

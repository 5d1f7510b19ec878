"""What AWS lets us tag is tagged when it is made, by whatever client of the session."""

from __future__ import annotations

import pytest
from botocore.session import get_session

from helpers.local.session import LocalSession
from helpers.tagging import SERVICES, TAG, tag_what_is_made

ROLE, BUCKET = "arn:aws:iam::000000000000:role/r", "s3://b/p/"
CALLS = {
    ("personalize", "create_campaign"): {"name": "c", "solutionVersionArn": "arn:aws:personalize:us-east-1:0:solution/s/1"},
    ("personalize", "create_dataset_group"): {"name": "g"},
    ("sagemaker", "create_training_job"): {
        "TrainingJobName": "j", "RoleArn": ROLE, "OutputDataConfig": {"S3OutputPath": BUCKET}, "StoppingCondition": {}},
    ("bedrock", "create_model_invocation_job"): {
        "jobName": "b", "roleArn": ROLE, "modelId": "amazon.titan-embed-image-v1",
        "inputDataConfig": {"s3InputDataConfig": {"s3Uri": BUCKET}},
        "outputDataConfig": {"s3OutputDataConfig": {"s3Uri": BUCKET}}},
    ("scheduler", "create_schedule_group"): {"Name": "s"},
}  # fmt: skip


@pytest.fixture
def asked():
    """(a session that tags, the arguments of each call that a client of it makes)"""
    session, seen = LocalSession({}), []
    tag_what_is_made(session, "pis")
    session.events.register("before-parameter-build", lambda params, **_: seen.append(params))
    return session, seen


@pytest.mark.parametrize(("service", "operation"), CALLS)
def test_a_thing_gets_the_tag_in_the_words_of_its_service(asked, service, operation):
    session, seen = asked
    with pytest.raises(NotImplementedError):  # nobody answers
        getattr(session.client(service), operation)(**CALLS[service, operation])
    [params] = seen
    [tag] = params.get("tags") or params["Tags"]
    assert list(tag.values()) == [TAG, "pis"]


def test_tags_of_the_reader_s_own_stay_and_ours_comes_once(asked):
    session, seen = asked
    for tags in ([{"tagKey": "room", "tagValue": "B"}], [{"tagKey": TAG, "tagValue": "mine"}]):
        with pytest.raises(NotImplementedError):
            session.client("personalize").create_dataset_group(name="g", tags=tags)
    assert [[tag["tagValue"] for tag in params["tags"]] for params in seen] == [["B", "pis"], ["mine"]]


@pytest.mark.parametrize(("operation", "arguments"), [("list_campaigns", {}), ("create_schema", {"name": "s", "schema": "{}"})])
def test_what_makes_nothing_or_takes_no_tags_is_asked_as_before(asked, operation, arguments):
    session, seen = asked
    with pytest.raises(NotImplementedError):
        getattr(session.client("personalize"), operation)(**arguments)
    assert seen == [arguments]


def test_every_way_of_writing_tags_is_known():
    """In each service every operation that makes something with a list of tags has pairs of a key and a value."""
    found = 0
    for service in SERVICES:
        model = get_session().get_service_model(service)
        for name in (name for name in model.operation_names if name.startswith("Create")):
            members = model.operation_model(name).input_shape.members
            shape = next((members[tag] for tag in ("tags", "Tags") if tag in members), None)
            if shape is not None and shape.type_name == "list":
                assert [key.lower().removeprefix("tag") for key in shape.member.members] == ["key", "value"], name
                found += 1
    assert found > 50

"""Every member that helpers read from an answer is in botocore's model, and in what the stand-ins answer."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from small_walk import walk

from helpers.settings import REPOSITORY, read_settings
from helpers.workshop import connect

HELPERS = REPOSITORY / "helpers"

# Members that waiting.py asks for in turn, because each service calls its status, reason and beginning differently.
EITHER = {"status", "TrainingJobStatus", "StackStatus", "failureReason", "FailureReason", "StackStatusReason", "message"}
BEGINNINGS = {"creationDateTime", "CreationTime", "submitTime"}
# Members that helpers ask for with `.get`, because AWS leaves them out, too.
MAY_BE_MISSING = {
    "latestCampaignUpdate": "there is none before the first update",
    "ResourceStatusReason": "an event without a failure may have none",
    "Contents": "a listing without objects has none",
    "FinalMetricDataList": "SageMaker may measure nothing (aws-contract: exact list unconfirmed)",
    "Errors": "S3 lists the files that it refused to delete, if any",
    "score": "an item that the model does not know has none",
}
NOT_OFFLINE = {"nova.py"}  # a model that is not offered offline: its tests play answers through a Stubber, which checks them
OF_REFUSALS = {"Code", "Message"}  # the answers of some operations have members of the same names
NOT_IN_THE_WALK = {
    **{("aws_account.py", name): "connect() reads it on AWS: tests/test_workshop.py" for name in (
        "Stacks", "Outputs", "OutputKey", "OutputValue")},
    ("stack.py", "Arn"): "a serverless stack asks who calls: tests/test_stack.py",
    **{("search_api.py", name): "of the API's own stack, which the walk does not launch: tests/test_search_api.py" for name in (
        "StackId", "StackStatus", "Outputs", "OutputKey", "OutputValue", "Contents", "Key")},
    **{("s3_pictures.py", name): "of pictures in a bucket: tests/test_s3_pictures.py" for name in (
        "Contents", "Key", "LastModified", "Size")},
    ("deletion.py", "Key"): "of a file that S3 refuses to delete: tests/test_cleanup.py",
    ("stack_status.py", "Prefix"): "a parameter's name, and not S3's member",
    ("stack_status.py", "StackStatusReason"): "where no event tells of a failure",
    **{("preflight_account.py", name): "asked once, of a client that does not wait: tests/test_preflight.py" for name in (
        "Account", "Arn")},
    ("preflight.py", "name"): "what earlier runs left: tests/test_preflight.py",
    **{("shared_room.py", name): "an attendee's: tests/test_shared_room.py" for name in ("Body", "name")},
    ("running.py", "TrainingJobName"): "a job in progress: tests/test_running.py",
    **{(name, "message"): "of Titan's own JSON, not of a job" for name in ("titan.py", "batch_embedding.py")},
    ("training_jobs.py", "TrainingJobName"): "a job that the state forgot: tests/test_training_jobs.py",
}  # fmt: skip


@dataclass(frozen=True)
class Read:
    """One member that a helper asked for."""

    operation: str
    shape: str
    member: str
    helper: str
    is_modelled: bool
    is_there: bool
    optional: bool


class Answer(dict):
    """An answer, or a structure in one, that notes which helper reads which of its members."""

    def __init__(self, value: dict, shape: Any, operation: str, reads: set[Read]):
        members = {name: shape.members[name] for name in value if name in shape.members}
        super().__init__(value | {name: _noted(value[name], member, operation, reads) for name, member in members.items()})
        self._shape, self._operation, self._reads = shape, operation, reads

    def __getitem__(self, name: str) -> Any:
        self._note(name, optional=False)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self._note(name, optional=True)
        return super().get(name, default)

    def __contains__(self, name: object) -> bool:
        self._note(str(name), optional=True)
        return super().__contains__(name)

    def _note(self, name: str, *, optional: bool) -> None:
        reader = Path(sys._getframe(2).f_code.co_filename)
        if reader.parent == HELPERS:
            there = super().__contains__(name)
            self._reads.add(
                Read(self._operation, self._shape.name, name, reader.name, name in self._shape.members, there, optional)
            )


def _noted(value: Any, shape: Any, operation: str, reads: set[Read]) -> Any:
    if shape.type_name == "structure":
        return Answer(value, shape, operation, reads)
    if shape.type_name == "list":
        return [_noted(item, shape.member, operation, reads) for item in value]
    return value


def listened_to(client: Any, reads: set[Read]) -> Any:
    """The same client, whose answers note what is read of them."""
    ask, model = client._make_api_call, client.meta.service_model

    def ask_and_note(operation: str, arguments: dict) -> Any:
        answer, shape = ask(operation, arguments), model.operation_model(operation).output_shape
        return Answer(answer, shape, f"{model.service_name}.{operation}", reads) if shape else answer

    client._make_api_call = ask_and_note
    return client


@pytest.fixture(scope="module")
def walked(tmp_path_factory, watch):
    """(what was read, the watch that saw every call)"""
    aws = connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(tmp_path_factory.mktemp("walk"))}))
    watch.on(aws.session, aws.session._services)
    reads: set[Read] = set()
    looked_up = ("cloudformation", "iam", "service-quotas", "scheduler", "sts", "resourcegroupstaggingapi")
    models = ("bedrock", "bedrock-runtime", "sagemaker", "personalize", "personalize-runtime", "personalize-events")
    for service in (*looked_up, "s3", *models):
        listened_to(aws.client(service), reads)
    walk(aws)
    return reads, watch


def test_every_request_and_answer_of_the_walk_keeps_the_model(walked):
    _, watch = walked
    assert watch.broken == []
    assert len(watch.answers) > 30
    assert ("sagemaker", "CreateTrainingJob") in watch.answers  # which the SageMaker SDK sends


def test_what_helpers_read_is_in_the_model(walked):
    unknown = {read for read in walked[0] if not read.is_modelled and not (read.optional and read.member in EITHER | BEGINNINGS)}
    assert unknown == set()
    waited = {read.operation for read in walked[0] if read.member in EITHER and read.optional and read.helper == "waiting.py"}
    for operation in waited:  # one of the names that waiting.py tries is the right one
        assert any(read.is_there for read in walked[0] if read.operation == operation and read.member in EITHER), operation


def test_what_helpers_read_is_in_the_answers(walked):
    missing = {read for read in walked[0] if not read.is_there and read.is_modelled and read.member not in EITHER}
    assert {read for read in missing if not read.optional} == set()
    assert {read.member for read in missing} <= MAY_BE_MISSING.keys()


def test_nothing_that_helpers_read_is_left_out(walked):
    """Every name in a helper that calls AWS, and that is a member of some answer, was read in the walk."""
    reads, watch = walked
    operations = {xform_name(operation) for _, operation in watch.answers} | {"get_paginator"}
    members = set()
    for service, operation in watch.answers:
        members |= _member_names(watch.models[service].operation_model(operation).output_shape)
    callers = [path for path in HELPERS.glob("*.py") if operations & _attributes(path) and path.name not in NOT_OFFLINE]
    assert len(callers) > 5
    written = {(path.name, name) for path in callers for name in _names_read(path) & members - OF_REFUSALS}
    assert written - NOT_IN_THE_WALK.keys() - {(read.helper, read.member) for read in reads} == set()


def _member_names(shape: Any, above: tuple = ()) -> set[str]:
    if shape is None or shape.name in above:
        return set()
    if shape.type_name == "structure":
        inner = shape.members.values()
        return set(shape.members).union(*(_member_names(member, (*above, shape.name)) for member in inner))
    return _member_names(shape.member, above) if shape.type_name == "list" else set()


def _attributes(path: Path) -> set[str]:
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {node.attr for node in tree if isinstance(node, ast.Attribute)}


def _names_read(path: Path) -> set[str]:
    """The constants that a file puts between brackets, or into `.get()`."""
    keys = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            keys.add(node.slice)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
            keys.add(node.args[0])
    return {key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}

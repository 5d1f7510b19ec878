"""One walk through every helper, offline and on AWS: the same calls, all within botocore's models and the attendee's policy.

On AWS means: the path of `connect()` that real credentials take, with signed requests to the addresses of AWS, answered by
the offline account.
"""

from __future__ import annotations

import ast
import json

import nbformat
import pytest
from botocore import xform_name
from botocore.session import get_session
from recording import SEARCH, offline, on_aws, runs
from small_walk import walk
from stack_template import LAUNCHER_ONLY, attendee_actions

from helpers.settings import REPOSITORY

# How IAM calls what boto3 calls otherwise (service authorization reference, as remembered where botocore does not tell).
PREFIXES = {
    "personalize-runtime": "personalize", "personalize-events": "personalize", "bedrock-runtime": "bedrock",
    "resourcegroupstaggingapi": "tag", "service-quotas": "servicequotas",
}  # fmt: skip
IRREGULAR = {
    ("s3", "ListObjectsV2"): "s3:ListBucket",
    ("s3", "HeadBucket"): "s3:ListBucket",
    ("s3", "HeadObject"): "s3:GetObject",
    ("s3", "DeleteObjects"): "s3:DeleteObject",
}
TO_TAG = {"personalize": "personalize:TagResource", "sagemaker": "sagemaker:AddTags", "bedrock": "bedrock:TagResource"}
NOT_GRANTED = {  # what launching the search API's stack takes is for tests/test_search_api.py
    **dict.fromkeys(LAUNCHER_ONLY, "whoever launches the stack has it from elsewhere: only the stack makes the policy"),
    "sts:GetCallerIdentity": "AWS asks for no permission",
    "iam:SimulatePrincipalPolicy": "only the pre-flight asks, and goes on with a note where it may not",
    "s3:CreateBucket": "the walk itself takes the bucket's name, to see the stack fail",
    "s3:DeleteBucket": "and gives it back",
}
NOT_ASKED = {
    "aoss:APIAccessAll": "where OpenSearch is a collection, in place of the actions on a domain",
}  # fmt: skip
# Services and operations that stand in a helper or a notebook and not in the walk.
ELSEWHERE = {
    "get_role": "a serverless stack asks for the caller's role: tests/test_stack.py",
    "get_group": "of pandas; IAM has an operation of this name",
    "list_recipes": "notebook 01 asks it of a rehearsed AWS, which is offline in both modes",
    "search": "of OpenSearch; SageMaker has an operation of this name",
}


@pytest.fixture(scope="module")
def walks(tmp_path_factory):
    """What was asked, by mode."""
    recorded = {}
    for start in (offline, on_aws):
        with pytest.MonkeyPatch.context() as patch:
            aws, recording = start(tmp_path_factory.mktemp(start.__name__), patch)
            walk(aws)
            recorded[aws.mode] = recording
    return recorded


def test_nothing_differs_between_the_modes_but_endpoints_and_names(walks):
    """The stack's outputs are names: on AWS they are asked for, offline they are at hand, so its describes are left out."""
    calls = {
        mode: [call for call in runs(recording.calls) if (call.service, call.operation) != ("cloudformation", "DescribeStacks")]
        for mode, recording in walks.items()
    }
    assert len(calls["offline"]) > 250
    for here, there in zip(calls["offline"], calls["aws"], strict=True):
        assert here == there
    assert {host for host in walks["aws"].hosts if not host.split(":")[0].endswith(".amazonaws.com")} == set()
    assert walks["offline"].hosts - walks["aws"].hosts == {"local"}


def test_another_argument_would_be_seen(walks):
    """The comparison is of arguments, too: a walk whose requests differ in one number is not the same walk."""
    changed = [call for call in walks["aws"].calls if call.operation == "CreateCampaign"]
    assert json.loads(changed[0].arguments)["minProvisionedTPS"] == 1
    assert {call.service for call in walks["aws"].calls} >= {SEARCH, "sagemaker", "bedrock-runtime", "resourcegroupstaggingapi"}


def test_every_request_keeps_to_botocore_s_models_with_patterns_choices_and_lengths(walks):
    assert walks["offline"].broken == walks["aws"].broken == []


def test_everything_that_can_be_tagged_is_tagged_when_it_is_made(walks):
    session = get_session()
    for mode, recording in walks.items():
        for (service, name), members in recording.members.items():
            known = {"tags", "Tags"} & session.get_service_model(service).operation_model(name).input_shape.members.keys()
            assert not (name.startswith("Create") and known) or known & members, f"{mode}: {service}.{name}"


def test_the_attendee_may_do_what_the_walk_asks_and_nothing_else(walks):
    asked = set()
    for (service, name), members in walks["aws"].members.items():
        prefix = PREFIXES.get(service, service)
        asked.add(IRREGULAR.get((service, name), f"{prefix}:{name}"))
        if members & {"tags", "Tags"} and prefix in TO_TAG:
            asked.add(TO_TAG[prefix])
        if members & {"roleArn", "RoleArn"}:
            asked.add("iam:PassRole")
    asked |= {f"es:ESHttp{call.operation.title()}" for call in walks["aws"].calls if call.service == SEARCH}
    granted = attendee_actions()
    assert asked - NOT_GRANTED.keys() == granted - NOT_ASKED.keys()
    assert asked >= NOT_GRANTED.keys() and granted >= NOT_ASKED.keys(), "an exception without a case"
    assert not asked & NOT_ASKED.keys() and not granted & NOT_GRANTED.keys()


def test_no_call_of_a_helper_or_a_notebook_is_missing_in_the_walk(walks):
    """Every service that a helper or a cell takes a client of, and every operation of these whose name stands there."""
    session = get_session()
    operations = {(service, xform_name(name)) for service, name in walks["aws"].operations() if service != SEARCH}
    services, asked = {service for service, _ in operations}, {name for _, name in operations}
    known = {xform_name(name) for service in services for name in session.get_service_model(service).operation_names}
    attributes, clients = set(), set()
    for node in (node for source in _sources() for node in ast.walk(ast.parse(source))):
        if isinstance(node, ast.Attribute):
            attributes.add(node.attr)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            named = {one.value for one in node.args if isinstance(one, ast.Constant)}
            if node.func.attr == "client":
                clients |= named
            elif node.func.attr == "get_paginator":
                attributes |= named
    assert len(clients) > 8
    assert (attributes & known) - asked | clients - services == ELSEWHERE.keys()


def _sources():
    for path in (REPOSITORY / "helpers").glob("*.py"):
        yield path.read_text(encoding="utf-8")
    for path in (REPOSITORY / "notebooks").glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4)["cells"]:
            if cell["cell_type"] == "code":
                yield cell["source"]

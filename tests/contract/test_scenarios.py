"""Lifecycles through genuine clients: requests, answers and errors keep botocore's model, and nothing offered is left out."""

from __future__ import annotations

import ast

import pytest
from botocore import xform_name

from helpers.settings import REPOSITORY

# What AWS always sends and the model does not call required (API references of the services).
TIMES = ("creationDateTime", "lastUpdatedDateTime")
RESOURCES = {
    "datasetGroup": ("name", "status"), "schema": ("name",), "dataset": ("name", "datasetType", "status"),
    "datasetImportJob": ("jobName", "importMode", "status"), "eventTracker": ("name", "status"),
    "solution": ("name", "recipeArn", "status"), "solutionVersion": ("trainingMode", "status"), "campaign": ("name", "status"),
}  # fmt: skip
ALWAYS_SENT = {
    **{
        ("personalize", operation): [f"{place}.{member}" for member in (f"{kind}Arn", *members, *TIMES)]
        for kind, members in RESOURCES.items()
        for operation, place in (
            (f"Describe{kind[0].upper()}{kind[1:]}", kind), (f"List{kind[0].upper()}{kind[1:]}s", f"{kind}s"),
        )
    },
    ("personalize", "GetSolutionMetrics"): ["solutionVersionArn", "metrics"],
    ("personalize-runtime", "GetPersonalizedRanking"): ["personalizedRanking", "recommendationId"],
    ("bedrock-runtime", "InvokeModel"): ["body", "contentType"],
    ("bedrock", "GetFoundationModel"): ["modelDetails.modelLifecycle.status", "modelDetails.modelName"],
    ("sagemaker", "DescribeTrainingJob"): [
        "RoleArn", "ResourceConfig.InstanceType", "LastModifiedTime", "SecondaryStatusTransitions", "OutputDataConfig",
    ],
    ("s3", "GetObject"): ["Body", "ETag", "LastModified", "ContentLength", "ContentType", "AcceptRanges", "Metadata"],
    ("s3", "HeadObject"): ["ETag", "LastModified", "ContentLength", "ContentType"],
    ("s3", "PutObject"): ["ETag"],
    ("s3", "ListObjectsV2"): ["Name", "Prefix", "KeyCount", "MaxKeys", "IsTruncated"],
    ("s3", "ListBuckets"): ["Owner.ID", "Buckets.Name", "Buckets.CreationDate"],
    ("s3", "CopyObject"): ["CopyObjectResult.ETag", "CopyObjectResult.LastModified"],
    ("s3", "CompleteMultipartUpload"): ["Location", "Bucket", "Key", "ETag"],
    ("iam", "ListRoles"): ["IsTruncated", "Roles.Arn"],
    ("iam", "GetPolicy"): ["Policy.Arn", "Policy.DefaultVersionId", "Policy.PolicyName"],
    ("iam", "GetPolicyVersion"): ["PolicyVersion.Document", "PolicyVersion.VersionId"],
    ("cloudformation", "DescribeStacks"): ["Stacks.StackId", "Stacks.StackName", "Stacks.StackStatus", "Stacks.Parameters"],
    ("cloudformation", "DescribeStackEvents"): [
        "StackEvents.LogicalResourceId", "StackEvents.ResourceType", "StackEvents.ResourceStatus", "StackEvents.Timestamp",
    ],
    ("cloudformation", "ListStackResources"): [
        "StackResourceSummaries.PhysicalResourceId", "StackResourceSummaries.ResourceStatus",
    ],
    ("cloudformation", "GetTemplate"): ["TemplateBody"],
    ("iam", "GetRole"): ["Role.Arn", "Role.RoleId", "Role.AssumeRolePolicyDocument"],
    ("sts", "GetCallerIdentity"): ["Account", "Arn", "UserId"],
}  # fmt: skip

# Codes that an operation's model does not list, and why they are right.
HEAD = "a HEAD has no body to name an error in; botocore takes the status for the code"
S3_LIST = "S3's model lists hardly any errors; this one is in the S3 API reference, Error responses"
COMMON = "in AWS's list of errors common to all operations, which no model repeats"
FRONT_END = "refused for breaking the model before the operation is reached; the model lists the code elsewhere"
UNMODELLED = {
    **dict.fromkeys([("s3", code) for code in ("403", "404", "412")], HEAD),
    **dict.fromkeys([("s3", code) for code in (
        "AccessDenied", "BadDigest", "BucketNotEmpty", "EntityTooSmall", "IllegalLocationConstraintException",
        "InvalidArgument", "InvalidBucketName", "InvalidPart", "InvalidPartOrder", "InvalidRange", "InvalidRequest",
        "KeyTooLongError", "MalformedPolicy", "MalformedXML", "NoSuchBucket", "NoSuchBucketPolicy",
        "NoSuchTagSet", "PreconditionFailed",
    )], S3_LIST),
    ("sagemaker", "ValidationException"): COMMON,
    ("iam", "ValidationError"): COMMON,
    ("cloudformation", "ValidationError"): COMMON,
    ("personalize", "InvalidInputException"): FRONT_END,
}  # fmt: skip


def test_requests_and_answers_keep_the_model(played, scenario):
    assert played(scenario) == []


def test_every_operation_offered_is_played(played):
    offered = {
        (name, method)
        for name, service in played.account.services.items()
        for method in dir(service)
        if not method.startswith("_") and callable(getattr(service, method))
    }
    assert {(service, xform_name(operation)) for service, operation in played.all().answers} == offered


def test_every_error_is_one_that_the_operation_has(played):
    unlisted, used = [], set()
    for (service, operation, code), answer in played.all().refusals.items():
        model = played.account.client(service).meta.service_model
        shapes = {_code_of(shape): shape for shape in model.operation_model(operation).error_shapes}
        status = answer["ResponseMetadata"]["HTTPStatusCode"]
        if code in shapes:
            modelled = shapes[code].metadata.get("error", {}).get("httpStatusCode")
            assert modelled in (None, status), f"{service}.{operation} answers {code} with {status}, not {modelled}"
        elif (service, code) in UNMODELLED:
            used.add((service, code))
        else:
            unlisted.append((service, operation, code))
        assert 400 <= status < 500
    assert unlisted == []
    assert used == UNMODELLED.keys()


def test_every_error_in_the_code_is_met(played):
    """A code that no scenario provokes is one that nobody has checked."""
    met = {code for _, _, code in played.all().refusals}
    written = {
        node.args[0].value
        for path in (REPOSITORY / "helpers" / "local" / "services").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "ServiceError" and isinstance(node.args[0], ast.Constant)
    }
    assert len(written) > 20
    assert written <= met


@pytest.mark.parametrize(("service", "operation"), ALWAYS_SENT)
def test_what_aws_always_sends_is_in_every_answer(played, service, operation):
    answers = played.all().answers[service, operation]
    assert {path for path in ALWAYS_SENT[service, operation] for answer in answers if not _has(answer, path)} == set()


def _code_of(shape) -> str:
    return shape.metadata.get("error", {}).get("code", shape.name)


def _has(answer: dict | list, path: str) -> bool:
    """Whether the member is there; in a list, in every item."""
    if isinstance(answer, list):
        return all(_has(item, path) for item in answer)
    member, _, rest = path.partition(".")
    return member in answer and (not rest or _has(answer[member], rest))

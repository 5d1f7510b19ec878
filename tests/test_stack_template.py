"""The template keeps CloudFormation's schemas and our promises: nothing open, nothing wild, every action a real one."""

from __future__ import annotations

import ast
import json
import re

import boto3
import pytest
from botocore.session import get_session
from stack_template import LAUNCHER_ONLY, TEXT, actions_of, api_actions, attendee_actions, statements, template

from helpers.local.cloud import LocalCloud
from helpers.settings import OPENSEARCH_FLAVOURS
from helpers.stack import WHAT_FOR

REGIONS = ["us-east-1", "us-west-2", "eu-central-1"]  # where Titan is
SERVICES = {f"{name}.amazonaws.com" for name in ("sagemaker", "personalize", "bedrock", "lambda", "scheduler")}
MODELS = {  # clients whose operations an action's prefix stands for
    "personalize": ("personalize", "personalize-runtime", "personalize-events"), "bedrock": ("bedrock", "bedrock-runtime"),
    "servicequotas": ("service-quotas",), "tag": ("resourcegroupstaggingapi",),
}  # fmt: skip
NO_OPERATION = {
    "iam:PassRole": "the right to hand a role to a service",
    "s3:ListBucket": "what ListObjectsV2 and HeadBucket need",
    "aoss:APIAccessAll": "the data plane of a collection; its data policy says the rest",
    "execute-api:Invoke": "the right to call an HTTP API with IAM authorization",
    **dict.fromkeys((f"apigateway:{m}" for m in ("DELETE", "GET", "PATCH", "POST", "PUT")), "HTTP APIs are managed by method"),
    **dict.fromkeys((f"es:ESHttp{m}" for m in ("Delete", "Get", "Head", "Post", "Put")), "the data plane of a domain, by method"),
}
ON_EVERYTHING = {"LogIn", "Measure", "Lists", "PreFlight"}  # statements whose actions know no resource


def allowed():
    return [(where, statement) for where, statement in statements() if statement["Effect"] == "Allow"]


def test_cfn_lint_finds_nothing():
    """Against the schemas that AWS publishes of every resource type; they come with cfn-lint, so no network is needed."""
    from cfnlint.api import lint

    assert [str(match) for match in lint(TEXT, regions=REGIONS)] == []
    assert lint(TEXT.replace("AES256", "AES257"), regions=REGIONS[:1])


def test_it_fits_into_a_request():
    model = get_session().get_service_model("cloudformation").operation_model("CreateStack").input_shape
    assert len(TEXT.encode()) <= 51_200 <= model.members["TemplateBody"].metadata.get("max", 51_200)


def test_no_action_is_a_pattern():
    assert len(allowed()) > 20
    assert [(where, action) for where, one in allowed() for action in actions_of(one) if "*" in action] == []
    assert not any("NotAction" in one or "NotPrincipal" in one or "NotResource" in one for _, one in statements())


def test_no_principal_is_open():
    found = [statement["Principal"] for _, statement in allowed() if "Principal" in statement]
    own_account = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}  # IAM decides, nobody else
    assert len(found) == 7
    assert [one for one in found if one != own_account and not (one.keys() == {"Service"} and one["Service"] in SERVICES)] == []


def test_a_service_acts_for_this_account_only():
    for where, statement in allowed():
        if "Service" in statement.get("Principal", {}):
            condition = json.dumps(statement["Condition"])
            assert "aws:SourceAccount" in condition and "AWS::AccountId" in condition, where


def test_a_role_goes_to_its_own_service_only():
    passes = [statement for _, statement in allowed() if "iam:PassRole" in actions_of(statement)]
    assert {one["Condition"]["StringEquals"]["iam:PassedToService"] for one in passes} == SERVICES
    assert all(one["Resource"]["Fn::GetAtt"][1] == "Arn" for one in passes)


def test_what_is_granted_on_everything_says_why():
    assert {one["Sid"] for _, one in allowed() if one.get("Resource") == "*"} == ON_EVERYTHING
    assert len(re.findall(r'Resource: "\*"  # \w+', TEXT)) == len(ON_EVERYTHING)


def test_the_bucket_answers_over_tls_only():
    [deny] = [statement for _, statement in statements() if statement["Effect"] == "Deny"]
    assert (deny["Principal"], deny["Action"], len(deny["Resource"])) == ("*", "s3:*", 2)
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_every_action_is_an_operation_of_its_service():
    session, unknown = get_session(), set()
    for _, statement in allowed():
        for action in actions_of(statement) - NO_OPERATION.keys():
            prefix, _, operation = action.partition(":")
            models = [session.get_service_model(name) for name in MODELS.get(prefix, (prefix,))]
            if not any(operation in model.operation_names for model in models):
                unknown.add(action)
    assert unknown == set()
    granted = {action for _, statement in allowed() for action in actions_of(statement)}
    assert granted >= NO_OPERATION.keys()


def test_the_attendees_policy_is_within_iam_s_size(tmp_path):
    cloud = LocalCloud(tmp_path, weights=tmp_path)
    longest = "x" * 20
    arn = cloud.stack(longest)["AttendeePolicyArn"]
    document = cloud.session.client("iam").get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"]
    assert 2000 < len(json.dumps(document, separators=(",", ":"))) <= 6144
    assert len(attendee_actions()) > 50 and not attendee_actions() & LAUNCHER_ONLY
    launching = [one for where, one in statements() if where == "AttendeePolicy" and actions_of(one) & LAUNCHER_ONLY]
    assert [one["Sid"] for one in launching] == ["SearchApiStack"]
    assert launching[0]["Resource"]["Fn::Sub"].endswith(":stack/${Prefix}-search-api/*")  # never the stack that grants it


def test_every_resource_is_explained_and_carries_the_prefix():
    resources = template()["Resources"]
    assert resources.keys() == WHAT_FOR.keys()
    for logical, resource in resources.items():
        if logical != "BucketPolicy":  # it has the bucket's
            named = [value for key, value in resource["Properties"].items() if key.endswith("Name")]
            assert any("${Prefix}" in str(value) for value in named), logical


def test_what_can_be_tagged_is_tagged():
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    for logical, resource in template()["Resources"].items():
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", resource["Type"]).schema
        tags = [{"Key": "workshop", "Value": {"Ref": "Prefix"}}]
        assert resource["Properties"].get("Tags") == (tags if "Tags" in schema["properties"] else None), logical


def test_its_opensearch_is_that_of_the_setting():
    assert set(template()["Parameters"]["OpenSearch"]["AllowedValues"]) == {*OPENSEARCH_FLAVOURS, "existing"}
    assert template()["Parameters"]["OpenSearch"]["Default"] == "domain"


@pytest.fixture(params=["offline", "moto"])
def account(request, tmp_path, monkeypatch):
    """A session of an empty account, ours and one that others wrote."""
    if request.param == "offline":
        yield LocalCloud(tmp_path, weights=tmp_path).session
        return
    from moto import mock_aws

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.Session(region_name="us-east-1")


# moto's CloudFormation knows neither bucket policies, nor OpenSearch of any kind, nor a bucket's public access block.
@pytest.mark.filterwarnings("ignore:Tried to parse AWS..S3..BucketPolicy but:UserWarning")
def test_the_account_that_it_makes(account):
    """One body, two accounts: names, outputs, encryption, tags, trust and grants are those of the template in both."""
    cloudformation, s3, iam = (account.client(name) for name in ("cloudformation", "s3", "iam"))
    number, prefix = account.client("sts").get_caller_identity()["Account"], "seat-07"
    values = {"Prefix": prefix, "OpenSearch": "existing"}
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]
    asked = {"StackName": prefix, "TemplateBody": TEXT, "Parameters": parameters, "Tags": [{"Key": "room", "Value": "B"}]}
    cloudformation.create_stack(**asked, Capabilities=["CAPABILITY_NAMED_IAM"])
    cloudformation.get_waiter("stack_create_complete").wait(StackName=prefix, WaiterConfig={"Delay": 0})
    with pytest.raises(cloudformation.exceptions.AlreadyExistsException):
        cloudformation.create_stack(**asked, Capabilities=["CAPABILITY_NAMED_IAM"])
    [stack] = cloudformation.describe_stacks(StackName=prefix)["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    bucket, role = f"{prefix}-us-east-1-{number}", f"arn:aws:iam::{number}:role/{prefix}"
    assert outputs == {
        "BucketName": bucket, "SageMakerRoleArn": f"{role}-sagemaker", "PersonalizeRoleArn": f"{role}-personalize",
        "BatchRoleArn": f"{role}-batch", "SchedulerRoleArn": f"{role}-scheduler", "SearchRoleArn": f"{role}-search",
        "AttendeePolicyArn": f"arn:aws:iam::{number}:policy/{prefix}-attendee",
    }  # fmt: skip
    [rule] = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert {"Key": "workshop", "Value": prefix} in s3.get_bucket_tagging(Bucket=bucket)["TagSet"]
    for service in ("sagemaker", "personalize", "bedrock", "lambda", "scheduler"):
        name = f"{prefix}-{service.replace('bedrock', 'batch').replace('lambda', 'search')}"
        described = iam.get_role(RoleName=name)["Role"]
        [trust] = described["AssumeRolePolicyDocument"]["Statement"]
        assert (trust["Principal"], trust["Action"]) == ({"Service": f"{service}.amazonaws.com"}, "sts:AssumeRole")
        assert number in json.dumps(trust["Condition"]) and {"Key": "workshop", "Value": prefix} in described["Tags"]
    document = iam.get_role_policy(RoleName=f"{prefix}-personalize", PolicyName="read")["PolicyDocument"]
    # moto hands out a policy of its CloudFormation as the Python text of a dictionary.
    reads = (ast.literal_eval(document) if isinstance(document, str) else document)["Statement"]
    assert [(one["Action"], one["Resource"]) for one in reads] == [
        ("s3:GetObject", f"arn:aws:s3:::{bucket}/*"), ("s3:ListBucket", f"arn:aws:s3:::{bucket}"),
    ]  # fmt: skip
    version = iam.get_policy(PolicyArn=outputs["AttendeePolicyArn"])["Policy"]["DefaultVersionId"]
    policy = iam.get_policy_version(PolicyArn=outputs["AttendeePolicyArn"], VersionId=version)["PolicyVersion"]["Document"]
    granted = {action for one in policy["Statement"] for action in actions_of(one)}
    assert granted == (attendee_actions() | api_actions()) - {"aoss:APIAccessAll"}
    made = {item["LogicalResourceId"] for item in cloudformation.list_stack_resources(StackName=prefix)["StackResourceSummaries"]}
    assert made >= {"Bucket", "SageMakerRole", "PersonalizeRole", "BatchRole", "AttendeePolicy", "SearchLogs"}
    cloudformation.delete_stack(StackName=prefix)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=stack["StackId"], WaiterConfig={"Delay": 0})
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_role(RoleName=f"{prefix}-personalize")

"""Who is calling, and which roles there are."""

import pytest

from helpers.local.services.iam import IAM, ROLES
from helpers.local.services.iam_simulation import decide
from helpers.local.services.sts import STS
from helpers.local.session import LocalSession
from helpers.local.store import Store


@pytest.fixture(scope="module")
def session(tmp_path_factory) -> LocalSession:
    store = Store(tmp_path_factory.mktemp("account"))
    for service in ("sagemaker", "personalize"):
        allow = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
        role = {"RoleName": f"workshop-{service}", "AssumeRolePolicyDocument": {"Statement": [allow]}}
        store.write(ROLES, role["RoleName"], role)
    return LocalSession({"sts": STS(), "iam": IAM(store)})


def test_the_caller_is_the_offline_account(session):
    identity = session.client("sts").get_caller_identity()
    assert identity["Account"] == "000000000000" and identity["Arn"].endswith(":user/workshop")


def test_a_role_names_the_service_that_it_trusts(session):
    role = session.client("iam").get_role(RoleName="workshop-personalize")["Role"]
    assert role["Arn"] == "arn:aws:iam::000000000000:role/workshop-personalize"
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "personalize.amazonaws.com"}


def test_all_roles_are_listed_by_name(session):
    pages = session.client("iam").get_paginator("list_roles").paginate()
    names = [role["RoleName"] for page in pages for role in page["Roles"]]
    assert names == ["workshop-personalize", "workshop-sagemaker"]


def test_another_role_does_not_exist(session):
    client = session.client("iam")
    with pytest.raises(client.exceptions.NoSuchEntityException) as caught:
        client.get_role(RoleName="admin")
    assert caught.value.response["Error"]["Code"] == "NoSuchEntity"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


ALLOW = {"Effect": "Allow", "Action": ["s3:Get*"], "Resource": "arn:aws:s3:::b/*"}


@pytest.mark.parametrize(
    ("statements", "decision"),
    [
        ([ALLOW], "allowed"),
        ([], "implicitDeny"),
        ([ALLOW, ALLOW | {"Effect": "Deny", "Action": "s3:getobject"}], "explicitDeny"),  # actions have no case
        ([ALLOW | {"Resource": "arn:aws:s3:::b"}], "implicitDeny"),
        ([ALLOW | {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o"}}}], "implicitDeny"),  # nobody gave one
        ([ALLOW | {"Condition": {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o"}}}], "allowed"),
        ([ALLOW | {"Condition": {"Bool": {"aws:SecureTransport": True}}}], "allowed"),
        ([ALLOW | {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::?"}}}], "allowed"),
        ([ALLOW | {"Condition": {"StringEquals": {"aws:SourceArn": "arn:aws:s3:::?"}}}], "implicitDeny"),
    ],
)
def test_what_policies_allow(statements, decision):
    context = {"aws:securetransport": ["true"], "aws:SourceArn": ["arn:aws:s3:::b"]}
    assert decide([{"Statement": statements}], "s3:GetObject", "arn:aws:s3:::b/k", context) == decision


@pytest.mark.parametrize("more", [{"NotAction": "s3:*"}, {"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}])
def test_what_it_can_not_evaluate_it_says(more):
    with pytest.raises(NotImplementedError, match="does not evaluate"):
        decide([{"Statement": ALLOW | more}], "s3:GetObject", "arn:aws:s3:::b/k", {})

"""Who is calling, and which roles there are."""

import pytest

from helpers.local.services.iam import IAM
from helpers.local.services.sts import STS
from helpers.local.session import LocalSession


@pytest.fixture(scope="module")
def session() -> LocalSession:
    roles = {
        "workshop-sagemaker": "sagemaker.amazonaws.com",
        "workshop-personalize": "personalize.amazonaws.com",
    }
    return LocalSession({"sts": STS(), "iam": IAM(roles)})


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

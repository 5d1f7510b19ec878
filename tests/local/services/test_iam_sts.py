"""Who is calling, and which roles there are."""

import pytest

from helpers.local.services.iam import IAM, ROLES
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

"""Who is calling, and which roles there are."""


def the_caller_asks_who_it_is(account):
    assert account.client("sts").get_caller_identity()["Account"] == "000000000000"


def roles_are_looked_up(account):
    iam = account.client("iam")
    role = iam.get_role(RoleName="workshop-personalize")["Role"]
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": "personalize.amazonaws.com"}
    pages = iam.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 1})
    assert [role["RoleName"] for page in pages for role in page["Roles"]] == ["workshop-personalize", "workshop-sagemaker"]
    account.refuses("NoSuchEntity", iam.get_role, RoleName="nobody")
    account.refuses("ValidationError", iam.get_role, RoleName="with space")

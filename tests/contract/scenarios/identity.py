"""Who is calling, and which roles there are."""


def the_caller_asks_who_it_is(account):
    assert account.client("sts").get_caller_identity()["Account"] == "000000000000"


def roles_are_looked_up(account):
    iam = account.client("iam")
    assert account.cloud.bucket  # the stack is there
    role = iam.get_role(RoleName="workshop-personalize")["Role"]
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": "personalize.amazonaws.com"}
    pages = iam.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 1})
    names = [role["RoleName"] for page in pages for role in page["Roles"]]
    assert [name for name in names if name.startswith("workshop-")] == [
        "workshop-batch", "workshop-personalize", "workshop-sagemaker"]  # fmt: skip
    account.refuses("NoSuchEntity", iam.get_role, RoleName="nobody")
    account.refuses("ValidationError", iam.get_role, RoleName="with space")


def policies_are_read(account):
    iam = account.client("iam")
    attendee = account.cloud.stack()["AttendeePolicyArn"]
    version = iam.get_policy(PolicyArn=attendee)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=attendee, VersionId=version)["PolicyVersion"]["Document"]
    assert {statement["Effect"] for statement in document["Statement"]} == {"Allow"}
    inline = {"RoleName": "workshop-personalize", "PolicyName": "read"}
    assert iam.get_role_policy(**inline)["PolicyDocument"]["Statement"][0]["Action"] == "s3:GetObject"
    account.refuses("NoSuchEntity", iam.get_role_policy, **(inline | {"PolicyName": "write"}))
    account.refuses("NoSuchEntity", iam.get_policy, PolicyArn=f"{attendee}s")
    account.refuses("NoSuchEntity", iam.get_policy_version, PolicyArn=attendee, VersionId="v2")

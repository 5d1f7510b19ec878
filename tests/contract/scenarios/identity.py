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
        "workshop-batch", "workshop-personalize", "workshop-sagemaker", "workshop-scheduler", "workshop-search"]  # fmt: skip
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


def rights_are_simulated(account):
    iam, cloud = account.client("iam"), account.cloud
    owner = account.client("sts").get_caller_identity()["Arn"]
    role, bucket = cloud.role_arn("workshop-personalize"), f"arn:aws:s3:::{cloud.bucket}"

    def decisions(principal, actions, *resources, **more):
        more |= {"ResourceArns": list(resources)} if resources else {}
        answer = iam.simulate_principal_policy(PolicySourceArn=principal, ActionNames=actions, **more)
        return [result["EvalDecision"] for result in answer["EvaluationResults"]]

    assert decisions(owner, ["s3:DeleteBucket", "personalize:CreateCampaign"]) == ["allowed"] * 2
    assert decisions(role, ["s3:GetObject", "s3:PutObject"], f"{bucket}/a", bucket) == ["allowed", *["implicitDeny"] * 3]
    passed = {"ContextKeyName": "iam:PassedToService", "ContextKeyValues": ["bedrock.amazonaws.com"], "ContextKeyType": "string"}
    assert decisions(role, ["s3:ListBucket"], bucket, ContextEntries=[passed]) == ["allowed"]
    for nobody in (f"{role}s", f"{bucket}-and-more"):
        account.refuses("NoSuchEntity", iam.simulate_principal_policy, PolicySourceArn=nobody, ActionNames=["s3:GetObject"])

"""What moto, which we did not write, can play, it plays under the same assertions as the stand-ins: S3, IAM, STS, tags, schemas.

It has no data plane of OpenSearch, no Titan and no Personalize but its schemas, of which it makes two by one name; it does not
know Quiet of DeleteObjects. Stacks are in test_stack_template.py.
"""

from __future__ import annotations

import json

import boto3
import pytest
from botocore.exceptions import ClientError

from helpers.catalog import SEEDS
from helpers.deletion import delete
from helpers.interactions import upload_interactions
from helpers.inventory import Resource, keys_of
from helpers.local.cloud import LocalCloud
from helpers.settings import read_settings
from helpers.workshop import connect

SCHEMA = (SEEDS / "interactions_schema.json").read_text()
TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "personalize.amazonaws.com"}, "Action": "sts:AssumeRole"}]}  # fmt: skip


@pytest.fixture(params=["offline", "moto"])
def session(request, tmp_path, monkeypatch):
    """A session of an empty account, ours and one that others wrote."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    if request.param == "offline":
        yield LocalCloud(tmp_path, weights=tmp_path).session
        return
    from moto import mock_aws

    with mock_aws():
        yield boto3.Session(region_name="us-east-1")


def refuses(code, call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    assert caught.value.response["Error"]["Code"] == code
    return caught.value.response["ResponseMetadata"]["HTTPStatusCode"]


def test_objects_are_kept_listed_in_pages_and_deleted(session):
    s3 = session.client("s3")
    s3.create_bucket(Bucket="pis-files")
    for number in range(5):
        s3.put_object(Bucket="pis-files", Key=f"pis/{number}", Body=f"body {number}".encode(), ContentType="text/csv")
    s3.put_object(Bucket="pis-files", Key="pis-2/0", Body=b"")
    got = s3.get_object(Bucket="pis-files", Key="pis/3")
    assert (got["Body"].read(), got["ContentType"], got["ContentLength"]) == (b"body 3", "text/csv", 6)
    assert got["ETag"] == s3.head_object(Bucket="pis-files", Key="pis/3")["ETag"]
    pages = list(s3.get_paginator("list_objects_v2").paginate(
        Bucket="pis-files", Prefix="pis/", PaginationConfig={"PageSize": 2}))  # fmt: skip
    assert [[item["Key"] for item in page["Contents"]] for page in pages] == [["pis/0", "pis/1"], ["pis/2", "pis/3"], ["pis/4"]]
    assert [page["KeyCount"] for page in pages] == [2, 2, 1] and pages[0]["IsTruncated"] and not pages[2]["IsTruncated"]
    assert "Contents" not in s3.list_objects_v2(Bucket="pis-files", Prefix="nothing/")
    some = {"Objects": [{"Key": "pis/0"}, {"Key": "not there"}]}
    answer = s3.delete_objects(Bucket="pis-files", Delete=some)
    assert {one["Key"] for one in answer["Deleted"]} == {"pis/0", "not there"} and "Errors" not in answer


def test_what_s3_refuses(session):
    s3 = session.client("s3")
    s3.create_bucket(Bucket="pis-files")
    s3.put_object(Bucket="pis-files", Key="a", Body=b"")
    assert refuses("NoSuchKey", s3.get_object, Bucket="pis-files", Key="b") == 404
    assert refuses("404", s3.head_object, Bucket="pis-files", Key="b") == 404
    assert refuses("404", s3.head_bucket, Bucket="pis-nowhere") == 404
    assert refuses("NoSuchBucket", s3.list_objects_v2, Bucket="pis-nowhere") == 404
    assert refuses("BucketNotEmpty", s3.delete_bucket, Bucket="pis-files") == 409
    assert refuses("NoSuchBucketPolicy", s3.get_bucket_policy, Bucket="pis-files") == 404
    s3.delete_object(Bucket="pis-files", Key="a")
    s3.delete_bucket(Bucket="pis-files")
    assert s3.list_buckets()["Buckets"] == []


def test_a_bucket_s_policy_and_tags_are_those_that_were_put(session):
    s3, policy = session.client("s3"), {**TRUST, "Statement": [{**TRUST["Statement"][0], "Action": "s3:GetObject",
                                                              "Resource": "arn:aws:s3:::pis-files/*"}]}  # fmt: skip
    s3.create_bucket(Bucket="pis-files")
    s3.put_bucket_policy(Bucket="pis-files", Policy=json.dumps(policy))
    assert json.loads(s3.get_bucket_policy(Bucket="pis-files")["Policy"]) == policy
    s3.put_bucket_tagging(Bucket="pis-files", Tagging={"TagSet": [{"Key": "workshop", "Value": "pis"}]})
    tagging = session.client("resourcegroupstaggingapi")
    for values, arns in ((["pis"], ["arn:aws:s3:::pis-files"]), (["pis-2"], [])):
        found = list(tagging.get_paginator("get_resources").paginate(TagFilters=[{"Key": "workshop", "Values": values}]))
        assert [item["ResourceARN"] for page in found for item in page["ResourceTagMappingList"]] == arns
        assert not found[-1].get("PaginationToken")


def test_who_calls_and_which_roles_there_are(session):
    account = session.client("sts").get_caller_identity()["Account"]
    assert len(account) == 12 and account.isdigit()
    iam = session.client("iam")
    assert refuses("NoSuchEntity", iam.get_role, RoleName="pis-nobody") == 404
    assert iam.list_roles()["Roles"] == []


def test_schemas_of_personalize_are_made_and_deleted(session):
    personalize = session.client("personalize")
    arn = personalize.create_schema(name="pis-interactions", schema=SCHEMA)["schemaArn"]
    assert arn.endswith(":schema/pis-interactions")
    assert json.loads(personalize.describe_schema(schemaArn=arn)["schema"]["schema"]) == json.loads(SCHEMA)
    assert [one["name"] for one in personalize.list_schemas()["schemas"]] == ["pis-interactions"]
    personalize.delete_schema(schemaArn=arn)
    refuses("ResourceNotFoundException", personalize.describe_schema, schemaArn=arn)


def test_helpers_upload_and_clean_up_their_own_files(session, tmp_path, monkeypatch):
    import pandas as pd

    monkeypatch.setattr("helpers.workshop.following_session", lambda region: session)
    given = {"WORKSHOP_BUCKET": "pis-files", "WORKSHOP_ROLE_ARN": "arn:aws:iam::000000000000:role/r", "WORKSHOP_PREFIX": "pis"}
    given |= {"OPENSEARCH_URL": "https://search-x.us-east-1.es.amazonaws.com", "WORKSHOP_MODE": "aws"}
    given |= {"WORKSHOP_DATA": str(tmp_path), "WORKSHOP_REGION": "us-east-1"}
    aws = connect(announce=False, settings=read_settings(given))
    assert list(keys_of(aws)) == []  # no bucket yet
    aws.client("s3").create_bucket(Bucket="pis-files")
    events = pd.DataFrame({"USER_ID": ["u"], "ITEM_ID": ["7"], "EVENT_TYPE": ["view"], "TIMESTAMP": [1_700_000_000]})
    uri = upload_interactions(events, aws.client("s3"), aws.bucket, "pis/interactions")
    aws.client("s3").put_object(Bucket=aws.bucket, Key="pis-2/theirs", Body=b"")
    assert [f"s3://pis-files/{key}" for key in keys_of(aws)] == [uri]
    delete(aws, Resource("files in S3", "pis/"))
    assert list(keys_of(aws)) == [] and aws.client("s3").head_object(Bucket="pis-files", Key="pis-2/theirs")


def test_the_stack_s_domain_is_one_that_others_accept_too(monkeypatch):
    """The stand-in has domains in stacks only; moto is asked to make, show and delete one as the template describes it."""
    from moto import mock_aws
    from stack_template import template

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    properties = template()["Resources"]["Domain"]["Properties"]
    members = {key: value for key, value in properties.items() if key not in ("DomainName", "AccessPolicies", "Tags")}
    with mock_aws():
        opensearch = boto3.Session(region_name="us-east-1").client("opensearch")
        opensearch.create_domain(DomainName="pis-search", TagList=[{"Key": "workshop", "Value": "pis"}], **members)
        found = opensearch.describe_domain(DomainName="pis-search")["DomainStatus"]
        assert found["EncryptionAtRestOptions"]["Enabled"] and found["NodeToNodeEncryptionOptions"]["Enabled"]
        assert found["DomainEndpointOptions"]["EnforceHTTPS"] and found["ClusterConfig"]["InstanceType"] == "t3.small.search"
        assert opensearch.list_tags(ARN=found["ARN"])["TagList"] == [{"Key": "workshop", "Value": "pis"}]
        opensearch.delete_domain(DomainName="pis-search")
        assert opensearch.list_domain_names()["DomainNames"] == []

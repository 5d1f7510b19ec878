"""The index of tags names what is there, with the tags that it has now."""

from __future__ import annotations

from helpers.local.cloud import LocalCloud


def arns(session, prefix):
    pages = session.client("resourcegroupstaggingapi").get_paginator("get_resources")
    found = pages.paginate(TagFilters=[{"Key": "workshop", "Values": [prefix]}])
    return {item["ResourceARN"] for page in found for item in page["ResourceTagMappingList"]}


def test_a_stack_and_what_it_made_are_named_while_they_are_there(tmp_path):
    cloud = LocalCloud(tmp_path, weights=tmp_path)
    assert arns(cloud.session, "seat-07") == set()
    cloud.stack("seat-07")
    cloud.stack("seat-08")
    found = arns(cloud.session, "seat-07")
    assert {arn.split(":")[2] for arn in found} == {"cloudformation", "s3", "es", "logs"}
    assert all("seat-07" in arn for arn in found)
    cloudformation = cloud.session.client("cloudformation")
    cloudformation.delete_stack(StackName="seat-07")
    cloudformation.get_waiter("stack_delete_complete").wait(StackName="seat-07", WaiterConfig={"Delay": 0})
    assert arns(cloud.session, "seat-07") == set() and len(arns(cloud.session, "seat-08")) == 4


def test_a_thing_says_which_stack_made_it(tmp_path):
    cloud = LocalCloud(tmp_path, weights=tmp_path)
    cloud.stack("seat-07")
    cloud.session.client("personalize").create_dataset_group(name="g", tags=[{"tagKey": "workshop", "tagValue": "seat-07"}])
    answer = cloud.session.client("resourcegroupstaggingapi").get_resources()
    made_by = {
        item["ResourceARN"].split(":")[2]: {tag["Key"]: tag["Value"] for tag in item["Tags"]}.get("aws:cloudformation:stack-name")
        for item in answer["ResourceTagMappingList"]
    }
    assert made_by == {"s3": "seat-07", "es": "seat-07", "logs": "seat-07", "cloudformation": None, "personalize": None}


def test_a_thing_without_tags_is_not_named(tmp_path):
    session = LocalCloud(tmp_path, weights=tmp_path).session
    session.client("personalize").create_dataset_group(name="g")
    assert session.client("resourcegroupstaggingapi").get_resources()["ResourceTagMappingList"] == []

"""Things found by their tag, whatever service made them."""


def what_carries_a_tag_is_found(account):
    tagging, personalize = account.client("resourcegroupstaggingapi"), account.client("personalize")
    bucket = account.cloud.bucket  # the stack is there, with its tag on all that it made
    for name, tag in (("tagged-ours", "ours"), ("tagged-theirs", "theirs")):
        personalize.create_dataset_group(name=name, tags=[{"tagKey": "room", "tagValue": tag}])
    assert _arns(tagging, "room", "ours") == ["arn:aws:personalize:us-east-1:000000000000:dataset-group/tagged-ours"]
    assert len(_arns(tagging, "room", "ours", "theirs")) == len(_arns(tagging, "room")) == 2
    of_the_stack = _arns(tagging, "workshop", "workshop")
    services = {arn.split(":")[2] for arn in of_the_stack}
    assert services >= {"s3", "cloudformation", "es", "logs"} and f"arn:aws:s3:::{bucket}" in of_the_stack
    assert _arns(tagging, "workshop", "nobody") == []
    assert len(tagging.get_resources()["ResourceTagMappingList"]) >= len(of_the_stack) + 2
    for name in ("tagged-ours", "tagged-theirs"):
        arn = f"arn:aws:personalize:us-east-1:000000000000:dataset-group/{name}"
        while personalize.describe_dataset_group(datasetGroupArn=arn)["datasetGroup"]["status"] != "ACTIVE":
            pass
        personalize.delete_dataset_group(datasetGroupArn=arn)


def what_the_index_of_tags_refuses(account):
    tagging = account.client("resourcegroupstaggingapi")
    account.refuses("PaginationTokenExpiredException", tagging.get_resources, PaginationToken="yesterday")
    account.refuses("InvalidParameterException", tagging.get_resources, ResourcesPerPage=101)


def _arns(tagging, key, *values):
    wanted = [{"Key": key, **({"Values": list(values)} if values else {})}]
    pages = tagging.get_paginator("get_resources").paginate(TagFilters=wanted, PaginationConfig={"PageSize": 2})
    return [item["ResourceARN"] for page in pages for item in page["ResourceTagMappingList"]]

"""Stacks: made, changed, refused, undone and deleted."""

import io
import json
import zipfile
from pathlib import Path

TEMPLATE = (Path(__file__).parents[3] / "helpers" / "api" / "stack.yaml").read_text(encoding="utf-8")
TEMPLATE_OF_THE_API = Path(__file__).parents[3] / "helpers" / "api" / "search_api.yaml"
NAMED = {"Capabilities": ["CAPABILITY_NAMED_IAM"]}


def _prefix(name, **others):
    given = {"Prefix": name} | others
    return {"Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]}


def _settled(client, name):
    """The stack when it has come to rest."""
    while True:
        [stack] = client.describe_stacks(StackName=name)["Stacks"]
        if not stack["StackStatus"].endswith("IN_PROGRESS"):
            return stack


def a_stack_lives_and_goes(account):
    client, here = account.client("cloudformation"), {"StackName": "contract"}
    made = client.create_stack(**here, TemplateBody=TEMPLATE, **NAMED, **_prefix("contract"),
                               Tags=[{"Key": "workshop", "Value": "contract"}])  # fmt: skip
    assert client.describe_stacks(**here)["Stacks"][0]["StackStatus"] == "CREATE_IN_PROGRESS"
    client.get_waiter("stack_create_complete").wait(**here, WaiterConfig={"Delay": 0})
    stack = _settled(client, "contract")
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    assert outputs["BucketName"] == "contract-us-east-1-000000000000" and outputs["OpenSearchFlavour"] == "domain"
    account.client("s3").head_bucket(Bucket=outputs["BucketName"])
    assert client.get_template(**here)["TemplateBody"] == TEMPLATE
    resources = client.list_stack_resources(**here)["StackResourceSummaries"]
    assert {resource["ResourceStatus"] for resource in resources} == {"CREATE_COMPLETE"}
    assert client.describe_stack_events(**here)["StackEvents"][0]["ResourceStatus"] == "CREATE_COMPLETE"
    assert "contract" in [stack["StackName"] for stack in client.describe_stacks()["Stacks"]]
    account.client("s3").put_object(Bucket=outputs["BucketName"], Key="k")
    client.delete_stack(**here)
    stack = _settled(client, "contract")
    assert stack["StackStatus"] == "DELETE_FAILED" and "[Bucket]" in stack["StackStatusReason"]
    account.client("s3").delete_object(Bucket=outputs["BucketName"], Key="k")
    client.delete_stack(**here)
    client.get_waiter("stack_delete_complete").wait(StackName=made["StackId"], WaiterConfig={"Delay": 0})
    account.refuses("ValidationError", client.describe_stacks, **here)
    account.refuses("404", account.client("s3").head_bucket, Bucket=outputs["BucketName"])


def a_stack_is_updated(account):
    client, here = account.client("cloudformation"), {"StackName": "contract-update"}
    client.create_stack(**here, TemplateBody=TEMPLATE, **NAMED, **_prefix("contract-update"))
    _settled(client, "contract-update")
    kept = {"Parameters": [{"ParameterKey": "Prefix", "UsePreviousValue": True}]}
    account.refuses("ValidationError", client.update_stack, **here, TemplateBody=TEMPLATE, **NAMED, **kept)
    longer = TEMPLATE.replace("RetentionInDays: 14", "RetentionInDays: 30")
    client.update_stack(**here, TemplateBody=longer, **NAMED, **kept)
    assert _settled(client, "contract-update")["StackStatus"] == "UPDATE_COMPLETE"
    assert client.get_template(**here)["TemplateBody"] == longer


def stacks_are_refused(account):
    client, template = account.client("cloudformation"), {"TemplateBody": TEMPLATE}
    create = client.create_stack
    account.refuses("InsufficientCapabilitiesException", create, StackName="contract-no", **template, **_prefix("contract-no"))
    for wrong in (_prefix("Capital"), _prefix("contract-no", OpenSearch="elastic"), _prefix("contract-no", Colour="red"),
                  _prefix("contract-no", OpenSearch="serverless-nextgen")):  # fmt: skip
        account.refuses("ValidationError", create, StackName="contract-no", **template, **NAMED, **wrong)
    for text in ("{", "a: [", json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})):
        account.refuses("ValidationError", create, StackName="contract-no", TemplateBody=text)
    assert account.cloud.bucket
    account.refuses("AlreadyExistsException", create, StackName="workshop", **template, **NAMED)
    account.refuses("ValidationError", create, StackName="with space", **template, **NAMED)
    account.refuses("ValidationError", client.describe_stack_events, StackName="contract-nothing")


def a_stack_that_can_not_be_made_is_undone(account):
    client = account.client("cloudformation")
    account.client("s3").create_bucket(Bucket="contract-taken-us-east-1-000000000000")
    client.create_stack(StackName="contract-taken", TemplateBody=TEMPLATE, **NAMED, **_prefix("contract-taken"))
    assert _settled(client, "contract-taken")["StackStatus"] == "ROLLBACK_COMPLETE"
    failed = [e for e in client.describe_stack_events(StackName="contract-taken")["StackEvents"]
              if e["ResourceStatus"] == "CREATE_FAILED"]  # fmt: skip
    assert [event["LogicalResourceId"] for event in failed] == ["Bucket"]
    account.client("s3").head_bucket(Bucket="contract-taken-us-east-1-000000000000")  # it was not the stack's, and stays


def a_search_api_lives_and_goes(account):
    """The second template, on the first one's bucket and role: an update, a look that starts a server, and its end."""
    client, outputs = account.client("cloudformation"), account.cloud.stack()
    text = TEMPLATE_OF_THE_API.read_text(encoding="utf-8")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("search_api/api/handler.py", "")
    account.client("s3").put_object(Bucket=outputs["BucketName"], Key="code.zip", Body=buffer.getvalue())
    given = {
        "Prefix": "contract", "CodeBucket": outputs["BucketName"], "CodeKey": "code.zip", "RoleArn": outputs["SearchRoleArn"],
        "OpenSearchEndpoint": outputs["OpenSearchEndpoint"], "OpenSearchService": "es", "IndexName": "contract-images",
        "Embedder": "titan", "Dimension": "1024",
    }  # fmt: skip
    here = {"StackName": "contract-search-api", "TemplateBody": text}
    listed = [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]
    client.create_stack(**here, Parameters=listed)
    stack = _settled(client, "contract-search-api")
    assert stack["StackStatus"] == "CREATE_COMPLETE" and stack["Outputs"][0]["OutputValue"].startswith("http://127.0.0.1:")
    assert {"ParameterKey": "OpenSearchEndpoint", "ParameterValue": "****"} in stack["Parameters"]
    listed[6] = {"ParameterKey": "IndexName", "ParameterValue": "contract-other"}
    client.update_stack(**here, Parameters=listed)
    assert _settled(client, "contract-search-api")["StackStatus"] == "UPDATE_COMPLETE"
    client.delete_stack(StackName="contract-search-api")
    client.get_waiter("stack_delete_complete").wait(StackName=stack["StackId"], WaiterConfig={"Delay": 0})
    account.refuses("ValidationError", client.describe_stacks, StackName="contract-search-api")

"""The search API's stack: its outputs, what it is refused, and that nothing of it stays."""

from __future__ import annotations

import io
import zipfile

import pytest

from helpers.local.cloud import LocalCloud
from helpers.settings import REPOSITORY

TEMPLATE = (REPOSITORY / "helpers" / "api" / "search_api.yaml").read_text(encoding="utf-8")


@pytest.fixture
def cloud(tmp_path):
    return LocalCloud(tmp_path, weights=tmp_path)


@pytest.fixture
def launch(cloud):
    """The stack, when it has come to rest."""
    outputs = cloud.stack()
    client, s3 = cloud.session.client("cloudformation"), cloud.session.client("s3")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("search_api/api/handler.py", "")
    s3.put_object(Bucket=outputs["BucketName"], Key="good.zip", Body=buffer.getvalue())
    s3.put_object(Bucket=outputs["BucketName"], Key="bad.zip", Body=b"no zip")

    def launched(template=TEMPLATE, **parameters):
        given = {"Prefix": "api", "CodeBucket": outputs["BucketName"], "CodeKey": "good.zip", "RoleArn": outputs["SearchRoleArn"],
                 "OpenSearchEndpoint": "https://ada:secret@search.example", "OpenSearchService": "none", "IndexName": "images",
                 "Embedder": "titan", "Dimension": "1024"} | parameters  # fmt: skip
        listed = [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]
        client.create_stack(StackName="api", TemplateBody=template, Parameters=listed)
        while (stack := client.describe_stacks(StackName="api")["Stacks"][0])["StackStatus"].endswith("_IN_PROGRESS"):
            pass
        return stack

    return launched


def failures(cloud):
    events = cloud.session.client("cloudformation").describe_stack_events(StackName="api")["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"] == "CREATE_FAILED"]
    return [(event["LogicalResourceId"], event["ResourceStatusReason"]) for event in failed]


def test_its_url_is_an_address_of_this_machine(launch):
    stack = launch()
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    [output] = stack["Outputs"]
    assert output["OutputKey"] == "Url" and output["OutputValue"].startswith("http://127.0.0.1:")


def test_what_is_secret_is_not_shown(launch):
    shown = {item["ParameterKey"]: item["ParameterValue"] for item in launch()["Parameters"]}
    assert shown["OpenSearchEndpoint"] == "****" and shown["IndexName"] == "images"


@pytest.mark.parametrize(("parameters", "reason"), [
    ({"CodeKey": "bad.zip"}, "Could not unzip"), ({"CodeKey": "nothing.zip"}, ""),
    ({"RoleArn": "arn:aws:iam::000000000000:role/nobody"}, "cannot be assumed by Lambda"),
])  # fmt: skip
def test_a_function_that_can_not_be_made_is_undone(cloud, launch, parameters, reason):
    assert launch(**parameters)["StackStatus"] == "ROLLBACK_COMPLETE"
    [(logical, told)] = failures(cloud)
    assert logical == "Function" and reason in told
    assert not list(cloud.root.glob("lambda/functions/*")) and not list(cloud.root.glob("apigateway/apis/*"))


def test_a_runtime_that_is_not_here_is_refused(cloud, launch):
    assert launch(TEMPLATE.replace("python3.13", "python3.12"))["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "python3.13" in failures(cloud)[0][1]


def test_a_property_that_nothing_would_obey_is_refused(launch):
    with pytest.raises(NotImplementedError, match="CorsConfiguration"):
        launch(TEMPLATE.replace("ProtocolType: HTTP", "ProtocolType: HTTP\n      CorsConfiguration: {AllowOrigins: ['*']}"))


def test_a_number_below_its_least_is_refused(cloud, launch):
    with pytest.raises(cloud.session.client("cloudformation").exceptions.ClientError, match="Concurrency"):
        launch(Concurrency="-1")


def test_nothing_of_it_stays(cloud, launch):
    launch()
    client = cloud.session.client("cloudformation")
    client.delete_stack(StackName="api")
    while any(stack["StackName"] == "api" for stack in client.describe_stacks()["Stacks"]):
        client.describe_stacks(StackName="api")
    assert not [path for folder in ("lambda", "apigateway") for path in (cloud.root / folder).rglob("*") if path.is_file()]

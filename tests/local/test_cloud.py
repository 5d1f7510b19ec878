"""The whole offline account: there from the start, light to open, and the same for everyone who opens the folder."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from helpers.local.cloud import LocalCloud
from helpers.local.errors import ServiceError
from helpers.local.opensearch.connection import LocalConnection


@pytest.fixture(scope="module")
def cloud(tmp_path_factory) -> LocalCloud:
    folder: Path = tmp_path_factory.mktemp("machine")
    return LocalCloud(folder / "cloud", weights=folder / "weights")


def test_a_bucket_and_the_roles_are_there_from_the_start(cloud):
    assert cloud.bucket == "workshop-us-east-1-000000000000"
    cloud.session.client("s3").head_bucket(Bucket=cloud.bucket)
    iam = cloud.session.client("iam")
    for role in ("workshop-sagemaker", "workshop-personalize"):
        assert iam.get_role(RoleName=role)["Role"]["Arn"] == cloud.role_arn(role)
    with pytest.raises(KeyError, match="workshop-sagemaker"):
        cloud.role_arn("admin")


def test_every_stack_has_a_bucket_of_its_own(cloud):
    outputs = cloud.stack("seat-07", "serverless-nextgen")
    assert outputs["BucketName"] == "seat-07-us-east-1-000000000000" and outputs["OpenSearchFlavour"] == "serverless-nextgen"
    assert cloud.stack("seat-07") == outputs


def test_two_that_need_a_stack_at_once_get_the_same(tmp_path):
    clouds = [LocalCloud(tmp_path, weights=tmp_path) for _ in range(4)]
    with ThreadPoolExecutor() as pool:
        outputs = list(pool.map(lambda cloud: cloud.stack(), clouds))
    assert all(one == outputs[0] for one in outputs)
    assert len(clouds[0].session.client("cloudformation").describe_stacks()["Stacks"]) == 1


def test_a_stack_is_made_quickly(tmp_path):
    LocalCloud(tmp_path / "first", weights=tmp_path).stack()
    seconds = []
    for n in range(5):
        cloud = LocalCloud(tmp_path / str(n), weights=tmp_path)
        start = time.process_time()
        cloud.stack()
        seconds.append(time.process_time() - start)
    assert min(seconds) < 0.2


def test_the_region_is_the_one_asked_for(tmp_path):
    cloud = LocalCloud(tmp_path, weights=tmp_path, region="eu-west-1")
    assert cloud.bucket == "workshop-eu-west-1-000000000000" and cloud.session.region_name == "eu-west-1"
    s3 = cloud.session.client("s3")
    assert s3.get_bucket_location(Bucket=cloud.bucket)["LocationConstraint"] == "eu-west-1"


def test_who_opens_the_folder_again_finds_everything(cloud):
    cloud.session.client("s3").put_object(Bucket=cloud.bucket, Key="k", Body=b"kept")
    again = LocalCloud(cloud.root, weights=cloud.root)
    assert again.session.client("s3").get_object(Bucket=again.bucket, Key="k")["Body"].read() == b"kept"


@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("sts", "get_caller_identity", {}),
        ("bedrock", "get_foundation_model", {"modelIdentifier": "amazon.titan-embed-image-v1"}),
        ("sagemaker", "list_training_jobs", {}),
        ("personalize", "list_dataset_groups", {}),
    ],
)
def test_every_service_answers(cloud, service, operation, arguments):
    answer = getattr(cloud.session.client(service), operation)(**arguments)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize(
    ("service", "operation", "arguments", "code"),
    [
        ("bedrock-runtime", "invoke_model", {"modelId": "nothing", "body": b"{}"}, "ValidationException"),
        ("sagemaker", "describe_training_job", {"TrainingJobName": "nothing"}, "ValidationException"),
        (
            "personalize-runtime",
            "get_personalized_ranking",
            {
                "campaignArn": "arn:aws:personalize:us-east-1:000000000000:campaign/nothing",
                "userId": "u",
                "inputList": ["1"],
            },
            "ResourceNotFoundException",
        ),
    ],
)
def test_every_service_refuses_in_its_own_words(cloud, service, operation, arguments, code):
    with pytest.raises(ClientError) as caught:
        getattr(cloud.session.client(service), operation)(**arguments)
    assert caught.value.response["Error"]["Code"] == code


def test_an_event_needs_a_tracker(cloud):
    client = cloud.session.client("personalize-events")
    with pytest.raises(client.exceptions.InvalidInputException):
        client.put_events(
            trackingId="nothing", userId="u", sessionId="s", eventList=[{"eventType": "view", "sentAt": 0}]
        )


def test_opensearch_answers_its_genuine_client(cloud):
    from opensearchpy import OpenSearch

    client = OpenSearch([{"host": "local"}], connection_class=LocalConnection, node=cloud.node)
    assert client.indices.exists(index="nothing") is False
    assert cloud.node is cloud.node


def test_faults_reach_every_client(tmp_path):
    asked = []

    def refuse(service: str, operation: str) -> ServiceError:
        asked.append((service, operation))
        return ServiceError("AccessDenied", "not today", 403)

    cloud = LocalCloud(tmp_path, weights=tmp_path, faults=refuse)
    with pytest.raises(ClientError, match="not today"):
        cloud.session.client("s3").list_buckets()
    assert asked == [("s3", "list_buckets")]


def test_opening_the_cloud_is_quick(tmp_path):
    LocalCloud(tmp_path / "first", weights=tmp_path)
    seconds = []
    for n in range(5):
        start = time.process_time()  # of this process alone, however busy the machine is
        LocalCloud(tmp_path / str(n), weights=tmp_path)
        seconds.append(time.process_time() - start)
    assert min(seconds) < 0.02


def test_opening_the_cloud_loads_no_heavy_library(tmp_path):
    code = f"""
import sys
from pathlib import Path
from helpers.local.cloud import LocalCloud
LocalCloud(Path({str(tmp_path)!r}), weights=Path({str(tmp_path)!r})).session.client("personalize")
heavy = {{"yaml", "faiss", "sklearn", "onnxruntime", "sagemaker", "PIL.Image"}} & sys.modules.keys()
sys.exit(f"loaded {{heavy}}" if heavy else 0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

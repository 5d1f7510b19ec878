"""SageMaker on a dictionary of objects, behind the genuine client; a good request, and a look until a job has ended."""

from collections.abc import Callable

import numpy as np
import pytest

from helpers.kmeans_formats import to_recordio
from helpers.local.errors import ServiceError
from helpers.local.services.sagemaker import SageMaker
from helpers.local.session import LocalSession
from helpers.local.store import Store

ROWS = np.random.default_rng(0).normal(size=(80, 6)).astype(np.float32)
ROLE = "arn:aws:iam::000000000000:role/workshop-sagemaker"
IMAGE = "382416733822.dkr.ecr.us-east-1.amazonaws.com/kmeans:1"


class Objects(dict):
    """S3 as a dictionary of URIs."""

    def starting_with(self, uri):
        if not uri.startswith("s3://bucket/"):
            raise ServiceError("NoSuchBucket", "The specified bucket does not exist")
        return sorted(key for key in self if key.startswith(uri))


@pytest.fixture
def objects():
    return Objects({"s3://bucket/train/a": to_recordio(ROWS[:50]), "s3://bucket/train/b": to_recordio(ROWS[50:])})


def service_on(folder, objects, **options):
    return SageMaker(
        Store(folder),
        list_objects=objects.starting_with,
        read_object=objects.__getitem__,
        write_object=objects.__setitem__,
        role_exists=ROLE.__eq__,
        **options,
    )


@pytest.fixture(scope="module")
def shared():
    """One client for all tests, since making one takes half a second, and the dictionary of what answers it."""
    services = {"sagemaker": None}
    return LocalSession(services).client("sagemaker"), services


@pytest.fixture
def sagemaker(tmp_path, objects, shared):
    client, services = shared
    services["sagemaker"] = service_on(tmp_path, objects)
    return client


@pytest.fixture
def restart(tmp_path, objects, shared) -> Callable:
    """A function that puts another SageMaker on the same folder, as a restarted kernel does."""
    return lambda: shared[1].update(sagemaker=service_on(tmp_path, objects))


@pytest.fixture
def set_quotas(sagemaker, tmp_path, objects, shared) -> Callable:
    """A function from quotas by instance type that puts them in force."""
    return lambda quotas: shared[1].update(sagemaker=service_on(tmp_path, objects, quotas=quotas))


@pytest.fixture
def job_request() -> Callable:
    """A function from a name, and changes, to the arguments of create_training_job."""
    return good_request


@pytest.fixture
def finish() -> Callable:
    """A function that looks until a job has ended; the last description."""
    return look_until_ended


def good_request(name="job-1", **changes):
    """A good request; a change such as `ResourceConfig__InstanceType="ml.t3.medium"` reaches into a member."""
    channel = {
        "ChannelName": "train",
        "ContentType": "application/x-recordio-protobuf",
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/train/"}},
    }
    good = {
        "TrainingJobName": name,
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "HyperParameters": {"k": "5", "feature_dim": "6", "eval_metrics": '["msd","ssd"]'},
        "InputDataConfig": [channel],
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/models/"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 5},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
    }
    for path, value in changes.items():
        *parents, last = path.split("__")
        place = good
        for parent in parents:
            place = place[int(parent)] if parent.isdecimal() else place[parent]
        place[last] = value
    return good


def look_until_ended(client, name="job-1"):
    for _ in range(10):
        job = client.describe_training_job(TrainingJobName=name)
        if job["TrainingJobStatus"] not in ("InProgress", "Stopping"):
            return job
    raise AssertionError(f"the job does not end: {job['SecondaryStatus']}")

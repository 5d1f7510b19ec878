"""The whole way through the genuine SageMaker SDK and boto3, answered by the offline cloud."""

import itertools
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import quick_jobs

from helpers import training_jobs
from helpers.clustering import (
    TrainingJob,
    WaitError,
    assign_clusters,
    read_centroids,
    start_for_each_k,
    train_for_each_k,
    train_kmeans,
    upload_vectors,
)  # fmt: skip
from helpers.local.cloud import LocalCloud
from helpers.training_jobs import QuotaError

ROOT = Path(__file__).parents[1]
RNG = np.random.default_rng(0)
MIDDLES = RNG.normal(size=(6, 32))
VECTORS = (np.repeat(MIDDLES, 20, axis=0) + 0.1 * RNG.normal(size=(120, 32))).astype(np.float32)
VECTORS /= np.linalg.norm(VECTORS, axis=1, keepdims=True)


PREFIXES = (f"comic-{number}" for number in itertools.count())


@dataclass
class Aws:
    """What clustering uses of a Workshop."""

    cloud: LocalCloud
    clients: dict[str, Any]
    prefix: str = field(default_factory=lambda: next(PREFIXES))
    region: str = "us-east-1"
    poll_seconds: float = 0
    state: dict = field(default_factory=dict)

    def __post_init__(self):
        self.session, self.bucket = self.cloud.session, self.cloud.bucket
        self.sagemaker_role_arn, self.home = self.cloud.role_arn("workshop-sagemaker"), self.cloud.root

    def client(self, name):
        return self.clients[name]

    def jobs(self):
        return self.clients["sagemaker"].list_training_jobs(NameContains=f"{self.prefix}-")[
            "TrainingJobSummaries"
        ]


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    """One cloud for all tests: making its clients takes seconds. Each test has a prefix and a state of its own."""
    cloud = LocalCloud(tmp_path_factory.mktemp("cloud"), weights=Path("none"))
    clients = {name: cloud.session.client(name) for name in ("s3", "sagemaker")}
    return SimpleNamespace(cloud=cloud, clients=clients)


@pytest.fixture
def aws(cloud, monkeypatch):
    monkeypatch.setitem(os.environ, "SAGEMAKER_VALIDATE_ROLE", "")
    return Aws(cloud.cloud, cloud.clients)


def test_vectors_become_clusters(aws):
    job = train_kmeans(aws, upload_vectors(aws, VECTORS), 6, feature_dim=32, epochs=2)
    centroids = read_centroids(aws, job)
    clusters = assign_clusters(VECTORS, centroids)
    assert clusters == [str(group) for group in range(6) for _ in range(20)]
    asked = aws.client("sagemaker").describe_training_job(TrainingJobName=job.name)
    assert asked["AlgorithmSpecification"]["TrainingImage"].endswith(
        ".dkr.ecr.us-east-1.amazonaws.com/kmeans:1"
    )
    assert asked["HyperParameters"] == {
        "k": "6", "feature_dim": "32", "epochs": "2", "eval_metrics": '["msd","ssd"]',
    }  # fmt: skip
    assert job.k == 6
    assert job.name.startswith(f"{aws.prefix}-kmeans-6-")
    assert job.model_uri == f"s3://{aws.bucket}/{aws.prefix}/models/{job.name}/output/model.tar.gz"
    squared = ((VECTORS - centroids[np.array(clusters, int)]) ** 2).sum(axis=1)
    assert job.metrics["train:msd"] == pytest.approx(squared.mean(), rel=1e-4)


ALONE = """
import sys, threading
reached = []
sys.addaudithook(lambda event, given: event in ("socket.getaddrinfo", "socket.connect") and reached.append(given))
import numpy
from pathlib import Path
from types import SimpleNamespace
from helpers import progress
from helpers.clustering import train_kmeans, upload_vectors
from helpers.local.cloud import LocalCloud

progress.PATIENCE = 1e9  # bars go to stderr, where this test looks for everything else
cloud = LocalCloud(Path(sys.argv[1]), weights=Path("none"))
aws = SimpleNamespace(
    session=cloud.session, bucket=cloud.bucket, sagemaker_role_arn=cloud.role_arn("workshop-sagemaker"),
    client=cloud.session.client, prefix="comic", region="us-east-1", poll_seconds=0, state={}, home=cloud.root,
)
train_kmeans(aws, upload_vectors(aws, numpy.eye(6, 4, dtype="float32")), 2, feature_dim=4)
for thread in threading.enumerate():
    if thread is not threading.current_thread() and not thread.name.startswith("tqdm"):
        thread.join(timeout=3)
print(reached)
"""


def test_the_sdk_reaches_for_no_network_and_prints_nothing_of_its_own(tmp_path):
    """In a process of its own: the SDK is imported there, and nobody else has configured logging."""
    command = [sys.executable, "-c", ALONE, str(tmp_path)]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    result = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
    assert result.stderr == ""
    assert result.stdout == "K-Means with 2 clusters: Completed\n[]\n"


@pytest.fixture
def quick_start(monkeypatch):
    monkeypatch.setattr(training_jobs, "start_job", quick_jobs.start)


def test_a_rerun_finds_the_finished_job_and_prints_the_same(aws, capsys, quick_start):
    uri = upload_vectors(aws, VECTORS)
    assert upload_vectors(aws, VECTORS) == uri
    first = train_kmeans(aws, uri, 6, feature_dim=32)
    printed = capsys.readouterr().out
    assert train_kmeans(aws, uri, 6, feature_dim=32) == first
    assert capsys.readouterr().out == printed
    assert len(aws.jobs()) == 1


def test_other_vectors_k_or_hyperparameters_are_another_job(aws, quick_start):
    uri = upload_vectors(aws, VECTORS)
    jobs = [
        train_kmeans(aws, uri, 6, feature_dim=32),
        train_kmeans(aws, uri, 5, feature_dim=32),
        train_kmeans(aws, uri, 6, feature_dim=32, num_trials=2, extra_center_factor=4),
        train_kmeans(aws, upload_vectors(aws, VECTORS[1:]), 6, feature_dim=32),
    ]
    assert len({job.name for job in jobs}) == 4
    described = aws.client("sagemaker").describe_training_job(TrainingJobName=jobs[2].name)["HyperParameters"]
    assert described["local_lloyd_num_trials"] == "2"
    assert described["extra_center_factor"] == "4"


def test_csv_and_recordio_give_the_same_centroids(aws, quick_start):
    uris = [upload_vectors(aws, VECTORS, form=form) for form in ("csv", "recordio")]
    models = [read_centroids(aws, train_kmeans(aws, uri, 4, feature_dim=32)) for uri in uris]
    assert np.array_equal(*models)


def test_several_ks_are_started_before_the_first_is_waited_for(aws, capsys, quick_start):
    uri = upload_vectors(aws, VECTORS)
    jobs = train_for_each_k(aws, uri, (3, 6), feature_dim=32)
    assert [read_centroids(aws, job).shape for job in jobs.values()] == [(3, 32), (6, 32)]
    assert (
        capsys.readouterr().out == "K-Means with 3 clusters: Completed\nK-Means with 6 clusters: Completed\n"
    )
    created = [job["CreationTime"] for job in aws.jobs()]
    assert (
        max(created)
        < aws.client("sagemaker").describe_training_job(TrainingJobName=jobs[3].name)["TrainingEndTime"]
    )


def test_seven_values_of_k_are_more_than_an_elbow_needs(aws, quick_start):
    uri = upload_vectors(aws, VECTORS)
    for call in (start_for_each_k, train_for_each_k):
        with pytest.raises(ValueError, match=r"7 values of k are 7 training jobs.*6 at most"):
            call(aws, uri, range(2, 9), feature_dim=32)
    assert aws.jobs() == []


def test_starting_returns_at_once_and_says_the_same_whatever_it_finds(aws, capsys, quick_start):
    uri, printed = upload_vectors(aws, VECTORS), set()
    for finish in (False, True, False):
        start_for_each_k(aws, uri, (3, 6), feature_dim=32)
        printed.add(capsys.readouterr().out)
        assert len(aws.jobs()) == 2
        if finish:
            train_for_each_k(aws, uri, (3, 6), feature_dim=32)
            capsys.readouterr()
        else:
            assert {job["TrainingJobStatus"] for job in aws.jobs()} <= {"InProgress", "Completed"}
    [line] = printed
    assert line.startswith("K-Means with 3, 6 clusters, side by side as far as your quota allows: started, or found.")
    assert "3–5 minutes" in line


def test_a_refused_machine_is_an_exception_and_no_log(aws, capfd):
    uri = upload_vectors(aws, VECTORS)
    with pytest.raises(QuotaError, match=r"the quota 'ml.t3.medium for training job usage' is 0.*Service Quotas"):
        train_kmeans(aws, uri, 6, feature_dim=32, instance_type="ml.t3.medium")
    assert capfd.readouterr() == ("", "")


def test_a_failed_job_says_why_and_a_rerun_starts_a_new_one(aws, quick_start):
    uri = upload_vectors(aws, VECTORS)
    for attempt in (1, 2):
        with pytest.raises(WaitError, match=r"k=121 must not exceed the 120 rows.*run this cell again"):
            train_kmeans(aws, uri, 121, feature_dim=32)
        assert len(aws.jobs()) == attempt


def test_a_job_that_was_deleted_is_trained_again(aws, quick_start):
    uri = upload_vectors(aws, VECTORS)
    job = train_kmeans(aws, uri, 2, feature_dim=32)
    aws.client("sagemaker").delete_training_job(TrainingJobName=job.name)
    assert isinstance(train_kmeans(aws, uri, 2, feature_dim=32), TrainingJob)
    assert len(aws.jobs()) == 1


def test_nothing_uploaded_is_said_before_anything_starts(aws):
    with pytest.raises(FileNotFoundError, match="Run upload_vectors first"):
        train_kmeans(aws, f"s3://{aws.bucket}/{aws.prefix}/vectors/none.recordio", 2, feature_dim=32)


def test_cluster_ids_are_whole_numbers_in_strings():
    assert assign_clusters(
        np.array([[0.9, 0], [0, 2.0]], np.float32), np.array([[0, 1.0], [1, 0]], np.float32)
    ) == ["1", "0"]
    with pytest.raises(ValueError, match="embed both alike"):
        assign_clusters(VECTORS, np.ones((2, 3), np.float32))

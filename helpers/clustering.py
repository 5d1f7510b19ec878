"""Group vectors with SageMaker's K-Means: upload them, train, read the centroids, assign every vector to one."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from botocore.exceptions import ClientError
from filelock import FileLock
from numpy.typing import NDArray

from .kmeans_formats import centroids_in_archive, to_csv, to_recordio
from .waiting import WaitError, wait_until

if TYPE_CHECKING:
    from .workshop import Workshop

__all__ = [
    "TrainingJob", "WaitError", "assign_clusters", "read_centroids", "train_for_each_k", "train_kmeans", "upload_vectors",
]  # fmt: skip

INSTANCE_TYPE = "ml.m5.large"
LONGEST_RUN = 1800  # seconds, after which SageMaker stops a job
_FORMATS = {
    "recordio": (to_recordio, "application/x-recordio-protobuf"),
    "csv": (to_csv, "text/csv;label_size=0"),
}
# The SDK reports usage from a background thread, to an address that least-privilege networks block.
_NO_TELEMETRY = {"SchemaVersion": "1.0", "SageMaker": {"PythonSDK": {"Modules": {"TelemetryOptOut": True}}}}


@dataclass(frozen=True)
class TrainingJob:
    """A finished job: model_uri is its model.tar.gz, metrics what SageMaker measured, such as {"train:msd": 0.21}."""

    name: str
    k: int
    model_uri: str
    metrics: dict[str, float] = field(default_factory=dict)


def upload_vectors(aws: Workshop, vectors: NDArray[np.float32], *, form: str = "recordio") -> str:
    """The S3 URI of the vectors (n_items, n_features), ready for training; equal vectors get an equal URI.

    form : "recordio", or "csv", which is readable and three times the size.
    """
    encode, content_type = _FORMATS[form]
    body = encode(vectors)
    key = f"{aws.prefix}/vectors/{hashlib.sha256(body).hexdigest()[:16]}.{form}"
    aws.client("s3").put_object(Bucket=aws.bucket, Key=key, Body=body, ContentType=content_type.partition(";")[0])
    return f"s3://{aws.bucket}/{key}"


def train_kmeans(
    aws: Workshop,
    vectors_uri: str,
    k: int,
    *,
    feature_dim: int,
    epochs: int = 10,
    n_vectors: int | None = None,
    num_trials: int | None = None,
    instance_type: str = INSTANCE_TYPE,
    **hyperparameters: Any,
) -> TrainingJob:
    """The finished training job for these vectors, this k and these hyperparameters; it is trained only once.

    n_vectors : how many there are. K-Means first looks for more centres than k, ten times as many unless told
        otherwise; with `n_vectors` it is told to stay below their number.
    num_trials : restarts of the last step (`local_lloyd_num_trials`; None leaves SageMaker its 10). It has nothing to
        do with k. Other hyperparameters are passed on: `extra_center_factor=4`, `init_method="kmeans++"`.

    Raises WaitError with SageMaker's reason when the job fails, ClientError when SageMaker refuses to start it.
    """
    return train_for_each_k(
        aws, vectors_uri, [k], feature_dim=feature_dim, epochs=epochs, n_vectors=n_vectors, num_trials=num_trials,
        instance_type=instance_type, **hyperparameters,
    )[k]  # fmt: skip


def train_for_each_k(
    aws: Workshop, vectors_uri: str, ks: Iterable[int], *, feature_dim: int, epochs: int = 10,
    n_vectors: int | None = None, num_trials: int | None = None, instance_type: str = INSTANCE_TYPE, **hyperparameters: Any,
) -> dict[int, TrainingJob]:  # fmt: skip
    """A finished job for each k, see `train_kmeans`. They train side by side, as far as the account's quota allows."""
    shared = {"feature_dim": feature_dim, "epochs": epochs, "eval_metrics": '["msd","ssd"]', **hyperparameters}
    if num_trials is not None:
        shared["local_lloyd_num_trials"] = num_trials
    names: dict[int, str] = {}
    finished: dict[int, TrainingJob] = {}
    for k in ks:
        settings = {"k": int(k), **shared}
        if n_vectors is not None:
            settings.setdefault("extra_center_factor", max(1, min(10, n_vectors // int(k))))
        try:
            names[k] = _find_or_start(aws, vectors_uri, settings, instance_type)
        except ClientError as error:
            waiting = names.keys() - finished.keys()
            if error.response["Error"]["Code"] != "ResourceLimitExceeded" or not waiting:
                raise
            finished |= {other: _wait(aws, names[other], other) for other in names if other in waiting}
            names[k] = _find_or_start(aws, vectors_uri, settings, instance_type)
    return {k: finished.get(k) or _wait(aws, name, k) for k, name in names.items()}


def read_centroids(aws: Workshop, job: TrainingJob) -> NDArray[np.float32]:
    """The centroids (k, n_features) that a job found; row c is the middle of cluster str(c)."""
    bucket, _, key = job.model_uri.removeprefix("s3://").partition("/")
    return centroids_in_archive(aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())


def assign_clusters(vectors: NDArray[np.float32], centroids: NDArray[np.float32]) -> list[str]:
    """The id of the nearest centroid for each vector, as a string: "7", and never "7.0".

    vectors (n_items, n_features), centroids (k, n_features). Distance is Euclidean.
    """
    if vectors.shape[1] != centroids.shape[1]:
        raise ValueError(f"vectors have {vectors.shape[1]} features, centroids {centroids.shape[1]}; embed both alike")
    # |x - c|² = |x|² - 2 x·c + |c|², and |x|² is the same for every centroid
    distances = (centroids**2).sum(axis=1) - 2 * (vectors @ centroids.T)
    return [str(int(c)) for c in distances.argmin(axis=1)]


def _find_or_start(aws: Workshop, vectors_uri: str, settings: dict[str, Any], instance_type: str) -> str:
    """The name of the job that trains, or has trained, exactly this; started if there is none."""
    digest = _digest(aws, vectors_uri, settings)
    remembered = f"training_job {digest}"
    aws.home.mkdir(parents=True, exist_ok=True)
    with FileLock(aws.home / "training_jobs.lock"):  # two kernels would start, and pay for, two jobs
        name = aws.state.get(remembered)
        if name is None or not _is_usable(aws, name):
            base = f"{aws.prefix[:20]}-kmeans-{settings['k']}-{digest[:8]}"  # the SDK adds 15 characters, 63 are allowed
            name = _start(aws, base, vectors_uri, settings, instance_type)
            aws.state[remembered] = name
    return name


def _start(aws: Workshop, base_name: str, vectors_uri: str, settings: dict[str, Any], instance_type: str) -> str:
    os.environ["SAGEMAKER_VALIDATE_ROLE"] = "false"  # else the SDK simulates policies that a narrow role may not read
    from sagemaker.core import image_uris
    from sagemaker.core.helper.session_helper import Session
    from sagemaker.core.training.configs import Compute, InputData, OutputDataConfig, S3DataSource, StoppingCondition
    from sagemaker.train.model_trainer import ModelTrainer

    # Its log says again, in red, what the exception says; who configures logging still gets it.
    logging.getLogger("sagemaker").addHandler(logging.NullHandler())
    _, content_type = _FORMATS["csv" if vectors_uri.endswith(".csv") else "recordio"]
    trainer = ModelTrainer(
        sagemaker_session=Session(boto_session=aws.session, sagemaker_config=_NO_TELEMETRY),
        role=aws.sagemaker_role_arn,
        base_job_name=re.sub(r"[^a-zA-Z0-9]+", "-", base_name).strip("-"),
        training_image=image_uris.retrieve(framework="kmeans", region=aws.region),
        compute=Compute(instance_type=instance_type, instance_count=1, volume_size_in_gb=5),
        stopping_condition=StoppingCondition(max_runtime_in_seconds=LONGEST_RUN),
        output_data_config=OutputDataConfig(s3_output_path=f"s3://{aws.bucket}/{aws.prefix}/models"),
        hyperparameters=settings,
    )
    source = S3DataSource(s3_uri=vectors_uri, s3_data_type="S3Prefix", s3_data_distribution_type="FullyReplicated")
    channel = InputData(channel_name="train", content_type=content_type, data_source=source)
    trainer.train([channel], wait=False, logs=False)
    job: Any = trainer._latest_training_job  # where the SDK's own examples look, too
    return job.training_job_name


def _is_usable(aws: Workshop, name: str) -> bool:
    try:
        status = aws.client("sagemaker").describe_training_job(TrainingJobName=name)["TrainingJobStatus"]
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        if code == "ResourceNotFound" or "not found" in message:
            return False
        raise
    return status in ("InProgress", "Completed")


def _wait(aws: Workshop, name: str, k: int) -> TrainingJob:
    job = wait_until(
        lambda: aws.client("sagemaker").describe_training_job(TrainingJobName=name),
        done={"Completed"},
        failed={"Failed", "Stopped"},
        what=f"K-Means with {k} clusters",
        seconds=aws.poll_seconds,
        timeout=2 * LONGEST_RUN,
        next_step="Correct k, feature_dim or the uploaded vectors, then run this cell again: it starts a new job.",
    )
    metrics = {metric["MetricName"]: metric["Value"] for metric in job.get("FinalMetricDataList", [])}
    return TrainingJob(name, k, job["ModelArtifacts"]["S3ModelArtifacts"], metrics)


def _digest(aws: Workshop, vectors_uri: str, settings: dict[str, Any]) -> str:
    """What tells two trainings apart: the objects that are read, by version, and the hyperparameters."""
    bucket, _, prefix = vectors_uri.removeprefix("s3://").partition("/")
    pages = aws.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    objects = [(item["Key"], item["ETag"]) for page in pages for item in page.get("Contents", [])]
    if not objects:
        raise FileNotFoundError(f"There is nothing at {vectors_uri}. Run upload_vectors first, then this cell again.")
    identity = json.dumps([bucket, objects, settings], sort_keys=True, default=str)
    return hashlib.sha256(identity.encode()).hexdigest()[:16]

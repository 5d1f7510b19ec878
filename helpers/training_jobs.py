"""SageMaker's K-Means training jobs: found again, or started as the quota allows, and waited for.

The truth is AWS's own list of jobs, whose names carry a digest of what they train; our state only remembers it. So a kernel
that died between starting a job and noting its name, and another one on another day, find the job and pay for no second.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from filelock import FileLock

from .durations import usual
from .outages import OneLine
from .waiting import WaitFailed, wait_until

if TYPE_CHECKING:
    from .workshop import Workshop

LONGEST_RUN = 1800  # seconds, after which SageMaker stops a job
WAITING = "waiting for a free machine"
# The SDK reports usage from a background thread, to an address that least-privilege networks block.
_NO_TELEMETRY = {"SchemaVersion": "1.0", "SageMaker": {"PythonSDK": {"Modules": {"TelemetryOptOut": True}}}}


class QuotaError(OneLine, RuntimeError):
    """The account may use no machine of this type for training; the message says how to ask for one."""


@dataclass(frozen=True)
class TrainingJob:
    """A finished job: model_uri is its model.tar.gz, metrics what SageMaker measured, such as {"train:msd": 0.21}."""

    name: str
    k: int
    model_uri: str
    metrics: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """What to train: `digest` tells it from every other training (16 hexadecimal digits)."""

    vectors_uri: str
    content_type: str
    hyperparameters: Mapping[str, Any]
    instance_type: str
    digest: str


class JobQueue:
    """Jobs to run side by side, as many as the account's quota allows at a time; `requests` by their k."""

    def __init__(self, aws: Workshop, requests: Mapping[int, Request]):
        self._aws, self._requests = aws, requests
        self._names: dict[int, str] = {}

    def start(self) -> None:
        """Starts, in order, what is neither finished nor under way, until the quota is used up.

        Raises QuotaError if the quota is 0.
        """
        for k, request in self._requests.items():
            if k in self._names:
                continue
            try:
                self._names[k] = _find_or_start(self._aws, k, request)
            except ClientError as error:
                if error.response["Error"]["Code"] != "ResourceLimitExceeded":
                    raise
                _refuse_zero(error.response["Error"]["Message"], request.instance_type, self._aws.region)
                return  # each machine that the quota allows is in use, by us or by somebody else in the account

    def wait(self) -> dict[int, TrainingJob]:
        """The finished jobs. One that fails does not keep the others from finishing; then WaitFailed names it and why."""
        finished, failures = {}, []
        for k in self._requests:
            try:
                finished[k] = self._wait_for(k)
            except WaitFailed as failure:
                failures.append(str(failure))
        if failures:
            kept = f" The other {len(finished)} are trained, and are found again." if finished else ""
            raise WaitFailed(" ".join(failures) + kept)
        return finished

    def _wait_for(self, k: int) -> TrainingJob:
        job = wait_until(
            lambda: self._look(k),
            done={"Completed"},
            failed={"Failed", "Stopped"},
            what=f"K-Means with {k} clusters",
            seconds=self._aws.poll_seconds,
            timeout=2 * LONGEST_RUN,
            next_step="Correct k, feature_dim or the uploaded vectors, then run this cell again: it starts a new job.",
            usual=usual("training job"),
        )
        # unconfirmed: which metrics a job without a test channel has; there may be none
        metrics = {metric["MetricName"]: metric["Value"] for metric in job.get("FinalMetricDataList", [])}
        return TrainingJob(self._names[k], k, job["ModelArtifacts"]["S3ModelArtifacts"], metrics)

    def _look(self, k: int) -> Mapping[str, Any]:
        """The job as it is now. Those that still queue try again first: a machine may have come free."""
        self.start()
        if k not in self._names:
            return {"status": WAITING}
        return self._aws.client("sagemaker").describe_training_job(TrainingJobName=self._names[k])


def _find_or_start(aws: Workshop, k: int, request: Request) -> str:
    """The name of the job that trains, or has trained, exactly this; started if there is none."""
    remembered = f"training_job {request.digest}"
    base = f"{aws.prefix[:20]}-kmeans-{k}-{request.digest[:8]}"  # the SDK adds 15 characters, 63 are allowed
    base = re.sub(r"[^a-zA-Z0-9]+", "-", base).strip("-")
    aws.home.mkdir(parents=True, exist_ok=True)
    with FileLock(aws.home / "training_jobs.lock"):  # two kernels would start, and pay for, two jobs
        name = aws.state.get(remembered)
        if name is None or not _is_usable(aws, name):
            name = _listed(aws, base) or start_job(aws, base, request)
            aws.state[remembered] = name
    return name


def _listed(aws: Workshop, base: str) -> str | None:
    """The newest job of AWS's own list with this base name that is trained or in training."""
    pages = aws.client("sagemaker").get_paginator("list_training_jobs").paginate(
        NameContains=f"{base}-", SortBy="CreationTime", SortOrder="Descending"
    )  # fmt: skip
    jobs = (job for page in pages for job in page["TrainingJobSummaries"])
    # a neighbour's prefix may end like ours
    ours = (job for job in jobs if job["TrainingJobName"].startswith(f"{base}-"))
    return next((job["TrainingJobName"] for job in ours if job["TrainingJobStatus"] in ("InProgress", "Completed")), None)


def _is_usable(aws: Workshop, name: str) -> bool:
    try:
        status = aws.client("sagemaker").describe_training_job(TrainingJobName=name)["TrainingJobStatus"]
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        if code == "ResourceNotFound" or "not found" in message:
            return False
        raise
    return status in ("InProgress", "Completed")


def _refuse_zero(message: str, instance_type: str, region: str) -> None:
    """Raises QuotaError if AWS's message says that no waiting will help."""
    # unconfirmed: the wording, known from public reports; if it has changed, the wait ends after its time instead
    limit = re.search(r"service limit '([^']+)' is (\d+) Instances", message)
    if limit and int(limit[2]) == 0:
        raise QuotaError(
            f"Your account may use no {instance_type} for training in {region}: the quota '{limit[1]}' is 0. Ask for at least 1 "
            "in the AWS console (Service Quotas, Amazon SageMaker, search for that name, Request increase), which may take "
            "hours, or give another instance_type. Then run this cell again; no job was started, and nothing is billed."
        )


def start_job(aws: Workshop, base_name: str, request: Request) -> str:
    """The name of a new job: the base name, and the time to the second."""
    os.environ["SAGEMAKER_VALIDATE_ROLE"] = "false"  # else the SDK simulates policies that a narrow role may not read
    from sagemaker.core import image_uris
    from sagemaker.core.helper.session_helper import Session
    from sagemaker.core.training.configs import Compute, InputData, OutputDataConfig, S3DataSource, StoppingCondition
    from sagemaker.train.model_trainer import ModelTrainer

    # Its log says again, in red, what the exception says; who configures logging still gets it.
    logging.getLogger("sagemaker").addHandler(logging.NullHandler())
    trainer = ModelTrainer(
        sagemaker_session=Session(boto_session=aws.session, sagemaker_config=_NO_TELEMETRY),
        role=aws.sagemaker_role_arn,
        base_job_name=base_name,
        training_image=image_uris.retrieve(framework="kmeans", region=aws.region),
        compute=Compute(instance_type=request.instance_type, instance_count=1, volume_size_in_gb=5),
        stopping_condition=StoppingCondition(max_runtime_in_seconds=LONGEST_RUN),
        output_data_config=OutputDataConfig(s3_output_path=f"s3://{aws.bucket}/{aws.prefix}/models"),
        hyperparameters=dict(request.hyperparameters),
    )
    data = S3DataSource(s3_uri=request.vectors_uri, s3_data_type="S3Prefix", s3_data_distribution_type="FullyReplicated")
    channel = InputData(channel_name="train", content_type=request.content_type, data_source=data)
    trainer.train([channel], wait=False, logs=False)
    job: Any = trainer._latest_training_job  # where the SDK's own examples look, too
    return job.training_job_name

"""SageMaker's training jobs: created, watched step by step, stopped, listed, tagged, deleted.

A job is a record on disk and every describe call moves it one step, so a restarted kernel goes on where the last one
stopped. The step that leaves "Training" really trains; killed in the middle, it is done again with the same result.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from ...arns import arn, name_of
from ...errors import ServiceError
from ...lifecycle import advance
from ...store import Store
from .pages import page_start, page_token
from .requests import check_quota, check_training_request
from .statuses import FAILED, STEPS, STOPPED, STOPPING, entered, has_ended

JOBS = "sagemaker/training_jobs"
MOST_TAGS = 50
_SUMMARY = (
    "TrainingJobName", "TrainingJobArn", "CreationTime", "TrainingEndTime", "LastModifiedTime", "TrainingJobStatus",
    "SecondaryStatus",
)  # fmt: skip


class SageMaker:
    """Answers the calls about training jobs.

    list_objects, read_object, write_object : S3 as functions of URIs: those that start with a URI, the bytes of one,
        and write (uri, bytes). role_exists : whether SageMaker could assume the role of an ARN.
    quotas : how many machines of a type may train at the same time; no limit for a type that is not in it.
    reason_to_fail : asked before every training; a reason that is not "" is how it fails.
    """

    def __init__(
        self,
        store: Store,
        *,
        list_objects: Callable[[str], Sequence[str]],
        read_object: Callable[[str], bytes],
        write_object: Callable[[str, bytes], object],
        role_exists: Callable[[str], bool] = lambda role_arn: True,
        region: str = "us-east-1",
        quotas: Mapping[str, int] | None = None,
        reason_to_fail: Callable[[], str] = lambda: "",
    ):
        self._store = store
        self._quotas = dict(quotas or {})
        self._list_objects, self._read_object, self._write_object = list_objects, read_object, write_object
        self._role_exists = role_exists
        self._region = region
        self._reason_to_fail = reason_to_fail

    def create_training_job(
        self,
        *,
        TrainingJobName: str,
        AlgorithmSpecification: dict,
        RoleArn: str,
        OutputDataConfig: dict,
        ResourceConfig: dict,
        StoppingCondition: dict | None = None,
        InputDataConfig: Sequence[dict] = (),
        HyperParameters: Mapping[str, str] | None = None,
        Tags: Sequence[dict] = (),
        EnableNetworkIsolation: bool = False,
        EnableInterContainerTrafficEncryption: bool = False,
        EnableManagedSpotTraining: bool = False,
    ) -> dict:
        """The ARN of a new job. Whether hyperparameters and data are good shows only when it runs, as on AWS."""
        job = {
            "TrainingJobName": TrainingJobName,
            "TrainingJobArn": arn("sagemaker", f"training-job/{TrainingJobName}", self._region),
            "AlgorithmSpecification": AlgorithmSpecification,
            "RoleArn": RoleArn,
            "InputDataConfig": list(InputDataConfig),
            "OutputDataConfig": OutputDataConfig,
            "ResourceConfig": ResourceConfig,
            "StoppingCondition": StoppingCondition or {"MaxRuntimeInSeconds": 86400},
            "HyperParameters": dict(HyperParameters or {}),
            "EnableNetworkIsolation": EnableNetworkIsolation,
            "EnableInterContainerTrafficEncryption": EnableInterContainerTrafficEncryption,
            "EnableManagedSpotTraining": EnableManagedSpotTraining,
        }
        check_training_request(job)
        output = OutputDataConfig["S3OutputPath"].rstrip("/")
        now = datetime.now(UTC)
        job |= {
            "ModelArtifacts": {"S3ModelArtifacts": f"{output}/{TrainingJobName}/output/model.tar.gz"},
            "CreationTime": now,
            "SecondaryStatusTransitions": [],
            "offline": {"tags": list(Tags)},
        }
        with self._store.lock(f"{JOBS}-quota"), self._lock(TrainingJobName):
            if self._store.read(JOBS, TrainingJobName):
                raise ServiceError(
                    "ResourceInUse",
                    "Training job names must be unique within an AWS account and region, and a training job with "
                    f"this name already exists ({job['TrainingJobArn']})",
                )
            if not self._role_exists(RoleArn):
                raise _invalid(
                    f"Could not assume role {RoleArn}. Please ensure that the role exists and allows principal "
                    "'sagemaker.amazonaws.com' to assume the role."
                )
            for channel in InputDataConfig:
                self._find_objects(channel, RoleArn)
            running = [other["ResourceConfig"] for other in self._store.all(JOBS) if not has_ended(other)]
            check_quota(ResourceConfig, running, self._quotas)
            self._store.write(JOBS, TrainingJobName, entered(job, STEPS[0], now))
        return {"TrainingJobArn": job["TrainingJobArn"]}

    def describe_training_job(self, *, TrainingJobName: str) -> dict:
        """The job as it was before this call moved it one step further."""
        with self._lock(TrainingJobName):
            job = self._job(TrainingJobName)
            if job["TrainingJobStatus"] in ("InProgress", "Stopping"):
                self._store.write(JOBS, TrainingJobName, self._moved(job))
        return {member: value for member, value in job.items() if member != "offline"}

    def stop_training_job(self, *, TrainingJobName: str) -> None:
        """Nothing; the job stops at the next look. Raises ValidationException when it has ended."""
        with self._lock(TrainingJobName):
            job = self._job(TrainingJobName)
            if has_ended(job):
                status = job["TrainingJobStatus"]
                raise _invalid(f"The request was rejected because the training job is in status {status}.")
            self._store.write(JOBS, TrainingJobName, entered(job, STOPPING, datetime.now(UTC)))

    def delete_training_job(self, *, TrainingJobName: str) -> None:
        """Nothing; the record is gone and the model stays in S3. Raises ResourceInUse while the job runs."""
        with self._lock(TrainingJobName):
            if not has_ended(self._job(TrainingJobName)):
                raise ServiceError("ResourceInUse", f"Training job {TrainingJobName} is still in progress; stop it first.")
            self._store.delete(JOBS, TrainingJobName)

    def list_training_jobs(
        self,
        *,
        NameContains: str = "",
        StatusEquals: str | None = None,
        SortBy: str = "CreationTime",
        SortOrder: str = "Ascending",
        MaxResults: int = 10,
        NextToken: str | None = None,
    ) -> dict:
        """A page of summaries. Listing does not move the jobs."""
        member = {"Name": "TrainingJobName", "Status": "TrainingJobStatus", "CreationTime": "CreationTime"}[SortBy]
        jobs = [
            job
            for job in self._store.all(JOBS)
            if NameContains in job["TrainingJobName"] and StatusEquals in (None, job["TrainingJobStatus"])
        ]
        jobs.sort(key=itemgetter(member), reverse=SortOrder == "Descending")
        start = page_start(NextToken)
        page = [{key: job[key] for key in _SUMMARY if key in job} for job in jobs[start : start + MaxResults]]
        more = start + MaxResults < len(jobs)
        return {"TrainingJobSummaries": page, **({"NextToken": page_token(start + MaxResults)} if more else {})}

    def add_tags(self, *, ResourceArn: str, Tags: Sequence[dict]) -> dict:
        """All tags of the job, the new ones included."""
        return {"Tags": self._retag(ResourceArn, lambda old: [t for t in old if t["Key"] not in _keys(Tags)] + list(Tags))}

    def delete_tags(self, *, ResourceArn: str, TagKeys: Sequence[str]) -> dict:
        """Nothing to tell; keys that are not there do not matter."""
        self._retag(ResourceArn, lambda old: [tag for tag in old if tag["Key"] not in TagKeys])
        return {}

    def list_tags(self, *, ResourceArn: str, MaxResults: int = 50) -> dict:
        """All tags of the job, on one page: there are never more than 50."""
        return {"Tags": self._job(name_of(ResourceArn))["offline"]["tags"]}

    def _retag(self, resource_arn: str, change: Callable[[list[dict]], list[dict]]) -> list[dict]:
        name = name_of(resource_arn)
        with self._lock(name):
            job = self._job(name)
            tags = change(job["offline"]["tags"])
            if len(tags) > MOST_TAGS:
                raise _invalid(f"A resource can have {MOST_TAGS} tags at most, not {len(tags)}.")
            self._store.write(JOBS, name, {**job, "offline": {**job["offline"], "tags": tags}})
        return tags

    def _moved(self, job: dict) -> dict:
        """The job one step further."""
        now = datetime.now(UTC)
        if job["TrainingJobStatus"] == "Stopping":
            return entered(job, STOPPED, now)
        if job["SecondaryStatus"] != "Training":
            return entered(job, advance(job, STEPS), now)
        from .kmeans_image import TrainingFailed, train

        try:
            if reason := self._reason_to_fail():
                raise TrainingFailed(reason)
            model = train(job["HyperParameters"], {c["ChannelName"]: self._channel(c, job) for c in job["InputDataConfig"]})
            self._write_object(job["ModelArtifacts"]["S3ModelArtifacts"], model.archive)
        except (TrainingFailed, ServiceError) as error:
            reason = str(error) if isinstance(error, TrainingFailed) else f"ClientError: {error.message}"
            return entered({**job, "FailureReason": reason[:1024]}, FAILED, datetime.now(UTC))
        now = datetime.now(UTC)
        metrics = [{"MetricName": name, "Value": value, "Timestamp": now} for name, value in model.metrics.items()]
        return entered({**job, "FinalMetricDataList": metrics}, advance(job, STEPS), now)

    def _channel(self, channel: dict, job: dict) -> Any:
        from .kmeans_image import DEFAULT_CONTENT_TYPE, Channel

        files = {uri: self._read_object(uri) for uri in self._find_objects(channel, job["RoleArn"])}
        gzipped = channel.get("CompressionType") == "Gzip"
        return Channel(channel.get("ContentType") or DEFAULT_CONTENT_TYPE, files, gzipped)

    def _find_objects(self, channel: dict, role_arn: str) -> list[str]:
        uri = channel["DataSource"]["S3DataSource"]["S3Uri"]
        try:
            found = [found for found in self._list_objects(uri) if not found.endswith("/")]
        except ServiceError:
            found = []
        if not found:
            raise _invalid(
                f'No S3 objects found under S3 URL "{uri}" given in input data source. Please ensure that the bucket '
                f"exists in the selected region ({self._region}), that objects exist under that S3 prefix, and that "
                f'the role "{role_arn}" has "s3:ListBucket" permissions on bucket "{uri.split("/")[2]}".'
            )
        return found

    def _job(self, name: str) -> dict:
        job = self._store.read(JOBS, name)
        if job is None:
            raise _invalid("Requested resource not found.")
        return job

    def _lock(self, name: str) -> AbstractContextManager:
        return self._store.lock(f"{JOBS}/{name}")


def _keys(tags: Sequence[dict]) -> set[str]:
    return {tag["Key"] for tag in tags}


def _invalid(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)

"""Bedrock's batch jobs: a file of requests in S3 becomes a file of answers, each computed by the model's own stand-in.

A job is a record on disk and every look moves it one step. The step that leaves "InProgress" answers the records; killed
in the middle, it is done again with the same result.

Source: docs.aws.amazon.com/bedrock/latest/userguide/batch-inference-data.html (input and output) and botocore's model of
`bedrock` (statuses). unconfirmed: the folder of the job's id between the output's
place and its files, the texts of failures, and that a job without a single good record is Completed all the same.
"""

import base64
import hashlib
import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..arns import arn, name_of
from ..errors import ServiceError
from ..lifecycle import Step, advance, is_finished
from ..store import Store

JOBS = "bedrock/model_invocation_jobs"
STEPS: tuple[Step, ...] = tuple(
    {"status": status} for status in ("Submitted", "Validating", "Scheduled", "InProgress", "Completed")
)
_PRIVATE = ("id", "tags")
_AT_A_TIME = 4
_COUNTS = ("totalRecordCount", "processedRecordCount", "successRecordCount", "errorRecordCount")


@dataclass(frozen=True)
class Surroundings:
    """What the jobs need of the account: records, S3 as functions of URIs, its roles, and the models.

    invoke : (model id, modelInput) → modelOutput. Raises ServiceError for what the model refuses.
    """

    store: Store
    list_objects: Callable[[str], Sequence[str]]
    read_object: Callable[[str], bytes]
    write_object: Callable[[str, bytes], object]
    role_exists: Callable[[str], bool]
    invoke: Callable[[str, dict], dict]


class InvocationJobs:
    """Answers the calls about batch jobs. models : the ids that may be called."""

    def __init__(self, around: Surroundings, models: Sequence[str], region: str):
        self._around, self._models, self._job_region = around, models, region

    def create_model_invocation_job(
        self,
        *,
        jobName: str,
        roleArn: str,
        modelId: str,
        inputDataConfig: dict,
        outputDataConfig: dict,
        clientRequestToken: str | None = None,
        timeoutDurationInHours: int = 24,
        tags: Sequence[dict] = (),
    ) -> dict:
        """The ARN of a new job, or of the one that the same token made."""
        if modelId.rpartition("foundation-model/")[2] not in self._models:
            raise _invalid("The provided model identifier is invalid.")
        if not self._around.role_exists(roleArn):
            raise _invalid(f"The provided role {roleArn} cannot be assumed by bedrock.amazonaws.com.")
        request = {
            "jobName": jobName, "roleArn": roleArn, "modelId": modelId, "inputDataConfig": inputDataConfig,
            "outputDataConfig": outputDataConfig, "timeoutDurationInHours": timeoutDurationInHours,
        }  # fmt: skip
        with self._around.store.lock(JOBS):
            for known in self._around.store.all(JOBS):
                if clientRequestToken and known.get("clientRequestToken") == clientRequestToken:
                    if any(known[member] != value for member, value in request.items()):
                        raise ServiceError("ConflictException", "This clientRequestToken belongs to another request.")
                    return {"jobArn": known["jobArn"]}
            now, number = datetime.now(UTC), uuid.uuid4().hex[:12]
            job: dict[str, Any] = {
                "id": number,
                "jobArn": arn("bedrock", f"model-invocation-job/{number}", self._job_region),
                **request,
                **({"clientRequestToken": clientRequestToken} if clientRequestToken else {}),
                "tags": list(tags),
                "submitTime": now,
                "lastModifiedTime": now,
                **STEPS[0],
            }
            self._around.store.write(JOBS, number, job)
        return {"jobArn": job["jobArn"]}

    def get_model_invocation_job(self, *, jobIdentifier: str) -> dict:
        """The job as it was before this look moved it one step further."""
        with self._around.store.lock(f"{JOBS}/{name_of(jobIdentifier)}"):
            job = self._job(jobIdentifier)
            if not _has_ended(job):
                self._around.store.write(JOBS, job["id"], self._moved(job))
        return _told(job)

    def list_model_invocation_jobs(
        self,
        *,
        statusEquals: str | None = None,
        nameContains: str = "",
        maxResults: int = 100,
        nextToken: str | None = None,
        sortBy: str = "CreationTime",
        sortOrder: str = "Descending",
    ) -> dict:
        """A page of jobs, the newest first. Listing does not move them."""
        jobs = [
            job
            for job in self._around.store.all(JOBS)
            if statusEquals in (None, job["status"]) and nameContains in job["jobName"]
        ]
        jobs.sort(key=lambda job: (job["submitTime"], job["id"]), reverse=sortOrder == "Descending")
        start = _page_start(nextToken)
        page, end = [_told(job) for job in jobs[start : start + maxResults]], start + maxResults
        return {"invocationJobSummaries": page, **({"nextToken": _page_token(end)} if end < len(jobs) else {})}

    def stop_model_invocation_job(self, *, jobIdentifier: str) -> dict:
        """Nothing to tell; the job stops at the next look. Raises ConflictException when it has ended."""
        with self._around.store.lock(f"{JOBS}/{name_of(jobIdentifier)}"):
            job = self._job(jobIdentifier)
            if _has_ended(job):
                raise ServiceError("ConflictException", f"The job is {job['status']} and can't be stopped.")
            self._around.store.write(JOBS, job["id"], job | {"status": "Stopping", "lastModifiedTime": datetime.now(UTC)})
        return {}

    def _job(self, identifier: str) -> dict:
        job = self._around.store.read(JOBS, name_of(identifier))
        if job is None:
            raise ServiceError("ResourceNotFoundException", f"There is no batch inference job {identifier}.")
        return job

    def _moved(self, job: dict) -> dict:
        """The job one step further."""
        now: dict[str, Any] = {"lastModifiedTime": datetime.now(UTC)}
        if job["status"] == "Stopping":
            return job | {"status": "Stopped", "endTime": datetime.now(UTC)} | now
        try:
            if job["status"] == "Validating":
                counts = {"totalRecordCount": sum(1 for _, records in self._inputs(job) for _ in records)}
            elif job["status"] == "InProgress":
                counts = self._answer(job)
                now["endTime"] = datetime.now(UTC)
            else:
                counts = {}
        except ServiceError as error:
            return job | {"status": "Failed", "message": error.message, "endTime": datetime.now(UTC)} | now
        return advance(job, STEPS) | counts | now

    def _inputs(self, job: dict) -> Iterator[tuple[str, list[dict]]]:
        """(URI, records) of each input file."""
        uri = job["inputDataConfig"]["s3InputDataConfig"]["s3Uri"]
        found = [found for found in self._around.list_objects(uri) if found == uri or found.startswith(uri.rstrip("/") + "/")]
        files = [found for found in found if found.endswith(".jsonl")]
        if not files:
            raise _invalid(f"There is no .jsonl file at {uri}.")
        for file in files:
            yield file, [_record(file, n, line) for n, line in enumerate(self._around.read_object(file).splitlines(), 1) if line]

    def _answer(self, job: dict) -> dict[str, int]:
        """The counts of the job, once its answers lie in S3."""
        place = job["outputDataConfig"]["s3OutputDataConfig"]["s3Uri"].rstrip("/") + f"/{job['id']}"
        good = bad = 0
        for uri, records in self._inputs(job):
            with ThreadPoolExecutor(_AT_A_TIME) as pool:
                answers = list(pool.map(lambda record: self._answered(job["modelId"], record), records))
            good += sum("modelOutput" in answer for answer in answers)
            bad += sum("error" in answer for answer in answers)
            # AWS promises no order; here it is one that no reader takes for the input's.
            answers.sort(key=lambda answer: hashlib.sha256(answer["recordId"].encode()).digest())
            lines = "".join(json.dumps(answer) + "\n" for answer in answers)
            self._around.write_object(f"{place}/{uri.rpartition('/')[2]}.out", lines.encode())
        counts = dict(zip(_COUNTS, (good + bad, good + bad, good, bad), strict=True))
        self._around.write_object(f"{place}/manifest.json.out", json.dumps(counts).encode())
        return counts

    def _answered(self, model: str, record: Mapping) -> dict:
        try:
            return {**record, "modelOutput": self._around.invoke(model, record["modelInput"])}
        except ServiceError as error:
            return {**record, "error": {"errorCode": 400, "errorMessage": error.message}}


def _record(file: str, number: int, line: bytes) -> dict:
    try:
        record = json.loads(line)
    except ValueError:
        record = None
    if not isinstance(record, dict) or not isinstance(record.get("modelInput"), dict):
        raise _invalid(f"Line {number} of {file} is no JSON object with a modelInput.")
    return {"recordId": str(record.get("recordId", f"R{number:010d}")), "modelInput": record["modelInput"]}


def _has_ended(job: Mapping) -> bool:
    return job["status"] != "Stopping" and is_finished(job, STEPS)


def _told(job: Mapping) -> dict:
    return {member: value for member, value in job.items() if member not in _PRIVATE}


def _page_token(start: int) -> str:
    return base64.urlsafe_b64encode(str(start).encode()).decode()


def _page_start(token: str | None) -> int:
    try:
        return int(base64.urlsafe_b64decode(token or _page_token(0)))
    except ValueError:
        raise _invalid("nextToken is not one that ListModelInvocationJobs gave.") from None


def _invalid(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)

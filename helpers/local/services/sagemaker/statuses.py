"""The statuses of a training job, and the times that SageMaker notes when a job enters one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ...lifecycle import SAGEMAKER_TRAINING, is_finished

STOPPING = {"TrainingJobStatus": "Stopping", "SecondaryStatus": "Stopping"}
STOPPED = {"TrainingJobStatus": "Stopped", "SecondaryStatus": "Stopped"}
FAILED = {"TrainingJobStatus": "Failed", "SecondaryStatus": "Failed"}
STEPS = SAGEMAKER_TRAINING
_MESSAGES = {
    "Starting": "Starting the training job",
    "Downloading": "Downloading input data",
    "Training": "Training image download completed. Training in progress.",
    "Uploading": "Uploading generated training model",
    "Completed": "Training job completed",
    "Failed": "Training job failed",
    "Stopping": "Stopping the training job",
    "Stopped": "Training job stopped",
}


def entered(job: dict, step: Mapping[str, Any], now: datetime) -> dict:
    """The job at a step, with the times that SageMaker notes on the way."""
    status = step["SecondaryStatus"]
    transitions = [dict(transition) for transition in job["SecondaryStatusTransitions"]]
    if transitions:
        transitions[-1]["EndTime"] = now
    transitions.append({"Status": status, "StartTime": now, "StatusMessage": _MESSAGES[status]})
    job = {**job, **step, "SecondaryStatusTransitions": transitions, "LastModifiedTime": now}
    if status == "Downloading":
        job["TrainingStartTime"] = now
    if has_ended(job):
        transitions[-1]["EndTime"] = now
        job["TrainingEndTime"] = now
        if "TrainingStartTime" in job:
            seconds = (now - datetime.fromisoformat(str(job["TrainingStartTime"]))).total_seconds()
            job["TrainingTimeInSeconds"] = job["BillableTimeInSeconds"] = max(1, round(seconds))
    return job


def has_ended(job: Mapping[str, Any]) -> bool:
    """Whether the job will not change any more: completed, failed or stopped."""
    return job["TrainingJobStatus"] != "Stopping" and is_finished(job, STEPS)

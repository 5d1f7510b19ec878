"""The elbow on AWS: quotas, other people's jobs, failures, and every way to be interrupted; no job is paid for twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import quick_jobs
from botocore.exceptions import EndpointConnectionError

from helpers import training_jobs
from helpers.clustering import start_for_each_k, train_for_each_k, train_kmeans, upload_vectors
from helpers.credentials import ask_to_sign_in
from helpers.local.cloud import LocalCloud
from helpers.local.errors import ServiceError
from helpers.outages import SignInAgain
from helpers.settings import read_settings
from helpers.training_jobs import WAITING, QuotaError
from helpers.waiting import WaitError, WaitFailed, WaitInterrupted
from helpers.workshop import Workshop

ROOT = Path(__file__).parents[1]
VECTORS = np.random.default_rng(0).normal(size=(120, 8)).astype(np.float32)
KS = [2, 3, 4, 5, 6, 7]
INSTANCE = "ml.m5.large"
LIMIT = "ml.m5.large for training job usage"


def workshop(folder, **options):
    """A workshop whose state and cloud lie in `folder`; faults and quotas as the test wishes."""
    cloud = LocalCloud(folder / "cloud", weights=Path("none"), **options)
    ask_to_sign_in(cloud.session)
    settings = read_settings({"WORKSHOP_DATA": str(folder), "WORKSHOP_PREFIX": "elbow"})
    return Workshop(settings, cloud.session, 0, False, lambda: True, cloud.stack, None)


def jobs_of(aws):
    return aws.client("sagemaker").list_training_jobs(MaxResults=100)["TrainingJobSummaries"]


def names(jobs):
    return [job.name for job in jobs.values()]


@pytest.fixture(autouse=True)
def quick_start(monkeypatch):
    monkeypatch.setattr(training_jobs, "start_job", quick_jobs.start)


def elbow(aws, ks=KS):
    return train_for_each_k(aws, upload_vectors(aws, VECTORS), ks, feature_dim=8)


@pytest.mark.parametrize("quota", [1, 2, 6])
def test_jobs_take_turns_up_to_the_quota(tmp_path, quota, monkeypatch, capsys):
    aws, side_by_side = workshop(tmp_path, training_quotas={INSTANCE: quota}), []
    look = training_jobs.JobQueue._look

    def counted(queue, k):
        side_by_side.append(sum(job["TrainingJobStatus"] == "InProgress" for job in jobs_of(aws)))
        return look(queue, k)

    monkeypatch.setattr(training_jobs.JobQueue, "_look", counted)
    start_for_each_k(aws, upload_vectors(aws, VECTORS), KS, feature_dim=8)
    assert len(jobs_of(aws)) == quota
    capsys.readouterr()
    assert [job.k for job in elbow(aws).values()] == KS
    assert max(side_by_side) == quota and len(jobs_of(aws)) == 6
    assert capsys.readouterr().out.splitlines() == [f"K-Means with {k} clusters: Completed" for k in KS]


def test_a_quota_of_0_says_how_to_ask_for_more(tmp_path):
    aws = workshop(tmp_path, training_quotas={INSTANCE: 0})
    uri = upload_vectors(aws, VECTORS)
    for call in (start_for_each_k, train_for_each_k):
        with pytest.raises(QuotaError, match=f"the quota '{LIMIT}' is 0. Ask for at least 1.*Service Quotas"):
            call(aws, uri, KS, feature_dim=8)
    assert jobs_of(aws) == []


def somebody_s_job(aws):
    request = training_jobs.Request(upload_vectors(aws, VECTORS), "application/x-recordio-protobuf",
                                    {"k": 2, "feature_dim": 8}, INSTANCE, "0" * 16)  # fmt: skip
    return quick_jobs.start(aws, "somebody-else", request)


def test_a_machine_that_somebody_else_uses_is_waited_for_aloud(tmp_path, monkeypatch):
    aws, shown = workshop(tmp_path, training_quotas={INSTANCE: 1}), []
    other = somebody_s_job(aws)

    def say(bar, text):  # while we wait, their job goes on
        shown.append(text)
        aws.client("sagemaker").describe_training_job(TrainingJobName=other)

    monkeypatch.setattr("helpers.progress.ProgressBar.say", say)
    assert [job.k for job in elbow(aws, [2, 3]).values()] == [2, 3]
    assert shown[0] == f"K-Means with 2 clusters: {WAITING}, usually 3–5 minutes"


def test_a_machine_that_never_comes_free_ends_the_wait(tmp_path, monkeypatch):
    aws, now = replace(workshop(tmp_path, training_quotas={INSTANCE: 1}), poll_seconds=30), [0.0]
    somebody_s_job(aws)
    monkeypatch.setattr("helpers.waiting.time.monotonic", lambda: now[0])
    monkeypatch.setattr("helpers.waiting.time.sleep", lambda seconds: now.__setitem__(0, now[0] + 30 * seconds))
    with pytest.raises(WaitError, match=f"still {WAITING} after 60 minutes.*run this cell again"):
        elbow(aws, [2, 3])
    assert len(jobs_of(aws)) == 1


def test_a_failed_k_does_not_lose_the_others(tmp_path, capsys):
    aws = workshop(tmp_path, training_quotas={INSTANCE: 1})
    with pytest.raises(WaitFailed, match=r"121 clusters: Failed.*k=121 must not exceed.*The other 2 are trained"):
        elbow(aws, [2, 121, 3])
    elbow(aws, [2, 3])
    assert len(jobs_of(aws)) == 3
    assert capsys.readouterr().out.count("Completed") == 4


KILLED = """
import os, signal, sys
from pathlib import Path
from test_training_jobs import elbow, workshop

aws = workshop(Path(sys.argv[1]))
aws.session.events.register("after-call.sagemaker.CreateTrainingJob", lambda **_: os.kill(os.getpid(), signal.SIGKILL))
elbow(aws, [3])
"""


def test_a_kill_after_the_start_costs_no_second_job(tmp_path, monkeypatch):
    """With the SDK, whose way to name jobs the search relies on."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests"), os.environ["PYTHONPATH"]])}
    died = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], env=environment, timeout=300)
    assert died.returncode == -signal.SIGKILL
    aws = workshop(tmp_path)
    [job] = jobs_of(aws)
    assert not list(aws.state) and job["TrainingJobStatus"] == "InProgress"
    assert names(elbow(aws, [3])) == [job["TrainingJobName"]]
    assert len(jobs_of(aws)) == 1


def test_jobs_of_another_day_kernel_or_computer_are_found(tmp_path):
    aws = workshop(tmp_path)
    start_for_each_k(aws, upload_vectors(aws, VECTORS), KS, feature_dim=8)
    elsewhere = workshop(tmp_path)
    object.__setattr__(elsewhere, "settings", replace(aws.settings, data=tmp_path / "elsewhere"))
    assert not list(elsewhere.state)
    first = elbow(elsewhere)
    aws.state.path.unlink()
    assert names(elbow(workshop(tmp_path))) == names(first)
    again = train_kmeans(aws, upload_vectors(aws, VECTORS), 5, feature_dim=8)
    assert again.name == first[5].name and len(jobs_of(aws)) == 6


@pytest.mark.parametrize("calls", range(1, 40, 6))
def test_an_interruption_anywhere_costs_no_second_job(tmp_path, calls):
    aws, left = workshop(tmp_path, training_quotas={INSTANCE: 2}), [calls]
    upload_vectors(aws, VECTORS)

    def interrupt(**_):
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt

    aws.client("sagemaker").meta.events.register("after-call.sagemaker", interrupt, unique_id="interrupt")
    with pytest.raises(WaitInterrupted, match="run this cell again"):
        elbow(aws)
    assert len(elbow(aws)) == len(jobs_of(aws)) == 6


def test_an_expired_token_stops_the_wait_and_the_same_cell_goes_on(tmp_path):
    looks, expired = [], [True]

    def faults(service, operation):
        looks.append(operation)
        if expired[0] and looks.count("describe_training_job") == 7:
            return ServiceError("ExpiredTokenException", "The security token included in the request is expired")
        return None

    aws = workshop(tmp_path, faults=faults)
    with pytest.raises(SignInAgain, match="run this cell again"):
        elbow(aws)
    expired[0] = False
    assert len(elbow(aws)) == len(jobs_of(aws)) == 6


def test_three_drops_of_the_network_end_nothing(tmp_path):
    dropped = []

    def faults(service, operation):
        if operation == "describe_training_job" and len(dropped) < 33:  # each call is tried eleven times
            dropped.append(operation)
            return EndpointConnectionError(endpoint_url="https://sagemaker")
        return None

    aws = workshop(tmp_path, faults=faults)
    assert len(elbow(aws, [2, 3])) == len(jobs_of(aws)) == 2 and len(dropped) == 33

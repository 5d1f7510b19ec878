"""Training jobs through the genuine boto3 client."""

import io
import itertools
import tarfile
from threading import Thread

import numpy as np
import pytest
from botocore.exceptions import ClientError
from botocore.session import get_session

from helpers.kmeans_formats import centroids_in_archive, to_csv

ROWS = np.random.default_rng(0).normal(size=(80, 6)).astype(np.float32)  # what the fixture `objects` holds


def test_a_job_goes_through_its_statuses_and_leaves_a_model(sagemaker, objects, job_request):
    created = sagemaker.create_training_job(**job_request())
    assert created["TrainingJobArn"] == "arn:aws:sagemaker:us-east-1:000000000000:training-job/job-1"
    seen = [sagemaker.describe_training_job(TrainingJobName="job-1") for _ in range(6)]
    assert [job["SecondaryStatus"] for job in seen] == [
        "Starting", "Downloading", "Training", "Uploading", "Completed", "Completed",
    ]  # fmt: skip
    assert [job["TrainingJobStatus"] for job in seen[3:5]] == ["InProgress", "Completed"]
    done = seen[-1]
    uri = done["ModelArtifacts"]["S3ModelArtifacts"]
    assert uri == "s3://bucket/models/job-1/output/model.tar.gz"
    with tarfile.open(fileobj=io.BytesIO(objects[uri])) as archive:
        assert archive.getnames() == ["model_algo-1"]
    centroids = centroids_in_archive(objects[uri])
    squared = ((ROWS[:, None] - centroids[None]) ** 2).sum(axis=2).min(axis=1)
    metrics = {metric["MetricName"]: metric["Value"] for metric in done["FinalMetricDataList"]}
    assert metrics == {"train:msd": pytest.approx(squared.mean(), rel=1e-5), "train:ssd": pytest.approx(squared.sum(), rel=1e-5)}
    history = done["SecondaryStatusTransitions"]
    assert [step["Status"] for step in history] == ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    assert all(earlier["EndTime"] == later["StartTime"] for earlier, later in itertools.pairwise(history))
    assert done["CreationTime"] <= done["TrainingStartTime"] <= done["TrainingEndTime"]
    assert done["BillableTimeInSeconds"] >= 1
    assert done["HyperParameters"]["k"] == "5"


def test_answers_stick_to_the_limits_of_the_model(sagemaker, job_request, finish):
    sagemaker.create_training_job(**job_request())
    model = get_session().get_service_model("sagemaker")
    job = finish(sagemaker)
    assert job["TrainingJobStatus"] in model.shape_for("TrainingJobStatus").enum
    for step in job["SecondaryStatusTransitions"]:
        assert step["Status"] in model.shape_for("SecondaryStatus").enum


def test_the_genuine_waiter_accepts_a_finished_job(sagemaker, job_request, finish):
    sagemaker.create_training_job(**job_request())
    finish(sagemaker)
    sagemaker.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName="job-1")


def test_another_kernel_goes_on_where_the_first_one_stopped(sagemaker, restart, job_request, finish):
    sagemaker.create_training_job(**job_request())
    sagemaker.describe_training_job(TrainingJobName="job-1")
    restart()
    assert sagemaker.describe_training_job(TrainingJobName="job-1")["SecondaryStatus"] == "Downloading"
    assert finish(sagemaker)["TrainingJobStatus"] == "Completed"


def test_the_same_data_and_hyperparameters_give_the_same_bytes(sagemaker, objects, job_request, finish):
    for name in ("one", "two"):
        sagemaker.create_training_job(**job_request(name))
        finish(sagemaker, name)
    assert objects["s3://bucket/models/one/output/model.tar.gz"] == objects["s3://bucket/models/two/output/model.tar.gz"]


def test_many_threads_that_watch_one_job_train_it_once(sagemaker, objects, monkeypatch, job_request, finish):
    from helpers.local.services.sagemaker import kmeans_image

    trainings = []
    train = kmeans_image.train
    monkeypatch.setattr(kmeans_image, "train", lambda *given: trainings.append(1) or train(*given))
    sagemaker.create_training_job(**job_request())
    threads = [Thread(target=finish, args=(sagemaker,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(trainings) == 1
    assert finish(sagemaker)["TrainingJobStatus"] == "Completed"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"HyperParameters__k": "81"}, "must not exceed the 80 rows"),
        ({"HyperParameters__feature_dim": "7"}, "feature_dim is 7, but the data has 6"),
        ({"HyperParameters__colour": "red"}, "'colour' was unexpected"),
        ({"InputDataConfig__0__ContentType": "text/csv;label_size=0"}, "unable to read the CSV"),
    ],
)
def test_what_the_image_refuses_shows_when_the_job_runs(sagemaker, objects, changes, reason, job_request, finish):
    sagemaker.create_training_job(**job_request(**changes))
    job = finish(sagemaker)
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Failed", "Failed")
    assert job["FailureReason"].startswith("ClientError: ")
    assert reason in job["FailureReason"]
    assert "s3://bucket/models/job-1/output/model.tar.gz" not in objects
    assert "FinalMetricDataList" not in job


def test_csv_without_label_size_fails_and_says_why(sagemaker, objects, job_request, finish):
    objects["s3://bucket/csv/a"] = to_csv(ROWS)
    channel = "InputDataConfig__0__"
    source = {f"{channel}DataSource__S3DataSource__S3Uri": "s3://bucket/csv", f"{channel}ContentType": "text/csv"}
    sagemaker.create_training_job(**job_request("trap", **source))
    assert "text/csv;label_size=0" in finish(sagemaker, "trap")["FailureReason"]
    sagemaker.create_training_job(**job_request("fine", **source | {f"{channel}ContentType": "text/csv;label_size=0"}))
    assert finish(sagemaker, "fine")["TrainingJobStatus"] == "Completed"


def test_data_that_vanishes_fails_the_job(sagemaker, objects, job_request, finish):
    sagemaker.create_training_job(**job_request())
    objects.clear()
    assert "No S3 objects found" in finish(sagemaker)["FailureReason"]


def test_a_stopped_job_has_no_model(sagemaker, objects, job_request, finish):
    sagemaker.create_training_job(**job_request())
    sagemaker.stop_training_job(TrainingJobName="job-1")
    assert sagemaker.describe_training_job(TrainingJobName="job-1")["TrainingJobStatus"] == "Stopping"
    assert finish(sagemaker)["TrainingJobStatus"] == "Stopped"
    assert not [uri for uri in objects if "models" in uri]
    with pytest.raises(ClientError, match="in status Stopped"):
        sagemaker.stop_training_job(TrainingJobName="job-1")


def test_only_an_ended_job_can_be_deleted(sagemaker, job_request, finish):
    sagemaker.create_training_job(**job_request())
    with pytest.raises(sagemaker.exceptions.ResourceInUse):
        sagemaker.delete_training_job(TrainingJobName="job-1")
    finish(sagemaker)
    sagemaker.delete_training_job(TrainingJobName="job-1")
    with pytest.raises(ClientError, match="Requested resource not found"):
        sagemaker.describe_training_job(TrainingJobName="job-1")


def test_jobs_are_listed_page_by_page(sagemaker, job_request, finish):
    for number in range(5):
        sagemaker.create_training_job(**job_request(f"job-{number}"))
    finish(sagemaker, "job-3")

    def names(**options):
        pages = sagemaker.get_paginator("list_training_jobs").paginate(PaginationConfig={"PageSize": 2}, **options)
        return [job["TrainingJobName"] for page in pages for job in page["TrainingJobSummaries"]]

    assert names(SortBy="Name", SortOrder="Descending") == [f"job-{number}" for number in (4, 3, 2, 1, 0)]
    assert names(StatusEquals="Completed") == ["job-3"]
    assert names(NameContains="b-4") == ["job-4"]


def test_tags_are_kept_with_the_job(sagemaker, job_request):
    job = sagemaker.create_training_job(**job_request(Tags=[{"Key": "project", "Value": "search"}]))["TrainingJobArn"]
    sagemaker.add_tags(ResourceArn=job, Tags=[{"Key": "owner", "Value": "me"}, {"Key": "project", "Value": "images"}])
    assert {tag["Key"]: tag["Value"] for tag in sagemaker.list_tags(ResourceArn=job)["Tags"]} == {
        "project": "images",
        "owner": "me",
    }
    sagemaker.delete_tags(ResourceArn=job, TagKeys=["owner", "none"])
    assert [tag["Key"] for tag in sagemaker.list_tags(ResourceArn=job)["Tags"]] == ["project"]

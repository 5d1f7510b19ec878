"""Training jobs of the built-in K-Means, from the request to the model and its deletion."""

import numpy as np

from helpers.kmeans_formats import centroids_in_archive, to_recordio

ROWS = np.random.default_rng(0).random((30, 4), dtype=np.float32)


def _request(account, name, uri="s3://{bucket}/train/", **changes):
    """The minimal request of SageMaker's API reference."""
    bucket = account.cloud.bucket
    account.client("s3").put_object(Bucket=bucket, Key="train/part-0", Body=to_recordio(ROWS))
    source = {"S3DataType": "S3Prefix", "S3Uri": uri.format(bucket=bucket), "S3DataDistributionType": "FullyReplicated"}
    return {
        "TrainingJobName": name,
        "AlgorithmSpecification": {
            "TrainingImage": "382416733822.dkr.ecr.us-east-1.amazonaws.com/kmeans:1",
            "TrainingInputMode": "File",
        },
        "RoleArn": account.cloud.role_arn("workshop-sagemaker"),
        "HyperParameters": {"k": "3", "feature_dim": "4", "eval_metrics": '["msd","ssd"]'},
        "InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": source}}],
        "OutputDataConfig": {"S3OutputPath": f"s3://{bucket}/models"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 5},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        **changes,
    }


def _finished(sagemaker, name):
    while (job := sagemaker.describe_training_job(TrainingJobName=name))["TrainingJobStatus"] in ("InProgress", "Stopping"):
        pass
    return job


def a_job_trains_a_model(account):
    sagemaker, s3 = account.client("sagemaker"), account.client("s3")
    sagemaker.create_training_job(**_request(account, "trained"))
    job = _finished(sagemaker, "trained")
    sagemaker.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName="trained")
    assert {metric["MetricName"] for metric in job["FinalMetricDataList"]} == {"train:msd", "train:ssd"}
    bucket, _, key = job["ModelArtifacts"]["S3ModelArtifacts"].removeprefix("s3://").partition("/")
    assert key == "models/trained/output/model.tar.gz"
    assert centroids_in_archive(s3.get_object(Bucket=bucket, Key=key)["Body"].read()).shape == (3, 4)
    sagemaker.delete_training_job(TrainingJobName="trained")
    account.refuses("ValidationException", sagemaker.describe_training_job, TrainingJobName="trained")


def jobs_fail_stop_and_are_listed(account):
    sagemaker = account.client("sagemaker")
    sagemaker.create_training_job(**_request(account, "failing", HyperParameters={"k": "31", "feature_dim": "4"}))
    assert _finished(sagemaker, "failing")["FailureReason"].startswith("ClientError")
    sagemaker.create_training_job(**_request(account, "stopped"))
    account.refuses("ResourceInUse", sagemaker.delete_training_job, TrainingJobName="stopped")
    sagemaker.stop_training_job(TrainingJobName="stopped")
    assert _finished(sagemaker, "stopped")["TrainingJobStatus"] == "Stopped"
    account.refuses("ValidationException", sagemaker.stop_training_job, TrainingJobName="stopped")
    pages = sagemaker.get_paginator("list_training_jobs").paginate(
        NameContains="ed", SortBy="Name", PaginationConfig={"PageSize": 1})  # fmt: skip
    assert "stopped" in [job["TrainingJobName"] for page in pages for job in page["TrainingJobSummaries"]]
    account.refuses("ValidationException", sagemaker.list_training_jobs, SortBy="Colour")
    account.refuses("ValidationException", sagemaker.list_training_jobs, NextToken="?")
    for name in ("failing", "stopped"):
        sagemaker.delete_training_job(TrainingJobName=name)


def a_job_wears_tags(account):
    sagemaker = account.client("sagemaker")
    tags = [{"Key": "project", "Value": "Bildersuche für alle"}]
    arn = sagemaker.create_training_job(**_request(account, "tagged", Tags=tags))["TrainingJobArn"]
    assert len(sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "owner", "Value": "me"}])["Tags"]) == 2
    sagemaker.delete_tags(ResourceArn=arn, TagKeys=["owner"])
    pages = sagemaker.get_paginator("list_tags").paginate(ResourceArn=arn)
    assert [tag for page in pages for tag in page["Tags"]] == tags
    account.refuses("ValidationException", sagemaker.add_tags, ResourceArn=arn, Tags=[{"Key": "a?", "Value": ""}])
    account.refuses("ValidationException", sagemaker.add_tags, ResourceArn=arn,
                    Tags=[{"Key": str(number), "Value": ""} for number in range(50)])  # fmt: skip
    _finished(sagemaker, "tagged")
    sagemaker.delete_training_job(TrainingJobName="tagged")


def jobs_are_refused(account):
    sagemaker = account.client("sagemaker")
    create = sagemaker.create_training_job
    small = {"InstanceType": "ml.t3.medium", "InstanceCount": 1, "VolumeSizeInGB": 5}
    account.refuses("ResourceLimitExceeded", create, **_request(account, "small", ResourceConfig=small))
    account.refuses("ValidationException", create, **_request(account, "under_score"))
    account.refuses("ValidationException", create, **_request(account, "no-data", uri="s3://{bucket}/nothing"))
    account.refuses("ValidationException", create, **_request(account, "no-role", RoleArn="arn:aws:iam::000000000000:role/other"))
    create(**_request(account, "taken"))
    account.refuses("ResourceInUse", create, **_request(account, "taken"))
    _finished(sagemaker, "taken")
    sagemaker.delete_training_job(TrainingJobName="taken")

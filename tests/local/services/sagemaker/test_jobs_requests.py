"""What SageMaker refuses to start, in AWS's own words, and what the offline cloud can't do."""

import pytest
from botocore.exceptions import ClientError

IMAGE = "382416733822.dkr.ecr.us-east-1.amazonaws.com/kmeans:1"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"name": "my_job"}, "regular expression pattern"),
        ({"name": "-job"}, "regular expression pattern"),
        ({"name": "j" * 64}, "less than or equal to 63"),
        ({"RoleArn": "workshop-sagemaker-role-x"}, "roleArn"),
        ({"RoleArn": "arn:aws:iam::000000000000:role/other"}, "Could not assume role"),
        ({"AlgorithmSpecification__TrainingInputMode": "Stream"}, "enum value set"),
        ({"OutputDataConfig__S3OutputPath": "models"}, "s3OutputPath"),
        ({"ResourceConfig__InstanceType": "m5.large"}, "instanceType"),
        ({"ResourceConfig__InstanceCount": 0}, "instanceCount"),
        ({"InputDataConfig__0__ChannelName": "the train"}, "channelName"),
        ({"InputDataConfig__0__DataSource__S3DataSource__S3Uri": "bucket/train"}, "s3Uri"),
        ({"InputDataConfig__0__DataSource__S3DataSource__S3Uri": "s3://bucket/nothing"}, "No S3 objects found"),
        ({"InputDataConfig__0__DataSource__S3DataSource__S3Uri": "s3://other/train"}, "No S3 objects found"),
        ({"HyperParameters__k": "1" * 2501}, "2500"),
        ({"Tags": [{"Key": "a?", "Value": "b"}]}, "tags.1.member.key"),
    ],
)
def test_bad_requests_are_refused_at_once(sagemaker, changes, text, job_request):
    with pytest.raises(ClientError, match="ValidationException") as caught:
        sagemaker.create_training_job(**job_request(**changes))
    assert text in str(caught.value)
    assert sagemaker.list_training_jobs()["TrainingJobSummaries"] == []


def test_a_job_without_data_is_refused(sagemaker, job_request):
    without = job_request()
    del without["InputDataConfig"]
    with pytest.raises(ClientError, match="InputDataConfig must be specified"):
        sagemaker.create_training_job(**without)


def test_small_burstable_machines_have_no_quota(sagemaker, job_request):
    with pytest.raises(sagemaker.exceptions.ResourceLimitExceeded, match=r"'ml.t3.medium for training job usage' is 0"):
        sagemaker.create_training_job(**job_request(ResourceConfig__InstanceType="ml.t3.medium"))


def test_a_quota_counts_the_machines_that_are_training(sagemaker, job_request, set_quotas, finish):
    set_quotas({"ml.m5.large": 2})
    for name in ("one", "two"):
        sagemaker.create_training_job(**job_request(name))
    words = r"'ml.m5.large for training job usage' is 2 Instances, with current utilization of 2 .* request delta of 1"
    with pytest.raises(sagemaker.exceptions.ResourceLimitExceeded, match=words):
        sagemaker.create_training_job(**job_request("three"))
    sagemaker.create_training_job(**job_request("other-type", ResourceConfig__InstanceType="ml.m5.xlarge"))
    finish(sagemaker, "one")
    sagemaker.create_training_job(**job_request("three"))
    with pytest.raises(sagemaker.exceptions.ResourceLimitExceeded, match="a request delta of 3 Instances"):
        sagemaker.create_training_job(**job_request("four", ResourceConfig__InstanceCount=3))


def test_a_name_can_be_taken_once(sagemaker, job_request):
    sagemaker.create_training_job(**job_request())
    with pytest.raises(sagemaker.exceptions.ResourceInUse, match="already exists"):
        sagemaker.create_training_job(**job_request())


@pytest.mark.parametrize(
    "changes",
    [
        {"AlgorithmSpecification__TrainingImage": IMAGE.replace("kmeans", "xgboost")},
        {"InputDataConfig__0__DataSource__S3DataSource__S3DataType": "ManifestFile"},
        {"InputDataConfig__0__ShuffleConfig": {"Seed": 1}},
        {"VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}},
    ],
)
def test_what_is_not_built_says_so(sagemaker, changes, job_request):
    with pytest.raises(NotImplementedError, match="offline"):
        sagemaker.create_training_job(**job_request(**changes))

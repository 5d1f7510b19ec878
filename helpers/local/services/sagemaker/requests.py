"""What SageMaker checks in a CreateTrainingJob request, and botocore does not: patterns, choices, longest lengths.

Source: SageMaker API reference, CreateTrainingJob. Patterns and limits are those of botocore's model.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ...errors import ServiceError

_JOB_NAME = r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"
_ROLE_ARN = r"arn:aws[a-z\-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+"
_S3_URI = r"(https|s3)://([^/]+)/?(.*)"
_CHANNEL_NAME = r"[A-Za-z0-9\.\-_]+"
_INSTANCE_TYPE = r"ml\.[a-z][a-z0-9-]*\.(medium|(\d+)?x?large)"
_KMEANS_IMAGE = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/kmeans:(1|latest)")
_NO_QUOTA = re.compile(r"ml\.t3\.")

# All that is supported of the nested structures; another member is refused aloud rather than ignored.
_MEMBERS: dict[str, Any] = {
    "AlgorithmSpecification": {"TrainingImage", "TrainingInputMode", "EnableSageMakerMetricsTimeSeries"},
    "InputDataConfig": {"ChannelName", "DataSource", "ContentType", "CompressionType", "RecordWrapperType", "InputMode"},
    "DataSource": {"S3DataSource"},
    "S3DataSource": {"S3DataType", "S3Uri", "S3DataDistributionType"},
    "OutputDataConfig": {"S3OutputPath", "KmsKeyId", "CompressionType"},
    "ResourceConfig": {"InstanceType", "InstanceCount", "VolumeSizeInGB", "VolumeKmsKeyId"},
    "StoppingCondition": {"MaxRuntimeInSeconds"},
}


def check_training_request(request: Mapping[str, Any]) -> None:
    """Nothing, when SageMaker would accept the request.

    Raises ServiceError (ValidationException, ResourceLimitExceeded) where AWS refuses, and NotImplementedError for
    what AWS can do and the offline cloud can't.
    """
    check_job_name(request["TrainingJobName"])
    _match(request["RoleArn"], "roleArn", _ROLE_ARN, shortest=20, longest=2048)
    _supported("AlgorithmSpecification", request["AlgorithmSpecification"])
    _check_algorithm(request["AlgorithmSpecification"])
    _supported("OutputDataConfig", request["OutputDataConfig"])
    _match(request["OutputDataConfig"]["S3OutputPath"], "outputDataConfig.s3OutputPath", _S3_URI, longest=1024)
    if request["OutputDataConfig"].get("CompressionType", "GZIP") != "GZIP":
        raise NotImplementedError("the offline SageMaker always compresses a model; leave CompressionType out")
    if not request["InputDataConfig"]:
        raise _invalid("InputDataConfig must be specified for the built-in algorithm kmeans.")
    for number, channel in enumerate(request["InputDataConfig"], start=1):
        _check_channel(channel, f"inputDataConfig.{number}.member")
    for name, value in request["HyperParameters"].items():
        _length(name, "hyperParameters key", 0, 256)
        _length(value, f"hyperParameters.{name}", 0, 2500)
    _supported("StoppingCondition", request["StoppingCondition"])
    check_tags(request["Tags"])
    _check_resources(request["ResourceConfig"])


def check_job_name(name: str) -> None:
    """Nothing, when the name could be a training job's. Raises ServiceError."""
    _match(name, "trainingJobName", _JOB_NAME, longest=63)


def check_tags(tags: Sequence[Mapping[str, str]]) -> None:
    """Nothing, when AWS would take the tags. Raises ServiceError."""
    if len(tags) > 50:
        raise _violation(len(tags), "tags", "Member must have length less than or equal to 50")
    for tag in tags:
        _match(tag["Key"], "tags.key", r"[\w\s.:/=+\-@]+", longest=128)
        _match(tag["Value"], "tags.value", r"[\w\s.:/=+\-@]*", longest=256, shortest=0)


def _check_algorithm(algorithm: Mapping[str, Any]) -> None:
    _choice(algorithm["TrainingInputMode"], "algorithmSpecification.trainingInputMode", ("Pipe", "File", "FastFile"))
    image = algorithm.get("TrainingImage", "")
    if not _KMEANS_IMAGE.fullmatch(image):
        raise NotImplementedError(
            f"the offline SageMaker runs the built-in K-Means image only, not {image!r}; "
            "image_uris.retrieve(framework='kmeans', region=…) gives its URI"
        )


def _check_channel(channel: Mapping[str, Any], where: str) -> None:
    _supported("InputDataConfig", channel)
    _match(channel["ChannelName"], f"{where}.channelName", _CHANNEL_NAME, longest=64)
    _choice(channel.get("CompressionType", "None"), f"{where}.compressionType", ("None", "Gzip"))
    if channel.get("RecordWrapperType", "None") != "None":
        raise NotImplementedError("the offline SageMaker does not wrap files into RecordIO")
    _supported("DataSource", channel["DataSource"])
    if "S3DataSource" not in channel["DataSource"]:
        raise _invalid(f"Channel {channel['ChannelName']} needs an S3DataSource.")
    source = channel["DataSource"]["S3DataSource"]
    _supported("S3DataSource", source)
    _match(source["S3Uri"], f"{where}.dataSource.s3DataSource.s3Uri", _S3_URI, longest=1024)
    if not source["S3Uri"].startswith("s3://"):
        raise NotImplementedError("the offline S3 knows addresses of the form s3://bucket/key only")
    if source["S3DataType"] != "S3Prefix":
        raise NotImplementedError(f"the offline SageMaker reads an S3Prefix only, not {source['S3DataType']}")
    distribution = source.get("S3DataDistributionType", "FullyReplicated")
    _choice(distribution, f"{where}.s3DataDistributionType", ("FullyReplicated", "ShardedByS3Key"))


def _check_resources(resources: Mapping[str, Any]) -> None:
    _supported("ResourceConfig", resources)
    for member in ("InstanceCount", "VolumeSizeInGB"):
        _at_least_one(resources, member, "resourceConfig")
    instance = resources.get("InstanceType", "")
    if not re.fullmatch(_INSTANCE_TYPE, instance):
        raise _violation(instance, "resourceConfig.instanceType", "Member must satisfy enum value set: [ml.m5.large, …]")
    if _NO_QUOTA.match(instance):
        raise ServiceError(
            "ResourceLimitExceeded",
            f"The account-level service limit '{instance} for training job usage' is 0 Instances, with current "
            f"utilization of 0 Instances and a request delta of {resources['InstanceCount']} Instances. Please use "
            "AWS Service Quotas to request an increase for this quota. If AWS Service Quotas is not available, "
            "contact AWS support to request an increase for this quota.",
        )


def _supported(structure: str, members: Mapping[str, Any]) -> None:
    unknown = sorted(members.keys() - _MEMBERS[structure])
    if unknown:
        raise NotImplementedError(f"sagemaker.create_training_job() does not support {structure}.{unknown[0]} offline")


def _match(value: str, where: str, pattern: str, *, longest: int, shortest: int = 1) -> None:
    _length(value, where, shortest, longest)
    if not re.fullmatch(pattern, value):
        raise _violation(value, where, f"Member must satisfy regular expression pattern: {pattern}")


def _length(value: str, where: str, shortest: int, longest: int) -> None:
    if len(value) > longest:
        raise _violation(value, where, f"Member must have length less than or equal to {longest}")
    if len(value) < shortest:
        raise _violation(value, where, f"Member must have length greater than or equal to {shortest}")


def _choice(value: str, where: str, choices: Sequence[str]) -> None:
    if value not in choices:
        raise _violation(value, where, f"Member must satisfy enum value set: [{', '.join(choices)}]")


def _at_least_one(structure: Mapping[str, Any], member: str, where: str) -> None:
    if structure.get(member, 1) < 1:
        place = f"{where}.{member[0].lower()}{member[1:]}"
        raise _violation(structure[member], place, "Member must have value greater than or equal to 1")


def _violation(value: object, where: str, constraint: str) -> ServiceError:
    return _invalid(f"1 validation error detected: Value '{value}' at '{where}' failed to satisfy constraint: {constraint}")


def _invalid(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)

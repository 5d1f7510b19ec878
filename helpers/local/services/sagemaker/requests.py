"""What SageMaker refuses in a CreateTrainingJob request beyond its model, and what of it the offline cloud can't do.

Patterns, choices and lengths are those of botocore's model; `LocalSession` has checked them before.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ...errors import ServiceError

_KMEANS_IMAGE = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/kmeans:(1|latest)")
_NO_QUOTA = re.compile(r"ml\.t3\.")

# All that is supported of the nested structures; another member is refused aloud rather than ignored.
_MEMBERS: dict[str, set[str]] = {
    "AlgorithmSpecification": {"TrainingImage", "TrainingInputMode", "EnableSageMakerMetricsTimeSeries"},
    "InputDataConfig": {"ChannelName", "DataSource", "ContentType", "CompressionType", "RecordWrapperType", "InputMode"},
    "DataSource": {"S3DataSource"},
    "S3DataSource": {"S3DataType", "S3Uri", "S3DataDistributionType"},
    "OutputDataConfig": {"S3OutputPath", "KmsKeyId", "CompressionType"},
    "ResourceConfig": {"InstanceType", "InstanceCount", "VolumeSizeInGB", "VolumeKmsKeyId"},
    "StoppingCondition": {"MaxRuntimeInSeconds"},
}


def check_training_request(request: Mapping[str, Any]) -> None:
    """Nothing, when SageMaker would accept the request as far as it can tell without a look at other jobs.

    Raises ServiceError (ValidationException, ResourceLimitExceeded) where AWS refuses, and NotImplementedError for
    what AWS can do and the offline cloud can't.
    """
    for structure in ("AlgorithmSpecification", "OutputDataConfig", "StoppingCondition", "ResourceConfig"):
        _supported(structure, request[structure])
    _check_image(request["AlgorithmSpecification"].get("TrainingImage", ""))
    if request["OutputDataConfig"].get("CompressionType", "GZIP") != "GZIP":
        raise NotImplementedError("the offline SageMaker always compresses a model; leave CompressionType out")
    if not request["InputDataConfig"]:
        raise _invalid("InputDataConfig must be specified for the built-in algorithm kmeans.")
    for channel in request["InputDataConfig"]:
        _check_channel(channel)
    _check_machines(request["ResourceConfig"])


def _check_image(image: str) -> None:
    if not _KMEANS_IMAGE.fullmatch(image):
        raise NotImplementedError(
            f"the offline SageMaker runs the built-in K-Means image only, not {image!r}; "
            "image_uris.retrieve(framework='kmeans', region=…) gives its URI"
        )


def _check_channel(channel: Mapping[str, Any]) -> None:
    _supported("InputDataConfig", channel)
    if channel.get("RecordWrapperType", "None") != "None":
        raise NotImplementedError("the offline SageMaker does not wrap files into RecordIO")
    _supported("DataSource", channel["DataSource"])
    if "S3DataSource" not in channel["DataSource"]:
        raise _invalid(f"Channel {channel['ChannelName']} needs an S3DataSource.")
    source = channel["DataSource"]["S3DataSource"]
    _supported("S3DataSource", source)
    if not source["S3Uri"].startswith("s3://"):
        raise NotImplementedError("the offline S3 knows addresses of the form s3://bucket/key only")
    if source["S3DataType"] != "S3Prefix":
        raise NotImplementedError(f"the offline SageMaker reads an S3Prefix only, not {source['S3DataType']}")


def check_quota(resources: Mapping[str, Any], running: Iterable[Mapping[str, Any]], quotas: Mapping[str, int]) -> None:
    """Nothing, when the quota suffices for these machines beside those that are running.

    Raises ServiceError (ResourceLimitExceeded).
    """
    instance, more = resources["InstanceType"], resources["InstanceCount"]
    in_use = sum(other["InstanceCount"] for other in running if other["InstanceType"] == instance)
    quota = quotas.get(instance)
    if quota is not None and in_use + more > quota:
        raise ServiceError(
            "ResourceLimitExceeded",
            f"The account-level service limit '{instance} for training job usage' is {quota} Instances, with current "
            f"utilization of {in_use} Instances and a request delta of {more} Instances. Please use "
            "AWS Service Quotas to request an increase for this quota. If AWS Service Quotas is not available, "
            "contact AWS support to request an increase for this quota.",
        )


def _check_machines(resources: Mapping[str, Any]) -> None:
    instance = resources.get("InstanceType", "")
    if not instance:
        raise _invalid("ResourceConfig must name an InstanceType.")
    if resources.get("InstanceCount", 0) < 1:  # the model lets 0 pass
        raise _invalid("1 validation error detected: resourceConfig.instanceCount must be greater than or equal to 1")
    if _NO_QUOTA.match(instance):
        check_quota(resources, (), {instance: 0})


def _supported(structure: str, members: Mapping[str, Any]) -> None:
    unknown = sorted(members.keys() - _MEMBERS[structure])
    if unknown:
        raise NotImplementedError(f"sagemaker.create_training_job() does not support {structure}.{unknown[0]} offline")


def _invalid(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)

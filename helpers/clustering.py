"""Group vectors with SageMaker's K-Means: upload them, train, read the centroids, assign every vector to one."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .durations import say_started
from .kmeans_formats import centroids_in_archive, to_csv, to_recordio
from .training_jobs import JobQueue, Request, TrainingJob
from .waiting import WaitError

if TYPE_CHECKING:
    from .workshop import Workshop

__all__ = [
    "TrainingJob", "WaitError", "assign_clusters", "read_centroids", "start_for_each_k", "train_for_each_k", "train_kmeans",
    "upload_vectors",
]  # fmt: skip

INSTANCE_TYPE = "ml.m5.large"
MOST_KS = 6
_FORMATS = {
    "recordio": (to_recordio, "application/x-recordio-protobuf"),
    "csv": (to_csv, "text/csv;label_size=0"),
}


def upload_vectors(aws: Workshop, vectors: NDArray[np.float32], *, form: str = "recordio") -> str:
    """The S3 URI of the vectors (n_items, n_features), ready for training; equal vectors get an equal URI.

    form : "recordio", or "csv", which is readable and three times the size.

    Raises ValueError for anything else, and for vectors that hold something else than finite numbers, or nothing.
    """
    if form not in _FORMATS:
        raise ValueError(f"form is {form!r}; it may be {' or '.join(_FORMATS)}")
    vectors = _matrix("vectors", vectors)
    encode, content_type = _FORMATS[form]
    body = encode(vectors)
    key = f"{aws.prefix}/vectors/{hashlib.sha256(body).hexdigest()[:16]}.{form}"
    aws.client("s3").put_object(Bucket=aws.bucket, Key=key, Body=body, ContentType=content_type.partition(";")[0])
    return f"s3://{aws.bucket}/{key}"


def train_kmeans(
    aws: Workshop,
    vectors_uri: str,
    k: int,
    *,
    feature_dim: int,
    epochs: int = 10,
    n_vectors: int | None = None,
    num_trials: int | None = None,
    instance_type: str = INSTANCE_TYPE,
    **hyperparameters: Any,
) -> TrainingJob:
    """The finished training job for these vectors, this k and these hyperparameters; it is trained only once.

    n_vectors : how many there are. K-Means first looks for more centres than k, ten times as many unless told
        otherwise; with `n_vectors` it is told to stay below their number.
    num_trials : restarts of the last step (`local_lloyd_num_trials`; None leaves SageMaker its 10). It has nothing to
        do with k. Other hyperparameters are passed on: `extra_center_factor=4`, `init_method="kmeans++"`.

    Raises WaitFailed with SageMaker's reason when the job fails, QuotaError when the account has no such machine,
    ClientError when SageMaker refuses to start the job for another reason.
    """
    return train_for_each_k(
        aws, vectors_uri, [k], feature_dim=feature_dim, epochs=epochs, n_vectors=n_vectors, num_trials=num_trials,
        instance_type=instance_type, **hyperparameters,
    )[k]  # fmt: skip


def start_for_each_k(aws: Workshop, vectors_uri: str, ks: Iterable[int], **options: Any) -> None:
    """Nothing, at once: a job trains, or has trained, for each k. Those beyond the quota are started by `train_for_each_k`.

    options : the same as for `train_for_each_k`, else it trains others.
    """
    requests = _requests(aws, vectors_uri, ks, **options)
    JobQueue(aws, requests).start()
    what = f"K-Means with {', '.join(map(str, requests))} clusters, side by side as far as your quota allows"
    say_started(what, "training job")


def train_for_each_k(aws: Workshop, vectors_uri: str, ks: Iterable[int], **options: Any) -> dict[int, TrainingJob]:
    """A finished job for each k, and one printed line for each; options are those of `train_kmeans`.

    They train side by side, as far as the account's quota allows, and the others wait for their turn. Run again, also from
    another kernel or on another day, it finds all jobs that run or are finished. If one fails, the others are finished first.

    Raises ValueError for more than `MOST_KS` values of k: each is a job that costs money, and an elbow needs no more.
    """
    return JobQueue(aws, _requests(aws, vectors_uri, ks, **options)).wait()


def read_centroids(aws: Workshop, job: TrainingJob) -> NDArray[np.float32]:
    """The centroids (k, n_features) that a job found; row c is the middle of cluster str(c)."""
    bucket, _, key = job.model_uri.removeprefix("s3://").partition("/")
    return centroids_in_archive(aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())


def assign_clusters(vectors: NDArray[np.float32], centroids: NDArray[np.float32]) -> list[str]:
    """The id of the nearest centroid for each vector, as a string: "7", and never "7.0".

    vectors (n_items, n_features), centroids (k, n_features). Distance is Euclidean.
    """
    vectors, centroids = _matrix("vectors", vectors, least=0), _matrix("centroids", centroids)
    if vectors.shape[1] != centroids.shape[1]:
        raise ValueError(f"vectors have {vectors.shape[1]} features, centroids {centroids.shape[1]}; embed both alike")
    # |x - c|² = |x|² - 2 x·c + |c|², and |x|² is the same for every centroid
    distances = (centroids**2).sum(axis=1) - 2 * (vectors @ centroids.T)
    return [str(int(c)) for c in distances.argmin(axis=1)]


def _requests(
    aws: Workshop, vectors_uri: str, ks: Iterable[int], *, feature_dim: int, epochs: int = 10,
    n_vectors: int | None = None, num_trials: int | None = None, instance_type: str = INSTANCE_TYPE, **hyperparameters: Any,
) -> dict[int, Request]:  # fmt: skip
    """What to train for each k, in the given order."""
    if not isinstance(vectors_uri, str) or not re.fullmatch("s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/.+", vectors_uri):
        raise ValueError(f"The vectors' place is {vectors_uri!r}; give the URI that upload_vectors answers, s3://bucket/key.")
    ks = list(ks)
    for name, number in [*(("k", k) for k in ks), ("feature_dim", feature_dim), ("epochs", epochs)]:
        if not isinstance(number, Integral) or number < 1:
            raise ValueError(f"{name} is {number!r}; choose a whole number from 1")
    ks = list(dict.fromkeys(map(int, ks)))
    if len(ks) > MOST_KS:
        raise ValueError(
            f"{len(ks)} values of k are {len(ks)} training jobs, each of which costs money; take {MOST_KS} at most. They show "
            "where the curve bends; then train a few around the bend, where you want to see more."
        )
    shared = {"feature_dim": feature_dim, "epochs": epochs, "eval_metrics": '["msd","ssd"]', **hyperparameters}
    if num_trials is not None:
        shared["local_lloyd_num_trials"] = num_trials
    _, content_type = _FORMATS["csv" if vectors_uri.endswith(".csv") else "recordio"]
    objects, requests = _objects(aws, vectors_uri), {}
    for k in ks:
        settings = {"k": k, **shared}
        if n_vectors is not None:
            settings.setdefault("extra_center_factor", max(1, min(10, n_vectors // k)))
        requests[k] = Request(vectors_uri, content_type, settings, instance_type, _digest([*objects, settings]))
    return requests


def _matrix(name: str, given: NDArray[np.float32], *, least: int = 1) -> NDArray[np.float32]:
    """The same matrix. Raises ValueError unless it has two dimensions, `least` rows, and finite numbers."""
    try:
        matrix = np.asarray(given)
        if matrix.ndim == 2 and len(matrix) >= least and matrix.shape[1] and np.isfinite(matrix).all():
            return matrix
    except (TypeError, ValueError) as error:  # rows of different lengths, or texts
        raise ValueError(f"{name} are no table of numbers ({error}); embed the pictures again (notebook 01)") from error
    raise ValueError(
        f"{name} must have the shape (n_items, n_features) and hold finite numbers; these have {matrix.shape}. "
        "Embed the pictures again (notebook 01)."
    )


def _objects(aws: Workshop, vectors_uri: str) -> list[Any]:
    """The bucket, and the objects that a job would read, by version."""
    bucket, _, prefix = vectors_uri.removeprefix("s3://").partition("/")
    pages = aws.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    objects = [(item["Key"], item["ETag"]) for page in pages for item in page.get("Contents", [])]
    if not objects:
        raise FileNotFoundError(f"There is nothing at {vectors_uri}. Run upload_vectors first, then this cell again.")
    return [bucket, objects]


def _digest(identity: list[Any]) -> str:
    """What tells two trainings apart."""
    return hashlib.sha256(json.dumps(identity, sort_keys=True, default=str).encode()).hexdigest()[:16]

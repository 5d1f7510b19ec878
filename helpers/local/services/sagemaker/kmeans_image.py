"""What happens inside SageMaker's built-in K-Means image: check the hyperparameters, read the data, train.

AWS does not document the texts of failures, only that those which the caller can mend start with "ClientError".
Source: SageMaker guide, "K-Means Hyperparameters" and "Input/Output Interface for the K-Means Algorithm".
"""

import gzip
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...engines.kmeans import PLUS_PLUS, RANDOM, KMeansSettings, distortion, train_kmeans
from .formats import RECORDIO, DataError, model_archive, read_vectors

MODEL_FILE = "model_algo-1"
DEFAULT_CONTENT_TYPE = RECORDIO
SEED = 0  # the image has no seed to set; a constant makes a job repeatable


class TrainingFailed(Exception):
    """The text is the job's FailureReason."""


@dataclass(frozen=True)
class Channel:
    """Input data: `files` are their contents by name, each compressed if `gzipped`."""

    content_type: str
    files: dict[str, bytes]
    gzipped: bool = False


@dataclass(frozen=True)
class TrainedModel:
    """The bytes of model.tar.gz, and final metrics such as {"train:msd": 0.21}."""

    archive: bytes
    metrics: dict[str, float]


def train(hyperparameters: Mapping[str, str], channels: Mapping[str, Channel]) -> TrainedModel:
    """Centroids of the channel "train", scored on it and on the channel "test" if there is one.

    Raises TrainingFailed for bad hyperparameters, unreadable data, vectors that are not `feature_dim` long, and
    fewer vectors than clusters.
    """
    values = parse_hyperparameters(hyperparameters)
    feature_dim, metrics = values.pop("feature_dim"), values.pop("eval_metrics", ["msd"])
    values.pop("force_dense", None)
    settings = KMeansSettings(**values)
    if "train" not in channels:
        raise _client_error("Failed to validate input data configuration: 'train' is a required property")
    unknown = sorted(channels.keys() - {"train", "test"})
    if unknown:
        raise _client_error(f"Failed to validate input data configuration: channel {unknown[0]!r} was unexpected")
    vectors = {name: _read(name, channel, feature_dim) for name, channel in channels.items()}
    n_rows = len(vectors["train"])
    if settings.k > n_rows:
        raise _client_error(f"The number of clusters k={settings.k} must not exceed the {n_rows} rows of training data")
    model = train_kmeans(vectors["train"], settings, seed=SEED)
    scores = {"train": (model.msd, model.ssd)}
    if "test" in vectors:
        scores["test"] = distortion(vectors["test"], model.centroids)
    return TrainedModel(
        archive=model_archive(MODEL_FILE, model.centroids),
        metrics={
            f"{channel}:{metric}": score
            for channel, pair in scores.items()
            for metric, score in zip(("msd", "ssd"), pair, strict=True)
            if metric in metrics
        },
    )


def parse_hyperparameters(given: Mapping[str, str]) -> dict:
    """The values of the strings that were given; "auto" becomes None. Raises TrainingFailed."""
    unexpected = sorted(given.keys() - _PARSERS.keys())
    if unexpected:
        raise _bad_hyperparameters(f"Additional hyperparameters are not allowed ({unexpected[0]!r} was unexpected)")
    for name in ("feature_dim", "k"):
        if name not in given:
            raise _bad_hyperparameters(f"{name!r} is a required property")
    values = {}
    for name, text in given.items():
        parse, expected = _PARSERS[name]
        try:
            values[name] = parse(text)
        except (ValueError, TypeError):
            raise _bad_hyperparameters(f"{text!r} is not valid for {name!r}: it must be {expected}") from None
    return values


def _read(name: str, channel: Channel, feature_dim: int) -> NDArray[np.float32]:
    try:
        files = channel.files
        if channel.gzipped:
            files = {file: gzip.decompress(data) for file, data in files.items()}
        vectors = read_vectors(channel.content_type, files)
    except (DataError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise _client_error(f"Channel {name!r}: {error}") from error
    if vectors.shape[1] != feature_dim:
        hint = ""
        if channel.content_type.lower().startswith("text/csv") and vectors.shape[1] == feature_dim - 1:
            hint = "; the first column was read as a label, which text/csv;label_size=0 prevents"
        raise _client_error(
            f"Channel {name!r}: feature_dim is {feature_dim}, but the data has {vectors.shape[1]} features{hint}"
        )
    return vectors


def _client_error(text: str) -> TrainingFailed:
    return TrainingFailed(f"ClientError: {text}")


def _bad_hyperparameters(cause: str) -> TrainingFailed:
    return _client_error(f"Unable to initialize the algorithm. Failed to validate hyperparameters: {cause}")


def _whole(at_least: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        number = int(text)
        if number < at_least:
            raise ValueError
        return number

    return parse


def _or_auto(parse: Callable[[str], int]) -> Callable[[str], int | None]:
    return lambda text: None if text == "auto" else parse(text)


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError
        return text

    return parse


def _fraction(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 1:
        raise ValueError
    return number


def _metrics(text: str) -> list[str]:
    metrics = json.loads(text)
    if not isinstance(metrics, list) or not metrics or not set(metrics) <= {"msd", "ssd"}:
        raise ValueError
    return metrics


_POSITIVE = (_whole(1), "a positive integer")
_POSITIVE_OR_AUTO = (_or_auto(_whole(1)), "a positive integer or auto")
_METHOD = (_one_of(RANDOM, PLUS_PLUS), f"{RANDOM} or {PLUS_PLUS}")
_PARSERS: dict[str, tuple[Callable, str]] = {
    "feature_dim": _POSITIVE,
    "k": _POSITIVE,
    "epochs": _POSITIVE,
    "mini_batch_size": _POSITIVE,
    "init_method": _METHOD,
    "extra_center_factor": _POSITIVE_OR_AUTO,
    "half_life_time_size": (_whole(0), "an integer that is not negative"),
    "local_lloyd_init_method": _METHOD,
    "local_lloyd_max_iter": _POSITIVE,
    "local_lloyd_num_trials": _POSITIVE_OR_AUTO,
    "local_lloyd_tol": (_fraction, "a number from 0 to 1"),
    "eval_metrics": (_metrics, 'a JSON list of "msd", "ssd" or both'),
    "force_dense": (_one_of("true", "false", "True", "False"), "true or false"),
}

"""What the K-Means image accepts, refuses and reports."""

import gzip

import numpy as np
import pytest

from helpers.kmeans_formats import centroids_in_archive, to_csv, to_recordio
from helpers.local.services.sagemaker.kmeans_image import Channel, TrainingFailed, train

ROWS = np.random.default_rng(0).normal(size=(60, 8)).astype(np.float32)
GOOD = {"k": "4", "feature_dim": "8"}


def channel(rows=ROWS, content_type="application/x-recordio-protobuf", encode=to_recordio):
    return Channel(content_type, {"part-0": encode(rows[:10]), "part-1": encode(rows[10:])})


def test_it_trains_on_every_file_and_reports_the_default_metric():
    model = train(GOOD, {"train": channel()})
    centroids = centroids_in_archive(model.archive)
    squared = ((ROWS[:, None] - centroids[None]) ** 2).sum(axis=2).min(axis=1)
    assert centroids.shape == (4, 8)
    assert model.metrics == {"train:msd": pytest.approx(squared.mean(), rel=1e-5)}


def test_all_documented_hyperparameters_are_accepted_as_strings():
    everything = GOOD | {
        "epochs": "2", "mini_batch_size": "30", "init_method": "kmeans++", "extra_center_factor": "auto",
        "half_life_time_size": "0", "local_lloyd_init_method": "random", "local_lloyd_max_iter": "10",
        "local_lloyd_num_trials": "auto", "local_lloyd_tol": "0.001", "eval_metrics": '["msd", "ssd"]',
        "force_dense": "True",
    }  # fmt: skip
    assert set(train(everything, {"train": channel()}).metrics) == {"train:msd", "train:ssd"}


def test_test_metrics_need_a_test_channel():
    model = train(GOOD | {"eval_metrics": '["ssd"]'}, {"train": channel(), "test": channel(ROWS[:20])})
    assert set(model.metrics) == {"train:ssd", "test:ssd"}
    assert model.metrics["test:ssd"] < model.metrics["train:ssd"]


def test_csv_gzip_and_recordio_give_the_same_model():
    zipped = Channel("text/csv;label_size=0", {"a": gzip.compress(to_csv(ROWS), mtime=0)}, gzipped=True)
    models = [train(GOOD, {"train": c}) for c in (channel(), channel(ROWS, "text/csv;label_size=0", to_csv), zipped)]
    assert len({model.archive for model in models}) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("k", "0"), ("k", "4.0"), ("k", "many"), ("feature_dim", "-1"), ("epochs", "0"), ("mini_batch_size", "auto"),
        ("init_method", "k-means++"), ("extra_center_factor", "0"), ("half_life_time_size", "-1"),
        ("local_lloyd_max_iter", "0"), ("local_lloyd_num_trials", "none"), ("local_lloyd_tol", "1.5"),
        ("local_lloyd_tol", "nan"), ("eval_metrics", "msd"), ("eval_metrics", '["mse"]'), ("eval_metrics", "[]"),
        ("eval_metrics", "{}"), ("eval_metrics", "[[]]"), ("force_dense", "yes"),
    ],
)  # fmt: skip
def test_bad_values_fail_the_job(name, value):
    with pytest.raises(TrainingFailed, match=rf"^ClientError: .*'{name}'"):
        train(GOOD | {name: value}, {"train": channel()})


@pytest.mark.parametrize(
    ("hyperparameters", "channels", "reason"),
    [
        ({"feature_dim": "8"}, {"train": channel()}, "'k' is a required property"),
        ({"k": "4"}, {"train": channel()}, "'feature_dim' is a required property"),
        (GOOD | {"clusters": "4"}, {"train": channel()}, "not allowed .'clusters' was unexpected"),
        (GOOD, {}, "'train' is a required property"),
        (GOOD, {"train": channel(), "validation": channel()}, "'validation' was unexpected"),
        (GOOD | {"k": "61"}, {"train": channel()}, "k=61 must not exceed the 60 rows"),
        (GOOD | {"feature_dim": "9"}, {"train": channel()}, "feature_dim is 9, but the data has 8"),
        (GOOD, {"train": channel(ROWS, "text/csv", to_csv)}, "7 features; the first column was read as a label"),
        (GOOD, {"train": channel(), "test": channel(ROWS[:, :5])}, "Channel 'test'"),
        (GOOD, {"train": Channel("text/csv", {"a": b"no gzip"}, gzipped=True)}, "gzip"),
        (GOOD, {"train": Channel("text/csv", {"a": gzip.compress(b"1,2")[:-9]}, gzipped=True)}, "Channel 'train'"),
    ],
)
def test_what_cannot_be_trained_fails_with_a_reason(hyperparameters, channels, reason):
    with pytest.raises(TrainingFailed, match=rf"^ClientError: .*{reason}"):
        train(hyperparameters, channels)

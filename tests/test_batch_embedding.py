"""A batch job fills the cache with the vectors that single calls give, and what fails is named."""

from __future__ import annotations

import numpy as np
import pytest
from odd_files import picture

from helpers import batch_embedding
from helpers.batch_embedding import BatchError, collect_batch, start_batch
from helpers.embedder import TitanEmbedder
from helpers.embeddings import embed_images
from helpers.library import embed_library, read_library
from helpers.settings import read_settings
from helpers.vector_cache import VectorCache
from helpers.waiting import WaitFailed
from helpers.workshop import connect


@pytest.fixture
def aws(tmp_path):
    return connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(tmp_path / "data")}))


@pytest.fixture
def small(aws):
    return TitanEmbedder(aws.client("bedrock-runtime"), 256)


def jobs(aws):
    return aws.client("bedrock").list_model_invocation_jobs()["invocationJobSummaries"]


def test_vectors_of_a_job_are_those_of_single_calls_whatever_the_order(aws, small, pictures, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(batch_embedding, "MOST_BYTES", 20_000)  # so that there are several files
    job = start_batch(aws, pictures, embedder=small)
    assert collect_batch(aws, job, cache=tmp_path / "batch.sqlite", embedder=small) == {}
    assert capsys.readouterr().out == "batch job of 12 pictures: Completed\n"
    inputs = aws.client("s3").list_objects_v2(Bucket=aws.bucket, Prefix=f"{job.folder}/input/")["Contents"]
    assert len(inputs) > 1 and max(item["Size"] for item in inputs) <= 20_000
    single = embed_images(pictures, embedder=small, cache=tmp_path / "single.sqlite")
    with VectorCache(tmp_path / "batch.sqlite", model=small.model, dimension=256) as cache:
        np.testing.assert_allclose(cache.rows(list(job.paths)), single, atol=1e-6)


def test_afterwards_no_picture_is_asked_for(aws, small, pictures, tmp_path):
    collect_batch(aws, start_batch(aws, pictures, embedder=small), cache=tmp_path / "v.sqlite", embedder=small)

    class NoPictures:
        model, dimension, on_bedrock = small.model, 256, True

        def embed(self, *, text=None, image=None, purpose="query"):
            assert image is None
            return small.embed(text=text)

    assert embed_images(pictures, embedder=NoPictures(), cache=tmp_path / "v.sqlite").shape == (12, 256)


def test_the_same_pictures_find_the_same_job_from_another_kernel_and_after_a_kill(aws, small, pictures):
    first = start_batch(aws, pictures, embedder=small)
    assert start_batch(aws, pictures[::-1], embedder=small).arn == first.arn
    for key in list(aws.state):  # killed after the job was made and before it was noted
        del aws.state[key]
    assert start_batch(aws, pictures, embedder=small).arn == first.arn
    assert start_batch(aws, pictures[:5], embedder=small).arn != first.arn
    assert start_batch(aws, pictures, embedder=small, attempt=2).arn != first.arn
    assert len(jobs(aws)) == 3


def test_what_fails_is_named_by_its_file_and_the_rest_is_kept(aws, small, pictures, tmp_path):
    cut, dull = tmp_path / "pictures" / "cut.png", tmp_path / "pictures" / "torn.png"
    picture(1, (600, 400)).effect_spread(9).save(cut)
    cut.write_bytes(cut.read_bytes()[:9000])
    picture(2, (600, 400)).effect_spread(9).save(dull)
    dull.write_bytes(dull.read_bytes()[:9000] + dull.read_bytes()[-12:])  # its end is there, so it travels, and is refused
    library = read_library(tmp_path / "pictures")
    job = start_batch(aws, list(library.pictures["file"]), embedder=small)
    failed = collect_batch(aws, job, cache=tmp_path / "v.sqlite", embedder=small)
    assert set(failed) == {str(cut.resolve()), str(dull.resolve())}
    assert "Refused in the job" in failed[str(dull.resolve())] and "damaged" in failed[str(cut.resolve())]
    usable, vectors = embed_library(library, embedder=small, cache=tmp_path / "v.sqlite")
    assert len(vectors) == len(usable.pictures) == 12


def test_an_answer_that_is_missing_is_told(aws, small, pictures, tmp_path):
    job = start_batch(aws, pictures, embedder=small)
    shorter = batch_embedding.BatchJob(job.arn, job.name, job.folder, {**job.paths, "f" * 64: "late.png"}, {})
    failed = collect_batch(aws, shorter, cache=tmp_path / "v.sqlite", embedder=small)
    assert failed == {"late.png": "The job gave no answer for it."}


def test_a_stopped_job_says_what_to_do(aws, small, pictures, tmp_path):
    job = start_batch(aws, pictures, embedder=small)
    aws.client("bedrock").stop_model_invocation_job(jobIdentifier=job.arn)
    with pytest.raises(WaitFailed, match=r"Stopped.*one by one"):
        collect_batch(aws, job, cache=tmp_path / "v.sqlite", embedder=small)


def test_another_model_than_titan_is_refused(aws, pictures):
    class Nova:
        model, dimension, on_bedrock = "amazon.nova-2-multimodal-embeddings-v1:0", 1024, True

    with pytest.raises(BatchError, match="embed_library"):
        start_batch(aws, pictures, embedder=Nova())

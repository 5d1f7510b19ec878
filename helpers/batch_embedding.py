"""Pictures embedded in batch: a file of requests in S3, a job of Bedrock's, and its answers in the cache of vectors.

Half the price of single calls, and no hurry. Source: docs.aws.amazon.com/bedrock/latest/userguide/batch-inference-data.html;
for what it leaves open see the marks "unconfirmed".
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .embedder import Embedder, mean_vector, space_of
from .embeddings import encode_image, open_cache, read_digests
from .outages import OneLine
from .progress import progress
from .titan import MODEL_ID, EmbedError
from .waiting import wait_until

if TYPE_CHECKING:
    from .workshop import Workshop

MOST_BYTES = 200_000_000  # of an input file; unconfirmed: Bedrock has a quota for it, whose value is in no source we found
_DONE, _FAILED = ("Completed", "PartiallyCompleted"), ("Failed", "Stopped", "Expired")
_NEXT_STEP = (
    "Embed these pictures one by one (embed_library), or correct the cause and call again with another attempt. "
    "Bedrock asks for a least number of records, for most models 100; for Titan it is unconfirmed."
)


class BatchError(OneLine, RuntimeError):
    """The job can't be started; the message says what to do instead."""


@dataclass(frozen=True)
class BatchJob:
    """A job under way or over. name: for people. folder: where its files lie in the bucket. paths: picture by record id.

    failed: reason by path of the pictures that could not even be read; they are in no file.
    """

    arn: str
    name: str
    folder: str
    paths: dict[str, str]
    failed: dict[str, str]


def start_batch(aws: Workshop, paths: Sequence[str | Path], *, embedder: Embedder | None = None, attempt: int = 1) -> BatchJob:
    """The job that embeds these pictures, started or found; it returns at once and prints nothing.

    The same pictures and the same model find the same job, from another kernel too: its token is made of their contents.
    embedder: the model, `aws.embedder` by default. attempt: another number makes another job, where one has failed.
    Raises BatchError for a model that batch jobs can't call as we call it.
    """
    embedder = embedder or aws.embedder
    if embedder.model != MODEL_ID:
        raise BatchError(f"{embedder.model} takes no batch jobs here, only Titan does. Embed one by one: embed_library.")
    digests, failed = read_digests(paths)
    by_digest = {digest: str(path) for path, digest in zip(paths, digests, strict=True) if digest}
    identity = json.dumps([space_of(embedder.model, embedder.dimension), sorted(by_digest), attempt])
    token = hashlib.sha256(identity.encode()).hexdigest()[:16]
    folder, name, key = f"{aws.prefix}/batch/{token}", aws.name(f"batch-{token}"), f"batch_job {token}"
    arn = aws.state.get(key)
    if arn is None:
        failed |= _upload(aws, by_digest, folder, embedder.dimension)
        arn = aws.client("bedrock").create_model_invocation_job(
            jobName=name,
            roleArn=aws.batch_role_arn,
            modelId=embedder.model,
            clientRequestToken=token,  # a kernel that died before it noted the job finds it by this
            inputDataConfig={"s3InputDataConfig": {"s3Uri": f"s3://{aws.bucket}/{folder}/input/", "s3InputFormat": "JSONL"}},
            outputDataConfig={"s3OutputDataConfig": {"s3Uri": f"s3://{aws.bucket}/{folder}/output/"}},
        )["jobArn"]
        aws.state[key] = arn
    return BatchJob(arn, name, folder, by_digest, failed)


def collect_batch(aws: Workshop, job: BatchJob, *, cache: Path, embedder: Embedder | None = None) -> dict[str, str]:
    """Reason by path of the pictures that failed, once the vectors of all others are in the cache; prints one line.

    It waits for the job, which takes hours on AWS, and may be called again at any time, also tomorrow. `embed_library` then
    finds the vectors, and asks one by one for what failed.
    Raises WaitFailed with Bedrock's reason when the job failed.
    """
    embedder = embedder or aws.embedder
    bedrock, failed, seen = aws.client("bedrock"), dict(job.failed), set[str]()
    wait_until(
        lambda: bedrock.get_model_invocation_job(jobIdentifier=job.arn),
        _DONE, _FAILED, what=f"batch job of {len(job.paths)} pictures", seconds=aws.poll_seconds, timeout=7 * 24 * 3600,
        next_step=_NEXT_STEP,
    )  # fmt: skip
    with open_cache(cache, embedder) as vectors:
        for answers in _outputs(aws, f"{job.folder}/output/"):
            good = {}
            for answer in answers:
                digest = str(answer["recordId"])  # the order of the answers says nothing
                seen.add(digest)
                try:
                    good[digest] = _vector(answer, embedder)
                except EmbedError as error:
                    failed[job.paths.get(digest, digest)] = str(error)
            vectors.keep(good)
    missing = {path: "The job gave no answer for it." for digest, path in job.paths.items() if digest not in seen}
    return {**missing, **failed}


def _upload(aws: Workshop, paths: dict[str, str], folder: str, dimension: int) -> dict[str, str]:
    """Reason by path of what can't be read, once all else lies in S3, in files of `MOST_BYTES` at most."""
    failed: dict[str, str] = {}

    def lines() -> Iterator[bytes]:
        for digest, path in progress(paths.items(), "pictures written for the job", total=len(paths)):
            try:
                picture = encode_image(path)
            except EmbedError as error:
                failed[path] = str(error)
                continue
            request = {"inputImage": picture, "embeddingConfig": {"outputEmbeddingLength": dimension}}
            yield json.dumps({"recordId": digest, "modelInput": request}).encode() + b"\n"

    with tempfile.TemporaryDirectory() as drafts:
        draft, number, size = Path(drafts, "draft.jsonl"), 0, 0
        file = draft.open("wb")
        for line in lines():
            if size and size + len(line) > MOST_BYTES:
                file.close()
                aws.client("s3").upload_file(str(draft), aws.bucket, f"{folder}/input/{number:04d}.jsonl")
                file, number, size = draft.open("wb"), number + 1, 0
            file.write(line)
            size += len(line)
        file.close()
        aws.client("s3").upload_file(str(draft), aws.bucket, f"{folder}/input/{number:04d}.jsonl")
    return failed


def _outputs(aws: Workshop, prefix: str) -> Iterator[list[dict[str, Any]]]:
    """The answers of each output file, wherever below the prefix it lies."""
    s3 = aws.client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=aws.bucket, Prefix=prefix)
    for key in [item["Key"] for page in pages for item in page.get("Contents", [])]:
        if key.endswith(".jsonl.out"):
            body = s3.get_object(Bucket=aws.bucket, Key=key)["Body"]
            yield [json.loads(line) for line in body.iter_lines() if line]


def _vector(answer: dict[str, Any], embedder: Embedder) -> Any:
    """The unit vector of an answer. Raises EmbedError with the reason where it holds none."""
    import numpy as np

    output, error = answer.get("modelOutput") or {}, answer.get("error")
    if error or output.get("message") or not output.get("embedding"):
        reason = (error or {}).get("errorMessage") or output.get("message") or "no vector in the answer"
        raise EmbedError(f"Refused in the job: {reason}. Next step: look at this picture, or embed it alone.")
    return np.array(mean_vector([output["embedding"]], model=embedder.model), np.float32)

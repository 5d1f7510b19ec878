"""Batch jobs of the stand-in: they compute, survive restarts, and no answer stands where its question stood."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from helpers.local.cloud import LocalCloud

WEIGHTS = Path(__file__).parents[3] / "seeds" / "titan_offline"
TITAN = "amazon.titan-embed-image-v1"
WORDS = ["cat", "dog", "red car", "origami", "paper bird", "tree", "house", "boat"]


@pytest.fixture
def cloud(tmp_path):
    return LocalCloud(tmp_path, weights=WEIGHTS)


def start(cloud, lines, file="in/0.jsonl", uri="in/"):
    cloud.session.client("s3").put_object(Bucket=cloud.bucket, Key=file, Body="\n".join(lines).encode())
    return cloud.session.client("bedrock").create_model_invocation_job(
        jobName="words", roleArn=cloud.role_arn("workshop-batch"), modelId=TITAN,
        inputDataConfig={"s3InputDataConfig": {"s3Uri": f"s3://{cloud.bucket}/{uri}"}},
        outputDataConfig={"s3OutputDataConfig": {"s3Uri": f"s3://{cloud.bucket}/out/"}},
    )["jobArn"]  # fmt: skip


def statuses(cloud, arn):
    seen = []
    while not seen or seen[-1] in ("Submitted", "Validating", "Scheduled", "InProgress"):
        seen.append(cloud.session.client("bedrock").get_model_invocation_job(jobIdentifier=arn)["status"])
    return seen


def answers(cloud):
    [file] = (cloud.root / "s3" / cloud.bucket / "out").rglob("0.jsonl.out")
    return [json.loads(line) for line in file.read_text().splitlines()]


def record(number, text):
    return json.dumps({"recordId": str(number), "modelInput": {"inputText": text}})


def test_it_answers_what_single_calls_answer_in_another_order(cloud, tmp_path):
    arn = start(cloud, [record(number, word) for number, word in enumerate(WORDS)])
    cloud = LocalCloud(tmp_path, weights=WEIGHTS)  # a new kernel
    assert statuses(cloud, arn) == ["Submitted", "Validating", "Scheduled", "InProgress", "Completed"]
    assert [answer["recordId"] for answer in answers(cloud)] != sorted(answer["recordId"] for answer in answers(cloud))
    invoke = cloud.session.client("bedrock-runtime").invoke_model
    for answer in answers(cloud):
        single = json.loads(invoke(modelId=TITAN, body=json.dumps({"inputText": WORDS[int(answer["recordId"])]}))["body"].read())
        np.testing.assert_allclose(answer["modelOutput"]["embedding"], single["embedding"], atol=1e-7)


def test_a_record_that_the_model_refuses_fails_alone(cloud):
    arn = start(cloud, [record(1, "cat"), json.dumps({"recordId": "2", "modelInput": {"inputImage": "no base64"}})])
    assert statuses(cloud, arn)[-1] == "Completed"
    by_id = {answer["recordId"]: answer for answer in answers(cloud)}
    assert "modelOutput" in by_id["1"] and "base64" in by_id["2"]["error"]["errorMessage"]


@pytest.mark.parametrize(
    ("lines", "file", "uri", "reason"),
    [
        (["{"], "in/0.jsonl", "in/", "Line 1 of .*is no JSON"),
        ([record(1, "cat"), '{"recordId": "2"}'], "in/0.jsonl", "in/", "Line 2"),
        ([record(1, "cat")], "in/0.json", "in/", r"no \.jsonl"),
        ([record(1, "cat")], "in/0.jsonl", "other/", r"no \.jsonl"),
        ([record(1, "cat")], "in-other/0.jsonl", "in", r"no \.jsonl"),
    ],
)
def test_a_bad_input_fails_while_it_is_validated(cloud, lines, file, uri, reason):
    arn = start(cloud, lines, file, uri)
    assert statuses(cloud, arn) == ["Submitted", "Validating", "Failed"]
    message = cloud.session.client("bedrock").get_model_invocation_job(jobIdentifier=arn)["message"]
    assert re.search(reason, message)

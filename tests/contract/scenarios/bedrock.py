"""Titan: is it there, and what does it make of words and pictures?"""

import base64
import io
import json

from PIL import Image

TITAN = "amazon.titan-embed-image-v1"


def the_model_is_looked_up(account):
    bedrock = account.client("bedrock")
    details = bedrock.get_foundation_model(modelIdentifier=TITAN)["modelDetails"]
    assert details["modelLifecycle"]["status"] == "ACTIVE"
    assert bedrock.get_foundation_model(modelIdentifier=details["modelArn"])["modelDetails"] == details
    found = bedrock.list_foundation_models(byProvider="Amazon", byOutputModality="EMBEDDING", byInferenceType="ON_DEMAND")
    assert [model["modelId"] for model in found["modelSummaries"]] == [TITAN]
    account.refuses("ValidationException", bedrock.get_foundation_model, modelIdentifier="amazon.no-such-model")
    account.refuses("ValidationException", bedrock.get_foundation_model, modelIdentifier="Not An Id")
    account.refuses("ValidationException", bedrock.list_foundation_models, byOutputModality="SMELL")


def regions_without_the_model_refuse_it(account):
    elsewhere = account.in_region("us-east-2")
    account.refuses("ValidationException", elsewhere.client("bedrock").get_foundation_model, modelIdentifier=TITAN)
    assert elsewhere.client("bedrock").list_foundation_models()["modelSummaries"] == []
    body = json.dumps({"inputText": "cat"})
    account.refuses("ValidationException", elsewhere.client("bedrock-runtime").invoke_model, modelId=TITAN, body=body)


def words_and_pictures_become_vectors(account):
    invoke = account.client("bedrock-runtime").invoke_model
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "orange").save(file, "PNG")
    picture = base64.b64encode(file.getvalue()).decode()
    text, image = {"inputText": "cat"}, {"inputImage": picture}
    for length, request in ((1024, text), (384, image), (256, text | image)):
        body = json.dumps({**request, "embeddingConfig": {"outputEmbeddingLength": length}})
        answer = invoke(modelId=TITAN, body=body, accept="application/json", contentType="application/json")
        told = json.loads(answer["body"].read())
        assert told.keys() == {"embedding", "inputTextTokenCount", "message"} and told["message"] is None
        assert len(told["embedding"]) == length
        assert abs(sum(number**2 for number in told["embedding"]) - 1) < 1e-5
    account.refuses("ValidationException", invoke, modelId=TITAN, body="{}")
    account.refuses("ValidationException", invoke, modelId="amazon.no-such-model", body="{}")
    account.refuses("ValidationException", invoke, modelId=TITAN, body=bytes(25_000_001))


def _job(account, name, lines, **changes):
    """The request of a job over these lines."""
    bucket = account.cloud.bucket
    account.client("s3").put_object(Bucket=bucket, Key=f"{name}/in/0.jsonl", Body="\n".join(lines).encode())
    return {
        "jobName": name, "roleArn": account.cloud.role_arn("workshop-batch"), "modelId": TITAN,
        "inputDataConfig": {"s3InputDataConfig": {"s3Uri": f"s3://{bucket}/{name}/in/", "s3InputFormat": "JSONL"}},
        "outputDataConfig": {"s3OutputDataConfig": {"s3Uri": f"s3://{bucket}/{name}/out/"}},
        **changes,
    }  # fmt: skip


def _ended(bedrock, arn):
    while (job := bedrock.get_model_invocation_job(jobIdentifier=arn))["status"] in (
        "Submitted", "Validating", "Scheduled", "InProgress", "Stopping",
    ):  # fmt: skip
        pass
    return job


def a_batch_job_answers_its_records(account):
    bedrock, s3, bucket = account.client("bedrock"), account.client("s3"), account.cloud.bucket
    lines = [json.dumps({"recordId": str(n), "modelInput": {"inputText": word} if word else {}})
             for n, word in enumerate(["cat", "dog", ""])]  # fmt: skip
    request = _job(account, "words", lines, clientRequestToken="once")
    arn = bedrock.create_model_invocation_job(**request)["jobArn"]
    assert bedrock.create_model_invocation_job(**request)["jobArn"] == arn
    account.refuses("ConflictException", bedrock.create_model_invocation_job, **{**request, "timeoutDurationInHours": 48})
    job = _ended(bedrock, arn)
    assert (job["status"], job["successRecordCount"], job["errorRecordCount"]) == ("Completed", 2, 1)
    assert bedrock.get_model_invocation_job(jobIdentifier=arn.rpartition("/")[2])["jobArn"] == arn
    keys = [item["Key"] for item in s3.list_objects_v2(Bucket=bucket, Prefix="words/out/")["Contents"]]
    assert sorted(key.rpartition("/")[2] for key in keys) == ["0.jsonl.out", "manifest.json.out"]
    text = s3.get_object(Bucket=bucket, Key=next(key for key in keys if key.endswith(".jsonl.out")))["Body"].read()
    answers = {answer["recordId"]: answer for answer in map(json.loads, text.splitlines())}
    assert len(answers["0"]["modelOutput"]["embedding"]) == 1024 and answers["2"]["error"]["errorCode"] == 400
    account.refuses("ConflictException", bedrock.stop_model_invocation_job, jobIdentifier=arn)


def batch_jobs_fail_stop_and_are_listed(account):
    bedrock = account.client("bedrock")
    broken = bedrock.create_model_invocation_job(**_job(account, "broken", ["no JSON"]))["jobArn"]
    assert (job := _ended(bedrock, broken))["status"] == "Failed" and "Line 1" in job["message"]
    stopped = bedrock.create_model_invocation_job(**_job(account, "stopped", ["{}"]))["jobArn"]
    bedrock.stop_model_invocation_job(jobIdentifier=stopped)
    assert _ended(bedrock, stopped)["status"] == "Stopped"
    pages = bedrock.get_paginator("list_model_invocation_jobs").paginate(
        nameContains="o", sortBy="CreationTime", PaginationConfig={"PageSize": 1})  # fmt: skip
    assert {"broken", "stopped"} <= {job["jobName"] for page in pages for job in page["invocationJobSummaries"]}
    assert bedrock.list_model_invocation_jobs(statusEquals="Expired")["invocationJobSummaries"] == []


def batch_jobs_are_refused(account):
    bedrock = account.client("bedrock")
    create = bedrock.create_model_invocation_job
    account.refuses("ValidationException", create, **_job(account, "model", ["{}"], modelId="amazon.no-such-model"))
    account.refuses("ValidationException", create, **_job(account, "role", ["{}"], roleArn="arn:aws:iam::000000000000:role/no"))
    account.refuses("ValidationException", create, **_job(account, "hours", ["{}"], timeoutDurationInHours=200))
    account.refuses("ResourceNotFoundException", bedrock.get_model_invocation_job, jobIdentifier="0" * 12)
    account.refuses("ResourceNotFoundException", bedrock.stop_model_invocation_job, jobIdentifier="0" * 12)
    account.refuses("ValidationException", bedrock.list_model_invocation_jobs, nextToken="?")

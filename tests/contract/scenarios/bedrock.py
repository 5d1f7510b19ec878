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

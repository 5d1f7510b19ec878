"""What Titan's stand-in answers to the genuine boto3 client, and what it refuses."""

import base64
import io
import json
from pathlib import Path

import numpy as np
import pytest
from botocore.exceptions import ClientError
from PIL import Image

from helpers.local.services.bedrock import Bedrock
from helpers.local.services.bedrock_runtime import BedrockRuntime
from helpers.local.session import LocalSession

WEIGHTS = Path(__file__).parents[3] / "seeds" / "titan_offline"
TITAN = "amazon.titan-embed-image-v1"


@pytest.fixture(scope="module")
def session():
    return LocalSession({"bedrock-runtime": BedrockRuntime(WEIGHTS), "bedrock": Bedrock(None)})


@pytest.fixture(scope="module")
def client(session):
    return session.client("bedrock-runtime")


def picture(width=256, height=256, *, seed=0, file_format="PNG") -> str:
    pixels = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).resize((width, height)).save(stream, file_format)
    return base64.b64encode(stream.getvalue()).decode()


def invoke(client, **request) -> dict:
    response = client.invoke_model(
        modelId=TITAN, body=json.dumps(request), accept="application/json", contentType="application/json"
    )
    assert response["contentType"] == "application/json"
    return json.loads(response["body"].read())


def vector(client, **request) -> np.ndarray:
    return np.array(invoke(client, **request)["embedding"])


def refusal(client, body, model=TITAN) -> str:
    with pytest.raises(client.exceptions.ValidationException) as caught:
        client.invoke_model(modelId=model, body=body if isinstance(body, str | bytes) else json.dumps(body))
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return caught.value.response["Error"]["Message"]


@pytest.mark.parametrize("length", [256, 384, 1024])
@pytest.mark.parametrize("what", [{"inputText": "a cat"}, {"inputImage": picture()}])
def test_vectors_have_the_wished_length_and_norm_one(client, what, length):
    found = vector(client, **what, embeddingConfig={"outputEmbeddingLength": length})
    assert found.shape == (length,)
    assert np.linalg.norm(found) == pytest.approx(1, abs=1e-6)


def test_the_default_length_is_1024(client):
    assert vector(client, inputText="a cat").shape == (1024,)


@pytest.mark.parametrize("length", [256, 384])
def test_a_short_vector_is_the_beginning_of_the_long_one_made_unit_length(client, length):
    long = vector(client, inputText="a comic cat")
    short = vector(client, inputText="a comic cat", embeddingConfig={"outputEmbeddingLength": length})
    np.testing.assert_allclose(short, long[:length] / np.linalg.norm(long[:length]), atol=1e-6)


@pytest.mark.parametrize("length", [256, 1024])
def test_text_and_picture_together_give_their_mean_made_unit_length(client, length):
    config = {"outputEmbeddingLength": length}
    text = vector(client, inputText="a cat", embeddingConfig=config)
    image = vector(client, inputImage=picture(), embeddingConfig=config)
    both = vector(client, inputText="a cat", inputImage=picture(), embeddingConfig=config)
    np.testing.assert_allclose(both, (text + image) / np.linalg.norm(text + image), atol=1e-6)


def test_the_answer_is_read_once_from_a_stream(client):
    body = client.invoke_model(modelId=TITAN, body=b'{"inputText": "a cat"}')["body"]
    assert json.loads(body.read())["message"] is None
    assert body.read() == b""


def test_tokens_of_the_text_are_counted_and_a_picture_has_none(client):
    assert invoke(client, inputText="a cat")["inputTextTokenCount"] == 2
    assert invoke(client, inputImage=picture())["inputTextTokenCount"] == 0


def test_the_same_request_gives_the_same_bytes(client):
    first, second = (client.invoke_model(modelId=TITAN, body=json.dumps({"inputImage": picture(seed=3)})) for _ in "ab")
    assert first["body"].read() == second["body"].read()


def test_the_model_can_be_named_by_its_arn(session, client):
    arn = session.client("bedrock").get_foundation_model(modelIdentifier=TITAN)["modelDetails"]["modelArn"]
    assert client.invoke_model(modelId=arn, body=b'{"inputText": "a cat"}')["contentType"] == "application/json"


@pytest.mark.parametrize("size", [(2048, 2048), (2048, 16), (1, 1), (40, 900)])
@pytest.mark.parametrize("file_format", ["PNG", "JPEG"])
def test_pictures_up_to_2048_pixels_a_side_are_embedded(client, size, file_format):
    assert vector(client, inputImage=picture(*size, file_format=file_format)).shape == (1024,)


@pytest.mark.parametrize("size", [(2049, 16), (16, 2049)])
def test_a_larger_picture_is_refused_as_titan_refuses_it(client, size):
    assert "Image exceeds max pixels allowed." in refusal(client, {"inputImage": picture(*size)})


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"embeddingConfig": {"outputEmbeddingLength": 256}},
        {"inputText": ""},
        {"inputText": 7},
        {"inputText": "cat", "embeddingConfig": {"outputEmbeddingLength": 512}},
        {"inputText": "cat", "embeddingConfig": {"outputEmbeddingLength": "256"}},
        {"inputText": "cat", "embeddingConfig": {"length": 256}},
        {"inputText": "cat", "embeddingConfig": 256},
        {"inputText": "cat", "inputtext": "cat"},
        {"inputText": "word " * 257},
        {"inputImage": "not base64!"},
        {"inputImage": "data:image/png;base64," + picture()},
        {"inputImage": base64.b64encode(b"no picture").decode()},
        {"inputImage": picture()[:400]},
        {"inputImage": picture(file_format="GIF")},
        {"inputImage": ""},
        ["cat"],
        "not json",
        b"\xff\xfe",
        b"[" * 100_000,
        b" " * 25_000_001,
    ],
    ids=lambda body: repr(body)[:40],
)
def test_a_wrong_request_is_a_validation_exception(client, body):
    assert refusal(client, body)


def test_a_text_of_256_tokens_is_still_accepted(client):
    assert invoke(client, inputText="word " * 256)["inputTextTokenCount"] == 256


@pytest.mark.parametrize("n_words", [1, 2, 10, 100, 255])
def test_a_text_of_that_many_words_gives_a_unit_vector(client, n_words):
    text = " ".join(["cat", "boat", "comic"][n % 3] for n in range(n_words))
    assert np.linalg.norm(vector(client, inputText=text)) == pytest.approx(1)


@pytest.mark.parametrize("n_words", [257, 300, 500])
def test_a_longer_text_is_refused_with_its_length_and_the_limit(client, n_words):
    message = refusal(client, {"inputText": " ".join(["cat"] * n_words)})
    assert str(n_words) in message and "256" in message


@pytest.mark.parametrize(
    "text", ["CAT!", "🐈", "кошка", "猫", "   ", "?!", "a\x00b", "\ud83d", "naïve café", "<script>", "'; --", "{}"]
)
def test_a_text_of_any_signs_gives_a_unit_vector(client, text):
    assert np.linalg.norm(vector(client, inputText=text)) == pytest.approx(1)


def test_a_text_without_english_words_is_like_any_other_without(client):
    assert invoke(client, inputText="кошка")["embedding"] == invoke(client, inputText="猫")["embedding"]


def test_an_unknown_model_is_refused_as_bedrock_refuses_it(client):
    assert refusal(client, {"inputText": "cat"}, "amazon.titan-embed-image-v9") == "The provided model identifier is invalid."


def test_titan_is_active(session):
    bedrock = session.client("bedrock")
    assert bedrock.get_foundation_model(modelIdentifier=TITAN)["modelDetails"]["modelLifecycle"]["status"] == "ACTIVE"
    assert [model["modelId"] for model in bedrock.list_foundation_models(byProvider="amazon")["modelSummaries"]] == [TITAN]
    assert bedrock.list_foundation_models(byOutputModality="TEXT")["modelSummaries"] == []
    with pytest.raises(ClientError, match="The provided model identifier is invalid"):
        bedrock.get_foundation_model(modelIdentifier="none.such-model")

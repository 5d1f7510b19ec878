"""Nova's adapter against a double at the wire that takes the documented request and nothing else."""

from __future__ import annotations

import base64
import io
import json

import boto3
import numpy as np
import pytest
from botocore.exceptions import ClientError
from botocore.response import StreamingBody
from botocore.stub import ANY, Stubber
from PIL import Image

from helpers.embeddings import EmbedError, encode_image
from helpers.local.errors import ServiceError
from helpers.local.session import LocalSession
from helpers.nova import DIMENSIONS, MODEL_ID, NovaEmbedder
from helpers.workshop import RETRIES

# As docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html lists them.
PURPOSES = {
    "GENERIC_INDEX", "GENERIC_RETRIEVAL", "TEXT_RETRIEVAL", "IMAGE_RETRIEVAL", "VIDEO_RETRIEVAL", "DOCUMENT_RETRIEVAL",
    "AUDIO_RETRIEVAL", "CLASSIFICATION", "CLUSTERING",
}  # fmt: skip
CLIENT = boto3.Session("key", "secret", region_name="us-east-1").client("bedrock-runtime", config=RETRIES)
ERRORS = {shape.name: shape.metadata["error"]["httpStatusCode"]
          for shape in CLIENT.meta.service_model.operation_model("InvokeModel").error_shapes}  # fmt: skip
OURS = {"ValidationException", "ResourceNotFoundException", "AccessDeniedException", "ServiceQuotaExceededException"}


def picture(file_format: str = "PNG", colour: str = "orange") -> str:
    file = io.BytesIO()
    Image.new("RGB", (16, 16), colour).save(file, file_format)
    return base64.b64encode(file.getvalue()).decode()


def need(condition: bool, what: str) -> None:
    if not condition:
        raise ServiceError("ValidationException", what)


class Nova:
    """Reads a request as the schema has it; a vector depends on what was sent, and on the purpose."""

    def __init__(self):
        self.requests = []

    def invoke_model(self, *, modelId, body, contentType, accept):
        need(modelId == MODEL_ID and contentType == accept == "application/json", "model and types")
        request = json.loads(body)
        self.requests.append(request)
        need(request.keys() == {"schemaVersion", "taskType", "singleEmbeddingParams"}, "members")
        need(request["schemaVersion"] == "nova-multimodal-embed-v1" and request["taskType"] == "SINGLE_EMBEDDING", "versions")
        params = request["singleEmbeddingParams"]
        given = params.keys() - {"embeddingPurpose", "embeddingDimension"}
        need(len(given) == 1 and given <= {"text", "image", "video", "audio"}, "exactly one of text, image, video, audio")
        need(params["embeddingPurpose"] in PURPOSES and params["embeddingDimension"] in (256, 384, 1024, 3072), "enums")
        [kind] = given
        getattr(self, f"_{kind}")(params[kind])
        seed = f"{kind} {json.dumps(params[kind])} {params['embeddingPurpose']}".encode()
        vector = np.random.default_rng(list(seed)).normal(size=params["embeddingDimension"])
        answer = {"embeddings": [{"embeddingType": kind.upper(), "embedding": (vector / np.linalg.norm(vector)).tolist()}]}
        return {"body": io.BytesIO(json.dumps(answer).encode()), "contentType": "application/json"}

    def _text(self, text):
        need(text.keys() == {"truncationMode", "value"} and text["truncationMode"] in ("START", "END", "NONE"), "text")
        need(len(text["value"]) <= 50_000, "expected maxLength: 50000")

    def _image(self, image):
        need(image.keys() == {"detailLevel", "format", "source"} and image["source"].keys() == {"bytes"}, "image")
        need(image["detailLevel"] in ("STANDARD_IMAGE", "DOCUMENT_IMAGE"), "detailLevel")
        content = base64.b64decode(image["source"]["bytes"], validate=True)
        need(Image.open(io.BytesIO(content)).format.lower() == image["format"], "format")


@pytest.fixture
def nova():
    return Nova()


def embedder(nova, dimension=1024, faults=None):
    session = LocalSession({"bedrock-runtime": nova}, faults=faults)
    return NovaEmbedder(session.client("bedrock-runtime", config=RETRIES), dimension)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_a_text_becomes_a_unit_vector_of_each_length(nova, dimension):
    vector = embedder(nova, dimension).embed(text="a cat")
    assert len(vector) == dimension and np.linalg.norm(vector) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_picture_travels_with_its_format(nova, file_format):
    embedder(nova).embed(image=picture(file_format))
    assert nova.requests[0]["singleEmbeddingParams"]["image"]["format"] == file_format.lower()


@pytest.mark.parametrize("source", [Image.new("L", (9, 9)), Image.new("RGBA", (3000, 5), "red")])
def test_what_encode_image_makes_is_a_picture_for_nova(nova, source):
    assert len(embedder(nova).embed(image=encode_image(source))) == 1024


def test_indexing_and_asking_have_purposes_of_their_own(nova):
    model = embedder(nova)
    assert model.embed(text="cat", purpose="index") != model.embed(text="cat", purpose="query") == model.embed(text="cat")
    purposes = [request["singleEmbeddingParams"]["embeddingPurpose"] for request in nova.requests]
    assert purposes == ["GENERIC_INDEX", "IMAGE_RETRIEVAL", "IMAGE_RETRIEVAL"]


@pytest.mark.parametrize("purpose", ["index", "query"])
def test_of_both_together_the_mean_is_made_here(nova, purpose):
    model = embedder(nova, 256)
    text, image = (np.array(model.embed(**what, purpose=purpose)) for what in ({"text": "cat"}, {"image": picture()}))
    both = (text + image) / np.linalg.norm(text + image)
    np.testing.assert_allclose(model.embed(text="cat", image=picture(), purpose=purpose), both, atol=1e-12)


@pytest.mark.parametrize("nothing", [{}, {"text": ""}, {"image": None}])
def test_nothing_to_embed_is_no_request(nova, nothing):
    with pytest.raises(EmbedError, match="pass image=encode_image"):
        embedder(nova).embed(**nothing)
    assert nova.requests == []


def test_what_is_no_picture_is_no_request(nova):
    with pytest.raises(EmbedError, match="encode_image"):
        embedder(nova).embed(image=base64.b64encode(b"BM a bitmap").decode())
    assert nova.requests == []


@pytest.mark.parametrize(("dimension", "text"), [(512, "cat"), (1024, "x" * 50_001)])
def test_what_nova_refuses_is_an_error_with_the_next_step(nova, dimension, text):
    with pytest.raises(EmbedError, match=r"Nova refused: .*\(ValidationException\).*50,000 characters"):
        embedder(nova, dimension).embed(text=text)


def test_throttling_is_got_over_by_botocore_s_retries(nova):
    faults = iter([ServiceError("ThrottlingException", "slow down", 429), ServiceError("ModelNotReadyException", "soon", 429)])
    assert len(embedder(nova, faults=lambda service, operation: next(faults, None)).embed(text="cat")) == 1024
    assert next(faults, None) is None and len(nova.requests) == 1


@pytest.mark.parametrize("code", sorted(ERRORS))
def test_every_documented_error_reaches_the_reader(code):
    with Stubber(CLIENT) as stub:
        stub.add_client_error("invoke_model", code, "as the test wishes", ERRORS[code])
        with pytest.raises(EmbedError if code in OURS else ClientError, match=f"as the test wishes.*{code}|{code}.*as the test"):
            NovaEmbedder(CLIENT).embed(text="cat")


def test_the_errors_that_say_what_to_do_are_documented_ones():
    assert ERRORS.keys() > OURS


@pytest.mark.parametrize(
    "answer", [{}, {"embeddings": []}, {"embeddings": [{"embeddingType": "TEXT", "embedding": [1.0]}]}, {"embeddings": [{}]}]
)
def test_an_answer_of_another_shape_is_an_error_of_ours(answer):
    content = json.dumps(answer).encode()
    with Stubber(CLIENT) as stub:
        body = {"body": StreamingBody(io.BytesIO(content), len(content)), "contentType": "application/json"}
        wanted = {"modelId": MODEL_ID, "body": ANY, "accept": "application/json", "contentType": "application/json"}
        stub.add_response("invoke_model", body, wanted)
        with pytest.raises(EmbedError, match="where one of 1024 was asked for"):
            NovaEmbedder(CLIENT).embed(text="cat")


def test_offline_nova_is_refused_as_aws_refuses_a_model_that_it_does_not_offer(bedrock_runtime):
    with pytest.raises(EmbedError, match=r"not offered|not offline.*WORKSHOP_MODE=aws.*us-east-1.*WORKSHOP_EMBEDDER=titan"):
        NovaEmbedder(bedrock_runtime).embed(text="cat")

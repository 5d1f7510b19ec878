"""Amazon Bedrock's `invoke_model` for Titan Multimodal Embeddings, answered by the offline encoder.

Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-mm.html (request and response) and
titan-multiemb-models.html (limits). AWS does not document most error texts: programs must look at the code only.
"""

import base64
import binascii
import io
import json
import math
import re
from pathlib import Path

import numpy as np
from botocore.response import StreamingBody
from PIL import Image

from ..engines.embedding import DIMENSION, RESOLUTION, Encoder, truncated
from ..errors import ServiceError
from .bedrock import TITAN_REGIONS

MODEL_ID = "amazon.titan-embed-image-v1"
LENGTHS = (256, 384, 1024)
MAX_PIXELS_PER_SIDE = 2048
MAX_TOKENS = 256

_JSON = "application/json"
_MEMBERS = ("inputText", "inputImage", "embeddingConfig")


class BedrockRuntime:
    """Answers `invoke_model`.

    weights: folder with the encoder's `image.onnx` and `text.onnx`; read when the first request arrives.
    """

    def __init__(self, weights: Path, region: str = "us-east-1"):
        self._is_offered = region in TITAN_REGIONS
        self._encoder = Encoder(Path(weights) / "image.onnx", Path(weights) / "text.onnx")

    def invoke_model(
        self, *, modelId: str, body: bytes, contentType: str = _JSON, accept: str = _JSON
    ) -> dict:
        """The embedding of a text, a picture, or both (their mean), as JSON in a stream that can be read once."""
        if not self._is_offered or modelId.rpartition("foundation-model/")[2] != MODEL_ID:
            raise _invalid("The provided model identifier is invalid.")
        if contentType != _JSON or accept not in (_JSON, "*/*"):
            raise _invalid("The requested content type is not supported by this model; use application/json.")
        answer = json.dumps(self._embedding(_parse(body))).encode()
        return {"body": StreamingBody(io.BytesIO(answer), len(answer)), "contentType": _JSON}

    def _embedding(self, request: dict) -> dict:
        text, image = request.get("inputText"), request.get("inputImage")
        length = _output_length(request.get("embeddingConfig"))
        if text is None and image is None:
            raise _invalid("Malformed input request: give inputText, inputImage or both.")
        tokens = 0 if text is None else _count_tokens(text)
        vectors = []
        if image is not None:
            vectors.append(self._encoder.embed_images([_decode(image)]))
        if text is not None:
            vectors.append(self._encoder.embed_texts([text]))
        mean = truncated(np.mean([truncated(vector[0], length) for vector in vectors], axis=0), length)
        # Eight decimals keep the length within 1e-7 of 1 and make the JSON a third shorter.
        return {"embedding": mean.astype(np.float64).round(8).tolist(), "inputTextTokenCount": tokens, "message": None}


def _parse(body: bytes | str) -> dict:
    content = body.read() if hasattr(body, "read") else body
    try:
        request = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _invalid("Malformed input request, please reformat your input and try again.") from error
    if not isinstance(request, dict):
        raise _invalid("Malformed input request: expected a JSON object.")
    for member, value in request.items():
        if member not in _MEMBERS:
            raise _invalid(f"Malformed input request: extraneous key [{member}] is not permitted.")
        if value is not None and not isinstance(value, dict if member == "embeddingConfig" else str):
            raise _invalid(f"Malformed input request: {member} has the wrong type.")
    return request


def _output_length(config: dict | None) -> int:
    config = config or {}
    if set(config) - {"outputEmbeddingLength"}:
        raise _invalid("Malformed input request: embeddingConfig knows outputEmbeddingLength only.")
    length = config.get("outputEmbeddingLength", DIMENSION)
    if isinstance(length, bool) or length not in LENGTHS:
        raise _invalid(f"Malformed input request: outputEmbeddingLength {length!r} is not one of 256, 384, 1024.")
    return int(length)


def _count_tokens(text: str) -> int:
    """Estimate of Titan's tokens: a word counts one for every eight letters begun, a punctuation mark one."""
    if not text:
        raise _invalid("Malformed input request: inputText must have at least 1 character.")
    tokens = sum(math.ceil(len(piece) / 8) for piece in re.findall(r"\w+|[^\w\s]", text))
    if tokens > MAX_TOKENS:
        raise _invalid(f"The text has {tokens} tokens; at most {MAX_TOKENS} are allowed.")
    return tokens


def _decode(encoded: str) -> np.ndarray:
    """RGB pixels `(height, width, 3)` of a base64 JPEG or PNG."""
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _invalid("Malformed input request: inputImage is not valid base64.") from error
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
            if max(image.size) > MAX_PIXELS_PER_SIDE:
                raise _invalid("400 Bad Request: Image exceeds max pixels allowed.")
            # A JPEG can be decoded at 1/2, 1/4 or 1/8 of its size; twice the network's size is plenty.
            image.draft("RGB", (2 * RESOLUTION, 2 * RESOLUTION))
            return np.asarray(image.convert("RGB"))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise _invalid("Malformed input request: inputImage is not a JPEG or PNG picture.") from error


def _invalid(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)

"""One call to Titan Multimodal Embeddings. Standard library and boto3 only, so that it can travel into a Lambda."""

import json
import math
from typing import Any

from botocore.exceptions import ClientError

MODEL_ID = "amazon.titan-embed-image-v1"
DIMENSIONS = (256, 384, 1024)
DEFAULT_DIMENSION = 1024

# unconfirmed: how many tokens a text may have (256 on today's page, 128 on older ones), whether a longer one is cut or refused,
# and which pictures beside JPEG and PNG are taken. So no text of a refusal is compared, and what is sent keeps to the least.
_NEXT_STEPS = {
    "ValidationException": (
        "Send a JPEG or PNG of at most 2048 × 2048 pixels (encode_image makes one of nearly any picture), "
        f"or a short English text, and a dimension out of {DIMENSIONS}"
    ),
    "AccessDeniedException": f"Allow bedrock:InvokeModel on {MODEL_ID} for your role, in a region that has this model",
}


class EmbedError(ValueError):
    """A picture or text that cannot be embedded; the message names the next step.

    failed : reason by path, where several pictures of one call failed.
    """

    def __init__(self, message: str, failed: dict[str, str] | None = None):
        super().__init__(message)
        self.failed = failed or {}


def generate_embeddings_with_titan(
    image: str | None = None, text: str | None = None, *, bedrock_runtime: Any = None, dimension: int = 1024
) -> list[float]:
    """The vector of a picture, of a text, or of both together (Titan then answers their mean).

    image : the picture as a base64 string, see `encode_image`.
    text : a query or description in English, at most 256 tokens.
    bedrock_runtime : boto3 client; None takes the workshop's own.
    dimension : 1024, 384 or 256 numbers, always of unit length.

    Raises EmbedError when both are missing, when Titan refuses the input or reports an error of its own.

    Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-mm.html
    """
    for name, value in (("image", image), ("text", text)):
        if value is not None and not isinstance(value, str):
            raise EmbedError(f"{name} is {value!r:.40}. Next step: pass image=encode_image(path), text='a query', or both.")
    if not image and not text:
        raise EmbedError("Nothing to embed: pass image=encode_image(path), text='a query', or both.")
    if bedrock_runtime is None:
        from .workshop import connect

        bedrock_runtime = connect(announce=False).client("bedrock-runtime")
    request: dict[str, Any] = {"embeddingConfig": {"outputEmbeddingLength": dimension}}
    if text:
        request["inputText"] = text
    if image:
        request["inputImage"] = image
    try:
        response = bedrock_runtime.invoke_model(
            modelId=MODEL_ID, body=json.dumps(request), accept="application/json", contentType="application/json"
        )
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code not in _NEXT_STEPS:
            raise
        reason = error.response["Error"].get("Message", "no reason given")
        raise EmbedError(f"Titan refused: {reason} ({code}). Next step: {_NEXT_STEPS[code]}.") from error
    answer = json.loads(response["body"].read())
    if answer.get("message"):
        raise EmbedError(f"Titan reports: {answer['message']}. Next step: try again, then look at this input.")
    return _unit(answer["embedding"])


def _unit(vector: list[float]) -> list[float]:
    """The vector at unit length. unconfirmed: whether Titan's have it already, which AWS does not promise.

    With it, Euclidean and cosine distance give the same order.
    """
    length = math.hypot(*vector)
    if not length > 0:
        raise EmbedError("Titan answered a vector of zeros. Next step: try again, then look at this input.")
    return [number / length for number in vector]

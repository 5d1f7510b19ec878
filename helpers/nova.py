"""Amazon Nova Multimodal Embeddings, which follows Titan: the same idea, another request, and purposes.

Standard library and boto3 only. Vectors are not Titan's: a change of model means embedding and indexing everything again.
Source: docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html (request and response).
"""

import json
from dataclasses import dataclass
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from .embedder import Purpose, mean_vector
from .titan import EmbedError

MODEL_ID = "amazon.nova-2-multimodal-embeddings-v1:0"
DIMENSIONS = (256, 384, 1024, 3072)
DEFAULT_DIMENSION = 1024
SCHEMA = "nova-multimodal-embed-v1"
PURPOSES = {"index": "GENERIC_INDEX", "query": "IMAGE_RETRIEVAL"}
MOST_CHARACTERS = 50_000

_FORMATS = {"/9j/": "jpeg", "iVBORw0KGgo": "png", "R0lGOD": "gif", "UklGR": "webp"}  # how each file starts, in base64
# unconfirmed: whether more regions than us-east-1 offer the model after August 2026.
_WHERE = (
    "Nova is offered on AWS in us-east-1, and not offline. Set WORKSHOP_MODE=aws and WORKSHOP_REGION=us-east-1, or take "
    "another model: WORKSHOP_EMBEDDER=titan (or clip)"
)
_NEXT_STEPS = {
    "ValidationException": (
        f"{_WHERE}. If the model is there, send a JPEG or PNG (encode_image makes one), or a text of at most "
        f"{MOST_CHARACTERS:,} characters, and a dimension out of {DIMENSIONS}"
    ),
    "ResourceNotFoundException": _WHERE,
    "AccessDeniedException": f"Allow bedrock:InvokeModel on {MODEL_ID} for your role. {_WHERE}",
    "ServiceQuotaExceededException": "Ask for a higher quota in AWS's Service Quotas, or go on later",
}


@dataclass(frozen=True)
class NovaEmbedder:
    """Nova Multimodal Embeddings through a `bedrock-runtime` client.

    dimension: 3072, 1024, 384 or 256. Pictures to index and queries for them are told apart by their purpose.
    """

    bedrock_runtime: Any
    dimension: int = DEFAULT_DIMENSION
    model: ClassVar[str] = MODEL_ID
    on_bedrock: ClassVar[bool] = True

    def embed(self, *, text: str | None = None, image: str | None = None, purpose: Purpose = "query") -> list[float]:
        """The unit vector of a text or a picture, in one call; of both, in two calls, the mean made here.

        Raises EmbedError when both are missing, when Nova refuses the input, and where Nova is not offered.
        """
        if not text and not image:
            raise EmbedError("Nothing to embed: pass image=encode_image(path), text='a query', or both.")
        whats: list[dict[str, Any]] = []
        if text:
            # NONE refuses what is too long; START and END would silently embed a part of it.
            whats.append({"text": {"truncationMode": "NONE", "value": text}})
        if image:
            source = {"format": _format_of(image), "source": {"bytes": image}}
            whats.append({"image": {"detailLevel": "STANDARD_IMAGE", **source}})
        return mean_vector([self._invoke(what, purpose) for what in whats], model="Nova")

    def _invoke(self, what: dict[str, Any], purpose: Purpose) -> list[float]:
        params = {"embeddingPurpose": PURPOSES[purpose], "embeddingDimension": self.dimension, **what}
        body = {"schemaVersion": SCHEMA, "taskType": "SINGLE_EMBEDDING", "singleEmbeddingParams": params}
        try:
            response = self.bedrock_runtime.invoke_model(
                modelId=MODEL_ID, body=json.dumps(body), accept="application/json", contentType="application/json"
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code not in _NEXT_STEPS:  # what may pass was retried by botocore; it is no fault of the input
                raise
            reason = error.response["Error"].get("Message", "no reason given")
            raise EmbedError(f"Nova refused: {reason} ({code}). Next step: {_NEXT_STEPS[code]}.") from error
        answer = json.loads(response["body"].read())
        vectors = [found.get("embedding") for found in answer.get("embeddings") or []]
        if len(vectors) != 1 or not vectors[0] or len(vectors[0]) != self.dimension:
            lengths = [len(vector or ()) for vector in vectors]
            raise EmbedError(
                f"Nova answered vectors of the lengths {lengths} where one of {self.dimension} was asked for. "
                "Next step: try again; if it stays so, its answers have changed, see helpers/nova.py."
            )
        return vectors[0]


def _format_of(image: str) -> str:
    for start, name in _FORMATS.items():
        if image.startswith(start):
            return name
    raise EmbedError("This is no base64 of a JPEG, PNG, GIF or WebP. Next step: pass image=encode_image(path).")

"""What every model that embeds can do, whatever its name, and Titan as the first of them.

Standard library and boto3 only, so that a search can travel into a Lambda.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol

from .titan import DEFAULT_DIMENSION, MODEL_ID, EmbedError, generate_embeddings_with_titan

Purpose = Literal["index", "query"]


class Embedder(Protocol):
    """A model that turns texts and pictures into vectors of one space.

    model: its id, as Bedrock or the hub names it. dimension: how many numbers a vector has. on_bedrock: False when it
    computes on this machine, for nothing. Vectors of two models, or of two dimensions, must never be compared.
    """

    @property
    def model(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    @property
    def on_bedrock(self) -> bool: ...

    def embed(self, *, text: str | None = None, image: str | None = None, purpose: Purpose = "query") -> list[float]:
        """The unit vector `(dimension,)` of a text, of a picture (base64, see `encode_image`), or of both together.

        purpose: "index" for what is to be found, "query" for what it is to be found by.
        Raises EmbedError, naming the next step, for what can't be embedded.
        """
        ...


@dataclass(frozen=True)
class TitanEmbedder:
    """Titan Multimodal Embeddings G1 through a `bedrock-runtime` client. It knows no purposes: both give the same vector."""

    bedrock_runtime: Any
    dimension: int = DEFAULT_DIMENSION
    model: ClassVar[str] = MODEL_ID
    on_bedrock: ClassVar[bool] = True

    def embed(self, *, text: str | None = None, image: str | None = None, purpose: Purpose = "query") -> list[float]:
        """The vector that `generate_embeddings_with_titan` gives; of both together, Titan answers the mean."""
        return generate_embeddings_with_titan(
            image=image, text=text, bedrock_runtime=self.bedrock_runtime, dimension=self.dimension
        )


def space_of(model: str, dimension: int) -> str:
    """The name of the space that a model's vectors lie in: "amazon.titan-embed-image-v1/1024"."""
    return f"{model}/{dimension}"


# Caches, indices and states without a label come from versions of this workshop that knew no other model.
UNLABELLED = space_of(MODEL_ID, DEFAULT_DIMENSION)


def mean_vector(vectors: Sequence[Sequence[float]], *, model: str) -> list[float]:
    """The mean of vectors of one length, at unit length. Raises EmbedError when nothing is left of it."""
    mean = [sum(numbers) / len(vectors) for numbers in zip(*vectors, strict=True)]
    length = math.hypot(*mean)
    if not (length > 0 and math.isfinite(length)):
        raise EmbedError(f"{model} answered no direction (a vector of zeros). Next step: try again, then look at this input.")
    return [number / length for number in mean]

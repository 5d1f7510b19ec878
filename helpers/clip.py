"""CLIP ViT-B/32, a real pretrained model, on this machine: no account, no charge, half the numbers.

The model runs on onnxruntime through fastembed, which is not among the workshop's requirements. Its files come from the
Hugging Face cache of the reader, or once from the hub. Nothing is imported before the first vector is asked for.
"""

import base64
import binascii
import io
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

from .embedder import Purpose, mean_vector
from .titan import EmbedError

MODEL_ID = "Qdrant/clip-ViT-B-32"
TEXT_TOWER, PICTURE_TOWER = f"{MODEL_ID}-text", f"{MODEL_ID}-vision"
REQUIREMENT = "fastembed>=0.9,<1"
FETCH = f"hf download {PICTURE_TOWER} && hf download {TEXT_TOWER}"

_FILES = ("model.onnx", "*.json")
_GIGABYTES = 0.6  # 0.34 for pictures and 0.25 for texts, as fastembed lists them
_BACK = "or go back to WORKSHOP_EMBEDDER=titan"


@dataclass(frozen=True)
class ClipEmbedder:
    """CLIP ViT-B/32 as published by OpenAI in 2021, converted to ONNX by Qdrant. Same vectors for every purpose.

    It reads English, and the first 77 tokens of a text only. The library computes with all cores, one call at a time.
    cache: a folder to look for the model's files in, in place of the Hugging Face cache.
    """

    cache: Path | None = None
    dimension: ClassVar[int] = 512
    model: ClassVar[str] = MODEL_ID
    on_bedrock: ClassVar[bool] = False
    _towers: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    _one_at_a_time: Lock = field(default_factory=Lock, repr=False, compare=False)

    def embed(self, *, text: str | None = None, image: str | None = None, purpose: Purpose = "query") -> list[float]:
        """The unit vector `(512,)` of a text, of a picture, or of both together: the mean of the two, as with Titan.

        Raises EmbedError when both are missing, for what is no picture, and, with the command that mends it, when
        fastembed or the model's files are not there.
        """
        if not text and not image:
            raise EmbedError("Nothing to embed: pass image=encode_image(path), text='a query', or both.")
        picture = _opened(image) if image else None
        vectors = []
        with self._one_at_a_time:
            if text:
                vectors.append(self._vector(TEXT_TOWER, "TextEmbedding", text))
            if picture is not None:
                vectors.append(self._vector(PICTURE_TOWER, "ImageEmbedding", picture))
        return mean_vector([mean_vector([vector], model="CLIP") for vector in vectors], model="CLIP")

    def _vector(self, name: str, kind: str, what: Any) -> list[float]:
        if name not in self._towers:
            load = _library(kind)
            self._towers[name] = load(model_name=name, specific_model_path=str(_files_of(name, self.cache)))
        [vector] = self._towers[name].embed([what])
        if len(vector) != self.dimension:
            raise EmbedError(
                f"{name} answered {len(vector)} numbers, not {self.dimension}. Next step: fetch its files again: {FETCH}"
            )
        return [float(number) for number in vector]


def _library(kind: str) -> Callable[..., Any]:
    try:
        import fastembed
    except ImportError as error:
        raise EmbedError(
            "CLIP needs the library fastembed, which is not installed. Next step: "
            f'run {sys.executable} -m pip install "{REQUIREMENT}" and restart the kernel, {_BACK}.'
        ) from error
    return getattr(fastembed, kind)


def _files_of(name: str, cache: Path | None) -> Path:
    """The folder of a tower's files: from the cache without a look at the network, else from the hub."""
    from huggingface_hub import snapshot_download

    for only_here in (True, False):
        try:
            folder = Path(snapshot_download(name, cache_dir=cache, allow_patterns=list(_FILES), local_files_only=only_here))
        except Exception as error:  # the hub's library names its errors anew from version to version
            reason = error
        else:
            if (folder / "model.onnx").exists():
                return folder
            reason = FileNotFoundError(f"{folder} has no model.onnx")
    why = str(reason).partition("\n")[0]
    raise EmbedError(
        f"The files of {name} are neither in the cache nor could they be fetched ({type(reason).__name__}: {why}). "
        f"Next step: where there is a network, run `{FETCH}` (about {_GIGABYTES} GB, once), {_BACK}."
    ) from reason


def _opened(image: str) -> Any:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(base64.b64decode(image, validate=True))) as picture:
            return picture.convert("RGB")
    except (binascii.Error, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise EmbedError(f"This is no picture that can be read ({error}). Next step: pass image=encode_image(path).") from error

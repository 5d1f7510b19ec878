"""Puts pictures and texts into one space of 1,024 numbers, with two small networks run by ONNX Runtime.

The networks were trained by `seeds/titan_offline/train.py`. One thread and no randomness: the same picture gives the
same vector every time, whatever else is in its batch.
"""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from .text_features import featurize

DIMENSION = 1024
RESOLUTION = 64
"""The image network sees pictures of 64 × 64 pixels."""

_BATCH = 64


class Encoder:
    """Embeds pictures and texts. Loads each network when it is first needed; threads may share one encoder.

    image_onnx, text_onnx: the two networks' files.
    """

    def __init__(self, image_onnx: Path, text_onnx: Path):
        self._image_onnx = Path(image_onnx)
        self._text_onnx = Path(text_onnx)
        self._networks: dict[Path, Any] = {}
        self._loading = threading.Lock()

    def embed_images(self, images: Sequence[np.ndarray]) -> np.ndarray:
        """Unit vectors `(n_images, 1024)`, float32. images: RGB pictures `(height, width, 3)`, uint8, of any size."""
        if not len(images):
            return np.zeros((0, DIMENSION), np.float32)
        pixels = np.stack([shrink(image) for image in images])
        batches = [pixels[i : i + _BATCH] for i in range(0, len(pixels), _BATCH)]
        return np.concatenate([self._run(self._image_onnx, {"pixels": batch}) for batch in batches])

    def embed_texts(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors `(n_texts, 1024)`, float32."""
        if not len(texts):
            return np.zeros((0, DIMENSION), np.float32)
        words, grams = featurize(texts)
        return self._run(self._text_onnx, {"words": words, "grams": grams})

    def _run(self, path: Path, inputs: dict[str, np.ndarray]) -> np.ndarray:
        with self._loading:
            if path not in self._networks:
                self._networks[path] = _load(path)
        return self._networks[path].run(None, inputs)[0]


def _load(path: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def shrink(image: np.ndarray) -> np.ndarray:
    """The middle square of an RGB picture, as `(64, 64, 3)` uint8; each pixel is the mean of the area it stands for."""
    if image.shape == (RESOLUTION, RESOLUTION, 3):
        return image
    square = ImageOps.fit(Image.fromarray(image), (RESOLUTION, RESOLUTION), method=Image.Resampling.BOX)
    return np.asarray(square)


def truncated(vectors: np.ndarray, dimension: int) -> np.ndarray:
    """The first `dimension` numbers of each vector, unit length again. The networks were trained for 256 and 384.

    Source: Kusupati et al., "Matryoshka Representation Learning", 2022.
    """
    kept = vectors[..., :dimension]
    return kept / np.linalg.norm(kept, axis=-1, keepdims=True)

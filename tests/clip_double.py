"""fastembed and huggingface_hub as `helpers.clip` calls them, without weights: vectors come from words and colours."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

DIMENSION = 512


def _direction(name: str) -> np.ndarray:
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")
    return np.random.default_rng(seed).normal(size=DIMENSION).astype(np.float32)


class TextEmbedding:
    """A text is the sum of its words."""

    loaded = 0

    def __init__(self, model_name: str, specific_model_path: str):
        assert model_name == "Qdrant/clip-ViT-B-32-text" and (Path(specific_model_path) / "model.onnx").exists()
        type(self).loaded += 1

    def embed(self, documents):
        assert isinstance(documents, list)
        yield from (sum(map(_direction, document.split())) for document in documents)


class ImageEmbedding:
    """A picture is the word for its commonest of three colours, and a little of its own pixels; not of unit length."""

    loaded = 0

    def __init__(self, model_name: str, specific_model_path: str):
        assert model_name == "Qdrant/clip-ViT-B-32-vision" and (Path(specific_model_path) / "model.onnx").exists()
        type(self).loaded += 1

    def embed(self, images):
        for image in images:
            assert image.mode == "RGB"
            means = np.asarray(image, dtype=float).mean(axis=(0, 1))
            own = _direction(hashlib.sha256(image.tobytes()).hexdigest())
            yield 3 * _direction(("red", "green", "blue")[int(means.argmax())]) + 0.5 * own


class Hub:
    """huggingface_hub with a cache (names that are there) and a network that is there or not."""

    def __init__(self, folder: Path):
        self.folder, self.cached, self.network, self.fetched = folder, {"vision", "text"}, True, []

    def snapshot_download(self, repo_id, *, cache_dir, allow_patterns, local_files_only):
        tower = repo_id.rpartition("-")[2]
        if tower not in self.cached:
            if local_files_only or not self.network:
                raise ConnectionError("no way out")
            self.fetched.append((repo_id, tuple(allow_patterns)))
            self.cached.add(tower)
        folder = self.folder / tower
        folder.mkdir(exist_ok=True)
        (folder / "model.onnx").touch()
        return str(folder)


def install(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Hub:
    """The hub; from now on `import fastembed` and `import huggingface_hub` find these doubles."""
    hub, library, towers = Hub(folder), ModuleType("fastembed"), (TextEmbedding, ImageEmbedding)
    for tower in towers:
        monkeypatch.setattr(tower, "loaded", 0)
        setattr(library, tower.__name__, tower)
    cache = ModuleType("huggingface_hub")
    cache.snapshot_download = hub.snapshot_download
    monkeypatch.setitem(sys.modules, "fastembed", library)
    monkeypatch.setitem(sys.modules, "huggingface_hub", cache)
    return hub

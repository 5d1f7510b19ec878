"""Embed a folder in processes that note what they ask for and what is kept:  kill_embedding.py FOLDER

Each line of input forks one, so that it costs what it does and not its imports; its number is answered, and "over" at its end.
Lines of FOLDER/asked.log: digests of the pictures that went to the model; of FOLDER/kept.log: those whose keeping was over.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import numpy as np

from helpers.embeddings import embed_images, encode_image
from helpers.vector_cache import VectorCache


class Noting:
    """A model of eight numbers that go by the picture; it notes each picture before it answers."""

    model, dimension, on_bedrock = "noting", 8, False

    def __init__(self, folder: Path):
        self._log = os.open(folder / "asked.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def embed(self, *, text=None, image=None, purpose="query"):
        digest = hashlib.sha256((image or text).encode()).digest()
        if image:
            os.write(self._log, digest.hex().encode() + b"\n")  # in one step, so no line is lost or torn
        vector = np.frombuffer(digest[:8], np.uint8) + 1.0
        return (vector / np.linalg.norm(vector)).tolist()


def files_of(folder: Path) -> list[Path]:
    return sorted((folder / "pictures").iterdir())


def names_in_log(folder: Path) -> dict[str, str]:
    """What asked.log writes for a picture, by what kept.log writes for it."""
    return {hashlib.sha256(path.read_bytes()).hexdigest(): hashlib.sha256(encode_image(path).encode()).hexdigest()
            for path in files_of(folder)}  # fmt: skip


def main(folder: Path) -> None:
    kept_log = os.open(folder / "kept.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    keep = VectorCache.keep

    def keep_and_note(cache: VectorCache, vectors: dict) -> None:
        keep(cache, vectors)
        os.write(kept_log, "".join(f"{digest}\n" for digest in vectors if digest != "check").encode())

    VectorCache.keep = keep_and_note
    print("ready", flush=True)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            embed_images(files_of(folder), embedder=Noting(folder), cache=folder / "vectors.sqlite", workers=4)
            os._exit(0)
        print(child, flush=True)
        os.waitpid(child, 0)
        print("over", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

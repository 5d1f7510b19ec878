"""Pictures and words become vectors: one at a time, or a whole folder with a cache that survives interruptions."""

import base64
import hashlib
import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from .embedder import Embedder
from .progress import progress
from .titan import EmbedError, generate_embeddings_with_titan
from .vector_cache import VectorCache

__all__ = ["EmbedError", "embed_images", "encode_image", "generate_embeddings_with_titan"]

MAX_SIDE = 2048
"""Titan refuses pictures that are longer than this on either side (pixels)."""

REDUCED_SIDE = 1024
MAX_BYTES = 18_000_000
_END = {"JPEG": b"\xff\xd9", "PNG": b"IEND\xaeB`\x82"}


def encode_image(source: str | Path | bytes | bytearray | memoryview | Image.Image) -> str:
    """The picture as a base64 string that Titan accepts, and every other model of `helpers.models` too.

    source : path, bytes, or PIL image. A complete RGB JPEG or PNG of at most 2048 pixels a side passes byte for byte;
        everything else is turned upright, laid on white, converted to RGB, and shrunk to at most 1024 pixels a side.

    Raises EmbedError, naming the file, when there is no picture in it.
    """
    if isinstance(source, Image.Image):
        return _base64(_as_png(ImageOps.exif_transpose(source)))
    content, name = _read(source)
    try:
        with Image.open(io.BytesIO(content)) as image:
            if _is_fit(image, content):
                return _base64(content)
            return _base64(_as_png(ImageOps.exif_transpose(image)))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise EmbedError(
            f"{name} is not a picture that can be read ({error}). "
            "Next step: open it in an image viewer and save it as JPEG or PNG, or remove it."
        ) from error


def embed_images(
    paths: Sequence[str | Path], *, embedder: Embedder, cache: Path, workers: int = 8
) -> np.ndarray:
    """Vectors of the pictures `(n_pictures, embedder.dimension)`, float32, unit length, in the order of `paths`.

    embedder : the model; each model and dimension has vectors of its own in the cache.
    cache : SQLite file of vectors by content. An interrupted call goes on where it stopped; a picture that was
        embedded before, under whatever name, costs nothing. One text of two words is sent to see that the model
        works and is still the one that filled the cache.
    workers : requests in flight at a time.

    Raises EmbedError after all other pictures are done and cached, with the bad ones in its `failed`.
    """
    with VectorCache(cache, model=embedder.model, dimension=embedder.dimension) as vectors:
        vectors.check_model(_embed(embedder, text="cache check"))
        digests, failed = _digests(paths)
        first_path = {digest: path for path, digest in zip(reversed(paths), reversed(digests), strict=True) if digest}
        missing = [digest for digest in first_path if digest not in vectors]

        def embed(digest: str) -> np.ndarray:
            return _embed(embedder, image=encode_image(first_path[digest]))

        pool = ThreadPoolExecutor(max_workers=workers)
        try:
            waiting = {pool.submit(embed, digest): digest for digest in missing}
            for done in progress(as_completed(waiting), "pictures embedded", total=len(waiting)):
                digest = waiting[done]
                try:
                    vectors[digest] = done.result()
                except EmbedError as error:
                    failed[str(first_path[digest])] = str(error)
        finally:
            pool.shutdown(cancel_futures=True)
        if failed:
            raise EmbedError(_report(failed, len(paths)), failed)
        kept = [vectors[digest] for digest in digests if digest]
        return np.stack(kept) if kept else np.zeros((0, embedder.dimension), np.float32)


def _embed(embedder: Embedder, *, text: str | None = None, image: str | None = None) -> np.ndarray:
    return np.array(embedder.embed(text=text, image=image, purpose="index"), dtype=np.float32)


def _digests(paths: Sequence[str | Path]) -> tuple[list[str | None], dict[str, str]]:
    digests: list[str | None] = []
    failed: dict[str, str] = {}
    for path in paths:
        try:
            digests.append(hashlib.sha256(Path(path).read_bytes()).hexdigest())
        except OSError as error:
            digests.append(None)
            failed[str(path)] = f"{path} cannot be read ({error.strerror}). Next step: check the path."
    return digests, failed


def _report(failed: dict[str, str], total: int) -> str:
    shown = "\n".join(f"  {path}: {reason}" for path, reason in list(failed.items())[:10])
    more = f"\n  … and {len(failed) - 10} more" if len(failed) > 10 else ""
    return (
        f"{len(failed)} of {total} pictures could not be embedded; the others are cached.\n{shown}{more}\n"
        "Next step: mend or leave out these files (they are in this error's .failed) and call again."
    )


def _read(source: str | Path | bytes | bytearray | memoryview) -> tuple[bytes, str]:
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source), "The given data"
    try:
        return Path(source).read_bytes(), str(source)
    except OSError as error:
        raise EmbedError(f"{source} cannot be read ({error.strerror}). Next step: check the path.") from error


def _is_fit(image: Image.Image, content: bytes) -> bool:
    """True when Titan can take the file as it is; a file without its end mark may have been cut off."""
    return (
        image.format in _END
        and _END[image.format] in content[-64:]
        and image.mode == "RGB"
        and "transparency" not in image.info
        and max(image.size) <= MAX_SIDE
        and len(content) <= MAX_BYTES
        and image.getexif().get(0x0112, 1) == 1  # the camera was held upright
    )


def _as_png(image: Image.Image) -> bytes:
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
    image = image.convert("RGB")
    image.thumbnail((REDUCED_SIDE, REDUCED_SIDE))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")

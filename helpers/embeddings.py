"""Pictures and words become vectors: one at a time, or a whole folder with a cache that survives interruptions."""

import base64
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image

from .embedder import Embedder
from .picture_files import PictureError, is_upright, open_picture, plain_picture
from .progress import ProgressBar
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
    try:
        if isinstance(source, Image.Image):
            name = "The given picture"
            return _base64(_as_png(source))
        content, name = _read(source)
        with open_picture(io.BytesIO(content)) as image:
            return _base64(content if _is_fit(image, content) else _as_png(image))
    except PictureError as error:
        raise EmbedError(
            f"{name} is not a picture that can be read: {error}. "
            "Next step: open it in an image viewer and save it as JPEG or PNG, or remove it."
        ) from error


def embed_images(
    paths: Sequence[str | Path], *, embedder: Embedder, cache: Path, workers: int = 8, dollars_each: float = 0.0
) -> np.ndarray:
    """Vectors of the pictures `(n_pictures, embedder.dimension)`, float32, unit length, in the order of `paths`.

    embedder : the model; each model and dimension has vectors of its own in the cache.
    cache : SQLite file of vectors by content. A call that was interrupted, or killed, goes on where it stopped: what may
        be asked for again is what was under way, twice `workers` pictures at most. A picture that was embedded before,
        under whatever name, costs nothing. One text of two words is sent to see that the model works and is still the
        one that filled the cache.
    workers : requests in flight at a time. What is throttled or fails in passing, the client's own Config tries again.
    dollars_each : what the model charges for a picture; the bar then tells the cost so far, beside throughput and time left.

    Raises EmbedError after all other pictures are done and cached, with the bad ones in its `failed`.
    """
    with open_cache(cache, embedder) as vectors:
        digests, failed = read_digests(paths)
        first_path = {digest: path for path, digest in zip(reversed(paths), reversed(digests), strict=True) if digest}
        missing = [digest for digest in first_path if digest not in vectors]

        def embed(digest: str) -> np.ndarray:
            return _embed(embedder, image=encode_image(first_path[digest]))

        reasons = _embed_and_keep(missing, embed, vectors, workers, dollars_each)
        failed |= {str(first_path[digest]): reason for digest, reason in reasons.items()}
        if failed:
            raise EmbedError(_report(failed, len(paths)), failed)
        return vectors.rows([digest for digest in digests if digest])


@contextmanager
def open_cache(path: Path, embedder: Embedder) -> Iterator[VectorCache]:
    """The cache of this model's vectors, once one text of two words has shown that it is still the one that filled it."""
    with VectorCache(path, model=embedder.model, dimension=embedder.dimension) as vectors:
        vectors.check_model(_embed(embedder, text="cache check"))
        yield vectors


def _embed_and_keep(
    digests: Sequence[str], embed: Callable[[str], np.ndarray], vectors: VectorCache, workers: int, dollars_each: float
) -> dict[str, str]:
    """Why a picture could not be embedded, by digest, once all others are kept."""
    failed: dict[str, str] = {}
    waiting, under_way = iter(digests), dict[Future[np.ndarray], str]()
    pool, what = ThreadPoolExecutor(max_workers=workers), "pictures embedded"
    try:
        with ProgressBar(desc=what, total=len(digests)) as bar:
            while True:
                # Few at a time, so that little is under way, and in memory, when the process is killed.
                for digest in islice(waiting, 2 * workers - len(under_way)):
                    under_way[pool.submit(embed, digest)] = digest
                if not under_way:
                    return failed
                done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                _keep(vectors, {future: under_way[future] for future in done})
                for future in done:
                    error, digest = future.exception(), under_way.pop(future)
                    if isinstance(error, EmbedError):
                        failed[digest] = str(error)
                    elif error:
                        raise error
                bar.advance(len(done))
                if dollars_each:
                    bar.say(f"{what}, ${dollars_each * bar.count:.4f} so far")
    finally:  # also when the reader interrupts: what was asked for is paid for
        pool.shutdown(cancel_futures=True)
        _keep(vectors, under_way)


def _keep(vectors: VectorCache, answers: Mapping[Future[np.ndarray], str]) -> None:
    """Keeps what was answered; digest by answer."""
    good = {digest: future for future, digest in answers.items() if not future.cancelled() and not future.exception()}
    if good:
        vectors.keep({digest: future.result() for digest, future in good.items()})


def _embed(embedder: Embedder, *, text: str | None = None, image: str | None = None) -> np.ndarray:
    return np.array(embedder.embed(text=text, image=image, purpose="index"), dtype=np.float32)


def read_digests(paths: Sequence[str | Path]) -> tuple[list[str | None], dict[str, str]]:
    """(the SHA-256 of each file, None where it can't be read; reason by path of those)."""
    digests: list[str | None] = []
    failed: dict[str, str] = {}
    for path in paths:
        try:
            digests.append(hashlib.sha256(Path(path).read_bytes()).hexdigest())
        except (OSError, TypeError, ValueError) as error:  # no file, no path, or none that a file can have
            digests.append(None)
            failed[str(path)] = f"{path!r:.200} cannot be read ({error}). Next step: check the path."
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
    except (OSError, TypeError, ValueError) as error:  # no file, no path, or none that a file can have
        raise EmbedError(f"{source!r:.200} cannot be read ({error}). Next step: check the path.") from error


def _is_fit(image: Image.Image, content: bytes) -> bool:
    """True when Titan can take the file as it is; a file without its end mark may have been cut off."""
    return (
        image.format in _END
        and _END[image.format] in content[-64:]
        and image.mode == "RGB"
        and "transparency" not in image.info
        and max(image.size) <= MAX_SIDE
        and len(content) <= MAX_BYTES
        and is_upright(image)
    )


def _as_png(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    plain_picture(image, REDUCED_SIDE).save(stream, "PNG")
    return stream.getvalue()


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")

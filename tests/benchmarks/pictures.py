"""Pictures drawn and embedded, each beside the least that the same work takes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from benchmarks.figures import Figure, growth, seconds
from PIL import Image

from helpers.embeddings import embed_images
from helpers.local.engines.embedding import RESOLUTION
from helpers.settings import REPOSITORY
from helpers.workshop import Workshop
from seeds.pictures.__main__ import jpeg_bytes
from seeds.pictures.catalog import plan_pictures

SIDE, QUALITY = 256, 85
MOST_OF_REFERENCE = 1000  # pictures: decoded, all of 200,000 would fill the memory


def drawing(sizes: list[int]) -> Iterator[Figure]:
    """Drawing and encoding, against encoding alone: nothing else draws these pictures, so only their growth has a bar."""
    plan = plan_pictures()
    plan = plan[:: max(1, len(plan) // min(sizes))]  # from all subjects and styles
    each: dict[int, float] = {}
    jpeg_bytes(plan[0], SIDE, QUALITY)  # loads subjects and styles
    for n in sizes:
        drawn: list[bytes] = []
        # The same pictures at every size, in another number: styles differ tenfold.
        chosen = [plan[number % min(sizes)] for number in range(n)]
        ours = seconds(lambda chosen=chosen, drawn=drawn: drawn.extend(jpeg_bytes(p, SIDE, QUALITY) for p in chosen), tries=1)
        images = [Image.open(io.BytesIO(data)).convert("RGB") for data in drawn]
        plain = seconds(lambda images=images: [_encode(image) for image in images], tries=1)
        each[n] = ours / n
        yield Figure("pictures drawn, 256 pixels", n, "ms each", 1000 * ours / n, 1000 * plain / n, "Pillow's JPEG encoder alone")
    yield from growth("a drawn picture", each)


def embedding(aws: Workshop, folder: Path, sizes: list[int]) -> Iterator[Figure]:
    """Files embedded through the helper, Bedrock's API and the cache, against the network run on decoded pixels."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    network = onnxruntime.InferenceSession(
        str(REPOSITORY / "seeds" / "titan_offline" / "image.onnx"), options, providers=["CPUExecutionProvider"]
    )
    each: dict[int, float] = {}
    aws.embedder.embed(text="warm")
    for n in sizes:
        paths = noise(folder / str(n), n, seed=n)
        ours = seconds(
            lambda paths=paths, n=n: embed_images(paths, embedder=aws.embedder, cache=folder / f"{n}.sqlite", workers=2), tries=1
        )
        pixels = [np.asarray(Image.open(path).convert("RGB")) for path in paths[:MOST_OF_REFERENCE]]
        directly = seconds(lambda pixels=pixels: [network.run(None, {"pixels": one[None]}) for one in pixels], tries=1)
        each[n], plain = ours / n, directly / len(pixels)
        yield Figure("pictures embedded", n, "ms each", 1000 * each[n], 1000 * plain, "onnxruntime on decoded pixels")
    yield from growth("an embedded picture", each)


def noise(folder: Path, n: int, seed: int) -> list[Path]:
    """Small JPEG files, all different: what they show does not change how long a network computes."""
    folder.mkdir(parents=True)
    rng, paths = np.random.default_rng(seed), []
    for number in range(n):
        coarse = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
        paths.append(folder / f"{number}.jpg")
        Image.fromarray(coarse).resize((RESOLUTION, RESOLUTION)).save(paths[-1], quality=QUALITY)
    return paths


def _encode(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return buffer.getvalue()

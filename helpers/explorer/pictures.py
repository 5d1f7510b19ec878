"""Pictures as the explorer takes and shows them: a query out of a file, and the address of an image for a page."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from ..embeddings import EmbedError, encode_image

MOST_BYTES = 10_000_000  # of an upload; larger ones are slow to send and Titan sees at most 2048 pixels anyway
MOST_PIXELS = 50_000_000  # a small file may hold a huge picture, and unpacking it would fill the memory
NO_PICTURE = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E"


@dataclass(frozen=True)
class QueryPicture:
    """A picture to search by. base64: as Titan takes it. name: what to call it. address: a thumbnail for a page."""

    base64: str
    name: str
    address: str


def picture_of_catalog(path: Path, title: str) -> QueryPicture:
    """A picture of the catalogue as a query. Raises EmbedError when the file can't be read."""
    return QueryPicture(encode_image(path), title, address_of(path))


def picture_of_upload(content: bytes, name: str) -> QueryPicture:
    """An uploaded file as a query. Raises EmbedError when it is too large, or no picture."""
    if len(content) > MOST_BYTES:
        raise EmbedError(
            f"{name} has {len(content) / 1e6:.0f} MB. Choose a picture of at most {MOST_BYTES / 1e6:.0f} MB, "
            "or save a smaller copy of it."
        )
    try:
        with Image.open(io.BytesIO(content)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise EmbedError(
                    f"{name} has {image.width} × {image.height} pixels. Choose a picture of at most "
                    f"{MOST_PIXELS // 1_000_000} million pixels, or save a smaller copy of it."
                )
            # A JPEG is read at the small size at once.
            image.draft("RGB", (256, 256))
            small = image.convert("RGB")
            small.thumbnail((128, 128))
    except EmbedError:
        raise
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise EmbedError(f"{name} is not a picture that can be read. Choose a JPEG or PNG file.") from error
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=80)
    return QueryPicture(encode_image(content), name, _jpeg(buffer.getvalue()))


def address_of(path: Path) -> str:
    """The picture itself as a data address: it needs no server that knows the folder. An empty one if the file is gone."""
    try:
        return _jpeg(path.read_bytes())
    except OSError:
        return NO_PICTURE


def _jpeg(content: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(content).decode()}"

"""Pictures as they lie on people's disks: opened without harm, turned upright, laid on white, in plain 8-bit RGB."""

from __future__ import annotations

import threading
import warnings
from contextlib import suppress
from typing import IO

import numpy as np
from PIL import Image, ImageOps

# What Pillow reads by itself. Left out on purpose: formats that start another program (EPS starts Ghostscript).
FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "GIF", "TIFF", "BMP", "PPM", "AVIF", "JPEG2000")
MOST_PIXELS = 100_000_000
"""Larger pictures are refused before anything is unpacked: a few kilobytes can unpack to gigabytes."""

LARGE_PIXELS = 16_000_000
_PILLOW = r"PIL\."
_ONE_LARGE_AT_A_TIME = threading.Lock()


class PictureError(ValueError):
    """There is no picture in this file that can be read; the message says why, in a few words."""


def open_picture(file: IO[bytes]) -> Image.Image:
    """The picture in an open file, its head read and nothing unpacked yet. Raises PictureError."""
    _quieten_pillow()
    Image.init()
    try:
        image = Image.open(file, formats=[name for name in FORMATS if name in Image.OPEN])
    except Image.DecompressionBombError as error:
        raise PictureError(f"more than {MOST_PIXELS:,} pixels") from error
    except Exception as error:  # a decoder that meets a damaged file may raise anything
        raise PictureError(f"no picture of a kind that can be read ({', '.join(FORMATS)})") from error
    if image.width * image.height > MOST_PIXELS:
        image.close()
        raise PictureError(f"{image.width:,} × {image.height:,}, more than {MOST_PIXELS:,} pixels")
    return image


def plain_picture(image: Image.Image, side: int) -> Image.Image:
    """The same picture upright, on white, in RGB, at most `side` pixels a side; of several frames the first.

    Raises PictureError when its pixels can't be unpacked.
    """
    try:
        # A JPEG can be unpacked at a half, a quarter or an eighth of its size.
        image.draft("RGB", (side, side))
        if image.width * image.height <= LARGE_PIXELS:
            return _plain(image, side)
        with _ONE_LARGE_AT_A_TIME:  # several threads embed, and each large picture takes hundreds of megabytes
            return _plain(image, side)
    except Exception as error:
        raise PictureError(f"damaged or cut off ({error})") from error


def describe(image: Image.Image) -> str:
    """A few words about an opened picture: "JPEG 640 × 480 CMYK, turned"."""
    words = f"{image.format} {image.width} × {image.height} {image.mode}"
    if (frames := getattr(image, "n_frames", 1)) > 1:
        words += f", first of {frames} frames"
    return words if is_upright(image) else f"{words}, turned"


def is_upright(image: Image.Image) -> bool:
    """Whether the camera was held upright; what its EXIF data say and nobody can read counts as yes."""
    with suppress(Exception):
        return bool(image.getexif().get(0x0112, 1) == 1)
    return True


def _quieten_pillow() -> None:
    """Pillow warns of what it thinks large, where MOST_PIXELS decides, and of EXIF data that it can't read, which do no harm."""
    if not any(module and module.pattern == _PILLOW for _, _, _, module, _ in warnings.filters if hasattr(module, "pattern")):
        warnings.filterwarnings("ignore", module=_PILLOW)


def _plain(image: Image.Image, side: int) -> Image.Image:
    image.load()
    with suppress(Exception):  # EXIF data that can't be read turn nothing
        image = ImageOps.exif_transpose(image)
    if image.mode.startswith(("I", "F")):
        image = _eight_bits(image)
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
    image = image.convert("RGB")
    image.thumbnail((side, side))
    return image


def _eight_bits(image: Image.Image) -> Image.Image:
    """A picture of 16-bit, 32-bit or real numbers in 256 greys; Pillow's own conversion turns most of it white."""
    numbers = np.nan_to_num(np.asarray(image, dtype=np.float64))
    low, high = float(np.min(numbers)), float(np.max(numbers))
    if image.mode != "F" and low >= 0 and 255 < high < 65536:
        low, high = 0.0, 65535.0
    elif image.mode == "F" and low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    elif low >= 0 and high <= 255:
        low, high = 0.0, 255.0
    return Image.fromarray(((numbers - low) / max(high - low, 1e-12) * 255).astype(np.uint8))

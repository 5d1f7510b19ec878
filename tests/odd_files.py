"""Sixty files as they lie on people's disks, of more than twenty kinds: pictures of every sort, and what only looks like one."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image


def odd_folder(folder: Path) -> dict[str, str]:
    """{name: "taken", "damaged", "left out" or "same as"} of every file that it wrote into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return {**_pictures(folder), **_no_pictures(folder), **_names_and_places(folder)}


def picture(seed: int = 0, size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    """A picture of coloured blocks."""
    blocks = np.random.default_rng(seed).integers(0, 256, (5, 6, 3), dtype=np.uint8)
    return Image.fromarray(blocks).resize(size, Image.Resampling.NEAREST).convert(mode)


def _saved(image: Image.Image, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, **options)
    return stream.getvalue()


def _pictures(folder: Path) -> dict[str, str]:
    exif = Image.Exif()
    exif[0x0112] = 6
    transparent = picture(3, mode="RGBA")
    transparent.putalpha(Image.linear_gradient("L").resize(transparent.size))
    sixteen = np.linspace(0, 65535, 60 * 40).reshape(40, 60)
    whole = {
        "plain.jpg": _saved(picture(1), format="JPEG"),
        "plain.png": _saved(picture(2), format="PNG"),
        "plain.webp": _saved(picture(4), format="WEBP"),
        "plain.gif": _saved(picture(5), format="GIF"),
        "plain.tif": _saved(picture(6), format="TIFF"),
        "plain.bmp": _saved(picture(7), format="BMP"),
        "plain.ppm": _saved(picture(8), format="PPM"),
        "plain.avif": _saved(picture(9), format="AVIF"),
        "plain.jp2": _saved(picture(10), format="JPEG2000"),
        "cmyk.jpg": _saved(picture(11, mode="CMYK"), format="JPEG"),
        "cmyk.tif": _saved(picture(12, mode="CMYK"), format="TIFF"),
        "rgba.png": _saved(transparent, format="PNG"),
        "rgba.webp": _saved(transparent, format="WEBP"),
        "palette.png": _saved(picture(13).quantize(8), format="PNG"),
        "palette-transparent.gif": _saved(picture(14).quantize(8), format="GIF", transparency=0),
        "grey.jpg": _saved(picture(15, mode="L"), format="JPEG"),
        "grey-alpha.png": _saved(picture(16, mode="LA"), format="PNG"),
        "one-bit.png": _saved(picture(17, mode="1"), format="PNG"),
        "one-bit.tif": _saved(picture(18, mode="1"), format="TIFF", compression="group4"),
        "sixteen-bit.png": _saved(Image.fromarray(sixteen.astype(np.uint16)), format="PNG"),
        "sixteen-bit.tif": _saved(Image.fromarray(sixteen.T.astype(np.uint16)), format="TIFF"),
        "real-numbers.tif": _saved(Image.fromarray((sixteen / 65535).astype(np.float32)), format="TIFF"),
        "thirty-two-bit.tif": _saved(Image.fromarray((sixteen * 9).astype(np.int32)), format="TIFF"),
        "turned.jpg": _saved(picture(19), format="JPEG", exif=exif),
        "turned.tif": _saved(picture(20), format="TIFF", exif=exif),
        "broken-exif.jpg": _saved(picture(21), format="JPEG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff"),
        "progressive.jpg": _saved(picture(22), format="JPEG", progressive=True),
        "animated.gif": _saved(picture(23), format="GIF", save_all=True, append_images=[picture(24)]),
        "animated.webp": _saved(picture(25), format="WEBP", save_all=True, append_images=[picture(26)]),
        "two-pages.tif": _saved(picture(27), format="TIFF", save_all=True, append_images=[picture(28)]),
        "one-pixel.png": _saved(Image.new("RGB", (1, 1), "red"), format="PNG"),
        "one-pixel.gif": _saved(Image.new("P", (1, 1)), format="GIF"),
        "ribbon.png": _saved(picture(29, (3000, 1)), format="PNG"),
        "large.jpg": _saved(picture(30, (4100, 4000), "L"), format="JPEG", quality=20),
        "large.png": _saved(picture(31, (4100, 4000), "L"), format="PNG", compress_level=1),
        "jpeg-called.png": _saved(picture(32), format="JPEG"),
        "png-called.jpg": _saved(picture(33), format="PNG"),
        "no-extension": _saved(picture(34), format="PNG"),
        "CAPITALS.JPG": _saved(picture(35), format="JPEG"),
    }
    cut = {
        "cut-off.jpg": _saved(picture(36, (600, 400)), format="JPEG")[:4000],
        "cut-off.png": _saved(picture(37, (600, 400)).effect_spread(9), format="PNG")[:9000],
    }
    for name, content in (whole | cut).items():
        (folder / name).write_bytes(content)
    return dict.fromkeys(whole, "taken") | dict.fromkeys(cut, "damaged")


def _no_pictures(folder: Path) -> dict[str, str]:
    contents = {
        "empty.jpg": b"",
        "notes.txt": b"a picture of a cat",
        "page.jpg": b"<!doctype html><title>404</title>",
        "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        "page.eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        "film.mp4": b"\x00\x00\x00\x18ftypmp42" + bytes(64),
        "head-only.png": b"\x89PNG\r\n\x1a\n",
        "head-only.jpg": b"\xff\xd8\xff\xe0",
        "noise.webp": b"RIFF\xff\xff\xff\xffWEBPVP8 " + bytes(range(64)),
        "bomb.png": _bomb(60_000, 60_000),
        "smaller-bomb.png": _bomb(12_000, 12_000),
        "no-width.bmp": b"BM" + struct.pack("<IHHIIiiHHIIiiII", 54, 0, 0, 54, 40, 0, 9, 1, 24, 0, 0, 0, 0, 0, 0),
        # Pillow reads the head of this one, too, and gives up.
        "cut-off.tif": _saved(picture(38, (600, 400)), format="TIFF", compression="tiff_lzw")[:-600],
        ".DS_Store": b"\x00\x00\x00\x01Bud1",
        "Thumbs.db": b"\xd0\xcf\x11\xe0",
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    os.mkfifo(folder / "pipe.jpg")
    return dict.fromkeys([*contents, "pipe.jpg"], "left out")


def _names_and_places(folder: Path) -> dict[str, str]:
    names = {
        "Füße & Straße.jpg": 40,
        "猫の写真.png": 41,
        "smile 😀.png": 42,
        "comma, quote ' and space .png": 43,
        "x" * 240 + ".png": 44,
        "deep/er/and/deeper/picture.png": 45,
        "deep/picture.png": 46,
    }
    for name, seed in names.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        picture(seed).save(folder / name)
    (folder / os.fsdecode(b"not-utf8-\xff.png")).write_bytes(_saved(picture(47), format="PNG"))
    (folder / "deep" / "copy of plain.png").write_bytes((folder / "plain.png").read_bytes())
    (folder / "link.png").symlink_to(folder / "deep" / "picture.png")
    (folder / "dangling.png").symlink_to(folder / "nowhere.png")
    (folder / "deep" / "loop").symlink_to(folder)
    (folder / ".hidden").mkdir()
    picture(48).save(folder / ".hidden" / "cache.png")
    return dict.fromkeys([*names, r"not-utf8-\xff.png"], "taken") | {
        "deep/copy of plain.png": "same as", "link.png": "taken", "dangling.png": "left out",
        "deep/loop": "left out", ".hidden": "left out", "deep/picture.png": "same as",
    }  # fmt: skip


def _bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it has so many pixels."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")

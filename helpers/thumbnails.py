"""Small upright copies of pictures, to show them whatever their format."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from filelock import FileLock
from PIL import Image

from .library import Library
from .picture_files import PictureError, open_picture, plain_picture

SIDE = 160


def thumbnails(library: Library, image_ids: Sequence[str], folder: Path) -> list[Path]:
    """A JPEG of 160 × 160 pixels at most for each picture, upright and in RGB, made below `folder` where it is missing.

    Its name tells the picture's path: "2024_IMG_0007_jpg.jpg". Of a damaged picture it is a grey square.
    """
    files: Any = library.pictures["file"]
    return [_thumbnail(files[image_id], image_id, folder) for image_id in image_ids]


def _thumbnail(file: Path, image_id: str, folder: Path) -> Path:
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:16]
    path = folder / digest / f"{re.sub(r'[^0-9A-Za-z]+', '_', image_id)[-80:].strip('_') or 'picture'}.jpg"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock"):  # two kernels may show the same picture
            if not path.exists():
                _write_small(file, path)
    return path


def _write_small(file: Path, path: Path) -> None:
    draft = path.with_suffix(".part")
    try:
        with file.open("rb") as content, open_picture(content) as image:
            small = plain_picture(image, SIDE)
    except PictureError:
        small = Image.new("RGB", (SIDE, SIDE), "#b5b5b5")
    small.save(draft, "JPEG", quality=88)
    draft.replace(path)

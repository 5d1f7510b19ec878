"""Draw one picture."""

from __future__ import annotations

import zlib
from functools import lru_cache

import numpy as np

from .scene import Scene, Subject, compose
from .styles import STYLES, load_style
from .subjects import load_subjects


@lru_cache(maxsize=1)
def _subjects() -> dict[str, Subject]:
    return load_subjects()


def picture_seed(subject: str, style: str, number: int) -> int:
    """A seed of its own for every picture, the same on every machine."""
    return zlib.crc32(f"{subject}/{style}/{number}".encode())


def render(subject: str, style: str, seed: int, size: int = 256) -> np.ndarray:
    """The picture as a uint8 array (size, size, 3).

    Raises KeyError for an unknown subject and ValueError for an unknown style.
    """
    if style not in STYLES:
        raise ValueError(f"unknown style {style!r}; choose one of {', '.join(STYLES)}")
    picture = load_style(style)(_subjects()[subject], seed, size)
    return np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)


def render_info(subject: str, style: str, seed: int) -> dict[str, object]:
    """What the picture of this seed shows: pose and main colour (drawn at 16 pixels, so cheap)."""
    scene: Scene = compose(_subjects()[subject], seed, 16)
    return {"subject": subject, "style": style, "pose": scene.pose, "color": scene.colour, "accent": scene.palette.accent_name}

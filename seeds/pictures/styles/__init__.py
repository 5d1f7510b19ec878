"""The styles, by name; one module a style, each with `paint(subject, seed, size) -> (size, size, 3) float32 in 0..1`."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import numpy as np

from ..scene import Subject

STYLES = ("photographic", "comic-art", "neon-punk", "origami", "clay",
          "watercolor", "pixel-art", "pencil-sketch", "stained-glass", "pop-art")


def load_style(name: str) -> Callable[[Subject, int, int], np.ndarray]:
    """The style's paint function."""
    return import_module(f".{name.replace('-', '_')}", __name__).paint

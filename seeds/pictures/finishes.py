"""The materials of the photographic style: how each takes light, its texture, and its natural colour."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

import numpy as np

from .relief import F, Surface
from .scene import Colour


@dataclass(frozen=True)
class Finish:
    """A material. tone, bump: strength of the tile's colour and relief; stretch: how often it repeats along and across;
    ragged: how far it frays the outline, scene units; saturation, value: how the palette's colour becomes a natural one."""

    surface: Surface
    texture: str = "mottle"
    tone: float = 0.10
    bump: float = 0.0
    stretch: tuple[float, float] = (1.0, 1.0)
    ragged: float = 0.0
    saturation: float = 0.85
    value: float = 0.92
    pattern: str = ""      # hair, feather, scale, shingle, leaf, wet
    swell: float = 0.0     # above 0 the flat middle bulges, as in car bodies and cups; below 0 the part is thinner


def _finish(roughness: float, reflectance: float = 0.04, mirror: float = 0.0, sheen: float = 0.0, translucency: float = 0.0,
            **options) -> Finish:
    return Finish(Surface(roughness, reflectance, mirror, sheen, translucency), **options)


FINISHES: dict[str, Finish] = {
    "": _finish(0.55, tone=0.08),
    "fur": _finish(0.62, 0.03, sheen=0.5, translucency=0.2, pattern="hair", tone=0.30, bump=0.36, ragged=0.034,
                   saturation=0.74, value=0.86),
    "feather": _finish(0.50, 0.04, sheen=0.25, translucency=0.15, pattern="feather", tone=0.15, bump=0.15, ragged=0.014,
                       saturation=0.84, value=0.88),
    "scale": _finish(0.26, 0.06, 0.55, pattern="scale", tone=0.12, bump=0.28, saturation=0.86),
    "skin": _finish(0.48, 0.04, sheen=0.15, translucency=0.25, texture="bark", tone=0.12, bump=0.14, saturation=0.48, swell=0.3),
    "leaf": _finish(0.40, 0.05, 0.15, translucency=0.45, pattern="leaf", tone=0.16, bump=0.12, saturation=0.80, value=0.72),
    "petal": _finish(0.50, 0.03, sheen=0.25, translucency=0.60, pattern="streak", tone=0.15, bump=0.10, saturation=0.90,
                     swell=-0.45),
    "bark": _finish(0.85, 0.02, texture="bark", tone=0.42, bump=0.65, stretch=(1.0, 1.3), ragged=0.018,
                    saturation=0.60, value=0.75),
    "wood": _finish(0.34, 0.045, 0.25, texture="wood", tone=0.17, bump=0.05, saturation=0.84, value=0.86),
    "metal": _finish(0.16, 0.62, 1.0, texture="wood", tone=0.03, saturation=0.45, value=0.92, swell=0.5),
    "paint": _finish(0.12, 0.06, 1.1, tone=0.02, saturation=0.92, value=0.88, swell=0.55),
    "glass": _finish(0.05, 0.08, 1.15, tone=0.0, saturation=0.60, value=0.42),
    "glaze": _finish(0.14, 0.05, 0.75, translucency=0.10, texture="mottle", tone=0.03, saturation=0.84, swell=0.7),
    "cloth": _finish(0.80, 0.02, sheen=0.30, translucency=0.20, texture="weave", tone=0.05, bump=0.07,
                     saturation=0.86, value=0.88),
    "rock": _finish(0.85, 0.02, texture="rock", tone=0.26, bump=0.60, ragged=0.022, saturation=0.42, value=0.85),
    "snow": _finish(0.55, 0.03, translucency=0.35, texture="rock", tone=0.03, bump=0.14, ragged=0.022,
                    saturation=0.3, value=0.97),
    "wall": _finish(0.85, 0.02, texture="plaster", tone=0.10, bump=0.10, saturation=0.60, value=0.92),
    "tile": _finish(0.60, 0.03, pattern="shingle", tone=0.24, bump=0.25, saturation=0.70, value=0.82),
    "rubber": _finish(0.55, 0.04, texture="pores", tone=0.05, bump=0.05, saturation=0.5, value=1.0),
    "shell": _finish(0.24, 0.05, 0.5, texture="wood", tone=0.16, bump=0.06, translucency=0.15, saturation=0.75),
    "water": _finish(0.10, 0.05, 1.0, texture="ripple", tone=0.08, bump=0.16, stretch=(0.5, 1.0), ragged=0.006,
                     saturation=0.66, value=0.80),
    "soft": _finish(0.42, 0.04, 0.18, translucency=0.35, texture="plaster", tone=0.12, bump=0.07, ragged=0.004, saturation=0.86),
    "eye": _finish(0.07, 0.05, 0.85, tone=0.0, pattern="wet", saturation=0.80, value=0.90),
}


def natural(colour: Colour, finish: Finish) -> tuple[np.float32, ...]:
    """The palette colour as this material has it outdoors: same hue, calmer; linear (display value squared)."""
    hue, saturation, value = colorsys.rgb_to_hsv(*(min(max(c, 0.0), 1.0) for c in colour))
    if finish.pattern == "leaf" and 0.25 < hue < 0.45:
        hue = 0.65 * hue + 0.35 * 0.255      # chlorophyll is yellower than a crayon
    if finish.pattern == "hair" and 0.10 < hue < 0.18:
        hue, saturation = 0.108, 0.85 * saturation       # yellow animals are fawn
    rgb = colorsys.hsv_to_rgb(hue, saturation * finish.saturation, min(value * finish.value, 0.90))
    return tuple(F(max(c, 0.11) ** 2) for c in rgb)

"""A ground that sets off what lies on it."""

from __future__ import annotations

import math

from .scene import Colour, Scene, luminance, mix

PALE: Colour = (0.95, 0.93, 0.88)
DEEP: Colour = (0.33, 0.36, 0.42)


def set_off(ground: Colour, scene: Scene, least: float = 0.36) -> Colour:
    """The ground's colour, moved to pale or deep paper where the subject's main colour is nearer than `least`.

    Distances are Euclidean in display RGB, where the cube's side is 1.
    """
    main = scene.palette.main
    distance = math.dist(ground, main)
    if distance >= least:
        return ground
    refuge = DEEP if luminance(main) > 0.55 else PALE
    return mix(ground, refuge, min(1.0, 0.45 + (least - distance) / least))

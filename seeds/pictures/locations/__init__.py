"""Where photographs are taken: which locations suit which subject."""

from __future__ import annotations

from collections.abc import Callable

from ..scene import Scene
from . import indoors, outdoors, waterside
from .stage import Place, Stage

Location = Callable[[Stage], Place]

_HABITATS: dict[str, tuple[Location, ...]] = {
    "cat": (indoors.table, indoors.window_light, outdoors.meadow, indoors.studio),
    "dog": (outdoors.meadow, waterside.seaside, indoors.studio, outdoors.street),
    "elephant": (outdoors.desert, outdoors.desert, outdoors.meadow),
    "bird": (outdoors.garden, outdoors.garden, outdoors.sky),
    "fish": (waterside.underwater,),
    "butterfly": (outdoors.garden,),
    "snail": (outdoors.forest, outdoors.meadow, indoors.table),
    "tree": (outdoors.meadow, outdoors.meadow, outdoors.desert),
    "flower": (outdoors.meadow, indoors.window_light, outdoors.forest),
    "mushroom": (outdoors.forest, outdoors.forest, outdoors.meadow),
    "cactus": (outdoors.desert, indoors.window_light, indoors.table),
    "house": (outdoors.meadow,),
    "lighthouse": (waterside.open_sea,),
    "mountain": (outdoors.valley,),
    "car": (outdoors.street, outdoors.street, outdoors.desert, waterside.seaside),
    "boat": (waterside.open_sea,),
    "rocket": (outdoors.sky, outdoors.night),
    "cup": (indoors.table, indoors.table, indoors.window_light),
    "guitar": (indoors.studio, indoors.window_light, indoors.table),
    "umbrella": (outdoors.sky, outdoors.garden, indoors.studio),
}


def visit(scene: Scene) -> Place:
    """One of the subject's habitats, chosen by the scene's own random numbers; a studio for an unknown subject."""
    choices = _HABITATS.get(scene.subject, (indoors.studio,))
    location = choices[int(scene.rng.integers(len(choices)))]
    if scene.backdrop == "night" and outdoors.night in choices and scene.rng.random() < 0.5:
        location = outdoors.night
    place = location(Stage(scene))
    place.floor = place.floor and scene.grounded
    return place

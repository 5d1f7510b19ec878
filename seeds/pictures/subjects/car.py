"""Cars."""

from __future__ import annotations

import numpy as np

from ..scene import INK, PAPER, Palette, Parts, Subject, mix
from ..shapes import Canvas, Point, blend, intersect, subtract, union

GLASS = (0.66, 0.86, 0.94)
TYRE = (0.15, 0.15, 0.17)
CHROME = (0.80, 0.82, 0.86)
HEADLAMP = (1.0, 0.93, 0.60)
TAIL_LAMP = (0.93, 0.22, 0.18)


def _wheels(parts: Parts, canvas: Canvas, centres: tuple[Point, ...], radius: float,
            rng: np.random.Generator) -> None:
    parts.add(union(*(canvas.circle(x, y, radius) for x, y in centres)), TYRE, bevel=0.07, material="rubber")
    parts.add(union(*(canvas.circle(x, y, radius * 0.60) for x, y in centres)), CHROME, bevel=0.05, material="metal")
    if rng.random() < 0.5:
        holes = [canvas.at(x, y).around(5, -1.57).circle(radius * 0.36, 0, radius * 0.11) for x, y in centres]
    else:
        holes = [canvas.ring(x, y, radius * 0.38, radius * 0.05) for x, y in centres]
    parts.add(union(*holes, *(canvas.circle(x, y, radius * 0.12) for x, y in centres)), (0.35, 0.36, 0.40), "detail",
              0.02, "metal")


def _saloon(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    wheels = ((-0.50, 0.44), (0.50, 0.44))
    if rng.random() < 0.35:
        parts.add(canvas.box(-0.06, -0.42, 0.28, 0.075, 0.03), palette.accent, bevel=0.05, material="cloth")
        parts.add(union(canvas.box(-0.22, -0.42, 0.02, 0.08), canvas.box(0.10, -0.42, 0.02, 0.08)),
                  palette.accent_dark, "detail", 0.02, "cloth")
    cabin = canvas.polygon([(-0.52, 0.06), (-0.36, -0.28), (0.20, -0.28), (0.44, 0.06)], 0.06)
    hull = canvas.polygon([(-0.86, 0.40), (-0.84, 0.10), (-0.55, 0.03), (0.46, 0.03), (0.80, 0.12), (0.86, 0.40)],
                          0.05)
    arches = union(*(canvas.circle(x, y, 0.225) for x, y in wheels))
    parts.add(canvas.box(0, 0.42, 0.62, 0.05), INK, bevel=0.04, material="rubber")
    parts.add(subtract(union(cabin, hull), arches), palette.main, bevel=0.12, material="paint")
    panes = union(canvas.polygon([(-0.45, 0.02), (-0.325, -0.235), (-0.11, -0.235), (-0.11, 0.02)], 0.012),
                  canvas.polygon([(-0.03, 0.02), (-0.03, -0.235), (0.165, -0.235), (0.345, 0.02)], 0.012))
    parts.add(panes, GLASS, "detail", 0.03, "glass")
    gleam = union(canvas.capsule((-0.31, -0.02), (-0.20, -0.21), 0.018),
                  canvas.capsule((0.03, -0.02), (0.13, -0.20), 0.018))
    parts.add(intersect(gleam, panes), PAPER, "detail", 0.02, "glass")
    parts.add(intersect(canvas.box(0, 0.31, 0.95, 0.035), subtract(hull, arches) + 0.012),
              palette.accent if rng.random() < 0.5 else palette.light, "detail", 0.05, "paint")
    parts.add(union(canvas.box(-0.07, 0.18, 0.006, 0.20), canvas.box(0.005, 0.12, 0.05, 0.016, 0.014),
                    canvas.box(-0.32, 0.12, 0.05, 0.016, 0.014)), palette.dark, "line", 0.01)
    parts.add(canvas.box(0.86, 0.20, 0.045, 0.062, 0.04), HEADLAMP, "glow", 0.04, "glass")
    parts.add(canvas.box(-0.87, 0.19, 0.035, 0.062, 0.03), TAIL_LAMP, "body", 0.04, "glass")
    parts.add(union(canvas.box(0.86, 0.38, 0.085, 0.036, 0.03), canvas.box(-0.86, 0.38, 0.085, 0.036, 0.03)), CHROME,
              bevel=0.04, material="metal")
    _wheels(parts, canvas, wheels, 0.185, rng)


def _beetle(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """A small round car with wings over its wheels."""
    wheels = ((-0.49, 0.47), (0.51, 0.47))
    if rng.random() < 0.4:
        parts.add(canvas.box(-0.04, -0.46, 0.30, 0.024, 0.02), CHROME, bevel=0.02, material="metal")
        parts.add(union(canvas.box(-0.18, -0.54, 0.13, 0.065, 0.02), canvas.box(0.12, -0.53, 0.14, 0.055, 0.02)),
                  palette.accent, bevel=0.05, material="cloth")
    parts.add(canvas.box(0, 0.46, 0.66, 0.055), INK, bevel=0.04, material="rubber")
    dome = intersect(canvas.ellipse(-0.03, 0.14, 0.57, 0.60), canvas.y - 0.46)
    bonnet = intersect(canvas.ellipse(0.36, 0.34, 0.48, 0.30), canvas.y - 0.46)
    rear = intersect(canvas.ellipse(-0.46, 0.32, 0.38, 0.34), canvas.y - 0.46)
    shell = blend(blend(dome, bonnet, 0.10), rear, 0.10)
    parts.add(shell, palette.main, bevel=0.22, material="paint")
    pane = intersect(canvas.ellipse(-0.03, 0.14, 0.47, 0.50), canvas.y - 0.06, np.abs(canvas.x - -0.02) * -1 + 0.035)
    parts.add(pane, GLASS, "detail", 0.05, "glass")
    parts.add(intersect(union(canvas.capsule((-0.34, 0.04), (-0.20, -0.22), 0.02),
                              canvas.capsule((0.10, 0.04), (0.24, -0.22), 0.02)), pane), PAPER, "detail", 0.02,
              "glass")
    parts.add(union(canvas.capsule((-0.02, 0.10), (-0.02, 0.42), 0.008),
                    canvas.capsule((0.35, 0.10), (0.28, 0.40), 0.008), canvas.box(0.06, 0.17, 0.055, 0.016, 0.014)),
              palette.dark, "line", 0.01)
    arches = union(*(intersect(canvas.circle(x, y, 0.285), canvas.y - 0.50) for x, y in wheels))
    parts.add(arches, mix(palette.main, palette.dark, 0.35) if rng.random() < 0.6 else palette.accent, bevel=0.09,
              material="paint")
    parts.add(canvas.box(0.02, 0.49, 0.26, 0.035, 0.03), CHROME, bevel=0.03, material="metal")
    parts.add(canvas.ellipse(0.74, 0.26, 0.060, 0.078), HEADLAMP, "glow", 0.05, "glass")
    parts.add(canvas.ellipse(-0.775, 0.30, 0.036, 0.055), TAIL_LAMP, bevel=0.03, material="glass")
    parts.add(union(canvas.box(0.83, 0.46, 0.05, 0.035, 0.03), canvas.box(-0.83, 0.46, 0.05, 0.035, 0.03)), CHROME,
              bevel=0.03, material="metal")
    _wheels(parts, canvas, wheels, 0.19, rng)


def _van(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """A camper van in two colours."""
    wheels = ((-0.47, 0.52), (0.47, 0.52))
    if rng.random() < 0.5:
        parts.add(union(canvas.box(0.0, -0.60, 0.62, 0.032, 0.03),
                        canvas.capsule((0.55, -0.60), (0.70, -0.66), 0.03, 0.01)), palette.accent, bevel=0.03,
                  material="paint")
        parts.add(union(canvas.box(-0.36, -0.54, 0.02, 0.06), canvas.box(0.34, -0.54, 0.02, 0.06)), CHROME,
                  bevel=0.02, material="metal")
    hull = canvas.polygon([(-0.80, 0.44), (-0.80, -0.34), (-0.70, -0.46), (0.58, -0.46), (0.72, -0.34), (0.83, 0.06),
                           (0.83, 0.44)], 0.05)
    wells = union(*(canvas.circle(x, y, 0.225) for x, y in wheels))
    parts.add(canvas.box(0, 0.48, 0.60, 0.05), INK, bevel=0.04, material="rubber")
    body = parts.add(subtract(hull, wells), PAPER if palette.name != "white" else palette.accent_light, bevel=0.14,
                     material="paint")
    parts.add(intersect(0.06 - canvas.y, body + 0.003), palette.main, "detail", 0.14, "paint")
    parts.add(intersect(np.abs(canvas.y - 0.06) - 0.018, hull + 0.012), CHROME, "detail", 0.03, "metal")
    panes = union(*(canvas.box(x, -0.18, 0.165, 0.145, 0.04) for x in (-0.58, -0.16, 0.26)),
                  canvas.polygon([(0.52, -0.30), (0.64, -0.30), (0.73, -0.06), (0.52, -0.06)], 0.025))
    parts.add(panes, GLASS, "detail", 0.04, "glass")
    parts.add(intersect(union(*(canvas.capsule((x - 0.06, -0.07), (x + 0.04, -0.29), 0.02)
                                for x in (-0.58, -0.16, 0.26))), panes), PAPER, "detail", 0.02, "glass")
    parts.add(union(canvas.box(0.47, 0.08, 0.007, 0.36), canvas.box(0.055, 0.08, 0.007, 0.36),
                    canvas.box(0.13, 0.15, 0.045, 0.015, 0.012)), palette.dark, "line", 0.01)
    if rng.random() < 0.5:
        daisy = canvas.at(-0.16, 0.26)
        parts.add(daisy.around(6).ellipse(0.075, 0, 0.055, 0.034), palette.accent, "detail", 0.04, "paint")
        parts.add(daisy.circle(0, 0, 0.04), HEADLAMP, "detail", 0.03, "paint")
    parts.add(canvas.ellipse(0.855, 0.20, 0.05, 0.072), HEADLAMP, "glow", 0.05, "glass")
    parts.add(canvas.box(-0.845, 0.22, 0.03, 0.07, 0.025), TAIL_LAMP, bevel=0.03, material="glass")
    parts.add(union(canvas.box(0.84, 0.46, 0.08, 0.036, 0.03), canvas.box(-0.84, 0.46, 0.08, 0.036, 0.03)), CHROME,
              bevel=0.03, material="metal")
    _wheels(parts, canvas, wheels, 0.18, rng)


def _roadster(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """A long, low open sports car."""
    wheels = ((-0.54, 0.40), (0.52, 0.40))
    parts.add(union(canvas.capsule((0.12, 0.06), (-0.02, -0.24), 0.026),
                    canvas.capsule((-0.02, -0.24), (-0.05, -0.25), 0.026)), CHROME, bevel=0.03, material="metal")
    parts.add(canvas.polygon([(0.08, 0.04), (-0.02, -0.20), (0.03, -0.20), (0.22, 0.04)], 0.01), GLASS, bevel=0.03,
              material="glass")
    parts.add(union(canvas.box(-0.33, -0.06, 0.075, 0.17, 0.065), canvas.box(-0.16, 0.05, 0.12, 0.07, 0.05)),
              (0.42, 0.26, 0.17), bevel=0.06, material="cloth")
    parts.add(canvas.at(0.00, 0.02, -0.45).ellipse(0, -0.03, 0.03, 0.105), INK, bevel=0.02, material="rubber")
    hull = canvas.polygon([(-0.90, 0.30), (-0.86, 0.06), (-0.52, -0.03), (-0.38, 0.06), (0.10, 0.06), (0.54, 0.02),
                           (0.84, 0.16), (0.90, 0.36), (0.60, 0.44), (-0.84, 0.44)], 0.035)
    wells = union(*(canvas.circle(x, y, 0.225) for x, y in wheels))
    body = parts.add(subtract(hull, wells), palette.main, bevel=0.16, material="paint")
    style = rng.integers(3)
    if style == 0:
        parts.add(intersect(canvas.polygon([(-0.95, 0.16), (0.95, 0.22), (0.95, 0.30), (-0.95, 0.26)], 0.0),
                            body + 0.008), palette.accent, "detail", 0.1, "paint")
    elif style == 1:
        parts.add(canvas.circle(-0.14, 0.24, 0.135), PAPER, "detail", 0.05, "paint")
        # only numbers that are their own mirror image: 8, 0 and 1
        number = (union(canvas.ring(-0.14, 0.20, 0.034, 0.014), canvas.ring(-0.14, 0.275, 0.040, 0.014)),
                  np.abs(canvas.ellipse(-0.14, 0.24, 0.048, 0.075)) - 0.014,
                  canvas.box(-0.14, 0.24, 0.017, 0.085))[rng.integers(3)]
        parts.add(number, INK, "detail", 0.02, "paint")
    parts.add(union(canvas.box(-0.36, 0.24, 0.007, 0.17), canvas.box(0.12, 0.22, 0.007, 0.16),
                    canvas.box(0.06, 0.13, 0.045, 0.014, 0.012)), palette.dark, "line", 0.01)
    vents = union(*(canvas.capsule((0.22 + 0.05 * k, 0.19), (0.20 + 0.05 * k, 0.27), 0.010) for k in range(3)))
    parts.add(vents, palette.dark, "line", 0.01)
    parts.add(canvas.ellipse(0.82, 0.17, 0.065, 0.055, 0.4), HEADLAMP, "glow", 0.05, "glass")
    parts.add(canvas.box(-0.89, 0.14, 0.03, 0.05, 0.025), TAIL_LAMP, bevel=0.03, material="glass")
    parts.add(union(canvas.box(0.88, 0.38, 0.06, 0.03, 0.025), canvas.capsule((-0.90, 0.45), (-0.80, 0.45), 0.026)),
              CHROME, bevel=0.03, material="metal")
    _wheels(parts, canvas, wheels, 0.19, rng)


def _front(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """Seen from straight ahead."""
    fold = canvas.folded()
    parts.add(fold.box(0.50, 0.58, 0.125, 0.21, 0.05), TYRE, bevel=0.07, material="rubber")
    parts.add(fold.ellipse(0.70, -0.02, 0.10, 0.07), palette.dark, bevel=0.05, material="paint")
    cabin = fold.polygon([(-0.02, -0.54), (0.36, -0.54), (0.56, 0.04), (-0.02, 0.04)], 0.06)
    parts.add(cabin, palette.main, bevel=0.14, material="paint")
    screen = fold.polygon([(-0.02, -0.46), (0.32, -0.46), (0.47, -0.04), (-0.02, -0.04)], 0.025)
    parts.add(screen, GLASS, "detail", 0.05, "glass")
    parts.add(intersect(union(canvas.capsule((-0.30, -0.06), (-0.08, -0.46), 0.035),
                              canvas.capsule((-0.12, -0.06), (0.08, -0.46), 0.016)), screen), PAPER, "detail", 0.02,
              "glass")
    parts.add(union(canvas.capsule((-0.22, -0.03), (-0.02, -0.16), 0.011),
                    canvas.capsule((0.12, -0.03), (0.32, -0.16), 0.011)), INK, "line", 0.01)
    nose = blend(canvas.box(0, 0.30, 0.70, 0.30, 0.14), fold.ellipse(0.50, 0.16, 0.23, 0.22), 0.1)
    parts.add(nose, palette.main, bevel=0.2, material="paint")
    if rng.random() < 0.5:
        parts.add(intersect(fold.box(0.10, 0.0, 0.05, 0.80), union(nose, np.maximum(cabin, -screen + 0.01)) + 0.012,
                            -0.62 - canvas.y), palette.accent if rng.random() < 0.5 else palette.light, "detail",
                  0.15, "paint")
    parts.add(canvas.box(0, 0.27, 0.30, 0.10, 0.07), (0.30, 0.31, 0.35), bevel=0.05, material="metal")
    bars = union(*(canvas.box(x, 0.27, 0.014, 0.085) for x in (-0.20, -0.10, 0.0, 0.10, 0.20)))
    parts.add(bars, CHROME, "detail", 0.02, "metal")
    parts.add(fold.circle(0.50, 0.22, 0.145), CHROME, bevel=0.05, material="metal")
    parts.add(fold.circle(0.50, 0.22, 0.108), HEADLAMP, "glow", 0.08, "glass")
    parts.add(canvas.box(0, 0.52, 0.76, 0.065, 0.06), CHROME, bevel=0.05, material="metal")
    parts.add(canvas.box(0, 0.52, 0.17, 0.07, 0.02), PAPER, bevel=0.03, material="paint")
    parts.add(union(*(canvas.box(x, 0.52, 0.018, 0.030) for x in (-0.105, -0.045, 0.015, 0.105))), INK, "detail",
              0.01)


POSES = (_saloon, _beetle, _van, _roadster, _front)


def car(canvas: Canvas, palette: Palette, rng: np.random.Generator, pose: int) -> Parts:
    """A car: 0 saloon, 1 beetle, 2 van, 3 roadster, 4 from the front."""
    parts = Parts("paint")
    POSES[pose](parts, canvas, palette, rng)
    return parts


SUBJECT = Subject("car", car,
                  ("red", "blue", "yellow", "green", "orange", "teal", "black", "white", "purple", "pink"),
                  poses=len(POSES), tilt=0.05, weight=(0.88, 0.98))

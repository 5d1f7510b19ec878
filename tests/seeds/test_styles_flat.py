"""The seven flat styles: what they print for a round body on any background."""

import colorsys

import numpy as np
import pytest

from seeds.pictures.paint import coverage, facing, halftone, soften, window
from seeds.pictures.scene import Palette, Parts, Subject, compose
from seeds.pictures.shapes import Canvas
from seeds.pictures.styles import load_style

FLAT = ("comic-art", "neon-punk", "watercolor", "pixel-art", "pencil-sketch", "stained-glass", "pop-art")
SIZE = 128


def ball(canvas: Canvas, palette: Palette, rng: np.random.Generator, pose: int) -> Parts:
    parts = Parts()
    parts.add(canvas.circle(0, 0, 0.55), palette.main)
    parts.add(canvas.circle(0.1, -0.1, 0.12), palette.accent, "detail")
    parts.add(canvas.capsule((-0.3, 0.2), (0.3, 0.2), 0.012), palette.dark, "line")
    parts.add(canvas.circle(0, -0.75, 0.08), (1.0, 0.8, 0.3), "glow")
    return parts


RED, WHITE = Subject("ball", ball, ("red",), poses=1), Subject("ball", ball, ("white",), poses=1)


@pytest.mark.parametrize("style", FLAT)
def test_a_seed_gives_the_same_picture_again_and_another_seed_another(style):
    paint = load_style(style)
    first = paint(RED, 11, SIZE)
    assert first.shape == (SIZE, SIZE, 3)
    assert first.min() >= 0 and first.max() <= 1
    assert np.array_equal(first, paint(RED, 11, SIZE))
    assert np.abs(first - paint(RED, 12, SIZE)).mean() > 0.01


@pytest.mark.parametrize("style", FLAT)
@pytest.mark.parametrize("size", [50, 97])
def test_sizes_that_no_cell_or_panel_divides_are_drawn_too(style, size):
    picture = load_style(style)(RED, 3, size)
    assert picture.shape == (size, size, 3)
    assert np.isfinite(picture).all()


@pytest.mark.parametrize("style", [style for style in FLAT if style not in ("pop-art", "pixel-art")])
@pytest.mark.parametrize("seed", range(4))
def test_a_white_subject_has_an_edge_on_every_background(style, seed):
    picture = load_style(style)(WHITE, seed, SIZE)
    rim = np.abs(compose(WHITE, seed, SIZE).silhouette(("body",))) < 0.16
    assert picture[rim].mean(axis=1).std() > 0.06


@pytest.mark.parametrize("style", [style for style in FLAT if style not in ("pop-art", "pencil-sketch")])
def test_a_red_subject_looks_red(style):
    hues = []
    for seed in range(3):
        inside = compose(RED, seed, SIZE).silhouette(("body",)) < -0.05
        hue, saturation, _ = colorsys.rgb_to_hsv(*load_style(style)(RED, seed, SIZE)[inside].mean(axis=0))
        assert saturation > 0.25
        hues.append(min(hue, 1 - hue))
    assert max(hues) < 0.09


def test_a_pencil_sketch_is_grey():
    picture = load_style("pencil-sketch")(RED, 5, SIZE)
    assert (picture.max(axis=2) - picture.min(axis=2)).max() < 0.09


def test_the_cells_of_pixel_art_are_square_and_of_one_colour():
    picture = load_style("pixel-art")(RED, 4, 256)    # seed 4: cells of five pixels
    changes = np.flatnonzero((np.abs(np.diff(picture, axis=1)) > 0).any(axis=(0, 2)))
    assert len(changes) > 10 and not (np.diff(changes) % 5).any()
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) < 40


def test_coverage_adds_up_to_the_area_of_a_disc():
    canvas = Canvas.square(200)
    assert coverage(canvas.circle(0, 0, 0.5), 2 / 200).mean() * 4 == pytest.approx(np.pi * 0.25, rel=1e-3)


def test_a_window_holds_the_whole_shape_and_is_none_without_one():
    distance = Canvas.square(64).circle(0.2, -0.3, 0.25)
    inside = np.zeros((64, 64), bool)
    inside[window(distance)] = True
    assert inside[distance < 0].all() and inside.mean() < 0.15
    assert window(distance + 9) is None


def test_a_pillow_is_light_towards_the_lamp_and_dark_away_from_it():
    canvas = Canvas.square(64)
    turned = facing(canvas.circle(0, 0, 0.8), 0.5, 2 / 64, (-1, 0))
    assert turned[32, 8] > 0.7 and turned[32, 55] < -0.7
    assert abs(turned[32, 32]) < 0.1


def test_halftone_dots_darken_with_the_tone():
    canvas = Canvas.square(128)
    areas = [halftone(canvas.x, canvas.y, tone, 0.1, 2 / 128).mean() for tone in (0.0, 0.2, 0.5, 1.0)]
    assert areas == sorted(areas)
    assert areas[0] == 0 and areas[-1] > 0.98


def test_softening_keeps_the_mean_and_has_the_spread_of_a_gaussian():
    image = np.zeros((120, 120), np.float32)
    image[60, 60] = 1
    soft = soften(image, 8)
    axis = np.arange(120) - 60
    assert soft.sum() == pytest.approx(1, rel=0.02)
    assert np.sqrt((soft.sum(axis=0) * axis**2).sum()) == pytest.approx(8, rel=0.1)

"""Photographic, clay and origami: complete pictures of every subject, and sound geometry and light underneath."""

import numpy as np
import pytest

from seeds.pictures.folding import fold, outlines, simplify
from seeds.pictures.relief import Lamps, Relief, Surface, illuminate, inflate
from seeds.pictures.scene import compose
from seeds.pictures.shapes import Canvas
from seeds.pictures.styles import load_style
from seeds.pictures.subjects import load_subjects

STYLES = ("photographic", "clay", "origami")
SUBJECTS = load_subjects()


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_subject_is_painted_and_stands_out_from_its_ground(style, subject):
    picture = load_style(style)(SUBJECTS[subject], 5, 64)
    assert picture.shape == (64, 64, 3) and picture.dtype == np.float32
    assert np.isfinite(picture).all() and picture.min() >= 0 and picture.max() <= 1
    inside = compose(SUBJECTS[subject], 5, 64).silhouette() < 0
    contrast = np.abs(picture[inside].mean(axis=0) - picture[~inside].mean(axis=0)).max()
    assert max(contrast, picture[inside].std() - picture[~inside].std()) > 0.03


@pytest.mark.parametrize("style", STYLES)
def test_a_seed_gives_the_same_picture_again_and_another_seed_another_one(style):
    paint = load_style(style)
    first = paint(SUBJECTS["cat"], 3, 64)
    assert np.array_equal(first, paint(SUBJECTS["cat"], 3, 64))
    assert np.abs(first - paint(SUBJECTS["cat"], 4, 64)).mean() > 0.02


def test_the_styles_paint_the_same_scene_differently():
    pictures = [load_style(style)(SUBJECTS["dog"], 8, 64) for style in STYLES]
    for i in range(3):
        assert np.abs(pictures[i] - pictures[i - 1]).mean() > 0.05


def test_an_inflated_disc_is_half_a_ball():
    canvas = Canvas.square(256)
    height, slope_x, slope_y = inflate(canvas.circle(0, 0, 0.5), 0.5, 2 / 256, smoothing=0.0)
    inside = np.hypot(canvas.x, canvas.y) < 0.48
    ball = np.sqrt(np.maximum(0.25 - canvas.x ** 2 - canvas.y ** 2, 0))
    assert np.abs(height - ball)[inside].max() < 0.01
    assert np.abs(slope_x - canvas.x / 0.5)[inside].max() < 0.04
    assert np.abs(slope_y - canvas.y / 0.5)[inside].max() < 0.04


def _ball(lamps: Lamps) -> np.ndarray:
    canvas, relief = Canvas.square(64), Relief(64)
    everywhere = (slice(0, 64), slice(0, 64))
    distance = canvas.circle(0, 0, 0.6)
    alpha = np.clip(0.5 - distance * 32, 0, 1)
    relief.add(everywhere, alpha, (0.5, 0.5, 0.5), *inflate(distance, 0.6, 2 / 64), Surface())
    return illuminate(relief, lamps)


def test_the_side_towards_the_lamp_is_brighter():
    image = _ball(Lamps(direction=(-0.8, 0.0, 0.4)))
    assert image[32, 20].mean() > 1.5 * image[32, 44].mean()
    image = _ball(Lamps(direction=(0.8, 0.0, 0.4)))
    assert image[32, 44].mean() > 1.5 * image[32, 20].mean()


@pytest.mark.parametrize("points", [
    [(-0.6, -0.4), (0.6, -0.4), (0.6, 0.4), (-0.6, 0.4)],                                    # folded as a fan
    [(-0.7, -0.5), (-0.4, -0.5), (-0.4, 0.2), (0.4, 0.2), (0.4, -0.5), (0.7, -0.5), (0.7, 0.5), (-0.7, 0.5)],   # a U: a roof
])
def test_a_folded_polygon_keeps_its_corners_and_its_inside(points):
    distance = Canvas.square(256).polygon(points)
    rings = [simplify(ring, 3.0) for ring in outlines(distance, 2)]
    assert [len(ring) for ring in rings] == [len(points)]
    paper = fold(rings, distance, rise=10)
    wrong = (paper.distance < 0) != (distance < 0)
    assert wrong.mean() < 0.01
    assert len(np.unique(paper.facet[distance < 0])) == len(points)
    # every facet leans outwards: a step downhill brings the outline nearer or leaves it as near
    rows, columns = np.nonzero(distance < -0.05)
    step_x, step_y = np.sign(paper.tilt_x[rows, columns]).astype(int), np.sign(paper.tilt_y[rows, columns]).astype(int)
    assert (distance[rows + step_y, columns + step_x] >= distance[rows, columns] - 1e-4).mean() > 0.95


def test_outlines_find_a_hole():
    rings = outlines(Canvas.square(128).ring(0, 0, 0.6, 0.15), 2)
    radii = sorted(float(np.hypot(*(ring / 64 - 1 + 1 / 128).T).mean()) for ring in rings)
    assert np.allclose(radii, [0.45, 0.75], atol=0.02)

"""The subjects: every pose draws sound parts, poses differ, and a seed always gives the same drawing."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from seeds.pictures.scene import COLOURS, Palette, Parts, Scene, Subject, compose
from seeds.pictures.shapes import Canvas
from seeds.pictures.subjects import FAMILIES, load_subjects

SIZE = 48
SUBJECTS = load_subjects()
POSES = [(name, pose) for name, subject in SUBJECTS.items() for pose in range(subject.poses)]
ROLES = {"body", "detail", "line", "glow"}
MATERIALS = {"fur", "feather", "scale", "skin", "leaf", "petal", "bark", "wood", "metal", "paint", "glass", "glaze", "cloth",
             "rock", "snow", "wall", "tile", "rubber", "shell", "water", "soft", "eye", ""}


def draw(subject: Subject, pose: int, seed: int = 3, colour: str | None = None, size: int = SIZE) -> Parts:
    palette = Palette.of(colour or subject.colours[0], "teal")
    return subject.draw(Canvas.square(size), palette, np.random.default_rng(seed), pose)


def inside(parts: Parts) -> np.ndarray:
    return np.minimum.reduce([part.distance for part in parts if part.role == "body"]) < 0


def test_there_are_twenty_subjects_named_after_their_modules():
    assert len(SUBJECTS) == 20
    assert list(SUBJECTS) == [name for family in FAMILIES.values() for name in family]
    assert all(subject.name == name for name, subject in SUBJECTS.items())


@pytest.mark.parametrize(("name", "pose"), POSES)
def test_every_pose_draws_sound_parts_in_every_colour(name: str, pose: int):
    subject = SUBJECTS[name]
    for seed, colour in enumerate(subject.colours):
        parts = draw(subject, pose, seed, colour, size=24)
        assert 4 <= len(parts) <= 36
        for part in parts:
            assert part.distance.shape == (24, 24)
            assert part.distance.dtype == np.float32
            assert np.isfinite(part.distance).all()
            assert part.role in ROLES
            assert part.material in MATERIALS
            assert part.bevel > 0
            assert all(0 <= value <= 1 for value in part.colour)


@pytest.mark.parametrize(("name", "pose"), POSES)
def test_every_pose_fills_its_frame_and_stays_within_it(name: str, pose: int):
    filled = inside(draw(SUBJECTS[name], pose))
    assert 0.08 < filled.mean() < 0.75
    rows, columns = np.nonzero(filled)
    assert max(np.ptp(rows), np.ptp(columns)) > 0.6 * SIZE
    assert not np.concatenate([filled[0], filled[:, 0], filled[:, -1]]).any()


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_subject_has_three_poses_or_more_with_different_outlines(name: str):
    subject = SUBJECTS[name]
    assert subject.poses >= 3
    outlines = [inside(draw(subject, pose)) for pose in range(subject.poses)]
    for first, second in combinations(outlines, 2):
        overlap = (first & second).sum() / (first | second).sum()
        assert overlap < 0.9


@pytest.mark.parametrize("name", SUBJECTS)
def test_the_same_seed_composes_the_same_scene_and_another_seed_another(name: str):
    def picture(scene: Scene) -> np.ndarray:
        return np.stack([part.distance.min(axis=0) for part in scene.parts]).sum(axis=0)

    first, again, other = (compose(SUBJECTS[name], seed, SIZE) for seed in (11, 11, 12))
    assert (first.pose, first.colour, first.backdrop) == (again.pose, again.colour, again.backdrop)
    np.testing.assert_array_equal(picture(first), picture(again))
    assert not np.array_equal(picture(first), picture(other))


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_subject_names_known_colours(name: str):
    assert set(SUBJECTS[name].colours) <= set(COLOURS)
    assert len(set(SUBJECTS[name].colours)) >= 4


def test_a_shape_seen_by_a_folded_canvas_has_a_mirror_image():
    distance = Canvas.square(SIZE).folded().circle(0.5, 0.1, 0.2)
    np.testing.assert_allclose(distance, distance[:, ::-1], atol=1e-6)
    assert distance[:, : SIZE // 2].min() < 0


def test_a_shape_on_a_canvas_repeated_around_comes_out_that_often():
    canvas = Canvas.square(64)
    once = [canvas.circle(0.6 * np.cos(angle), 0.6 * np.sin(angle), 0.1) for angle in 0.3 + np.arange(5) * 2 * np.pi / 5]
    np.testing.assert_allclose(canvas.around(5, 0.3).circle(0.6, 0, 0.1), np.minimum.reduce(once), atol=1e-5)


def test_scaled_parts_keep_true_distances():
    small, parts = Parts("fur"), Parts()
    small.add(Canvas.square(SIZE).stretched(0.5, 0.5).circle(0, 0, 1), (1, 0, 0), bevel=0.4)
    parts.add_scaled(small, 0.5)
    np.testing.assert_allclose(parts[0].distance, Canvas.square(SIZE).circle(0, 0, 0.5), atol=1e-6)
    assert (parts[0].bevel, parts[0].material) == (0.2, "fur")

from collections import Counter

import numpy as np
import pytest

from seeds.pictures.catalog import STYLES, SUBJECTS, plan_pictures
from seeds.pictures.render import picture_seed
from seeds.titan_offline.drawings import FIRST_NUMBER, Drawings, draw, held_out_pairs


@pytest.mark.parametrize(("n_subjects", "n_styles"), [(20, 10), (24, 10), (7, 3)])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_held_out_pairs_are_15_percent_and_spread_evenly(n_subjects, n_styles, seed):
    pairs = held_out_pairs(n_subjects, n_styles, seed)
    assert len(pairs) == round(0.15 * n_subjects * n_styles)
    for position, size in ((0, n_subjects), (1, n_styles)):
        counts = Counter(pair[position] for pair in pairs)
        spread = [counts[i] for i in range(size)]
        assert max(spread) - min(spread) <= 1


def test_no_training_picture_is_a_picture_of_the_catalogue():
    numbers = range(FIRST_NUMBER, FIRST_NUMBER + 60)
    training = {
        (subject, style, picture_seed(subject, style, number))
        for subject in SUBJECTS for style in STYLES for number in numbers
    }
    assert training.isdisjoint((picture.subject, picture.style, picture.seed) for picture in plan_pictures())


def test_every_subject_and_every_style_has_pairs_that_are_held_out():
    splits = [held_out_pairs(len(SUBJECTS), len(STYLES), split) for split in range(8)]
    for pairs in splits:
        assert {subject for subject, _ in pairs} == set(range(len(SUBJECTS)))
        assert {style for _, style in pairs} == set(range(len(STYLES)))
    assert len({frozenset(pairs) for pairs in splits}) == len(splits)


def test_pairs_that_are_held_out_are_gone():
    drawings = Drawings(np.zeros((3, 2, 2, 3), np.uint8), np.array([[0, 1, 5], [1, 0, 5], [0, 1, 6]]))
    assert drawings.without({(0, 1)}).labels.tolist() == [[1, 0, 5]]


def test_a_picture_is_kept_as_drawn_and_as_a_jpeg_file_gives_it_back_and_drawn_once(tmp_path):
    kind = {"pairs": [(0, 0), (3, 4)], "numbers": range(2), "colors": ["red"], "side": 16, "processes": 1}
    first = draw(**kind, folder=tmp_path)
    loss = np.abs(first.images.astype(int) - first.as_jpeg)
    assert 0 < loss.mean() < 8
    assert first.labels[:, :2].tolist() == [[0, 0], [3, 4]] * 2
    for file in tmp_path.iterdir():
        with np.load(file) as kept:
            np.savez(file, images=kept["images"] * 0, as_jpeg=kept["as_jpeg"], labels=kept["labels"])
    again = draw(**kind, folder=tmp_path)
    assert not again.images.any()
    np.testing.assert_array_equal(again.as_jpeg, first.as_jpeg)

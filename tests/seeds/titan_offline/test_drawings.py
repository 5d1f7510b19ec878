from collections import Counter

import numpy as np
import pytest

from seeds.pictures.catalog import STYLES, SUBJECTS, plan_pictures
from seeds.pictures.render import picture_seed
from seeds.titan_offline.drawings import FIRST_NUMBER, Drawings, held_out_pairs


@pytest.mark.parametrize(("n_subjects", "n_styles"), [(20, 10), (24, 10), (7, 3)])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_held_out_pairs_are_15_percent_and_spread_evenly(n_subjects, n_styles, seed):
    pairs = held_out_pairs(n_subjects, n_styles, np.random.default_rng(seed))
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


def test_pairs_that_are_held_out_are_gone(tmp_path):
    drawings = Drawings(np.zeros((3, 2, 2, 3), np.uint8), np.array([[0, 1, 5], [1, 0, 5], [0, 1, 6]]))
    drawings.without({(0, 1)}).save(tmp_path / "kept.npz")
    assert Drawings.load(tmp_path / "kept.npz").labels.tolist() == [[1, 0, 5]]

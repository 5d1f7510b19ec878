import random
from collections import Counter

import pytest

from seeds.pictures.catalog import STYLES, SUBJECTS
from seeds.titan_offline.captions import ANY, NOTHING, CaptionWriter, Vocabulary, misspell, plural

SUBJECT_NAMES, STYLE_NAMES = list(SUBJECTS), list(STYLES)


@pytest.fixture(scope="module")
def vocabulary():
    return Vocabulary(SUBJECT_NAMES, STYLE_NAMES)


@pytest.fixture
def writer(vocabulary):
    return CaptionWriter(vocabulary, random.Random(1))


def test_every_subject_and_style_of_the_catalogue_has_words_and_no_word_has_two_meanings(vocabulary):
    names = [name for group in (*vocabulary.subjects, *vocabulary.styles) for name in group]
    assert len(vocabulary.subjects) == len(SUBJECT_NAMES)
    assert all(len(group) > 1 for group in (*vocabulary.subjects, *vocabulary.styles))
    assert [name for name, count in Counter(names).items() if count > 1] == []


def test_no_distractor_names_something_in_the_pictures(vocabulary):
    words = {word for group in (*vocabulary.subjects, *vocabulary.styles) for name in group for word in name.split()}
    assert words.isdisjoint(vocabulary.distractors)


def test_photographs_are_rarely_captioned_with_their_style_and_other_pictures_mostly(writer, vocabulary):
    def share(style):
        return sum(writer.of_picture(0, style, ANY).style != ANY for _ in range(2000)) / 2000

    assert share(vocabulary.plain_style) < 0.25
    assert all(share(style) > 0.6 for style in range(len(STYLE_NAMES)) if style != vocabulary.plain_style)


def test_a_caption_claims_nothing_that_the_picture_does_not_show(writer):
    for _ in range(500):
        for claim, truth in zip(writer.of_picture(3, 4, 5).claim, (3, 4, 5), strict=True):
            assert claim in (ANY, truth)


def test_a_picture_of_no_sure_colour_is_never_captioned_with_one(writer):
    assert {writer.of_picture(3, 4, ANY).color for _ in range(500)} == {ANY}


def test_nonsense_claims_nothing(writer):
    assert writer.nonsense().claim == (NOTHING, NOTHING, NOTHING)


def test_the_same_seed_writes_the_same_captions(vocabulary):
    first, second = (CaptionWriter(vocabulary, random.Random(7)) for _ in "ab")
    assert [first.of_picture(1, 2, 3) for _ in range(50)] == [second.of_picture(1, 2, 3) for _ in range(50)]


@pytest.mark.parametrize(
    ("one", "many"),
    [("cat", "cats"), ("butterfly", "butterflies"), ("toy", "toys"), ("goldfish", "goldfish"), ("cactus", "cactuses"),
     ("pine tree", "pine trees"), ("box", "boxes")],
)
def test_plurals(one, many):
    assert plural(one) == many


def test_a_typing_error_changes_at_most_two_places_and_leaves_short_words_alone():
    rng = random.Random(0)
    assert misspell("ox", rng) == "ox"
    for _ in range(200):
        wrong = misspell("guitar", rng)
        assert abs(len(wrong) - len("guitar")) <= 1
        assert len(set("guitar") - set(wrong)) <= 1

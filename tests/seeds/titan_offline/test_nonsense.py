from seeds.pictures.catalog import STYLES, SUBJECTS
from seeds.titan_offline.captions import Vocabulary, plural
from seeds.titan_offline.nonsense import nonsense


def test_nonsense_is_200_different_texts_and_the_same_every_time():
    assert len(set(nonsense())) == 200
    assert nonsense() == nonsense()


def test_no_nonsense_is_a_word_that_means_something_or_one_typing_error_away():
    vocabulary = Vocabulary(list(SUBJECTS), list(STYLES))
    names = {name for group in (*vocabulary.subjects, *vocabulary.styles) for name in group} | set(vocabulary.colors)
    known = {word for name in names for word in (*name.split(), *plural(name).split())}
    alike = known | {shorter for word in known for shorter in one_letter_less(word)}
    for text in nonsense():
        for word in text.lower().split():
            if len(word) > 3:
                assert {word, *one_letter_less(word)}.isdisjoint(alike), word


def one_letter_less(word):
    """Two words with such a form in common are one dropped, added or exchanged letter apart, or nearly."""
    return {word[:i] + word[i + 1 :] for i in range(len(word))} if len(word) > 3 else set()


def test_the_encoder_does_not_learn_from_what_it_is_examined_with():
    vocabulary = Vocabulary(list(SUBJECTS), list(STYLES))
    small = {"and", "a", "the", "of", "in", ""}
    examined = {word for text in nonsense() for word in text.lower().split()}
    assert examined.isdisjoint(set(vocabulary.distractors) - small)

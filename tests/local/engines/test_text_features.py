import subprocess
import sys
import zlib

import numpy as np
import pytest

from helpers.local.engines.text_features import GRAM_SLOTS, WORD_SLOTS, featurize, letter_groups, slot, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [("CAT!", ["cat"]), ("comic-art cat", ["comic", "art", "cat"]), ("", []), ("🐈", []), ("кошка 猫", []), ("cat 🐈", ["cat"]),
     ("papier mâché", ["papier", "mache"]), ("ＣＡＴ", ["cat"]), ("a\tcat\n", ["a", "cat"])],
)
def test_words_are_lower_case_and_without_punctuation(text, expected):
    assert words(text) == expected


def test_letter_groups_of_a_short_word_by_hand():
    assert letter_groups("cat") == ["<ca", "cat", "at>", "<cat", "cat>"]


def test_slots_are_a_checksum_that_every_machine_agrees_on():
    assert slot("cat", 2048) == 1 + zlib.crc32(b"cat") % 2047
    code = "from helpers.local.engines.text_features import slot; print(slot('cat', 2048))"
    for seed in ("1", "2"):
        answer = subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
                                capture_output=True, text=True, check=True)
        assert int(answer.stdout) == slot("cat", 2048)


def test_rows_are_padded_with_zeros_and_slots_stay_in_range():
    word_slots, gram_slots = featurize(["a cat", "", "a very long butterfly"])
    assert word_slots.shape == (3, 4)
    assert (word_slots[0, 2:] == 0).all()
    assert not word_slots[1].any()
    assert not gram_slots[1].any()
    assert 0 < word_slots[2].min() <= word_slots.max() < WORD_SLOTS
    assert gram_slots.max() < GRAM_SLOTS
    assert np.issubdtype(word_slots.dtype, np.int64)

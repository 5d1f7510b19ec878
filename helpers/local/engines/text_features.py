"""Turns a text into numbers that a small network can look up: hashed words and hashed letter groups.

A word is known by its own slot; its letter groups ("<ca", "cat", "at>") let plurals, compounds and typing errors land
near it. Hashing needs no word list, and `zlib.crc32` gives the same slot on every machine (Python's `hash` does not).

Source: Bojanowski et al., "Enriching Word Vectors with Subword Information", 2017.
"""

import re
import unicodedata
import zlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

WORD_SLOTS = 4096
"""Slots 1 … 4,095 hold words; slot 0 is padding."""

GRAM_SLOTS = 10240
"""Slots 1 … 10,239 hold letter groups; slot 0 is padding."""

_GRAM_LENGTHS = (3, 4)
_MAX_WORDS = 256
_LONGEST_WORD = 40


def words(text: str) -> list[str]:
    """The lower-case words of a text, without punctuation and accents: `"CAT!"` gives `["cat"]`.

    Only Latin letters and digits count, as Titan knows English only: a text in another script has no words.
    """
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return re.findall(r"[a-z0-9]+", plain.lower())[:_MAX_WORDS]


def letter_groups(word: str) -> list[str]:
    """Every run of 3 or 4 characters of `<word>`; the brackets mark where the word begins and ends."""
    marked = f"<{word[:_LONGEST_WORD]}>"
    return [marked[i : i + n] for n in _GRAM_LENGTHS for i in range(len(marked) - n + 1)]


def slot(piece: str, slots: int) -> int:
    """The number, 1 … slots − 1, under which a word or letter group is looked up."""
    return 1 + zlib.crc32(piece.encode()) % (slots - 1)


def featurize(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Slots of the words `(n_texts, most_words)` and of the letter groups `(n_texts, most_groups)`, padded with 0."""
    word_rows, gram_rows = [], []
    for text in texts:
        found = words(text)
        word_rows.append([slot(word, WORD_SLOTS) for word in found])
        gram_rows.append([group for word in found for group in _group_slots(word)])
    return _padded(word_rows), _padded(gram_rows)


@lru_cache(maxsize=4096)
def _group_slots(word: str) -> tuple[int, ...]:
    return tuple(slot(group, GRAM_SLOTS) for group in letter_groups(word))


def _padded(rows: list[list[int]]) -> np.ndarray:
    table = np.zeros((len(rows), max(1, *map(len, rows)) if rows else 1), dtype=np.int64)
    for line, row in zip(table, rows, strict=True):
        line[: len(row)] = row
    return table

"""Writes the captions that the encoder learns from, and says what each of them claims."""

import random
import re
import string
import tomllib
from dataclasses import dataclass
from pathlib import Path

VOCABULARY = Path(__file__).with_name("vocabulary.toml")

ANY = -1
"""A caption's claim that holds for every subject, style or colour."""

NOTHING = -9
"""A caption's claim that holds for no picture."""


@dataclass(frozen=True)
class Caption:
    """A text and the number of the subject, style and colour that it names (or ANY, or NOTHING)."""

    text: str
    subject: int = ANY
    style: int = ANY
    color: int = ANY

    @property
    def claim(self) -> tuple[int, int, int]:
        return self.subject, self.style, self.color


class Vocabulary:
    """The words for a list of subjects and a list of styles, from vocabulary.toml."""

    def __init__(self, subjects: list[str], styles: list[str]):
        settings = tomllib.loads(VOCABULARY.read_text(encoding="utf-8"))
        self.subjects = [settings["subjects"].get(name, [name]) for name in subjects]
        self.styles = [settings["styles"].get(name, [name]) for name in styles]
        self.colors = settings["colors"]["names"]
        self.plain_style = styles.index(settings["plain_style"])
        self.colorless_styles = {styles.index(name) for name in settings["colors"]["unfaithful_styles"] if name in styles}
        self.templates = settings["templates"]
        known = {word for names in (*self.subjects, *self.styles) for name in names for word in name.split()}
        self.words = sorted(known)
        foreign = settings["distractors"]["words"].split() + settings["distractors"]["lookalikes"].split()
        self.distractors = [word for word in foreign if word not in known | set(self.colors)]
        self.bare = settings["distractors"]["bare"]


class CaptionWriter:
    """Draws captions at random. rng: seeded, so that the same captions come in the same order."""

    def __init__(self, vocabulary: Vocabulary, rng: random.Random):
        self.vocabulary = vocabulary
        self.rng = rng

    def of_picture(self, subject: int, style: int, color: int) -> Caption:
        """What a person might write under this picture. Only photographs are mostly named without their style."""
        names_style = self.rng.random() < (0.15 if style == self.vocabulary.plain_style else 0.75)
        kind = self.rng.random()
        if color != ANY and kind < 0.25:
            return self.pair(subject, style, color) if names_style else self.subject(subject, color)
        if names_style:
            return self.pair(subject, style) if kind < 0.85 else self.style(style)
        return self.subject(subject)

    def subject(self, subject: int, color: int = ANY) -> Caption:
        """A caption such as "picture of a kitten" or "a red cat"."""
        text = self._template("subject").format(s=self._subject_words(subject, color))
        return Caption(self._disturbed(text), subject, ANY, color)

    def style(self, style: int) -> Caption:
        """A caption such as "in the style of origami"."""
        return Caption(self._disturbed(self._template("style").format(t=self._name(self.vocabulary.styles[style]))), style=style)

    def pair(self, subject: int, style: int, color: int = ANY) -> Caption:
        """A caption such as "a cat in comic style"."""
        words, name = self._subject_words(subject, color), self._name(self.vocabulary.styles[style])
        return Caption(self._disturbed(self._template("both").format(s=words, t=name)), subject, style, color)

    def color(self, color: int) -> Caption:
        """A caption such as "something blue"."""
        return Caption(self._template("color").format(c=self.vocabulary.colors[color]), color=color)

    def nonsense(self) -> Caption:
        """A text that fits no picture: other things' names, random letters, made-up words, lookalikes, bare grammar."""
        kind = self.rng.random()
        if kind < 0.45:
            text = " ".join(self.rng.choice(self.vocabulary.distractors) for _ in range(self.rng.randrange(1, 4)))
        elif kind < 0.55:
            text = "".join(self.rng.choice(string.ascii_lowercase) for _ in range(self.rng.randrange(3, 11)))
        elif kind < 0.67:
            text = " ".join(self._made_up_word() for _ in range(self.rng.randrange(1, 4)))
        elif kind < 0.92:
            text = self._lookalike()
        else:
            text = self.rng.choice(self.vocabulary.bare)
        if self.rng.random() < 0.25:
            text = self._template("subject").format(s=text)
        return Caption(text, NOTHING, NOTHING, NOTHING)

    def _lookalike(self) -> str:
        """Begins or ends like a word that means something: "blosy" is not "blossom", nor is "petail" a "snail"."""
        word = self.rng.choice(self.vocabulary.words)
        kept = self.rng.randrange(2, max(4, len(word) - 1))  # two letters at least are others: one would be a typing error
        made_up = self._made_up_word()[self.rng.randrange(2) :]  # names go on with a vowel as often as with a consonant
        alike = word[:kept] + made_up if self.rng.random() < 0.6 else made_up + word[-kept:]
        return self._lookalike() if alike in self.vocabulary.words else alike

    def _subject_words(self, subject: int, color: int) -> str:
        name = self._name(self.vocabulary.subjects[subject])
        if self.rng.random() < 0.2:
            name = plural(name)
        return name if color == ANY else f"{self.vocabulary.colors[color]} {name}"

    def _name(self, names: list[str]) -> str:
        return names[0] if self.rng.random() < 0.45 else self.rng.choice(names)

    def _template(self, kind: str) -> str:
        return self.rng.choice(self.vocabulary.templates[kind])

    def _disturbed(self, text: str) -> str:
        chance = self.rng.random()
        if chance < 0.35:
            return misspell_one_word(text, self.rng)
        if chance < 0.47:
            return self._template("surroundings").format(text)
        if chance < 0.53:
            return f"{self.rng.choice(self.vocabulary.distractors)} {text}"
        return text

    def _made_up_word(self) -> str:
        syllables = (self.rng.choice("bcdfghjklmnprstvwz") + self.rng.choice("aeiouy") for _ in range(self.rng.randrange(1, 4)))
        return "".join(syllables) + self.rng.choice(["", "n", "r", "s", "t", "l", "x", "nd", "ck", "ing"])


def plural(name: str) -> str:
    """The plural of an English name: "butterflies", "pine trees", "fish"."""
    if name.endswith(("fish", "alps", "wings")):
        return name
    if re.search("[^aeiou]y$", name):
        return name[:-1] + "ies"
    return name + ("es" if name.endswith(("s", "x", "ch", "sh")) else "s")


def misspell(word: str, rng: random.Random) -> str:
    """The word with one letter dropped, doubled, replaced, or swapped with the next. Words under 3 letters stay."""
    if len(word) < 3:
        return word
    i, kind = rng.randrange(len(word)), rng.randrange(4)
    if kind == 0:
        return word[:i] + word[i + 1 :]
    if kind == 1 and i + 1 < len(word):
        return word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    if kind == 2:
        return word[:i] + word[i] + word[i:]
    return word[:i] + rng.choice(string.ascii_lowercase) + word[i + 1 :]


def misspell_one_word(text: str, rng: random.Random) -> str:
    """The text with one typing error, mostly in a long word."""
    words = text.split(" ")
    chosen = max(range(len(words)), key=lambda i: len(words[i]) * rng.random())
    words[chosen] = misspell(words[chosen], rng)
    return " ".join(words)

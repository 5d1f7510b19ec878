"""The two trials that measure personalization: whom we ask, what they ask for, and what a good answer would be.

plain     a user asks for a subject whose pictures they never touched; pictures of the subject are relevant, the more so
          the more the user likes their style.
co_taste  the catalogue lacks some styles of every subject. A user who likes one style only, half of a correlated pair,
          asks for a subject that is missing in it; the other half of the pair is what people like them choose.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from .simulate import Person, draw_people, read_population, simulate_events, taste_vector

TESTS = ("plain", "co_taste")
MISSING = 2  # styles that every subject lacks in the co_taste trial: each of another pair, so that its partner is there


@dataclass(frozen=True)
class Asker:
    """A user nobody trained on, the subject asked for, and how relevant each style (n_styles,) of it is, from 0 to 3.

    liked : the styles sought. taste : a word that askers share whose taste is the same by construction, else empty.
    """

    person: Person
    subject: str
    relevance: np.ndarray
    liked: tuple[str, ...]
    taste: str = ""


@dataclass(frozen=True)
class Trial:
    """A population to train on and users to ask; `events` holds both, `unseen` the events of the latter alone.

    catalog : the pictures that exist in this trial (columns image_id, subject, style). `tuning` are the users on whom a
    method may choose its weight, `askers` those it is judged on.
    """

    catalog: pd.DataFrame
    styles: list[str]
    events: pd.DataFrame
    unseen: pd.DataFrame
    tuning: list[Asker]
    askers: list[Asker]


def draw_missing(catalog: pd.DataFrame, seed: int) -> set[tuple[str, str]]:
    """(subject, style) pairs that the catalogue of the co_taste trial lacks: MISSING for every subject.

    Which ones is drawn, but every style is missing equally often (as far as numbers allow), so that no style is sought
    more than another and the trial does not lean to a method that likes it.
    """
    rng = np.random.default_rng([seed, 50])
    pairs = read_population()["taste"]["correlated_pairs"]
    subjects = rng.permutation(pd.unique(catalog["subject"])).tolist()
    steps = [0, *rng.permutation(np.arange(1, len(pairs)))[: MISSING - 1]]
    lacking = [
        [subject for place, subject in enumerate(subjects) for step in steps if (place + step) % len(pairs) == pair]
        for pair in range(len(pairs))
    ]
    return {
        (subject, pairs[pair][number % 2])
        for pair, some in enumerate(lacking)
        for number, subject in enumerate(rng.permutation(some).tolist())
    }


def without(catalog: pd.DataFrame, missing: set[tuple[str, str]]) -> pd.DataFrame:
    """The catalogue without these (subject, style) pairs; rows keep their order, the index counts anew."""
    gone = [pair in missing for pair in zip(catalog["subject"], catalog["style"], strict=True)]
    return catalog[~np.array(gone)].reset_index(drop=True)


def draw_trial(
    catalog: pd.DataFrame, population: str, test: str, seed: int, *, askers: int, tuning: int = 0, users: int | None = None
) -> Trial:
    """A population, unseen users and their queries, all drawn with `seed`; users and tuning users alike.

    catalog : the whole one, columns image_id, subject, style. users : size of the population, if not population.toml's.
    """
    settings = read_population(population)
    settings |= {"users": settings["users"] if users is None else users}
    numbers = [seed, ("gentle", "harsh").index(population), TESTS.index(test)]
    missing = draw_missing(catalog, seed) if test == "co_taste" else set()
    catalog = without(catalog, missing)
    styles = pd.unique(catalog["style"]).tolist()  # in the order that simulate_events will find them
    rng, unseen_rng = np.random.default_rng(numbers), np.random.default_rng([*numbers, 99])
    trained_on = draw_people(settings, styles, rng)
    strangers = draw_people(settings | {"users": askers + tuning}, styles, unseen_rng)
    subjects = pd.unique(catalog["subject"]).tolist()
    asking = list(
        _lovers(strangers, styles, sorted(missing), settings) if missing else _searchers(strangers, styles, subjects)
    )
    events = simulate_events([*trained_on, *(asker.person for asker in asking)], catalog, settings, rng)
    unseen = events["user_id"].str.startswith("unseen-")
    return Trial(catalog, styles, events[~unseen], events[unseen], asking[askers:], asking[:askers])


def _searchers(people: Sequence[Person], styles: list[str], subjects: list[str]) -> Iterator[Asker]:
    for number, person in enumerate(people):
        subject = subjects[number % len(subjects)]
        relevance = 1 + 2 * person.taste / person.taste.max()
        yield Asker(_unseen(person, number, subject), subject, relevance, person.liked)


def _lovers(
    people: Sequence[Person], styles: list[str], missing: list[tuple[str, str]], settings: dict
) -> Iterator[Asker]:
    """They like the missing style alone; of the subject, the other half of its pair counts 3 and any other style 1."""
    partner = {a: b for pair in settings["taste"]["correlated_pairs"] for a, b in (pair, pair[::-1])}
    for number, person in enumerate(people):
        subject, style = missing[number % len(missing)]
        lover = replace(person, liked=(style,), taste=taste_vector((style,), styles, settings["share_on_liked"]))
        relevance = np.where(np.array(styles) == partner[style], 3.0, 1.0)
        yield Asker(_unseen(lover, number, subject), subject, relevance, (partner[style],), style)


def _unseen(person: Person, number: int, subject: str) -> Person:
    return replace(person, user_id=f"unseen-{number:04d}", avoids=frozenset([subject]))

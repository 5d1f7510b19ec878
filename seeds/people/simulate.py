"""Simulated users: who likes what, and what they clicked."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
EVENT_COLUMNS = ["user_id", "image_id", "event_type", "timestamp"]


@dataclass(frozen=True)
class Person:
    """One user: liked styles, taste over all styles (n_styles,) summing to 1, and how many events they leave."""

    user_id: str
    liked: tuple[str, ...]
    taste: np.ndarray
    events: int
    concentration: float = 1.0  # of interest in subjects (Dirichlet): below 1, a handful of favourites
    avoids: frozenset[str] = frozenset()  # subjects never touched


def read_toml(name: str) -> dict:
    """The contents of one of this folder's settings files."""
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def read_population(name: str = "gentle") -> dict:
    """The settings of one population of population.toml: what all have in common, and its own numbers on top."""
    settings = read_toml("population.toml")
    populations = {key: settings.pop(key) for key in ("gentle", "harsh")}
    return settings | populations[name]


def taste_vector(liked: Sequence[str], styles: Sequence[str], share: float) -> np.ndarray:
    """A taste (n_styles,) with `share` spread evenly over the liked styles and the rest over all styles."""
    taste = np.full(len(styles), (1 - share) / len(styles))
    for style in liked:
        taste[styles.index(style)] += share / len(liked)
    return taste


def draw_people(settings: dict, styles: Sequence[str], rng: np.random.Generator) -> list[Person]:
    """The population's users, each with a taste of their own."""
    taste = settings["taste"]
    counts = [int(n) for n in taste["liked_styles"]]
    chances = list(taste["liked_styles"].values())
    people = []
    for number in range(settings["users"]):
        wanted = int(rng.choice(counts, p=chances))
        liked: list[str] = []
        if wanted > 1 and rng.random() < taste["correlated_share"]:
            liked = list(taste["correlated_pairs"][rng.integers(len(taste["correlated_pairs"]))])
        others = [style for style in styles if style not in liked]
        liked += [str(style) for style in rng.choice(others, wanted - len(liked), replace=False)]
        events = int(rng.integers(settings["fewest_events"], settings["most_events"] + 1))
        people.append(
            Person(
                f"user-{number:04d}",
                tuple(liked),
                taste_vector(liked, styles, settings["share_on_liked"]),
                events,
                taste["subject_concentration"],
            )
        )
    return people


def personas(styles: Sequence[str], avoids: Sequence[str]) -> list[Person]:
    """The workshop's personas, who avoid the subjects that the notebooks query."""
    settings = read_toml("personas.toml")
    return [
        Person(
            p["user_id"],
            tuple(p["liked_styles"]),
            taste_vector(p["liked_styles"], styles, settings["share_on_liked"]),
            settings["events"],
            settings["subject_concentration"],
            frozenset(avoids),
        )
        for p in settings["persona"]
    ]


def draw_times(n_events: int, settings: dict, rng: np.random.Generator) -> np.ndarray:
    """Increasing timestamps (n_events,), epoch seconds: a few sessions on random days, events minutes apart."""
    activity = settings["activity"]
    midnight = dt.datetime.fromisoformat(settings["first_day"]).replace(tzinfo=dt.UTC)
    first = int(midnight.timestamp())
    sizes: list[int] = []
    while sum(sizes) < n_events:
        sizes.append(int(rng.geometric(1 / activity["events_a_session"])))
    sizes[-1] -= sum(sizes) - n_events
    days = np.sort(rng.choice(settings["weeks"] * 7, len(sizes), replace=len(sizes) > settings["weeks"] * 7))
    times: list[int] = []
    for day, size in zip(days, sizes, strict=True):
        start = first + int(day) * 86_400 + int(rng.integers(7 * 3600, 22 * 3600))
        start = max(start, times[-1] + 1800 if times else 0)
        gaps = rng.exponential(activity["minutes_between_events"] * 60, size).astype(int) + 3
        times.extend((start + np.cumsum(gaps)).tolist())
    return np.array(times, dtype=np.int64)


def simulate_events(
    people: Sequence[Person], catalog: pd.DataFrame, settings: dict, rng: np.random.Generator
) -> pd.DataFrame:
    """What every person clicked: columns user_id, image_id, event_type, timestamp (epoch seconds), by time.

    catalog: columns image_id, subject, style. A picture's chance is the user's taste for its style, shared among the
    style's pictures, times the user's interest in its subject, times its popularity (Zipf over a random order). A
    `random_share` of the events asks for none of that: any picture of a subject that the user does not avoid.
    """
    styles, subjects = pd.unique(catalog["style"]).tolist(), pd.unique(catalog["subject"]).tolist()
    style_of = catalog["style"].map(styles.index).to_numpy()
    subject_of = catalog["subject"].map(subjects.index).to_numpy()
    ids = catalog["image_id"].to_numpy()
    rank = rng.permutation(len(catalog)) + 1
    popularity = rank ** -float(settings["popularity"]["zipf_exponent"])
    popularity /= np.bincount(style_of, popularity)[
        style_of
    ]  # taste decides the style, popularity the picture
    types = list(settings["event_types"])
    chances = np.array([settings["event_types"][name] for name in types])  # (n_types, liked / other)

    noise = settings["random_share"]
    frames = []
    for person in people:
        interest = rng.dirichlet(np.full(len(subjects), person.concentration))
        interest[[subjects.index(subject) for subject in person.avoids]] = 0
        wanted = person.taste[style_of] * interest[subject_of] * popularity
        at_random = np.where(interest > 0, 1.0, 0.0)[subject_of]
        chance = (1 - noise) * wanted / wanted.sum() + noise * at_random / at_random.sum()
        picked = rng.choice(len(catalog), person.events, p=chance)
        liked = np.isin(style_of[picked], [styles.index(style) for style in person.liked])
        cumulative = np.cumsum(chances[:, np.where(liked, 0, 1)], axis=0)
        kind = (rng.random(person.events) > cumulative).sum(axis=0)
        frames.append(
            pd.DataFrame(
                {
                    "user_id": person.user_id,
                    "image_id": ids[picked],
                    "event_type": np.array(types)[kind],
                    "timestamp": draw_times(person.events, settings, rng),
                }
            )
        )
    events = pd.concat(frames, ignore_index=True)
    return events.sort_values(["timestamp", "user_id"], kind="stable", ignore_index=True)[EVENT_COLUMNS]

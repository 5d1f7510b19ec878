"""What the explorer knows: who asks, what for, and the last answer. No widgets, and no search of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from ..catalog import load_catalog, load_interactions, load_personas
from ..cluster_names import ClusterName, read_names
from ..fusion import DEFAULT_WEIGHT
from ..ranking_client import record_event
from ..search import DEFAULT_CANDIDATES, EmptyQuery, Result, personalized_search
from ..workshop import Workshop
from .pictures import QueryPicture

NOBODY = "nobody (anonymous)"
NEW_VISITOR = "a new visitor"
SHOWN = 12  # pictures in a grid, and in the history


@dataclass(frozen=True)
class Question:
    """Everything that an answer depends on, but for the clicks. The user's id is no part of it: it changes with a click."""

    text: str = ""
    picture: QueryPicture | None = None
    person: str = NOBODY
    weight: float = DEFAULT_WEIGHT

    @property
    def who(self) -> str:
        """What to call the person in the middle of a sentence."""
        return "nobody in particular" if self.person == NOBODY else self.person


@dataclass(frozen=True)
class Answer:
    """All candidates for a question in both orders, best first: `generic` and `personalized` hold the same pictures."""

    question: Question
    generic: list[Result]
    personalized: list[Result]

    @property
    def taste(self) -> dict[str, float]:
        """The share of each cluster in this person's taste among the clusters found, largest first; {} for nobody."""
        scores = {r.cluster: r.taste_score for r in self.generic if r.taste_score is not None}
        return dict(sorted(scores.items(), key=lambda item: -item[1]))


@dataclass
class State:
    """One visit: a question, its answer, and the clicks so far.

    A persona is never clicked for. With the first click a visitor takes over who has the same history, so that the
    persona stays as it was, for other notebooks and for `start_again`.
    """

    aws: Workshop
    names: Mapping[str, ClusterName] = field(default_factory=dict)
    question: Question = field(default_factory=Question)
    answer: Answer | None = None
    before: Mapping[str, float] = field(default_factory=dict)  # the taste before the last click
    clicks: list[tuple[str, str]] = field(default_factory=list)  # (image id, event type), oldest first
    user_id: str | None = None

    def __post_init__(self) -> None:
        catalog = load_catalog(self.aws.data)  # as dictionaries: a table takes long to look into for one picture
        self._titles, self._files = dict(catalog["title"]), dict(catalog["file"])
        log = load_interactions(self.aws.data)
        self.people = [persona.user_id for persona in load_personas()]
        self._log = dict(iter(log[log["user_id"].isin(self.people)].groupby("user_id")))
        if not self.names and (self.aws.home / "cluster_names.json").exists():
            self.names = read_names(self.aws.home / "cluster_names.json")

    def ask(self, question: Question) -> Answer:
        """The answer to the question; asked again it is computed again. Where that fails, nothing has changed."""
        if question.person != self.question.person or self.user_id is None:
            user, clicks, stays = self._arrive(question.person), list[tuple[str, str]](), False
        else:
            user, clicks = self.user_id, self.clicks
            stays = (question.text, question.picture) == (self.question.text, self.question.picture)
        if not question.text.strip() and question.picture is None:
            raise EmptyQuery("Type a word or choose a picture to search for.")
        generic = personalized = personalized_search(
            self.aws.search_engine(),
            text=question.text.strip() or None,
            image=question.picture.base64 if question.picture else None,
            user_id=user,
            weight=question.weight,
            size=DEFAULT_CANDIDATES,
        )
        if user is not None:
            generic = sorted(personalized, key=lambda result: result.generic_rank)
        self.question, self.user_id, self.clicks, self.before = question, user, clicks, self.before if stays else {}
        self.answer = Answer(question, generic, personalized)
        return self.answer

    def click(self, result: Result, event_type: str) -> None:
        """Nothing; tells Personalize that this person viewed, favorited or downloaded the picture."""
        if self.user_id is None:
            raise PermissionError("Nobody is looking, so a click has no history to go to. Choose a person, or a new visitor.")
        if self.user_id in self.people:
            self.user_id = self._twin(self.user_id)
        self._record(self.user_id, result.cluster, event_type)
        self.before = self.answer.taste if self.answer else {}
        self.clicks.append((result.image_id, event_type))

    def start_again(self) -> Answer:
        """The answer to the same question by the person as it was before the first click."""
        user, clicks, before = self.user_id, self.clicks, self.before
        self.user_id = None
        try:
            return self.ask(self.question)
        except Exception:
            self.user_id, self.clicks, self.before = user, clicks, before
            raise

    def history(self) -> list[str]:
        """The different pictures that this person touched last, clicks of this visit included, oldest first."""
        log = self._log.get(self.question.person)
        seen = [] if log is None else log["image_id"].tolist()
        latest_first = dict.fromkeys(reversed([*seen, *(image for image, _ in self.clicks)]))
        return list(latest_first)[:SHOWN][::-1]

    def title(self, image_id: str) -> str:
        return str(self._titles.get(image_id, image_id))

    def file(self, image_id: str) -> Path:
        """Where the picture lies; a folder where there is none of this id."""
        return self.aws.data / self._files.get(image_id, "")

    def cluster_name(self, cluster: str) -> str:
        return self.names[cluster].name if cluster in self.names else f"cluster {cluster}"

    def _arrive(self, person: str) -> str | None:
        if person == NOBODY:
            return None
        return person if person in self.people else self.aws.new_visitor()

    def _twin(self, persona: str) -> str:
        """A new user with the persona's history."""
        clusters = self._clusters()
        twin = self.aws.new_visitor()
        log = self._log[persona]
        for image, event_type, seconds in zip(log["image_id"], log["event_type"], log["timestamp"], strict=True):
            self._record(twin, clusters[image], event_type, datetime.fromtimestamp(seconds, UTC))
        return twin

    def _clusters(self) -> dict[str, str]:
        file = self.aws.home / self.aws.state.require("clusters", made_in="02")
        return dict(pd.read_csv(file, dtype=str).set_index("image_id")["cluster"])

    def _record(self, user: str, cluster: str, event_type: str, sent_at: datetime | None = None) -> None:
        tracking_id = self.aws.state.require("tracking_id", made_in="05")
        events = self.aws.client("personalize-events")
        record_event(events, tracking_id, user, f"explorer-{user}", cluster, event_type, sent_at)

"""An explorer over services that answer what a test wishes, on the shipped pictures."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from helpers.catalog import load_catalog
from helpers.cluster_names import ClusterName
from helpers.explorer import Explorer
from helpers.explorer import state as state_module
from helpers.fusion import fuse
from helpers.search import EmptyQuery, Result
from helpers.settings import SHIPPED_DATA
from helpers.state import State

IDS = list(load_catalog(SHIPPED_DATA).index[:40])
NAMES = {str(c): ClusterName(str(c), f"group {c}", (f"word{c}",), (), 4, 0.1) for c in range(10)}


class World:
    """What was asked and sent; `fail` is raised by the next searches, `likes` is everybody's taste by user."""

    def __init__(self, home):
        self.asked, self.sent, self.fail, self.likes, self.visitors = [], [], None, {}, 0
        home.mkdir()
        (home / "clusters.csv").write_text("image_id,cluster\n" + "".join(f"{n},3\n" for n in load_catalog(SHIPPED_DATA).index))
        state = State(home / "state.json")
        state["clusters"], state["tracking_id"] = "clusters.csv", "tracker"
        self.aws = SimpleNamespace(
            data=SHIPPED_DATA, home=home, state=state, client=lambda name: self, new_visitor=self.new_visitor,
            search_engine=lambda: None,
        )  # fmt: skip

    def new_visitor(self):
        self.visitors += 1
        return f"visitor-{self.visitors:04d}"

    def put_events(self, *, trackingId, userId, sessionId, eventList):
        [event] = eventList
        self.sent.append((userId, event["itemId"], event["eventType"]))
        self.likes.setdefault(userId, []).append(event["itemId"])

    def search(self, engine, *, text=None, image=None, user_id=None, weight=0.6, size=12):
        self.asked.append({"text": text, "image": image, "user_id": user_id, "weight": weight})
        if self.fail:
            raise self.fail
        if not text and not image:
            raise EmptyQuery("Type a word or choose a picture to search for.")
        scores = [1 - place / 100 for place in range(len(IDS))]
        shift = sum(map(ord, text or "")) % len(IDS)
        ids = IDS[shift:] + IDS[:shift]
        clusters = [str(IDS.index(name) // 4) for name in ids]
        taste = {c: 1.0 + 3 * self.likes.get(user_id, []).count(c) + (c == "9") for c in clusters}
        total = sum(taste.values())
        tastes = [None if user_id is None else taste[c] / total for c in clusters]
        ranked = fuse(scores, tastes, 0.0 if user_id is None else weight)
        return [
            Result(ids[r.index], clusters[r.index], scores[r.index], tastes[r.index], r.score, place, r.index + 1)
            for place, r in enumerate(ranked[:size], 1)
        ]


@pytest.fixture
def world(monkeypatch, tmp_path):
    world = World(tmp_path / "home")
    monkeypatch.setattr(state_module, "personalized_search", world.search)
    return world


@pytest.fixture
def explorer(world):
    return Explorer(world.aws, names=NAMES)

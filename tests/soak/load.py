"""Many threads that search, click and add pictures at once: every answer is whole, and nothing acknowledged is lost.

Each thread asks its queries one after another. Among them it sends events, and loads small groups of pictures under the
alias that all search; one thread moves that alias from version to version meanwhile.
"""

from __future__ import annotations

import contextlib
import io
import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from soak.kills import leftovers
from soak.steps import small_data, walk

from helpers.catalog import load_personas, query_subjects
from helpers.index_versions import publish, version_name
from helpers.ranking_client import record_event
from helpers.search import Result, personalized_search
from helpers.vector_index import VECTOR_FIELD, create_index, index_images, knn_search

THREADS = 32
SIZE = 24
CLICK_EVERY, LOAD_EVERY, MOVE_EVERY, AT_A_TIME = 5, 10, 50, 4  # in queries of one thread; in pictures
MOST_LOADED = 40  # groups a thread: all vectors of an index are in memory, and this is to find what else grows
MOST_GROWTH = 1.15  # of the process's memory, from the end of the first tenth on, less what the added pictures take
SCORE_ERROR = 1e-5  # float32 sums in another order


class Load:
    """A finished small walk, an alias over two versions of its index, and what the threads did there."""

    def __init__(self, folder: Path, per_thread: int, seed: int):
        small_data(folder)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            self.made = walk(folder, 60)
            self.aws = self.made.aws
            self.alias = self.aws.name("under-load")
            ids = list(self.made.catalog.index)
            self.pictures = {  # what each must look like wherever it is met
                name: (row["cluster"], row["title"], vector)
                for (name, row), vector in zip(self.made.catalog.iterrows(), self.made.vectors, strict=True)
            }
            self.versions = [version_name(self.alias, number) for number in (1, 2)]
            for version in self.versions:
                create_index(self.aws.opensearch, version, embedder=self.aws.embedder)
                self._add(version, ids)
            publish(self.aws.opensearch, self.alias, self.versions[0])
        self.per_thread, self.seed = per_thread, seed
        engine = self.aws.search_engine()
        self.engine = replace(engine, index_name=self.alias)
        self.queries = {text: np.asarray(engine.embedder.embed(text=text, purpose="query")) for text in query_subjects()}
        self.problems: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        self.clicks: list[tuple[str, str]] = []
        self.loaded: list[str] = []
        self.seconds: list[float] = []
        self.memory_early = 0
        self._guard = threading.Lock()

    def run(self) -> None:
        with (
            contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()),
            ThreadPoolExecutor(THREADS) as pool,
        ):  # fmt: skip
            list(pool.map(self._thread, range(THREADS)))
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            self._look_back()

    def _thread(self, number: int) -> None:
        rng, visitor = np.random.default_rng([self.seed, number]), f"visitor-{number:02d}"
        users = [None, visitor, *[persona.user_id for persona in load_personas()]]
        texts = list(self.queries)
        for turn in range(self.per_thread):
            text, user = texts[int(rng.integers(len(texts)))], users[int(rng.integers(len(users)))]
            results = self._try("search", lambda text=text, user=user: self._search(text, user))
            if results and turn % CLICK_EVERY == 0:
                self._try("event", lambda hit=results[-1]: self._click(visitor, hit.cluster))
            if turn % LOAD_EVERY == 0 and turn // LOAD_EVERY < MOST_LOADED:
                self._try("load", lambda turn=turn: self._load(number, turn, rng))
            if number == 0 and turn % MOVE_EVERY == 7:
                to = self.versions[turn // MOVE_EVERY % 2 - 1]
                self._try("move", lambda to=to: publish(self.aws.opensearch, self.alias, to))

    def _try(self, what: str, do: Callable[[], object]) -> list[Result]:
        try:
            answer = do()
        except Exception as error:  # all kinds are to be counted
            with self._guard:
                self.problems[f"{what}: {type(error).__name__}: {str(error)[:200]}"] += 1
            return []
        with self._guard:
            self.done[what] += 1
            if self.done["search"] == THREADS * self.per_thread // 10 and not self.memory_early:
                self.memory_early = resident_bytes()
        return answer if isinstance(answer, list) else []

    def _search(self, text: str, user: str | None) -> list[Result]:
        start = time.perf_counter()
        results = personalized_search(self.engine, text=text, user_id=user, size=SIZE)
        self.seconds.append(time.perf_counter() - start)
        torn = self.torn(results, self.queries[text], user)
        with self._guard:
            self.problems.update(torn)
        return results

    def torn(self, results: list[Result], query: np.ndarray, user: str | None) -> list[str]:
        """What is wrong with an answer, in words: too short, out of order, or not of the pictures as they were given."""
        found = []
        if len({r.image_id for r in results}) != SIZE or [r.rank for r in results] != [*range(1, SIZE + 1)]:
            found.append("torn: not so many different pictures, in order")
        if any(a.final_score < b.final_score for a, b in pairwise(results)):
            found.append("torn: scores out of order")
        for r in results:
            cluster, _, vector = self.pictures.get(r.image_id, ("", "", query * 0))
            distance = float(((np.asarray(vector) - query) ** 2).sum())
            if r.cluster != cluster or abs(r.search_score - 1 / (1 + distance)) > SCORE_ERROR:
                found.append("torn: a picture's cluster or vector is not what was loaded")
            if user is not None and r.taste_score is None:
                found.append("torn: a picture without a taste")
        return found

    def _click(self, visitor: str, cluster: str) -> None:
        session = f"session-{len(self.clicks)}-{threading.get_ident()}"
        record_event(self.aws.client("personalize-events"), self.made.tracking_id, visitor, session, cluster, "view")
        with self._guard:
            self.clicks.append((visitor, session))

    def _load(self, number: int, turn: int, rng: np.random.Generator) -> None:
        like = [str(name) for name in rng.choice(self.made.catalog.index, AT_A_TIME, replace=False)]
        names = [f"late-{number:02d}-{turn:05d}-{place}" for place in range(AT_A_TIME)]
        for name, old in zip(names, like, strict=True):
            vector = self.pictures[old][2] + rng.normal(scale=0.01, size=len(self.pictures[old][2])).astype(np.float32)
            self.pictures[name] = (self.pictures[old][0], f"title of {name}", vector / np.linalg.norm(vector))
        version = self.versions[turn // LOAD_EVERY % 2]
        self._add(version, names)
        with self._guard:
            self.loaded += [f"{version} {name}" for name in names]

    def _add(self, index: str, names: list[str]) -> None:
        index_images(self.aws.opensearch, index, [
            {"image_id": name, "cluster": self.pictures[name][0], "title": self.pictures[name][1],
             VECTOR_FIELD: self.pictures[name][2]} for name in names
        ])  # fmt: skip

    def _look_back(self) -> None:
        """Afterwards: each acknowledged event and picture is there as it was given; memory is flat; nothing is left over."""
        memory = resident_bytes() - len(self.loaded) * self.made.vectors[0].nbytes * 4  # vectors here, there, graph, cache
        if self.memory_early and memory > MOST_GROWTH * self.memory_early:
            self.problems[f"memory grew from {self.memory_early >> 20} to {memory >> 20} MB"] += 1
        folder = self.aws.data
        events = b"".join(log.read_bytes() for log in (folder / "offline/cloud/personalize/events").glob("*.jsonl"))
        kept = Counter(session for _, session in self.clicks if f'"{session}"'.encode() not in events)
        self.problems.update(f"lost event of {session}" for session in kept)
        if (n_kept := len(events.splitlines())) != len(self.clicks):
            self.problems[f"{n_kept} events are kept of {len(self.clicks)}"] += 1
        for place in self.loaded:
            version, name = place.split()
            cluster, title, vector = self.pictures[name]
            [hit] = knn_search(self.aws.opensearch, version, vector, size=1, filter={"term": {"image_id": name}}) or [None]
            if hit is None or (hit.cluster, hit.title) != (cluster, title) or abs(hit.score - 1) > SCORE_ERROR:
                self.problems[f"lost or changed picture {name}"] += 1
        self.problems.update(leftovers(folder))


def resident_bytes() -> int:
    """The memory of this process that is in use now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def load_trial(folder: Path, per_thread: int, seed: int) -> dict:
    """The table's row: how many queries were answered as they should be, and what else was done meanwhile."""
    start = time.monotonic()
    load = Load(folder, per_thread, seed)
    begun = time.monotonic()
    load.run()
    asked, wrong = THREADS * per_thread, sum(load.problems.values())
    p50, p99 = (float(np.percentile(load.seconds, q)) * 1000 for q in (50, 99))
    return {
        "good": max(0, asked - wrong), "trials": asked, "seed": seed, "kills": 0, "seconds": round(time.monotonic() - start),
        "failed": dict(load.problems), "done": dict(load.done), "events": len(load.clicks), "pictures": len(load.loaded),
        "queries a second": round(asked / (time.monotonic() - begun), 1), "p50 ms": round(p50, 1), "p99 ms": round(p99, 1),
        "MB after a tenth": load.memory_early >> 20, "MB at the end": resident_bytes() >> 20,
    }  # fmt: skip

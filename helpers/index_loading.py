"""Loading documents into a vector index, on every flavour of OpenSearch: in bulk, resumable, each picture once.

Where a document may bring its own `_id`, sending it again replaces it. Serverless Classic gives every document an id of
its own choosing, so there we look first: a picture that is there is updated under the id that it has, and a picture that
is missing is added. AWS allows updates and deletions by id there.

What was written a moment ago cannot be found yet. If a picture is missing, it may have been written by a load that was
interrupted just now; so before anything is added we wait once, as long as that may take, and look again. This way
no picture is ever added twice, however often and wherever a load is interrupted. Only a request that timed out and was
sent again by the client can leave copies; the last step finds and deletes them.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from opensearchpy import OpenSearch, TransportError, helpers

from .index_flavours import Flavour
from .progress import clock
from .waiting import wait_until

_MOST_TERMS = 10_000  # a query takes 65,536 of them, an answer 10,000 hits
_ID_REFUSED = "Document ID is not supported"  # Classic's words; unconfirmed that NextGen, if it refuses, uses the same


class IndexLoad:
    """One load into one index. Send it documents by the chunk; `make_searchable()` ends it.

    errors : the items of bulk answers that were refused. n_indexed : how many pictures were taken.
    """

    def __init__(self, client: OpenSearch, index_name: str, flavour: Flavour, *, max_retries: int):
        self.errors: list[dict[str, Any]] = []
        self.n_indexed = 0
        self._client = client
        self._index = index_name
        self._flavour = flavour
        self._max_retries = max_retries
        self._own_ids = flavour.own_ids
        self._ids: set[str] = set()
        self._waited = False
        self._replaced = False

    def send(self, chunk: list[dict[str, Any]]) -> None:
        """Index a chunk of documents; of two with the same image_id the last one counts.

        Raises ValueError, where ids are not ours to give, for an image_id that an earlier chunk had.
        """
        sources = {str(source["image_id"]): source for source in chunk}
        if self._own_ids:
            action = {"_op_type": "index", "_index": self._index}
            refused = self._bulk({**action, "_id": str(source["image_id"]), "_source": source} for source in chunk)
            self._own_ids = not any(_ID_REFUSED in str(item) for item in refused)
            if self._own_ids:
                self.errors += refused
                self._ids |= set(sources)
                return
        if repeated := sorted(self._ids & set(sources)):
            raise ValueError(f"{repeated[0]!r} is among the documents twice; keep one of them, then run this cell again.")
        self._ids |= set(sources)
        self.errors += self._bulk(self._actions_without_ids(sources))

    def make_searchable(self, poll_seconds: float | None = None) -> None:
        """Return when a search finds what was sent, as it was sent."""
        flavour, looked = self._flavour, 0
        if flavour.has_refresh:
            self._client.indices.refresh(index=self._index)

        def look() -> Mapping[str, Any]:
            nonlocal looked
            looked += 1
            return {"count": self._n_visible()}

        def status(answer: Mapping[str, Any]) -> str:
            # A changed picture cannot be told from its old self by counting: it takes all the time that it may.
            outdated = self._replaced and not flavour.has_refresh and looked <= flavour.looks
            return "searchable" if answer["count"] >= len(self._ids) and not outdated else "not searchable yet"

        pause = flavour.pause if poll_seconds is None else poll_seconds
        wait_until(look, {"searchable"}, status=status, what=f"index {self._index}", seconds=pause, timeout=300)
        if not self._own_ids and self._delete_copies():
            self._pause_until_visible()

    def _actions_without_ids(self, sources: Mapping[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
        known = self._find(sources)
        if len(known) < len(sources) and not self._waited:
            self._pause_until_visible()
            self._waited = True
            known = self._find(sources)
        for image_id, source in sources.items():
            ids = known.get(image_id, [])
            if ids:
                yield {"_op_type": "update", "_index": self._index, "_id": ids[0], "doc": source}
            else:
                yield {"_op_type": "index", "_index": self._index, "_source": source}

    def _find(self, image_ids: Iterable[str]) -> dict[str, list[str]]:
        """{image_id: OpenSearch's ids of its documents, sorted} of those that a search finds."""
        found: dict[str, list[str]] = {}
        for part in _parts(image_ids):
            body = {"size": _MOST_TERMS, "_source": ["image_id"], "query": {"terms": {"image_id": part}}}
            for hit in self._client.search(index=self._index, body=body)["hits"]["hits"]:
                found.setdefault(hit["_source"]["image_id"], []).append(hit["_id"])
        return {image_id: sorted(ids) for image_id, ids in found.items()}

    def _n_visible(self) -> int:
        """How many of the pictures of this load a search finds."""
        queries = [{"query": {"terms": {"image_id": part}}} for part in _parts(self._ids)]
        return sum(int(self._client.count(index=self._index, body=query)["count"]) for query in queries)

    def _delete_copies(self) -> bool:
        """Whether any picture was there more than once."""
        copies = [doc_id for ids in self._find(self._ids).values() for doc_id in ids[1:]]
        self.errors += self._bulk({"_op_type": "delete", "_index": self._index, "_id": doc_id} for doc_id in copies)
        return bool(copies)

    def _pause_until_visible(self) -> None:
        with clock("waiting for earlier writes to appear") as bar:
            for _ in range(self._flavour.looks):
                bar.say("waiting for earlier writes to appear")
                time.sleep(self._flavour.pause)
                self._client.count(index=self._index)

    def _bulk(self, actions: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """The items that were refused, each with its image_id. What the node is too busy for is sent again."""
        pending, refused = list(actions), []
        attempt = 0
        while pending:
            last, busy = attempt == self._max_retries, []
            try:
                answers = helpers.streaming_bulk(self._client, pending, chunk_size=_MOST_TERMS, raise_on_error=False)
                for action, (taken, item) in zip(pending, answers, strict=True):
                    [(kind, answer)] = item.items()
                    if answer["status"] == 429 and not last:
                        busy.append(action)
                    elif not taken and (kind, answer["status"]) != ("delete", 404):  # else somebody deleted it before us
                        document = action.get("_source") or action.get("doc") or {}
                        refused.append({kind: {**answer, "image_id": document.get("image_id")}})
                    else:
                        self.n_indexed += kind != "delete"
                        self._replaced |= answer.get("result") in ("updated", "deleted")
            except TransportError as error:
                if error.status_code != 429 or last:
                    raise
                busy = pending
            # What a node has room for only bit by bit is no reason to give up: only rounds that took nothing count.
            attempt = attempt + 1 if len(busy) == len(pending) else 0
            if busy and self._flavour.pause:
                time.sleep(min(16, 2 ** max(0, attempt - 1)))
            pending = busy
        return refused


def _parts(image_ids: Iterable[str]) -> Iterator[list[str]]:
    names = sorted(image_ids)
    return (names[start : start + _MOST_TERMS] for start in range(0, len(names), _MOST_TERMS))

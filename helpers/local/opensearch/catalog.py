"""Which indices a node has: made, found by name, alias or pattern, deleted.

Unconfirmed: the texts of its refusals (see errors.py); of an index that exists already only the type is well known.
"""

import base64
import re
import shutil
import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import unquote

from helpers.local.store import Store, file_name

from . import settings as index_settings
from .errors import OpenSearchError, illegal_argument, index_not_found, not_offline
from .flavours import FLAVOURS, Flavour
from .index import Index
from .mapping import Mapping

_FORBIDDEN = re.compile(r'[\\/*?"<>| ,#:]')


class Catalog:
    """The indices below `store.root`, a folder each, as a node of this flavour has them."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time, flavour: Flavour = FLAVOURS["domain"]):
        self.flavour = flavour
        self._store = store
        self._clock = clock
        self._open: dict[str, Index] = {}

    def names(self) -> list[str]:
        """Every index, sorted."""
        records = self._store.root.glob("[!.]*/index.json")
        return sorted(unquote(file.parent.name) for file in records)

    def open(self, name: str) -> Index:
        """The index of this name or alias. Raises the 404 error if there is none."""
        if not self._exists(name):
            owners = self.with_alias(name)
            if len(owners) > 1:
                raise illegal_argument(
                    f"alias [{name}] has more than one index associated with it {[o.name for o in owners]}, "
                    "can't execute a single index op"
                )
            if not owners:
                self._open.pop(name, None)
                raise index_not_found(name)
            return owners[0]
        index = self._open.get(name)
        if index is not None:
            made_by = index.uuid
            index.load()
            if index.uuid == made_by:
                return index
        index = self._open[name] = Index(self._store, name, self._clock, self.flavour)
        return index

    def open_or_create(self, name: str) -> Index:
        """The index; made as OpenSearch makes one for a document that comes first."""
        try:
            return self.open(name)
        except OpenSearchError as error:
            if error.status != 404:
                raise
        try:
            self.create(name, {})
        except OpenSearchError as error:
            if "already exists" not in str(error):
                raise
        return self.open(name)

    def matching(self, expression: str, *, ignore_missing: bool = False) -> list[Index]:
        """The indices that "a,b*" or "_all" names. A plain name that is missing raises the 404 error."""
        found: dict[str, Index] = {}
        for part in expression.split(","):
            if part == "_all" or "*" in part:
                pattern = "*" if part == "_all" else part
                found |= {name: self.open(name) for name in self.names() if fnmatchcase(name, pattern)}
            elif not self._exists(part) and (owners := self.with_alias(part)):
                found |= {index.name: index for index in owners}
            elif self._exists(part) or not ignore_missing:
                found[part] = self.open(part)
        return list(found.values())

    def with_alias(self, alias: str) -> list[Index]:
        """The indices that have this alias, as one moment had them: a switch is seen before or after, never half-way."""
        found = []
        with self.changing_aliases():
            for name in self.names():
                with suppress(OpenSearchError):  # deleted since it was listed
                    index = self.open(name)
                    if alias in index.record["aliases"]:
                        found.append(index)
        return found

    def changing_aliases(self) -> AbstractContextManager:
        """Keeps those out who change aliases or look them up."""
        return self._store.lock("_aliases")  # which no index can be called

    def create(self, name: str, body: dict[str, Any]) -> None:
        """Make an index. Raises the 400 errors of a bad name, setting or mapping, or if it exists."""
        _refuse_bad_name(name)
        unknown = set(body) - {"settings", "mappings", "aliases"}
        if unknown:
            raise OpenSearchError(400, "parse_exception", f"unknown key [{sorted(unknown)[0]}] for create index")
        if any(alias for alias in (body.get("aliases") or {}).values()):
            raise not_offline("alias with a filter or routing")
        given = index_settings.read(body.get("settings"))
        self.flavour.refuse_settings(given)
        settings = index_settings.with_defaults(given)
        mappings = body.get("mappings") or {}
        self.flavour.refuse_mappings(mappings)
        Mapping(mappings, knn_index=settings.get("index.knn") == "true")
        with self._store.lock(name):
            if self._exists(name) or self.with_alias(name):
                known = self.open(name)
                raise OpenSearchError(
                    400,
                    "resource_already_exists_exception",
                    f"index [{name}/{known.uuid}] already exists",
                    index=name,
                    index_uuid=known.uuid,
                )
            record = {
                "uuid": random_id(),
                "created": int(self._clock() * 1000),
                "settings": settings,
                "mappings": mappings,
                "aliases": body.get("aliases") or {},
            }
            self._store.write(name, "index", record)

    def delete(self, index: Index) -> None:
        """Delete an index and its files."""
        with index.lock():
            index.load()
            # Moved away first: half an index is never seen.
            gone = index.folder.with_name(f".deleted-{index.uuid}")
            index.folder.rename(gone)
        self._open.pop(index.name, None)
        for left in self._store.root.glob(".deleted-*"):  # this one, and those of processes that were killed here
            shutil.rmtree(left, ignore_errors=True)

    def _exists(self, name: str) -> bool:
        return self._store.path(name, "index", ".json").exists()


def random_id() -> str:
    """22 characters that nobody else has, as OpenSearch gives to indices and to documents without an id."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")


def _refuse_bad_name(name: str) -> None:
    reason = None
    if name != name.lower():
        reason = "must be lowercase"
    elif _FORBIDDEN.search(name):
        reason = 'must not contain the following characters [ , ", *, \\, <, |, ,, >, /, ?]'
    elif name[:1] in "_-+":
        reason = "must not start with '_', '-', or '+'"
    elif name in (".", "..") or "~" in file_name(name):  # a node takes 255 bytes, a folder's name here 150, encoded
        reason = "must not be '.' or '..', nor longer than 150 characters"
    if reason:
        raise OpenSearchError(
            400,
            "invalid_index_name_exception",
            f"Invalid index name [{name}], {reason}",
            index=name,
            index_uuid="_na_",
        )

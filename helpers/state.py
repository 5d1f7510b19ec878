"""What one notebook leaves for the next: a small readable file, not variables in a kernel."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock

from .disk import writing_to
from .embedder import UNLABELLED

MADE_WITH = "made_with"


class NotReady(RuntimeError):
    """Something that an earlier notebook makes is not there yet; the message names the notebook."""


class State:
    """Names and numbers that notebooks hand on, kept in `<home>/state.json`.

    Behaves like a dictionary of JSON values. Every write replaces the file atomically under a lock, so that two kernels
    can share it and a kill leaves either the old file or the new one.

    space: the model in use and its dimension, see `space_of`. Everything that notebooks hand on grows from vectors, so each
    value is labelled with the model of its time (the file's "made_with"), and what another model left counts as missing:
    clusters of one model can't meet vectors of the next. Only `list` and `del` see everything.
    """

    def __init__(self, path: Path, *, space: str = UNLABELLED):
        self.path = path
        self.space = space

    def _ours(self) -> dict[str, Any]:
        """The values that the model in use left."""
        values = self._read()
        labels = values.pop(MADE_WITH, {})
        return {key: value for key, value in values.items() if labels.get(key, UNLABELLED) == self.space}

    def _read(self) -> dict[str, Any]:
        try:
            return json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except json.JSONDecodeError as error:
            raise NotReady(
                f"{self.path} can't be read ({error}). Delete it and run the notebooks again from 00: "
                "what they made is found again, not made twice."
            ) from error

    def _write(self, values: dict[str, Any]) -> None:
        draft = self.path.with_suffix(".part")
        draft.write_text(json.dumps(values, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        os.replace(draft, self.path)

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Any]]:
        """The values, to be changed; written back when the block ends without an error. Raises DiskError where that fails."""
        with writing_to(self.path.parent):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self.path}.lock"):
                values = self._read()
                yield values
                self._write(values)

    def __getitem__(self, key: str) -> Any:
        return self._ours()[key]

    def __setitem__(self, key: str, value: Any) -> None:
        with self._changing() as values:
            values[key] = value
            values.setdefault(MADE_WITH, {})[key] = self.space

    def __delitem__(self, key: str) -> None:
        with self._changing() as values:
            values.pop(key, None)
            values.get(MADE_WITH, {}).pop(key, None)

    def __contains__(self, key: str) -> bool:
        return key in self._ours()

    def __iter__(self) -> Iterator[str]:
        return (key for key in self._read() if key != MADE_WITH)

    def get(self, key: str, default: Any = None) -> Any:
        return self._ours().get(key, default)

    def count(self, key: str) -> int:
        """1 for the first call with this key, 2 for the next one: no number comes twice, whoever else asks, by any model."""
        with self._changing() as values:
            number = values[key] = int(values.get(key, 0)) + 1
        return number

    def require(self, key: str, *, made_in: str) -> Any:
        """The value of `key`. Raises NotReady, naming the notebook that makes it, when it is missing or another model's."""
        values = self._ours()
        if key in values:
            return values[key]
        written = self._read()
        if key in written:
            maker = written.get(MADE_WITH, {}).get(key, UNLABELLED)
            raise NotReady(
                f"'{key}' was made with {maker}, but the model in use is {self.space}; the two can't be mixed. Run the notebooks "
                f"from 01 to {made_in} again (vectors that were made before come from the cache), or set WORKSHOP_EMBEDDER back."
            )
        raise NotReady(f"'{key}' is not there yet. Run notebook {made_in} first, then run this cell again.")

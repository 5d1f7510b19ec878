"""Which members of a document an answer shows: `_source` as true, false, a list, or includes and excludes.

Unconfirmed: the texts of its refusals (errors.py says what that means).
"""

from fnmatch import fnmatchcase
from typing import Any

from .errors import parsing


class SourceFilter:
    """Keeps what matches an include (all, if there is none) and no exclude; both may hold "*".

    explicit : whether the request asked for what it keeps, by name or by `_source: true`
    """

    def __init__(
        self,
        wanted: bool = True,
        includes: list[str] | None = None,
        excludes: list[str] | None = None,
        *,
        explicit: bool = False,
    ):
        self.wanted = wanted
        self.explicit = explicit or bool(includes)
        self._includes = includes or []
        self._excludes = excludes or []
        self._known: dict[str, bool] = {}

    @classmethod
    def of(cls, body: dict[str, Any], parameters: dict[str, str]) -> "SourceFilter":
        """The filter that a request asks for, in its body or its URL; the URL wins."""
        given = body.get("_source", True)
        explicit = body.get("_source") is True or parameters.get("_source") == "true"
        if "_source" in parameters:
            text = parameters["_source"]
            given = text == "true" if text in ("true", "false") else text.split(",")
        includes, excludes = [], []
        if isinstance(given, dict):
            names = {"includes", "include", "excludes", "exclude"}
            if unknown := sorted(set(given) - names):
                raise parsing(f"Unknown key for a START_ARRAY in [{unknown[0]}].")
            includes = _as_list(given.get("includes", given.get("include")))
            excludes = _as_list(given.get("excludes", given.get("exclude")))
        elif not isinstance(given, bool):
            includes = _as_list(given)
        if "_source_includes" in parameters:
            includes = parameters["_source_includes"].split(",")
        if "_source_excludes" in parameters:
            excludes = parameters["_source_excludes"].split(",")
        return cls(given is not False or bool(includes), includes, excludes, explicit=explicit)

    def keeps(self, path: str) -> bool:
        """Whether the member at this path is shown."""
        if path not in self._known:
            included = not self._includes or _matches(path, self._includes)
            self._known[path] = included and not _matches(path, self._excludes)
        return self._known[path]

    def __call__(self, source: dict[str, Any], prefix: str = "") -> dict[str, Any]:
        """The members of a document that are shown."""
        if not self._includes and not self._excludes:
            return source
        shown, known = {}, self._known
        for name, value in source.items():
            path = prefix + name
            if isinstance(value, dict):
                inner = self(value, path + ".")
                if inner or (not value and self.keeps(path)):
                    shown[name] = inner
            elif known.get(path) or self.keeps(path):
                shown[name] = value
        return shown


def _matches(path: str, patterns: list[str]) -> bool:
    """Whether a pattern names the path or something it lies in."""
    return any(fnmatchcase(path, pattern) or fnmatchcase(path, f"{pattern}.*") for pattern in patterns)


def _as_list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])

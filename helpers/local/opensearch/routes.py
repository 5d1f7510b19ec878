"""Which function answers which request: "PUT /pictures/_doc/7" against templates such as "/{index}/_doc/{id}"."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from .errors import OpenSearchError, not_offline

if TYPE_CHECKING:
    from .catalog import Catalog


@dataclass(frozen=True)
class Request:
    """A request as a handler sees it: names from the path, parameters from the URL, the body as sent."""

    catalog: "Catalog"
    names: dict[str, str]
    parameters: dict[str, str]
    body: bytes
    method: str = "GET"

    def json(self) -> dict[str, Any]:
        """The body as a dict, {} when there is none."""
        if not self.body.strip():
            return {}
        body = parse_json(self.body)
        if not isinstance(body, dict):
            raise OpenSearchError(400, "parse_exception", "request body must be a JSON object")
        return body

    def flag(self, name: str) -> bool:
        """Whether a parameter such as `refresh` is on; "wait_for" counts as on."""
        return self.parameters.get(name, "false") in ("", "true", "wait_for")


Handler = Callable[[Request], tuple[int, Any]]


class Routes:
    """Templates in the order in which they are tried."""

    def __init__(self) -> None:
        self._routes: list[tuple[set[str], re.Pattern[str], Handler]] = []

    def add(self, methods: str, template: str, handler: Handler) -> None:
        """Let `handler` answer "GET POST" (any of these) on a template; {name} is one part of the path."""
        # An index never starts with "_": that is where OpenSearch's own names begin.
        pattern = template.replace("{index}", r"(?P<index>[^_/][^/]*|_all)")
        pattern = re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", pattern)
        self._routes.append((set(methods.split()), re.compile(pattern + "/?"), handler))

    def find(self, method: str, path: str) -> tuple[Handler, dict[str, str]]:
        """(handler, names in the path). Raises the 501 error when nothing answers this request here."""
        for methods, pattern, handler in self._routes:
            if method in methods and (match := pattern.fullmatch(path)):
                return handler, {name: unquote(value) for name, value in match.groupdict().items()}
        raise not_offline(f"{method} {path}")


def parse_json(text: bytes) -> Any:
    """The value of a JSON text. Raises the 400 error of a node that was sent something else."""
    from pydantic_core import from_json  # reads the floats of a bulk request five times as fast as json

    try:
        return from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise OpenSearchError(400, "json_parse_exception", str(error)) from None

"""Which function answers which request: "PUT /pictures/_doc/7" against templates such as "/{index}/_doc/{id}".

Unconfirmed: the texts of its refusals (errors.py says what that means).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from .errors import OpenSearchError, illegal_argument, not_offline

if TYPE_CHECKING:
    from .catalog import Catalog


@dataclass(frozen=True)
class Request:
    """A request as a handler sees it: names from the path, parameters from the URL, the body as sent.

    refuses_document : whether there is no room for the next document of a bulk, asked for each.
    """

    catalog: "Catalog"
    names: dict[str, str]
    parameters: dict[str, str]
    body: bytes
    method: str = "GET"
    refuses_document: Callable[[], bool] = lambda: False

    def json(self) -> dict[str, Any]:
        """The body as a dict, {} when there is none."""
        if not self.body.strip():
            return {}
        body = parse_json(self.body)
        if not isinstance(body, dict):
            raise OpenSearchError(400, "parse_exception", "request body must be a JSON object")
        return body

    def flag(self, name: str) -> bool:
        """Whether a parameter such as `ignore_unavailable` is on."""
        value = self.parameters.get(name, "false")
        if value not in ("", "true", "false"):
            raise illegal_argument(f"Failed to parse value [{value}] as only [true] or [false] are allowed.")
        return value != "false"

    def refresh(self) -> str:
        """When a write wants to be seen: "true" (now), "wait_for" (it waits until it is) or "false"."""
        value = self.parameters.get("refresh", "false") or "true"
        if value not in ("true", "false", "wait_for"):
            raise illegal_argument(f"Unknown value for refresh: [{value}].")
        self.catalog.flavour.refuse_refresh(value)
        return value


Handler = Callable[[Request], tuple[int, Any]]


@dataclass(frozen=True)
class Route:
    """One method on one template, who answers it, the URL parameters that it obeys and whether it takes a body."""

    method: str
    template: str
    handler: Handler
    parameters: frozenset[str]
    takes_body: bool

    def __str__(self) -> str:
        return f"{self.method} {self.template}"


class Routes:
    """Templates in the order in which they are tried."""

    def __init__(self) -> None:
        self._routes: list[tuple[re.Pattern[str], Route]] = []

    def __iter__(self) -> Iterator[Route]:
        return iter(route for _, route in self._routes)

    def add(self, methods: str, template: str, handler: Handler, parameters: str = "", *, body: bool = False) -> None:
        """Let `handler` answer "GET HEAD" (any of these) on a template; {name} is one part of the path."""
        # An index never starts with "_": that is where OpenSearch's own names begin.
        pattern = template.replace("{index}", r"(?P<index>[^_/][^/]*|_all)")
        pattern = re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", pattern)
        obeyed = frozenset(parameters.split())
        for method in methods.split():
            self._routes.append((re.compile(pattern + "/?"), Route(method, template, handler, obeyed, body)))

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """(route, names in the path). Raises the 501 error when nothing answers this request here."""
        for pattern, route in self._routes:
            if method == route.method and (match := pattern.fullmatch(path)):
                return route, {name: unquote(value) for name, value in match.groupdict().items()}
        raise not_offline(f"{method} {path}")


def parse_json(text: bytes) -> Any:
    """The value of a JSON text. Raises the 400 error of a node that was sent something else."""
    from pydantic_core import from_json  # reads the floats of a bulk request five times as fast as json

    try:
        return from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise OpenSearchError(400, "json_parse_exception", str(error)) from None

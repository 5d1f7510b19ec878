"""Requests about aliases: other names for indices.

Unconfirmed: the texts of its refusals (errors.py says what that means).
"""

from typing import Any

from .errors import OpenSearchError, illegal_argument, invalid_request, not_offline, refuse_members, x_content
from .index import Index
from .index_api import ACKNOWLEDGED, Answer, indices_of
from .routes import Request

_REAL = {
    "filter", "routing", "index_routing", "search_routing", "is_write_index", "is_hidden", "must_exist",
}  # fmt: skip


def aliases(request: Request) -> Answer:
    """The aliases of each index; with a name, only of those that have it."""
    wanted = request.names.get("alias")
    if wanted is not None and (set(wanted) & set("*,") or wanted == "_all"):
        raise not_offline("patterns and lists of aliases")
    shown = {}
    for index in indices_of(request):
        found = {name: body for name, body in index.record["aliases"].items() if wanted in (None, name)}
        if found or wanted is None:
            shown[index.name] = {"aliases": found}
    if wanted is not None and not shown:
        return 404, {"error": f"alias [{wanted}] missing", "status": 404}
    return 200, shown


def put_alias(request: Request) -> Answer:
    """Give the indices of the path an alias."""
    refuse_members("an alias", request.json(), built=set(), real=_REAL, refusal=x_content("alias"))
    _change(request.catalog.matching(request.names["index"]), request.names["alias"], add=True)
    return 200, ACKNOWLEDGED


def delete_alias(request: Request) -> Answer:
    """Take it from them."""
    _change(request.catalog.matching(request.names["index"]), request.names["alias"], add=False)
    return 200, ACKNOWLEDGED


def change_aliases(request: Request) -> Answer:
    """Several `add` and `remove` actions, all or none, in one step for whoever looks."""
    body = request.json()
    refuse_members("a change of aliases", body, built={"actions"}, refusal=x_content("aliases"))
    changes = [_change_of(request, action) for action in body.get("actions") or []]
    if not changes:
        raise invalid_request("Must specify at least one action")
    pairs = [(index, alias, add) for indices, aliases, add in changes for index in indices for alias in aliases]
    with request.catalog.changing_aliases():
        for index, alias, add in pairs:
            added = any((index.name, alias) == (other.name, name) for other, name, adds in pairs if adds)
            if not add and not added and alias not in index.record["aliases"]:
                raise OpenSearchError(404, "aliases_not_found_exception", f"aliases [{alias}] missing")
        last = {(index.name, alias): (index, add) for index, alias, add in pairs}
        # What is added comes first: a process killed half-way leaves the alias with both, never with none.
        for (_, alias), (index, add) in sorted(last.items(), key=lambda change: not change[1][1]):
            if add or alias in index.record["aliases"]:
                _change([index], alias, add=add)
    return 200, ACKNOWLEDGED


def _change_of(request: Request, action: dict[str, Any]) -> tuple[list[Index], list[str], bool]:
    [(verb, target)] = action.items()
    if verb == "remove_index":
        raise not_offline("remove_index in a change of aliases")
    if verb not in ("add", "remove"):
        raise x_content("alias_action")(verb)
    known = {"index", "indices", "alias", "aliases"}
    refuse_members("a change of aliases", target, built=known, real=_REAL, refusal=x_content(verb))
    names = target.get("indices") or [target.get("index")]
    aliases = target.get("aliases") or [target.get("alias")]
    aliases = [aliases] if isinstance(aliases, str) else aliases
    if None in names or None in aliases:
        raise illegal_argument("One of [index] or [indices], and one of [alias] or [aliases] is required")
    names = [names] if isinstance(names, str) else names
    return [index for name in names for index in request.catalog.matching(name)], aliases, verb == "add"


def _change(indices: list[Index], alias: str, *, add: bool) -> None:
    for index in indices:
        with index.writing():
            known = dict(index.record["aliases"])
            if add:
                known[alias] = {}
            elif known.pop(alias, None) is None:
                raise OpenSearchError(404, "aliases_not_found_exception", f"aliases [{alias}] missing")
            index.change(aliases=known)

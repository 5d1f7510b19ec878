"""Versions of an index behind one name: load the next one beside it, then move the name over in a single step.

Searches ask the alias. When the clusters or the model change, every picture has to be indexed anew, and that takes time;
meanwhile the old version goes on answering. Source: docs.opensearch.org/latest/api-reference/alias/aliases-api.
unconfirmed: whether OpenSearch Serverless takes aliases; where it does not, hand the version's own name to the search.
"""

from __future__ import annotations

import re

from opensearchpy import NotFoundError, OpenSearch


def serving(client: OpenSearch, alias: str) -> str | None:
    """The version that answers under this alias, or None. Raises ValueError where the alias stands for several indices."""
    try:
        found = sorted(client.indices.get_alias(name=alias))
    except NotFoundError:
        return None
    if len(found) > 1:
        raise ValueError(f"The alias {alias!r} stands for {', '.join(found)}; call publish with the one that should answer.")
    return found[0]


def versions(client: OpenSearch, alias: str) -> list[str]:
    """Every version of this name that is there, oldest first: ["workshop-images-own-v1", …]."""
    numbered = {name: _number(name, alias) for name in client.indices.get(index=f"{alias}-v*")}
    return sorted((name for name, number in numbered.items() if number), key=lambda name: numbered[name])


def version_name(alias: str, number: int) -> str:
    """The name of a version, counted from 1."""
    return f"{alias}-v{number}"


def publish(client: OpenSearch, alias: str, version: str) -> str:
    """The version that answers under this alias from now on, whatever did before; for searches there is no moment between."""
    actions = [{"add": {"index": version, "alias": alias}}]
    try:
        before = set(client.indices.get_alias(name=alias)) - {version}
    except NotFoundError:
        before = set()
    actions += [{"remove": {"index": name, "alias": alias}} for name in sorted(before)]
    client.indices.update_aliases(body={"actions": actions})
    return version


def drop_old(client: OpenSearch, alias: str, *, keep: int = 1) -> list[str]:
    """The versions that were deleted: all before the serving one, but for the last `keep`.

    Keep one at least: searches that are under way still read it, and it is the way back.
    """
    current = serving(client, alias)
    older = [name for name in versions(client, alias) if current and _number(name, alias) < _number(current, alias)]
    gone = older[: len(older) - keep] if keep else older
    for name in gone:
        client.indices.delete(index=name)
    return gone


def _number(name: str, alias: str) -> int:
    match = re.fullmatch(rf"{re.escape(alias)}-v([1-9][0-9]*)", name)
    return int(match[1]) if match else 0

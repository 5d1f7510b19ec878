"""HTTP APIs: a record of each, with its routes, its integrations and its stage."""

from collections.abc import Mapping
from typing import Any

from ...store import Store

APIS = "apigateway/apis"


class Apis:
    """The HTTP APIs of the account."""

    def __init__(self, store: Store):
        self._store = store

    def get(self, api_id: str) -> dict[str, Any] | None:
        """The API as it is now, or None: {"Name": …, "routes": {id: …}, "integrations": {id: …}, "stages": {id: …}}."""
        return self._store.read(APIS, api_id)

    def put(self, api_id: str, properties: Mapping[str, Any]) -> None:
        """Makes the API or brings it to these properties; its parts stay."""
        with self._store.lock(APIS):
            empty: dict[str, Any] = {"routes": {}, "integrations": {}, "stages": {}}
            self._store.write(APIS, api_id, {**empty, **(self.get(api_id) or {}), **properties})

    def remove(self, api_id: str) -> None:
        """Removes it if it is there; whoever serves it stops."""
        self._store.delete(APIS, api_id)

    def put_part(self, api_id: str, group: str, name: str, properties: Mapping[str, Any] | None) -> None:
        """Adds or replaces a part ("routes", "integrations" or "stages"), or removes it; nothing where there is no such API."""
        with self._store.lock(APIS):
            api = self.get(api_id)
            if api is None:
                return
            api[group].pop(name, None)
            if properties is not None:
                api[group][name] = dict(properties)
            self._store.write(APIS, api_id, api)

"""Mutations start from what the notebooks have made, so in a run of both they wait for the notebooks."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Moves the mutations behind notebook 07: the walk is finished there, and 99 has not yet deleted it."""
    here = [item for item in items if item.path.parent.name == "mutation"]
    if any(item.path.suffix == ".ipynb" for item in items):
        others = [item for item in items if item not in here]
        place = next((n for n, item in enumerate(others) if item.path.name.startswith("99_")), len(others))
        items[:] = [*others[:place], *here, *others[place:]]

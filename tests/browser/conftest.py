"""Browser tests start from what the notebooks have made; a run without notebooks makes it first."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from chromium import MISSING, chromium, find_chromium

SCREENSHOTS = Path(__file__).parent / "screenshots"  # ignored by git; those of the README are copied by an explicit command


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Moves these tests behind notebook 07: the walk is finished there, and 99 has not yet deleted it."""
    here = [item for item in items if item.path.parent == Path(__file__).parent]
    if any(item.path.suffix == ".ipynb" for item in items):
        others = [item for item in items if item not in here]
        place = next((n for n, item in enumerate(others) if item.path.name.startswith("99_")), len(others))
        items[:] = [*others[:place], *here, *others[place:]]


@pytest.fixture(scope="session")
def walked():
    """The settings of a data folder in which notebooks 01 to 05 have run."""
    from helpers.app import missing_notebooks
    from helpers.settings import read_settings
    from helpers.walk import run_notebook

    settings = read_settings()
    for path in missing_notebooks(settings):
        run_notebook(path, settings.home / "notebooks" / path.name)
    return settings


@pytest.fixture(scope="session")
def aws(walked):
    from helpers.workshop import connect

    return connect(announce=False, settings=walked)


@pytest.fixture(scope="session")
def chromium_path():
    path = find_chromium()
    if path is None:
        (pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip)(MISSING)
    return path


@pytest.fixture(scope="module")
def browser(chromium_path):
    # One a module: while Playwright runs, no notebook can be run from this thread.
    with chromium(chromium_path) as running:
        yield running


@pytest.fixture
def screenshot():
    """Keeps a picture of a page under a name."""
    SCREENSHOTS.mkdir(exist_ok=True)
    return lambda page, name: page.screenshot(path=SCREENSHOTS / f"{name}.png")

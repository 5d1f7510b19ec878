"""Which Chromium to drive: one that is on the machine, else Playwright's own; none is ever downloaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MISSING = "no Chromium to drive the explorer with; install one: apt-get install chromium (or: playwright install chromium)"


def find_chromium() -> str | None:
    """The path of an installed Chromium or Chrome, or of the one in Playwright's cache; None if there is neither."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    return next((str(path) for path in sorted(cache.glob("chromium-*/chrome-linux*/chrome"), reverse=True)), None)


@contextmanager
def chromium(path: str) -> Iterator:
    """A running browser without a window."""
    from playwright.sync_api import sync_playwright

    # Chromium's own sandbox refuses to run as root, as it does in most containers.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()

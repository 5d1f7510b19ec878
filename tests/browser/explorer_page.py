"""The explorer as somebody at a browser meets it: what it shows, and what one can do to it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from helpers.explorer.events import TYPING

PATIENCE = 60_000  # milliseconds
SERIOUS = ("serious", "critical")
# Resolves with the milliseconds from the action to the first line with a new number: it is drawn after both grids.
TIMED = """([action, target, value]) => new Promise((resolve) => {
  const line = document.querySelector('.pis-status'), turn = () => line.querySelector('[data-turn]')?.dataset.turn;
  const before = turn(), start = performance.now(), watch = new MutationObserver(() => {
    if (turn() !== undefined && turn() !== before) { watch.disconnect(); resolve(performance.now() - start); }
  });
  watch.observe(line, {subtree: true, childList: true, attributes: true});
  const element = document.querySelectorAll(target)[0];
  if (action === 'click') element.click();
  else if (action === 'press') element.dispatchEvent(new KeyboardEvent('keydown', {key: value, bubbles: true}));
  else {
    element.value = value;
    element.dispatchEvent(new Event(action === 'type' ? 'input' : 'change', {bubbles: true}));
    if (action === 'type') element.dispatchEvent(new KeyboardEvent('keyup', {bubbles: true}));
  }
})"""


class ExplorerPage:
    """A page that shows the explorer; remembers every address that it asked for."""

    def __init__(self, browser, *, width: int = 1280, height: int = 720):
        self.page: Page = browser.new_page(viewport={"width": width, "height": height})
        self.asked: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))

    def wait(self) -> None:
        """Until the explorer is there, with all its pictures."""
        self.page.wait_for_selector(".pis-tile:not(.pis-hidden) .pis-buttons button", timeout=PATIENCE)
        self.page.wait_for_selector(".pis-weight [role=slider][aria-label]", timeout=PATIENCE)
        self.page.wait_for_function("document.querySelectorAll('.pis-tile img').length >= 24", timeout=PATIENCE)

    def elsewhere(self) -> list[str]:
        """Addresses on other machines."""
        return [url for url in self.asked if not url.startswith(("data:", "blob:")) and urlsplit(url).hostname != "127.0.0.1"]

    # What it shows

    def half(self, number: int):
        return self.page.locator(".pis-half").nth(number)

    def ids(self, number: int) -> list[str]:
        """The image ids in the left (0) or right (1) grid, best first."""
        return self.half(number).locator("figure").evaluate_all("all => all.map(one => one.dataset.image)")

    def badges(self, number: int) -> list[str]:
        found = self.half(number).locator(".pis-change").evaluate_all("all => all.map(one => one.innerText)")
        return [re.search(r"[▲▼=→]\d*", text)[0] for text in found]

    def alts(self, number: int) -> list[str]:
        return self.half(number).locator("figure img").evaluate_all("all => all.map(one => one.alt)")

    @property
    def line(self) -> str:
        return self.page.locator(".pis-line").inner_text()

    @property
    def failed(self) -> bool:
        return self.page.locator(".pis-line[role=alert]").count() == 1

    @property
    def turn(self) -> int:
        return int(self.page.locator("[data-turn]").get_attribute("data-turn"))

    @property
    def taste(self) -> list[str]:
        return self.page.locator("ol.pis-taste li").evaluate_all("all => all.map(one => one.innerText.replace(/\\s+/g, ' '))")

    # What one can do; each returns when both grids belong to it

    def after(self, action) -> None:
        """Does something and waits until a new line was drawn."""
        before = self.turn
        action()
        newer = "before => +document.querySelector('[data-turn]').dataset.turn > before"
        self.page.wait_for_function(newer, arg=before, timeout=PATIENCE)

    def type(self, words: str) -> None:
        box = self.page.get_by_label("search for")
        box.fill("")
        self.after(lambda: box.press_sequentially(words, delay=20) if words.strip() else box.fill(words))
        self.settle()

    def settle(self) -> None:
        """Until nothing has been drawn for longer than a keystroke waits."""
        seen = -1
        while seen != self.turn:
            seen = self.turn
            self.page.wait_for_timeout(1000 * TYPING + 250)

    def choose(self, person: str) -> None:
        box = self.page.get_by_label("as", exact=True)
        if box.evaluate("one => one.selectedOptions[0].text").replace("\u00a0", " ") != person:
            self.after(lambda: box.select_option(label=person.replace(" ", "\u00a0")))

    def press(self, button: str, place: int, number: int = 1) -> None:
        """Like, download, similar or why of a picture, by its place from 1."""
        self.after(lambda: self.half(number).locator(f".pis-{button}").nth(place - 1).click())

    def start_again(self) -> None:
        self.after(lambda: self.page.get_by_role("button", name="start again").click())

    def upload(self, file) -> None:
        """A path, or {"name", "mimeType", "buffer"}."""
        with self.page.expect_file_chooser() as chooser:
            self.page.locator("button.pis-upload").click()
        self.after(lambda: chooser.value.set_files(file))

    def timed(self, action: str, target: str, value: str = "") -> float:
        """Milliseconds from a click, a choice, a typed word or a pressed key until both grids have been drawn anew."""
        return self.page.evaluate(TIMED, [action, target, value])


def barriers(page: Page) -> list[tuple[str, list[str]]]:
    """What axe-core finds in the explorer, serious or worse: its name, and the first places."""
    found = Axe().run(page, context=".pis-explorer").response["violations"]
    return [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found if one["impact"] in SERIOUS]

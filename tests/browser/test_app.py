"""`make app` in a browser: the explorer alone, on this machine alone, without barriers, and fast."""

from __future__ import annotations

import json

import pytest
from explorer_page import PATIENCE, ExplorerPage, barriers
from servers import voila

from helpers.app import write_app


@pytest.fixture(scope="module")
def address(walked, tmp_path_factory):
    with voila(tmp_path_factory.mktemp("voila"), write_app(walked), ["--VoilaConfiguration.allow_theme_override=YES"]) as address:
        yield address


@pytest.fixture(scope="module")
def opened(address, browser):
    explorer = ExplorerPage(browser)
    explorer.page.goto(address, timeout=PATIENCE)
    explorer.wait()
    return explorer


@pytest.fixture(scope="module")
def dark(address, browser):
    explorer = ExplorerPage(browser, width=1440, height=900)
    explorer.page.goto(f"{address}/?theme=dark", timeout=PATIENCE)
    explorer.wait()
    return explorer


def test_it_shows_the_explorer_and_no_code(opened, screenshot):
    words = opened.page.inner_text("body")
    assert "import" not in words and "connect()" not in words and opened.page.locator(".jp-InputArea-editor").count() == 0
    assert len(opened.ids(0)) == len(opened.ids(1)) == 12
    screenshot(opened.page, "app-light")


def test_the_whole_of_it_fits_a_projector(opened):
    height, width = opened.page.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]")
    assert height <= 720 and width <= 1280
    last = opened.half(1).locator(".pis-buttons").nth(11).bounding_box()
    assert last["y"] + last["height"] <= 720


def test_word_person_weight_like_and_start_again_work_here_too(opened, screenshot):
    opened.type("guitar")
    opened.choose("a new visitor")
    before = opened.ids(1)
    place = next(n for n, name in enumerate(opened.ids(0), 1) if name not in before)
    opened.press("like", place, number=0)
    opened.half(0).locator(".pis-why").first.click()
    opened.page.wait_for_selector("div.pis-why")
    assert opened.ids(1) != before
    screenshot(opened.page, "app-likes")
    opened.start_again()
    assert opened.ids(1) == before


def test_axe_finds_no_serious_barrier_in_the_light_or_dark_page(opened, dark, screenshot):
    opened.type("cat")
    opened.choose("comic-art-user")
    opened.press("like", 3)
    opened.half(1).locator(".pis-why").nth(2).click()
    opened.page.wait_for_selector("div.pis-why")
    opened.page.mouse.move(5, 5)
    screenshot(opened.page, "app-cat")
    opened.type(" ")  # an error stands there, too
    assert barriers(opened.page) == []
    opened.type("cat")
    dark.press("like", 1)
    dark.half(0).locator(".pis-why").first.click()
    dark.page.wait_for_selector("div.pis-why")
    assert dark.page.evaluate("document.body.dataset.jpThemeLight") == "false"
    assert barriers(dark.page) == []
    screenshot(dark.page, "app-dark")


def test_the_keyboard_reaches_every_control_and_one_sees_where_it_is(opened):
    page = opened.page
    page.get_by_label("search for").focus()
    seen = []
    for _ in range(115):
        seen.append(page.evaluate(
            """() => { const here = document.activeElement, style = getComputedStyle(here);
                 const label = here.id && document.querySelector(`label[for="${here.id}"]`);
                 return [here.innerText || here.ariaLabel || label?.innerText,
                         style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2]; }"""
        ))  # fmt: skip
        page.keyboard.press("Tab")
    names = {name for name, _ in seen}
    for grid in ("for everybody", "for this person"):
        assert {f"{words} picture {n} {grid}" for words in ("Like", "Why") for n in range(1, 13)} <= names
    assert {"weight of taste", "start again"} <= names
    assert [name for name, visible in seen[:100] if not visible] == []


@pytest.mark.parametrize(("width", "columns"), [(1440, 3), (900, 2), (560, 1)])
def test_it_fits_a_laptop_and_a_narrow_window(opened, width, columns, screenshot):
    opened.page.set_viewport_size({"width": width, "height": 800})
    # The page learns its new width some frames after the call returns, so it is given time to settle.
    lefts = "Array.from(document.querySelectorAll('.pis-half, .pis-rail'), one => Math.round(one.getBoundingClientRect().left))"
    opened.page.wait_for_function(f"columns => new Set({lefts}).size === columns", arg=columns, timeout=10_000)
    opened.page.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=width, timeout=10_000)
    screenshot(opened.page, f"app-{width}")
    opened.page.set_viewport_size({"width": 1280, "height": 720})


def test_it_asks_no_other_machine_for_anything(opened, dark):
    assert opened.asked and opened.elsewhere() == dark.elsewhere() == []
    assert json.dumps(opened.asked).count("cdn") == 0

"""The widgets: named for those who don't see them, static names, and few messages a search."""

from __future__ import annotations

import re

from helpers.explorer.view import CSS, View


def test_every_control_has_a_name():
    view = View(["somebody"], ["cat"])
    for widget in (view.query, view.person, view.weight, view.upload, view.again, view.forget):
        assert widget.description
    names = [button.description for grid in view.grids for tile in grid for button in tile.buttons.values()]
    assert len(set(names)) == len(names) == 2 * 12 * 4
    assert view.query.options == ("cat",)


def test_a_grid_of_fewer_pictures_hides_the_other_tiles(explorer, world, monkeypatch):
    search = world.search
    monkeypatch.setattr("helpers.explorer.state.personalized_search", lambda *a, **k: search(*a, **k)[:5])
    explorer.choose(query="dog")
    hidden = ["pis-hidden" in tile.box._dom_classes for tile in explorer.view.grids[0]]
    assert hidden == [False] * 5 + [True] * 7
    monkeypatch.setattr("helpers.explorer.state.personalized_search", search)
    explorer.choose(query="cat")
    assert not any("pis-hidden" in tile.box._dom_classes for tile in explorer.view.grids[0])


def test_every_line_has_a_number_of_its_own_and_comes_last(explorer):
    drawn = []
    for grid in explorer.view.grids:
        for tile in grid:
            tile.picture.observe(lambda _: drawn.append("tile"), "value")
    explorer.view.line.observe(lambda _: drawn.append("line"), "value")
    turn = explorer.view.turn
    explorer.choose(query="boat")
    assert explorer.view.turn > turn and f'data-turn="{explorer.view.turn}"' in explorer.line
    assert drawn[-1] == "line" and "tile" in drawn


def test_the_style_sheet_reaches_nothing_outside_the_explorer_and_no_other_host():
    css = re.sub(r"/\*.*?\*/", "", CSS.read_text(encoding="utf-8"), flags=re.S)
    selectors = [part.strip() for rule in re.findall(r"([^{}]+)\{", css) for part in rule.split(",")]
    for selector in selectors:
        assert selector.startswith((".pis-", "body[data-jp-theme-light", "@container")) or ":is(" in css, selector
    assert "url(" not in css and "@import" not in css

"""The explorer's widgets and where they stand. Nothing here searches or listens."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from ..fusion import DEFAULT_WEIGHT
from . import drawing
from .state import NEW_VISITOR, NOBODY, SHOWN, Answer, State

CSS = Path(__file__).with_name("style.css")
# ipywidgets gives its slider's handle no name, and no trait to set one: axe's aria-input-field-name, serious.
NAME_SLIDER = """(function name(self, tries) {
  const handle = self.closest('.pis-explorer')?.querySelector('.pis-weight [role=slider]');
  if (handle) handle.setAttribute('aria-label', 'weight of taste');
  else if (tries) setTimeout(name, 100, self, tries - 1);
})(this, 100)"""
BUTTONS = {"like": "Like", "download": "Download", "similar": "Search for pictures like", "why": "Why"}


class Panel(widgets.HTML):
    """An HTML widget whose text form stays short: the pictures inside would fill pages of a stored notebook."""

    def __repr__(self) -> str:
        return "Panel()"


class Box(widgets.Box):
    """A box that our style sheet lays out."""

    def __init__(self, name: str, children: Sequence[widgets.Widget]):
        super().__init__(children)
        self.add_class(f"pis-{name}")

    def __repr__(self) -> str:
        return f"Box({len(self.children)} children)"


class Tile:
    """A picture and its four buttons, which are named after their place, so that a new picture needs one message."""

    def __init__(self, place: int, grid: str, looks: dict[str, Any]):
        self.picture = Panel()
        self.buttons = {
            name: widgets.Button(description=f"{words} picture {place} {grid}", tooltip=words, **looks)
            for name, words in BUTTONS.items()
        }
        for name, button in self.buttons.items():
            button.add_class(f"pis-{name}")
        self.box = Box("tile", [self.picture, Box("buttons", list(self.buttons.values()))])


class View:
    """All widgets by name; `box` is what a cell shows."""

    def __init__(self, people: Sequence[str], suggestions: Sequence[str]):
        self.query = widgets.Combobox(
            placeholder="a word, such as cat", description="search for", options=tuple(suggestions), continuous_update=True
        )
        self.upload = widgets.FileUpload(accept="image/*", description="by your picture", tooltip="JPEG or PNG, up to 10 MB")
        self.picture, self.forget = Panel(), widgets.Button(description="without the picture")
        self.person = widgets.Dropdown(options=[*people, NEW_VISITOR, NOBODY], value=people[0], description="as")
        self.weight = widgets.FloatSlider(
            DEFAULT_WEIGHT, min=0, max=1, step=0.05, description="weight of taste", readout_format=".2f"
        )
        self.again = widgets.Button(description="start again", tooltip="the same person without the clicks of this visit")
        self.line, self.history, self.taste, self.why = Panel(), Panel(), Panel(), Panel()
        self.titles = (Panel(), Panel())
        looks = {"layout": widgets.Layout(), "style": widgets.ButtonStyle()}
        self.grids = tuple(
            [Tile(place, grid, looks) for place in range(1, SHOWN + 1)] for grid in ("for everybody", "for this person")
        )
        for name, widget in {"search": self.query, "upload": self.upload, "weight": self.weight, "person": self.person}.items():
            widget.add_class(f"pis-{name}")
        self.forget.add_class("pis-hidden")
        self.turn = 0  # how often something was drawn

    @cached_property
    def box(self) -> widgets.Widget:
        """The whole explorer."""
        style = Panel(f'<style onload="{NAME_SLIDER}">{CSS.read_text(encoding="utf-8")}</style>')
        style.add_class("pis-style")
        controls = [self.query, self.picture, self.forget, self.upload, self.person, self.weight, self.again]
        halves = [
            Box("half", [title, Box("grid", [tile.box for tile in grid])])
            for title, grid in zip(self.titles, self.grids, strict=True)
        ]
        rail = Box("rail", [self.taste, self.why])
        page = Box("page", [Box("controls", controls), Box("status", [self.history, self.line]), Box("body", [*halves, rail])])
        return Box("explorer", [style, page])

    def draw(self, state: State, answer: Answer, what: str) -> None:
        """Shows the answer in both grids, with the history and the taste that belong to it."""
        question = answer.question
        who = question.who
        self.titles[0].value = drawing.heading("for everybody", what)
        self.titles[1].value = drawing.heading(f"for {who}", f"weight {question.weight:.2f}")
        for grid, results, personal in ((0, answer.generic, False), (1, answer.personalized, True)):
            pictures = drawing.tiles(state, answer, results[:SHOWN], personal=personal)
            for place, tile in enumerate(self.grids[grid]):
                tile.picture.value = pictures[place] if place < len(pictures) else ""
                _set_class(tile.box, "pis-hidden", place >= len(pictures))
                for button in (tile.buttons["like"], tile.buttons["download"]):
                    button.disabled = state.user_id is None
        self.history.value, self.taste.value = drawing.history(state), drawing.taste(state, answer)
        self.picture.value = drawing.query_picture(question.picture)
        _set_class(self.forget, "pis-hidden", question.picture is None)

    def explain(self, state: State, image_id: str | None) -> str | None:
        """Shows why the picture stands where it stands; None, and an empty panel, if it was not found."""
        answer = state.answer
        there = answer is not None and any(result.image_id == image_id for result in answer.generic)
        self.why.value = drawing.reason(state, answer, image_id) if answer and image_id and there else ""
        return image_id if there else None

    def say(self, words: str, *, failed: bool = False) -> None:
        """Shows the line, last of all: whoever sees its new number sees the grids that belong to it."""
        self.turn += 1
        self.line.value = drawing.line(words, turn=self.turn, failed=failed)


def _set_class(widget: widgets.DOMWidget, name: str, there: bool) -> None:
    """Puts the class on the widget or takes it off; no message where it is so already."""
    if there != (name in widget._dom_classes):
        (widget.add_class if there else widget.remove_class)(name)

"""A table of words that a notebook shows whole, and that reads well as plain text, too."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

_COLOURS = {"✓": "#007a5a", "!": "#b35900", "✗": "#c00000"}  # never colour alone: each stands beside its word


@dataclass(frozen=True)
class Table:
    """Rows of texts under their columns, and lines below them. A cell that begins with ✓, ! or ✗ is marked.

    pandas would cut long words off, and these are sentences to read.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    below: tuple[str, ...] = ()

    def __repr__(self) -> str:
        lines = [" · ".join(self.columns), *(" · ".join(filter(None, row)) for row in self.rows), *self.below]
        return "\n".join(lines)

    def _repr_html_(self) -> str:  # IPython asks for it
        head = "".join(f'<th style="text-align:left">{escape(name)}</th>' for name in self.columns)
        body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in self.rows)
        below = "".join(f"<p>{escape(line)}</p>" for line in self.below)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{below}"


def _cell(text: str) -> str:
    colour = _COLOURS.get(text[:1])
    inner = f'<b style="color:{colour};white-space:nowrap">{escape(text)}</b>' if colour else escape(text)
    return f'<td style="text-align:left;vertical-align:top">{inner}</td>'

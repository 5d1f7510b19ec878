"""Rows of pictures as one image, with words for those who can't see it."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import matplotlib
import pandas as pd
from IPython.display import display
from PIL import Image, ImageDraw, ImageFont

from .catalog import Persona
from .search import Result

LABEL_WIDTH = 168
GAP = 6
INK, MUTED, RISEN, FRAME = "#1c1c1c", "#6b6b6b", "#0072B2", "#D55E00"  # Okabe–Ito blue and vermilion


@dataclass(frozen=True)
class Row:
    """A labelled row of tiles.

    pictures: files. badges: a short text for each tile, such as "▲3", or none. framed: tiles to mark, by place from 0.
    """

    label: str
    note: str
    pictures: Sequence[Path]
    badges: Sequence[str] = ()
    framed: frozenset[int] = field(default_factory=frozenset)


@lru_cache(maxsize=8)
def _font(points: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """DejaVu Sans, which matplotlib ships on every platform."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name), points)


def _wrap(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    lines: list[str] = []
    for word in text.split():
        if lines and font.getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "\n".join(lines)


def compose_rows(rows: Sequence[Row], *, tile: int = 60, columns: int = 12) -> Image.Image:
    """One picture of all rows, wrapped after `columns` tiles; tiles are `tile` pixels wide."""
    lines = [max(1, -(-len(row.pictures) // columns)) for row in rows]
    labelled = any(row.label or row.note for row in rows)
    left = LABEL_WIDTH if labelled else GAP
    step = tile + GAP
    heights = [count * step + GAP for count in lines]
    sheet = Image.new("RGB", (left + columns * step + GAP, sum(heights) + GAP), "white")
    draw = ImageDraw.Draw(sheet)
    top = GAP
    for row, height in zip(rows, heights, strict=True):
        draw.text(
            (GAP, top + 4), _wrap(row.label, _font(14, True), LABEL_WIDTH - 2 * GAP), INK, _font(14, True)
        )
        label_lines = _wrap(row.label, _font(14, True), LABEL_WIDTH - 2 * GAP).count("\n") + 1
        draw.multiline_text(
            (GAP, top + 8 + 18 * label_lines),
            _wrap(row.note, _font(11), LABEL_WIDTH - 2 * GAP),
            MUTED,
            _font(11),
        )
        for place, path in enumerate(row.pictures):
            x, y = left + place % columns * step, top + place // columns * step
            with Image.open(path) as picture:
                sheet.paste(picture.convert("RGB").resize((tile, tile), Image.Resampling.LANCZOS), (x, y))
            if place in row.framed:
                draw.rectangle((x - 2, y - 2, x + tile + 1, y + tile + 1), outline=FRAME, width=3)
            if place < len(row.badges) and row.badges[place]:
                _badge(draw, x, y + tile, row.badges[place])
        top += height
    return sheet


def _badge(draw: ImageDraw.ImageDraw, x: int, bottom: int, text: str) -> None:
    width = _font(11, True).getlength(text) + 8
    draw.rounded_rectangle((x + 3, bottom - 20, x + 3 + width, bottom - 3), 4, fill="white", outline=RISEN)
    draw.text((x + 7, bottom - 18), text, RISEN, _font(11, True))


def rank_change(rank: int, generic_rank: int) -> str:
    """ "▲3" for a picture that rose three places, "▼2" for one that fell, "=" for one that stayed."""
    moved = generic_rank - rank
    return f"▲{moved}" if moved > 0 else f"▼{-moved}" if moved < 0 else "="


def fingerprint(path: Path) -> str:
    """The CRC-32 of a picture's file, eight hexadecimal digits: the same on every machine, unlike decoded pixels."""
    return f"{zlib.crc32(path.read_bytes()):08x}"


def _words(row: Row) -> str:
    badges = [*row.badges, *[""] * len(row.pictures)]
    tiles = [
        " ".join(filter(None, [path.stem, fingerprint(path), badge, "framed" if place in row.framed else ""]))
        for place, (path, badge) in enumerate(zip(row.pictures, badges, strict=False))
    ]
    name = f"{row.label or 'pictures'} ({row.note})" if row.note else row.label or "pictures"
    return f"{name}: {', '.join(tiles)}"


def bundle_of_rows(
    rows: Sequence[Row], *, alt: str, tile: int = 60, columns: int = 12
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(data, metadata) of a display: the rows as one JPEG, its alternative text, and all that it shows in words.

    The words, which stand in the file too, tell each picture's name and fingerprint, notes, badges and frames.
    """
    sheet, buffer = compose_rows(rows, tile=tile, columns=columns), io.BytesIO()
    words = "\n".join([alt, *map(_words, rows), f"{columns} columns, {sheet.width} × {sheet.height} pixels"])
    sheet.save(buffer, "JPEG", quality=70, optimize=True, comment=words.encode())
    return {"image/jpeg": buffer.getvalue(), "text/plain": words}, {"image/jpeg": {"alt": alt}}


def show_rows(rows: Sequence[Row], *, alt: str, tile: int = 60, columns: int = 12) -> None:
    """Displays the rows as one JPEG with alternative text, then prints every row's picture names.

    The printed names are what a screen reader and a notebook test can see.
    """
    data, metadata = bundle_of_rows(rows, alt=alt, tile=tile, columns=columns)
    display(data, raw=True, metadata=metadata)
    for row in rows:
        print(f"{row.label or 'pictures'}: {' '.join(path.stem for path in row.pictures)}")


def history_row(
    interactions: pd.DataFrame, catalog: pd.DataFrame, data: Path, persona: Persona, *, latest: int = 12
) -> Row:
    """The different pictures that a persona touched last, oldest first, as a row."""
    history = (
        interactions[interactions["user_id"] == persona.user_id]
        .drop_duplicates("image_id", keep="last")
        .tail(latest)
    )
    return Row(
        persona.user_id, persona.about, [data / file for file in catalog.loc[history["image_id"], "file"]]
    )


def result_row(
    label: str,
    note: str,
    results: Sequence[Result],
    catalog: pd.DataFrame,
    data: Path,
    *,
    badges: bool = False,
) -> Row:
    """A search's results, best first, as a row; `badges` shows how far each picture moved from its generic place."""
    return Row(
        label,
        note,
        [data / catalog["file"][result.image_id] for result in results],
        [rank_change(result.rank, result.generic_rank) for result in results] if badges else (),
    )

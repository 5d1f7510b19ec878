"""The pictures and people that the workshop comes with."""

from __future__ import annotations

import tomllib
import warnings
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

COLUMNS = ("image_id", "file", "title", "subject", "style", "pose", "color")
SEEDS = Path(__file__).resolve().parents[1] / "seeds"


class CatalogError(ValueError):
    """The file of pictures or clicks can't be used as it is; the message says what to change."""


@dataclass(frozen=True)
class Persona:
    """One of the three people whose grids the workshop follows."""

    user_id: str
    liked_styles: tuple[str, ...]
    about: str


def load_catalog(data: Path) -> pd.DataFrame:
    """The pictures, indexed by image_id: columns file, title, subject, style, pose, color.

    Subject, style, pose and color are for plots and measurement only: nothing that ranks reads them.
    Raises FileNotFoundError naming the command that draws the pictures, and CatalogError for a file that is no such table.
    """
    path = data / "catalog.csv"
    if not path.exists():
        raise FileNotFoundError(
            f"{path} is missing. Fetch the repository's data folder again, or run: make data"
        )
    catalog = _read_table(path, {"image_id": str})
    if missing := [column for column in COLUMNS if column not in catalog]:
        raise CatalogError(f"{path} has no column {', '.join(missing)}; it needs {', '.join(COLUMNS)}.")
    if catalog[["image_id", "file"]].isna().any(axis=None):
        raise CatalogError(f"{path} has a row without image_id or file. Fill it in, or delete the row.")
    if catalog["image_id"].duplicated().any():
        twice = catalog.loc[catalog["image_id"].duplicated(), "image_id"].iloc[0]
        raise CatalogError(f"{path} has {twice} twice. Give every picture an image_id of its own.")
    return catalog.set_index("image_id")


def load_interactions(data: Path) -> pd.DataFrame:
    """The click log, oldest first: columns user_id, image_id, event_type, timestamp (epoch seconds)."""
    path = data / "interactions.csv"
    if not path.exists():
        raise FileNotFoundError(
            f"{path} is missing. Fetch the repository's data folder again, or run: make data"
        )
    return _read_table(path, {"user_id": str, "image_id": str, "event_type": str})


def _read_table(path: Path, types: dict[str, type]) -> pd.DataFrame:
    """The CSV file. Raises CatalogError when it is none, or a line has more fields than the header."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(path, dtype=types, index_col=False)
    except (pd.errors.ParserError, pd.errors.ParserWarning, pd.errors.EmptyDataError, UnicodeError, OSError) as error:
        raise CatalogError(
            f"{path} is no table that can be read ({error}). Save it as CSV in UTF-8: commas, one line of column names, as many "
            "fields in every line."
        ) from error


def load_personas() -> list[Persona]:
    """The three personas, with the styles that their simulated history favours."""
    settings = tomllib.loads((SEEDS / "people" / "personas.toml").read_text(encoding="utf-8"))
    return [Persona(p["user_id"], tuple(p["liked_styles"]), p["about"]) for p in settings["persona"]]


def query_subjects() -> list[str]:
    """The subjects that the notebooks search for; no persona ever touched a picture of one."""
    settings = tomllib.loads((SEEDS / "pictures" / "catalog.toml").read_text(encoding="utf-8"))
    return list(settings["queries"]["subjects"])

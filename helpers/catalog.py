"""The pictures and people that the workshop comes with."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

COLUMNS = ("image_id", "file", "title", "subject", "style", "pose", "color")
SEEDS = Path(__file__).resolve().parents[1] / "seeds"


@dataclass(frozen=True)
class Persona:
    """One of the three people whose grids the workshop follows."""

    user_id: str
    liked_styles: tuple[str, ...]
    about: str


def load_catalog(data: Path) -> pd.DataFrame:
    """The pictures, indexed by image_id: columns file, title, subject, style, pose, color.

    Subject, style, pose and color are for plots and measurement only: nothing that ranks reads them.
    Raises FileNotFoundError naming the command that draws the pictures, and ValueError for missing columns or equal ids.
    """
    path = data / "catalog.csv"
    if not path.exists():
        raise FileNotFoundError(
            f"{path} is missing. Fetch the repository's data folder again, or run: make data"
        )
    catalog = pd.read_csv(path, dtype={"image_id": str})
    if missing := [column for column in COLUMNS if column not in catalog]:
        raise ValueError(f"{path} has no column {', '.join(missing)}; it needs {', '.join(COLUMNS)}.")
    if catalog["image_id"].duplicated().any():
        twice = catalog.loc[catalog["image_id"].duplicated(), "image_id"].iloc[0]
        raise ValueError(f"{path} has {twice} twice. Give every picture an image_id of its own.")
    return catalog.set_index("image_id")


def load_interactions(data: Path) -> pd.DataFrame:
    """The click log, oldest first: columns user_id, image_id, event_type, timestamp (epoch seconds)."""
    path = data / "interactions.csv"
    if not path.exists():
        raise FileNotFoundError(
            f"{path} is missing. Fetch the repository's data folder again, or run: make data"
        )
    return pd.read_csv(path, dtype={"user_id": str, "image_id": str, "event_type": str})


def load_personas() -> list[Persona]:
    """The three personas, with the styles that their simulated history favours."""
    settings = tomllib.loads((SEEDS / "people" / "personas.toml").read_text(encoding="utf-8"))
    return [Persona(p["user_id"], tuple(p["liked_styles"]), p["about"]) for p in settings["persona"]]


def query_subjects() -> list[str]:
    """The subjects that the notebooks search for; no persona ever touched a picture of one."""
    settings = tomllib.loads((SEEDS / "pictures" / "catalog.toml").read_text(encoding="utf-8"))
    return list(settings["queries"]["subjects"])

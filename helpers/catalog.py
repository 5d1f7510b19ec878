"""The pictures and people that the workshop comes with."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

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
    Raises FileNotFoundError naming the command that draws the pictures.
    """
    path = data / "catalog.csv"
    if not path.exists():
        raise FileNotFoundError(
            f"{path} is missing. Fetch the repository's data folder again, or run: make data"
        )
    return pd.read_csv(path, dtype={"image_id": str}).set_index("image_id")


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

"""Which pictures there are: every subject in every style, and the seed of each."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from .render import picture_seed
from .styles import STYLES
from .subjects import load_subjects

SETTINGS = Path(__file__).with_name("catalog.toml")
SUBJECTS = tuple(load_subjects())


@dataclass(frozen=True)
class Picture:
    """One picture to draw. `image_id` names it everywhere; subject and style are for plots and measurement only."""

    image_id: str
    subject: str
    style: str
    seed: int


def read_settings() -> dict:
    """The contents of catalog.toml."""
    return tomllib.loads(SETTINGS.read_text(encoding="utf-8"))


def plan_pictures() -> list[Picture]:
    """Every picture of the catalogue, in the order of catalog.csv."""
    settings = read_settings()
    counts = settings["pictures_of_every_pair"]
    return [
        Picture(
            f"{subject}-{style}-{number:02d}",
            subject,
            style,
            picture_seed(subject, style, settings["seed"] + number),
        )
        for subject in SUBJECTS
        for style in STYLES
        for number in range(1, counts.get(style, counts["default"]) + 1)
    ]

"""The subjects, by name; one module a subject with `SUBJECT`, in families of related shapes."""

from __future__ import annotations

from importlib import import_module

from ..scene import Subject

FAMILIES: dict[str, tuple[str, ...]] = {
    "animals": ("cat", "dog", "elephant", "bird"),
    "small animals": ("fish", "butterfly", "snail"),
    "plants": ("tree", "flower", "mushroom", "cactus"),
    "places": ("house", "lighthouse", "mountain"),
    "vehicles": ("car", "boat", "rocket"),
    "things": ("cup", "guitar", "umbrella"),
}


def load_subjects() -> dict[str, Subject]:
    """Every subject by name, in the order of the families."""
    return {name: import_module(f".{name}", __name__).SUBJECT for family in FAMILIES.values() for name in family}

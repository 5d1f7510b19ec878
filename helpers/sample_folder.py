"""A folder as readers bring it, made of the workshop's own pictures: many formats, odd files, no labels, and a foreign log.

It stands in for a folder of the reader's own until there is one. What a picture shows is lost on the way: files are called
as a camera calls them.
"""

from __future__ import annotations

import io
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from filelock import FileLock
from PIL import Image

from .catalog import load_catalog, load_interactions

COLUMNS = {"user_id": "visitor", "image_id": "photo", "event_type": "action", "timestamp": "when"}
EVENT_TYPES = {"seen": "view", "liked": "favorite", "saved": "download"}
_LATER_STYLES = ("neon-punk", "clay")
_SUBJECTS, _OF_EACH, _LATER_OF_EACH, _LATER_OLD = 12, 3, 4, 24
_ODD = ("png", "webp", "tif", "gif", "bmp", "cmyk.jpg", "turned.jpg")
_FORMATS = tuple(form for odd in _ODD for form in ("jpg", "jpg", odd))  # a JPEG goes over byte for byte


@dataclass(frozen=True)
class Sample:
    """Two folders of pictures, with a log of events each; the later one has pictures in styles that the first has not."""

    pictures: Path
    events: Path
    later_pictures: Path
    later_events: Path


def make_sample(data: Path, folder: Path, *, seed: int = 10) -> Sample:
    """The sample in this folder, made from the pictures and the click log in `data` unless it is there already."""
    sample = Sample(folder / "pictures", folder / "events.csv", folder / "later", folder / "later.csv")
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_name(f"{folder.name}.lock")):  # another kernel may be making it: then wait for theirs
            if not folder.exists():
                _make(data, folder, sample, seed)
    return sample


def _make(data: Path, folder: Path, sample: Sample, seed: int) -> None:
    draft = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(draft, ignore_errors=True)  # what a killed run began
    rng, catalog, log = np.random.default_rng(seed), load_catalog(data), load_interactions(data)
    subjects = sorted(catalog["subject"].unique())[:_SUBJECTS]
    ours = catalog[catalog["subject"].isin(subjects)]
    is_late = ours["style"].isin(_LATER_STYLES)
    first = ours[~is_late].groupby(["subject", "style"], sort=True).head(_OF_EACH)
    late = ours[is_late].groupby(["subject", "style"], sort=True).head(_LATER_OF_EACH)
    late = pd.concat([late, ours[~is_late & ~ours.index.isin(first.index)].head(_LATER_OLD)])
    parts = ((first, 1, sample.pictures, sample.events), (late, 5001, sample.later_pictures, sample.later_events))
    for chosen, begin, pictures, events in parts:
        names = _write_pictures(data, chosen.sample(frac=1, random_state=seed), begin, draft / pictures.name, rng)
        _write_events(log[log["image_id"].isin(names)], names, draft / events.name)
    _write_odd_files(draft / "pictures")
    os.replace(draft, folder)


def _write_pictures(data: Path, chosen: pd.DataFrame, begin: int, folder: Path, rng: np.random.Generator) -> dict[str, str]:
    """The name of each picture's file by its image_id, once all are written, in a year's folder each."""
    names = {}
    for number, (image_id, file) in enumerate(chosen["file"].items(), start=begin):
        form = _FORMATS[number % len(_FORMATS)]
        year = 2024 + int(rng.integers(2))
        name = f"{year}/IMG_{number:04d}.{form.rpartition('.')[2]}"
        (folder / str(year)).mkdir(parents=True, exist_ok=True)
        content = (data / file).read_bytes()
        (folder / name).write_bytes(content if form == "jpg" and str(file).endswith(".jpg") else _converted(content, form))
        names[str(image_id)] = name
    return names


def _converted(content: bytes, form: str) -> bytes:
    image, stream, exif = Image.open(io.BytesIO(content)).convert("RGB"), io.BytesIO(), Image.Exif()
    kind = {"jpg": "JPEG", "tif": "TIFF"}.get(form.rpartition(".")[2], form.upper())
    if form == "cmyk.jpg":
        image = image.convert("CMYK")
    if form == "gif":
        image = image.quantize(256, Image.Quantize.FASTOCTREE)
    if form == "turned.jpg":  # as a camera held sideways writes it
        exif[0x0112] = 6
        image = image.transpose(Image.Transpose.ROTATE_90)
        image.save(stream, kind, quality=92, exif=exif)
    else:
        image.save(stream, kind, quality=92, compress_level=1, method=0)
    return stream.getvalue()


def _write_events(log: pd.DataFrame, names: dict[str, str], path: Path) -> None:
    """The log in other words: other column names, milliseconds, other event types, and some rows that can't be used."""
    actions = {ours: theirs for theirs, ours in EVENT_TYPES.items()}
    table = pd.DataFrame({
        COLUMNS["user_id"]: log["user_id"],
        COLUMNS["image_id"]: log["image_id"].map(names),
        COLUMNS["event_type"]: log["event_type"].map(actions),
        COLUMNS["timestamp"]: (log["timestamp"] * 1000).astype(str),
    })  # fmt: skip
    table.loc[table.index[::200], COLUMNS["image_id"]] = "2023/IMG_9999.jpg"
    table.loc[table.index[1::400], COLUMNS["event_type"]] = "shared"
    table.loc[table.index[2::800], COLUMNS["timestamp"]] = "yesterday"
    table.to_csv(path, index=False)


def _write_odd_files(folder: Path) -> None:
    some = sorted(path for path in folder.rglob("*.jpg"))
    (folder / "2025" / "IMG_0001 (copy).jpg").write_bytes(some[0].read_bytes())
    (folder / "2025" / "IMG_8001.jpg").write_bytes(some[1].read_bytes()[:3000])  # the card was pulled out
    (folder / "2025" / "IMG_8002.jpg").write_bytes(b"")
    (folder / "2025" / "IMG_8003.jpg").write_bytes(b"<!doctype html><title>404 Not Found</title>")
    (folder / "2025" / "film.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(64))
    (folder / "notes.txt").write_text("Zoo, then the beach.\n", encoding="utf-8")
    (folder / ".DS_Store").write_bytes(b"\x00\x00\x00\x01Bud1")
    Image.new("RGB", (1, 1), "white").save(folder / "2024" / "pixel.gif")
    Image.new("1", (11_000, 10_000)).save(folder / "2024" / "poster.png", compress_level=1)  # few bytes, 110 million pixels

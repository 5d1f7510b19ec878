"""Draw data/images and write data/catalog.csv:  python -m seeds.pictures [FOLDER]"""

from __future__ import annotations

import csv
import io
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from PIL import Image
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from .catalog import Picture, plan_pictures, read_settings
from .render import render, render_info

DATA = Path(__file__).resolve().parents[2] / "data"
COLUMNS = ("image_id", "file", "title", "subject", "style", "pose", "color")


def jpeg_bytes(picture: Picture, size: int, quality: int) -> bytes:
    """The picture as a JPEG file: progressive, with optimised tables and halved colour resolution."""
    buffer = io.BytesIO()
    Image.fromarray(render(picture.subject, picture.style, picture.seed, size)).save(
        buffer, "JPEG", quality=quality, optimize=True, progressive=True
    )
    return buffer.getvalue()


def title_of(picture: Picture, color: str) -> str:
    """The words that stand for the picture where it can't be seen: "black cat, comic art"."""
    return f"{color} {picture.subject}, {picture.style.replace('-', ' ')}"


def draw(picture: Picture, folder: Path, size: int, quality: int) -> dict:
    """Draw one picture into `folder` and return its catalogue row."""
    path = folder / f"{picture.image_id}.jpg"
    partial_path = path.with_suffix(".part")
    partial_path.write_bytes(jpeg_bytes(picture, size, quality))
    os.replace(partial_path, path)
    info = render_info(picture.subject, picture.style, picture.seed)
    return dict(
        zip(
            COLUMNS,
            (
                picture.image_id,
                f"images/{path.name}",
                title_of(picture, info["color"]),
                picture.subject,
                picture.style,
                info["pose"],
                info["color"],
            ),
            strict=True,
        )
    )


def draw_catalogue(data: Path) -> None:
    """Draw every picture of the plan into data/images, on all cores, and write data/catalog.csv."""
    settings, pictures = read_settings(), plan_pictures()
    folder = data / "images"
    folder.mkdir(parents=True, exist_ok=True)
    work = partial(draw, folder=folder, size=settings["size"], quality=settings["jpeg_quality"])
    # One BLAS thread a process: the processes already use every core.
    with ProcessPoolExecutor(initializer=threadpool_limits, initargs=(1,)) as pool:
        rows = list(
            tqdm(pool.map(work, pictures, chunksize=16), total=len(pictures), desc="drawing", unit="picture")
        )
    expected = {f"{picture.image_id}.jpg" for picture in pictures}
    for stale in folder.iterdir():
        if stale.name not in expected:
            stale.unlink()
    with open(data / "catalog.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    megabytes = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    print(f"{len(rows)} pictures, {megabytes:.1f} MB in {folder}")


if __name__ == "__main__":
    draw_catalogue(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA)

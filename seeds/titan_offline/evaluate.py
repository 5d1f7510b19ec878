"""Measures trained encoders on the catalogue, which they never saw, prints the table of bars and writes metrics.json.

    python -m seeds.titan_offline.evaluate data/split5 data/split6 data/split7 --shipped data/all

Needs requirements.txt of this folder, for the large network that the speed is compared with.
"""

import argparse
import csv
import hashlib
import json
from pathlib import Path

import numpy as np
from PIL import Image

from helpers.local.engines.embedding import Encoder, shrink

from .captions import Vocabulary
from .drawings import FIRST_NUMBER, Drawings, draw, held_out_pairs
from .examination import Examination
from .table import BARS, rows, table

FOLDER = Path(__file__).parent
DATA = FOLDER.parents[1] / "data"
EXAMINATION_NUMBERS = range(FIRST_NUMBER - 14, FIRST_NUMBER)
"""Pictures of these numbers are drawn once as they are and once as JPEG files, and neither trained nor in the catalogue."""


def load_catalogue(data: Path, vocabulary: Vocabulary, subjects: list[str], styles: list[str]) -> Drawings:
    """The committed pictures, none of which was trained, with what catalog.csv says about them."""
    with open(data / "catalog.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    images = []
    for row in rows:
        with Image.open(data / row["file"]) as image:
            images.append(shrink(np.asarray(image.convert("RGB"))))
    colors = vocabulary.colors
    labels = [
        (subjects.index(row["subject"]), styles.index(row["style"]), colors.index(row["color"]) if row["color"] in colors else -1)
        for row in rows
    ]
    return Drawings(np.stack(images), np.array(labels, dtype=np.int64))


def measure(weights: Path, *, split: int | None, drawings: Path | None = None) -> dict:
    """Every measure of the encoder in a folder, with checksums of what was measured.

    split: the pairs that it never saw (see `held_out_pairs`), None for an encoder of all pairs. drawings: see `draw`.
    """
    from seeds.pictures.catalog import STYLES, SUBJECTS

    from .speed import pictures_a_second

    subjects, styles = list(SUBJECTS), list(STYLES)
    vocabulary = Vocabulary(subjects, styles)
    held_out = set() if split is None else held_out_pairs(len(subjects), len(styles), split)
    networks = {name: weights / f"{name}.onnx" for name in ("image", "text")}
    examination = Examination(
        Encoder(networks["image"], networks["text"]), load_catalogue(DATA, vocabulary, subjects, styles), vocabulary, held_out
    )
    # Every second pair is enough, and each subject and style is among them.
    every_second = [(s, t) for s in range(len(subjects)) for t in range(len(styles)) if (s + t) % 2 == 0]
    drawn = draw(every_second, EXAMINATION_NUMBERS, vocabulary.colors, folder=drawings, side=64, quality=90)
    return {
        "sha256": {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in networks.items()},
        "megabytes": round(sum(path.stat().st_size for path in networks.values()) / 1e6, 2),
        **examination.report(),
        "jpeg_members_changed": round(examination.jpeg_members_changed(drawn.images, drawn.as_jpeg), 4),
        "pictures_a_second": pictures_a_second(weights),
    }


def report(folder: Path, drawings: Path | None = None) -> dict:
    """How the encoder in a folder was trained, every measure of it, and its row for each bar; kept in the folder too."""
    training = json.loads((folder / "training.json").read_text(encoding="utf-8"))
    found = {"training": training, **measure(folder, split=training["split"], drawings=drawings)}
    found = {"bars": rows(found), **found}
    (folder / "metrics.json").write_text(json.dumps(found, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return found


def main() -> None:
    """Measure, print the table, and write metrics.json with a part for each split and one for what ships."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("splits", type=Path, nargs="*", help="folders that train.py wrote with --hold-out")
    arguments.add_argument("--shipped", type=Path, help="the folder that train.py wrote without --hold-out")
    arguments.add_argument("--drawings", type=Path, help="keep the drawn pictures in this folder, or take them from there")
    arguments.add_argument("--output", type=Path, default=FOLDER / "metrics.json")
    chosen = arguments.parse_args()
    splits = [report(folder, chosen.drawings) for folder in chosen.splits]
    metrics: dict = {"held_out": splits}
    if splits:
        metrics["bars"] = {
            name: {"at_least" if bar.higher else "at_most": bar.limit, **_spread([split["bars"].get(name) for split in splits])}
            for name, bar in BARS.items()
        }
    if chosen.shipped:
        metrics["shipped"] = report(chosen.shipped, chosen.drawings)
    chosen.output.write_text(json.dumps(metrics, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print(table([split["bars"] for split in splits], metrics.get("shipped", {}).get("bars")))


def _spread(values: list) -> dict[str, float]:
    numbers = [value for value in values if value is not None]
    if not numbers:
        return {}
    return {"mean": round(float(np.mean(numbers)), 4), "lowest": min(numbers), "highest": max(numbers)}


if __name__ == "__main__":
    main()

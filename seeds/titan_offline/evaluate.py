"""Measures the exported encoder on the catalogue, which it never saw, and writes metrics.json.

    python -m seeds.titan_offline.evaluate     (needs nothing beyond the workshop's own packages)
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
from .drawings import Drawings, held_out_pairs
from .examination import Examination

FOLDER = Path(__file__).parent


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


def measure(weights: Path, data: Path, *, hold_out: bool) -> dict:
    """Every measure of the encoder in a folder, on the catalogue in another, with checksums of what was measured."""
    from seeds.pictures.catalog import STYLES, SUBJECTS

    subjects, styles = list(SUBJECTS), list(STYLES)
    vocabulary = Vocabulary(subjects, styles)
    held_out = held_out_pairs(len(subjects), len(styles), np.random.default_rng(0)) if hold_out else set()
    networks = {name: weights / f"{name}.onnx" for name in ("image", "text")}
    drawings = load_catalogue(data, vocabulary, subjects, styles)
    report = Examination(Encoder(networks["image"], networks["text"]), drawings, vocabulary, held_out).report()
    checksums = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in networks.items()}
    return {"sha256": checksums, "megabytes": round(sum(path.stat().st_size for path in networks.values()) / 1e6, 2), **report}


def main() -> None:
    """Measure on the committed catalogue, print, and write one section of metrics.json: shipped or held_out."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--weights", type=Path, default=FOLDER)
    arguments.add_argument("--data", type=Path, default=FOLDER.parents[1] / "data")
    arguments.add_argument("--hold-out", action="store_true", help="these weights were trained with --hold-out")
    chosen = arguments.parse_args()
    report = measure(chosen.weights, chosen.data, hold_out=chosen.hold_out)
    path = FOLDER / "metrics.json"
    metrics = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    metrics["held_out" if chosen.hold_out else "shipped"] = report
    path.write_text(json.dumps(metrics, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()

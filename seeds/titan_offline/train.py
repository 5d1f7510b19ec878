"""Trains the offline encoder: draws pictures, writes captions, fits both networks and exports them.

    python -m seeds.titan_offline.train --output data/all                    the weights that ship, from all pairs
    python -m seeds.titan_offline.train --hold-out 5 --output data/split5    to measure on the pairs that split 5 never shows

Needs requirements.txt of this folder. MODEL_CARD.md says how long it takes.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch

from seeds.pictures.catalog import STYLES, SUBJECTS

from .captions import Vocabulary
from .drawings import FIRST_NUMBER, Drawings, draw, held_out_pairs
from .evaluate import report
from .export import export
from .fitting import Fitting
from .polish import STEPS as POLISHING
from .polish import polish_folder
from .table import table

STEPS = 4000
PICTURES_OF_A_PAIR = 40
CHECKPOINT = 100
"""Steps after which what was learned so far is kept, so that a stop costs no more than these."""


def train(
    drawings: Drawings, vocabulary: Vocabulary, *, steps: int, seed: int, checkpoint: Path | None = None
) -> Fitting:
    """Both networks, fitted to the drawings and to captions made up on the way.

    checkpoint: file that keeps what was learned so far; training goes on from there when it exists.
    """
    fitting = Fitting(drawings, vocabulary, steps, seed)
    if checkpoint and checkpoint.exists():
        fitting.load(checkpoint)
        print(f"goes on after step {fitting.done}", flush=True)
    losses = []
    while fitting.done < steps:
        losses.append(fitting.step())
        if fitting.done % CHECKPOINT == 0 or fitting.done == steps:
            if checkpoint:
                fitting.save(checkpoint)
            print(f"step {fitting.done:5d} of {steps}   loss {np.mean(losses[-CHECKPOINT:]):.3f}"
                  f"   {fitting.minutes:.1f} minutes, {fitting.minutes_of_one_core:.1f} of one core", flush=True)
    fitting.images.eval()
    fitting.texts.eval()
    return fitting


def main() -> None:
    """Train with the settings of the command line, and write image.onnx, text.onnx and training.json."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--output", type=Path, required=True, help="folder for image.onnx and text.onnx")
    arguments.add_argument("--hold-out", type=int, metavar="SPLIT", help="leave out 15 %% of the pairs, drawn from this number")
    arguments.add_argument("--seed", type=int, default=0, help="of the first weights, the batches and the captions")
    arguments.add_argument("--steps", type=int, default=STEPS)
    arguments.add_argument("--per-pair", type=int, default=PICTURES_OF_A_PAIR, help="pictures drawn of each pair")
    arguments.add_argument("--drawings", type=Path, help="keep the drawn pictures in this folder, or take them from there")
    arguments.add_argument("--threads", type=int, default=2, help="1 where the cores are busy with other things")
    chosen = arguments.parse_args()

    torch.set_num_threads(chosen.threads)
    started, vocabulary = time.monotonic(), Vocabulary(list(SUBJECTS), list(STYLES))
    pairs = [(subject, style) for subject in range(len(SUBJECTS)) for style in range(len(STYLES))]
    held_out = set() if chosen.hold_out is None else held_out_pairs(len(SUBJECTS), len(STYLES), chosen.hold_out)
    numbers = range(FIRST_NUMBER, FIRST_NUMBER + chosen.per_pair)
    drawings = draw(pairs, numbers, vocabulary.colors, folder=chosen.drawings).without(held_out)
    drawn_in = (time.monotonic() - started) / 60
    print(f"{len(drawings)} pictures of {len(pairs) - len(held_out)} pairs; {len(held_out)} pairs are held out", flush=True)
    checkpoint = chosen.output / "checkpoint.pt"
    fitted = train(drawings, vocabulary, steps=chosen.steps, seed=chosen.seed, checkpoint=checkpoint)
    export(fitted.images, fitted.texts, chosen.output)
    fitted_at = time.monotonic()
    polish_folder(chosen.output, drawings, vocabulary, steps=POLISHING, seed=chosen.seed, output=chosen.output)
    polished_in = (time.monotonic() - fitted_at) / 60
    made = {
        "split": chosen.hold_out, "seed": chosen.seed, "steps": chosen.steps, "pictures": len(drawings),
        "minutes_drawing": round(drawn_in, 1), "minutes_fitting": round(fitted.minutes, 1),
        "minutes_polishing": round(polished_in, 1), "minutes": round(drawn_in + fitted.minutes + polished_in, 1),
        "minutes_of_one_core_fitting": round(fitted.minutes_of_one_core, 1),
    }
    (chosen.output / "training.json").write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
    checkpoint.unlink()
    print(table([report(chosen.output, chosen.drawings)["bars"]]))


if __name__ == "__main__":
    main()

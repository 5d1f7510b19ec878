"""Teaches a finished text network once more, against the vectors of many pictures at a time, which stay as they are.

    python -m seeds.titan_offline.polish data/all --drawings data/drawings     (train.py does it at its end)

While both networks learn together a text meets the hundred pictures of its batch. A search meets thousands, and a text
that fits nothing must be far from each of them. Texts are cheap, so here they meet five times as many. A first round takes
texts that fit nothing as they come; most of these are far away already, so a second one draws more and learns from those
that come nearest. Needs requirements.txt.
"""

import argparse
import json
import random
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from helpers.local.engines.embedding import Encoder
from helpers.local.engines.text_features import featurize
from seeds.pictures.catalog import STYLES, SUBJECTS

from .captions import ANY, Caption, CaptionWriter, Vocabulary
from .drawings import FIRST_NUMBER, Drawings, draw, held_out_pairs
from .export import export_text
from .fitting import captions_for, total_loss
from .model import TextNetwork

STEPS = 800
CAPTIONED, RIVALS, NONSENSE = 96, 512, 160
DRAWN = 8
"""Times as many texts that fit nothing are drawn in the second round as are learned from."""
PICTURES_OF_A_PAIR = 16
LEAN = 0.12
"""How much nearer a plain word should be to photographs: more than while fitting, as single pictures lie around the mean."""


def polish(
    texts: TextNetwork, vectors: np.ndarray, labels: np.ndarray, vocabulary: Vocabulary, *, steps: int, seed: int, nearest: bool
) -> None:
    """The text network, fitted to these vectors of pictures; labels: what each shows; nearest: the second round."""
    torch.manual_seed(seed)
    rng, writer, images = np.random.default_rng(seed), CaptionWriter(vocabulary, random.Random(seed)), torch.from_numpy(vectors)
    optimizer = torch.optim.AdamW(texts.parameters(), betas=(0.9, 0.98), weight_decay=0.02, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-3, total_steps=steps, pct_start=0.1)
    trained = torch.zeros(len(vocabulary.subjects), len(vocabulary.styles), dtype=torch.bool)
    trained[labels[:, 0], labels[:, 1]] = True
    labels = labels.copy()
    labels[np.isin(labels[:, 1], list(vocabulary.colorless_styles)), 2] = ANY
    texts.train()
    losses = []
    for step in range(1, steps + 1):
        chosen = rng.choice(len(labels), min(RIVALS, len(labels)), replace=False)
        captions = captions_for(labels[chosen[:CAPTIONED]], writer)
        captions += nearest_nonsense(texts, images[chosen], writer) if nearest else [writer.nonsense() for _ in range(NONSENSE)]
        loss = total_loss(
            images[chosen], captions, torch.from_numpy(labels[chosen]), texts, torch.tensor(30.0), trained, writer, LEAN
        )
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(texts.parameters(), 2.0)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        if step % 100 == 0 or step == steps:
            print(f"step {step:5d} of {steps}   loss {np.mean(losses[-100:]):.3f}", flush=True)
    texts.eval()


def nearest_nonsense(texts: TextNetwork, images: torch.Tensor, writer: CaptionWriter) -> list[Caption]:
    """NONSENSE texts that fit nothing: of DRAWN times as many those that come nearest to any of these pictures."""
    captions = [writer.nonsense() for _ in range(DRAWN * NONSENSE)]
    words, grams = featurize([caption.text for caption in captions])
    with torch.no_grad():
        nearest = (texts(torch.from_numpy(words), torch.from_numpy(grams)) @ images.T).amax(1)
    return [captions[place] for place in nearest.topk(NONSENSE).indices.tolist()]


def load_texts(path: Path) -> TextNetwork:
    """The text network of an exported file."""
    tables = {table.name.removesuffix("_half"): numpy_helper.to_array(table) for table in onnx.load(path).graph.initializer}
    network = TextNetwork()
    network.load_state_dict({name: torch.from_numpy(tables[name].astype(np.float32)) for name in network.state_dict()})
    return network


def polish_folder(
    folder: Path, drawings: Drawings, vocabulary: Vocabulary, *, steps: int, seed: int, output: Path,
    rounds: Iterable[int] = (1, 2),
) -> None:
    """A new `text.onnx` in output, for the pictures' JPEG versions as the folder's image network sees them."""
    texts_file = folder / "text.onnx"
    images = drawings.images if drawings.as_jpeg is None else drawings.as_jpeg
    vectors, texts = Encoder(folder / "image.onnx", texts_file).embed_images(images), load_texts(texts_file)
    for number in rounds:
        polish(texts, vectors, drawings.labels, vocabulary, steps=steps, seed=seed + 1000 * number, nearest=number == 2)
    export_text(texts, output)


def main() -> None:
    """Polish the text network of a folder that train.py wrote."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--output", type=Path, help="where text.onnx goes; the same folder when not given")
    arguments.add_argument("--steps", type=int, default=STEPS, help="of each round")
    arguments.add_argument("--rounds", type=int, nargs="+", choices=(1, 2), default=(1, 2))
    arguments.add_argument("--drawings", type=Path, help="keep the drawn pictures in this folder, or take them from there")
    arguments.add_argument("--threads", type=int, default=2)
    chosen = arguments.parse_args()
    torch.set_num_threads(chosen.threads)
    training = json.loads((chosen.folder / "training.json").read_text(encoding="utf-8"))
    vocabulary = Vocabulary(list(SUBJECTS), list(STYLES))
    pairs = [(subject, style) for subject in range(len(SUBJECTS)) for style in range(len(STYLES))]
    held_out = set() if training["split"] is None else held_out_pairs(len(SUBJECTS), len(STYLES), training["split"])
    numbers = range(FIRST_NUMBER, FIRST_NUMBER + PICTURES_OF_A_PAIR)
    drawings = draw(pairs, numbers, vocabulary.colors, folder=chosen.drawings).without(held_out)
    started, worked, output = time.monotonic(), time.process_time(), chosen.output or chosen.folder
    polish_folder(
        chosen.folder, drawings, vocabulary, steps=chosen.steps, seed=training["seed"] or 0, output=output, rounds=chosen.rounds
    )
    print(f"{(time.monotonic() - started) / 60:.1f} minutes, {(time.process_time() - worked) / 60:.1f} of one core")


if __name__ == "__main__":
    main()

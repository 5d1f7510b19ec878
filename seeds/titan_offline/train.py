"""Trains the offline encoder: draws pictures, writes captions, fits both networks and exports them.

    python -m seeds.titan_offline.train                                      the weights that ship, from all pairs
    python -m seeds.titan_offline.train --hold-out --output data/held_out    to measure on pairs that were never shown

Needs requirements.txt of this folder, and about 10 minutes on two cores.
"""

import argparse
import random
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from helpers.local.engines.text_features import featurize
from seeds.pictures.catalog import STYLES, SUBJECTS

from .augment import restyle, shatter, vary
from .captions import ANY, Caption, CaptionWriter, Vocabulary
from .drawings import FIRST_NUMBER, Drawings, draw, held_out_pairs
from .export import export
from .losses import PREFIXES, UNKNOWN, calibration, composition, contrastive, plain_lean, relevance
from .model import ImageNetwork, TextNetwork

FOLDER = Path(__file__).parent
BATCH = 128
RESTYLED = slice(0, 24)
"""Pictures of each batch that are shown in a manner of no style: only their subject counts."""
SHATTERED = slice(24, 38)
"""Pictures of each batch that are shown in pieces: only their style counts."""


def train(drawings: Drawings, vocabulary: Vocabulary, *, steps: int, seed: int) -> tuple[ImageNetwork, TextNetwork]:
    """Both networks, fitted to the drawings and to captions made up on the way."""
    torch.manual_seed(seed)
    rng, writer = np.random.default_rng(seed), CaptionWriter(vocabulary, random.Random(seed))
    image_network, text_network = ImageNetwork().to(memory_format=torch.channels_last), TextNetwork()
    log_scale = torch.nn.Parameter(torch.tensor(14.0).log())
    weights = [*image_network.parameters(), *text_network.parameters()]
    optimizer = torch.optim.AdamW(
        [{"params": weights, "weight_decay": 0.02}, {"params": [log_scale], "weight_decay": 0.0}], betas=(0.9, 0.98), fused=True
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2.5e-3, total_steps=steps, pct_start=0.1)
    trained = torch.zeros(len(vocabulary.subjects), len(vocabulary.styles), dtype=torch.bool)
    trained[drawings.labels[:, 0], drawings.labels[:, 1]] = True
    images, started, losses = torch.from_numpy(drawings.images), time.monotonic(), []
    for step, batch in enumerate(_batches(len(drawings), steps, rng), 1):
        labels = drawings.labels[batch]
        labels[np.isin(labels[:, 1], list(vocabulary.colorless_styles)), 2] = ANY
        captions = captions_for(labels, writer)  # before the pictures lose what the captions say
        pixels = vary(images[torch.from_numpy(batch)])
        pixels[RESTYLED], labels[RESTYLED, 1:] = restyle(pixels[RESTYLED]), UNKNOWN
        pixels[SHATTERED], labels[SHATTERED, 0], labels[SHATTERED, 2] = shatter(pixels[SHATTERED]), UNKNOWN, UNKNOWN
        pictures = image_network(pixels.contiguous(memory_format=torch.channels_last))
        loss = total_loss(pictures, captions, torch.from_numpy(labels), text_network, log_scale.exp().clamp(max=60),
                          trained, writer)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 2.0)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        if step % 100 == 0 or step == steps:
            minutes = (time.monotonic() - started) / 60
            print(f"step {step:5d} of {steps}   loss {np.mean(losses[-100:]):.3f}   {minutes:.1f} minutes", flush=True)
    return image_network.eval(), text_network.eval()


def captions_for(labels: np.ndarray, writer: CaptionWriter) -> list[Caption]:
    """One caption for each picture, and others beside: plain names, styles, colours and nonsense."""
    vocabulary = writer.vocabulary
    captions = [writer.of_picture(*label) for label in labels.tolist()]
    captions += [writer.subject(number) for number in range(len(vocabulary.subjects)) for _ in range(2)]
    captions += [writer.style(number) for number in range(len(vocabulary.styles)) for _ in range(2)]
    captions += [writer.color(number) for number in range(len(vocabulary.colors))]
    colored = [(subject, color) for subject, _, color in labels.tolist() if color >= 0]
    captions += [writer.subject(subject, color) for subject, color in colored[-60:]]
    # Mostly wrong colours: they make the right one count.
    captions += [writer.subject(subject, writer.rng.randrange(len(vocabulary.colors))) for subject, _ in colored[-40:]]
    return captions + [writer.nonsense() for _ in range(48)]


def total_loss(pictures, captions, labels, text_network, scale, trained, writer) -> torch.Tensor:
    """The sum of all that training minimises, for one batch."""
    vocabulary = writer.vocabulary
    claims = torch.tensor([caption.claim for caption in captions])
    pairs = [(writer.rng.randrange(len(vocabulary.subjects)), writer.rng.randrange(len(vocabulary.styles))) for _ in range(32)]
    composed = [writer.pair(*pair) for pair in pairs]
    parts = [writer.subject(subject) for subject, _ in pairs] + [writer.style(style) for _, style in pairs]
    words, grams = featurize([caption.text for caption in captions + composed + parts])
    texts = text_network(torch.from_numpy(words), torch.from_numpy(grams))
    captioned, pair, subject, style = texts.split([len(captions), 32, 32, 32])
    fits, misfits = relevance(claims, labels, trained)
    loss = 0.3 * composition(pair, subject, style)
    for length, weight in PREFIXES:
        cosines = functional.normalize(pictures[:, :length], dim=1) @ functional.normalize(captioned[:, :length], dim=1).T
        loss = loss + weight * contrastive(cosines, scale, fits, misfits)
        loss = loss + weight * 2.0 * calibration(cosines, claims, labels, fits)
        loss = loss + weight * 10.0 * plain_lean(cosines, claims, labels, vocabulary.plain_style)
    return loss


def _batches(n: int, steps: int, rng: np.random.Generator):
    order = np.empty(0, dtype=np.int64)
    for _ in range(steps):
        if len(order) < BATCH:
            order = rng.permutation(n)
        yield order[:BATCH]
        order = order[BATCH:]


def main() -> None:
    """Train with the settings of the command line, and write image.onnx and text.onnx."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--steps", type=int, default=2400)
    arguments.add_argument("--per-pair", type=int, default=56, help="training pictures of every subject in every style")
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--output", type=Path, default=FOLDER)
    arguments.add_argument("--hold-out", action="store_true", help="leave out 15 %% of the pairs, to measure on them")
    arguments.add_argument("--drawings", type=Path, help="keep the drawn pictures here (.npz), or take them from here")
    chosen = arguments.parse_args()

    torch.set_num_threads(2)
    subjects, styles = list(SUBJECTS), list(STYLES)
    vocabulary = Vocabulary(subjects, styles)
    held_out = held_out_pairs(len(subjects), len(styles), np.random.default_rng(0)) if chosen.hold_out else set()
    pairs = [(s, t) for s in range(len(subjects)) for t in range(len(styles)) if (s, t) not in held_out]
    if chosen.drawings and chosen.drawings.exists():
        drawings = Drawings.load(chosen.drawings).without(held_out)
    else:
        drawings = draw(pairs, range(FIRST_NUMBER, FIRST_NUMBER + chosen.per_pair), vocabulary.colors)
        if chosen.drawings:
            drawings.save(chosen.drawings)
    print(f"{len(drawings)} pictures of {len(pairs)} pairs; {len(held_out)} pairs are held out", flush=True)
    image_network, text_network = train(drawings, vocabulary, steps=chosen.steps, seed=chosen.seed)
    export(image_network, text_network, chosen.output)
    print(f"Next: python -m seeds.titan_offline.evaluate --weights {chosen.output}{' --hold-out' * chosen.hold_out}")


if __name__ == "__main__":
    main()

"""One step after the other: pictures and captions of a batch, what both networks make of them, and what they learn from it."""

import random
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from helpers.local.engines.text_features import featurize

from .augment import restyle, shatter, vary
from .captions import ANY, Caption, CaptionWriter, Vocabulary
from .drawings import Drawings
from .losses import (
    GROUP,
    PLAIN_LEAN,
    PREFIXES,
    UNKNOWN,
    calibration,
    composition,
    contrastive,
    plain_lean,
    relevance,
    togetherness,
)
from .model import ImageNetwork, NamingHeads, TextNetwork

PAIRS = 48
"""(Subject, style) pairs of each batch; it has two pictures of each, one behind the other."""
RESTYLED = slice(0, 20)
"""Pictures of each batch that are shown in a manner of no style: only their subject counts."""
SHATTERED = slice(20, 32)
"""Pictures of each batch that are shown in pieces: only their style counts."""
CLEAR = slice(32, 2 * PAIRS)
"""Pictures of each batch that still show all that their captions say."""
TWINS = 12
"""So many pictures at the end of each batch are shown once more as they were drawn and as a JPEG file gives them back."""
COMPOSED = 24
"""Pairs whose texts are asked to lie between those of their parts, in each batch."""
COUNTERS = ("done", "pairs_to_come", "minutes", "minutes_of_one_core")


class Fitting:
    """Both networks and what trains them."""

    def __init__(self, drawings: Drawings, vocabulary: Vocabulary, steps: int, seed: int):
        torch.manual_seed(seed)
        self.drawings, self.done = drawings, 0
        self.rng, self.writer = np.random.default_rng(seed), CaptionWriter(vocabulary, random.Random(seed))
        self.images, self.texts = ImageNetwork().to(memory_format=torch.channels_last), TextNetwork()
        self.names = NamingHeads(self.images, len(vocabulary.subjects), len(vocabulary.styles))
        self.log_scale = torch.nn.Parameter(torch.tensor(14.0).log())
        self.weights = [*self.images.parameters(), *self.texts.parameters(), *self.names.parameters()]
        groups = [{"params": self.weights, "weight_decay": 0.02}, {"params": [self.log_scale], "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98), fused=True)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(self.optimizer, 3e-3, total_steps=steps, pct_start=0.12)
        self.trained = torch.zeros(len(vocabulary.subjects), len(vocabulary.styles), dtype=torch.bool)
        self.trained[drawings.labels[:, 0], drawings.labels[:, 1]] = True
        self.places = _by_pair(drawings.labels)
        self.pairs_to_come: list[int] = []
        self.minutes = self.minutes_of_one_core = 0.0

    def save(self, path: Path) -> None:
        """Keep everything that the next steps depend on."""
        parts = {name: getattr(self, name).state_dict() for name in ("images", "texts", "names", "optimizer", "schedule")}
        numbers = {name: getattr(self, name) for name in COUNTERS}
        chance = [self.rng.bit_generator.state, self.writer.rng.getstate(), torch.get_rng_state()]
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        torch.save({"parts": parts, "numbers": numbers, "scale": self.log_scale.data, "chance": chance}, unfinished)
        unfinished.replace(path)

    def load(self, path: Path) -> None:
        """Go on from what `save` kept."""
        kept = torch.load(path, weights_only=True)
        for name, part in kept["parts"].items():
            getattr(self, name).load_state_dict(part)
        self.log_scale.data.copy_(kept["scale"])
        for name in COUNTERS:
            setattr(self, name, kept["numbers"][name])
        self.rng.bit_generator.state = kept["chance"][0]
        self.writer.rng.setstate(kept["chance"][1])
        torch.set_rng_state(kept["chance"][2])

    def batch(self) -> np.ndarray:
        """Places of two pictures of each of PAIRS pairs, the pairs in turn."""
        while len(self.pairs_to_come) < PAIRS:
            self.pairs_to_come += self.rng.permutation(len(self.places)).tolist()
        pairs, self.pairs_to_come = self.pairs_to_come[:PAIRS], self.pairs_to_come[PAIRS:]
        return np.concatenate([self.rng.choice(self.places[pair], 2) for pair in pairs])

    def step(self) -> float:
        """Learn from one batch of pictures; the loss before."""
        started, worked = time.monotonic(), time.process_time()
        vocabulary, chosen = self.writer.vocabulary, self.batch()
        labels = self.drawings.labels[chosen]
        labels[np.isin(labels[:, 1], list(vocabulary.colorless_styles)), 2] = ANY
        captions = captions_for(labels, self.writer)  # before the pictures lose what the captions say
        pixels, twins = _pixels(self.drawings, chosen)
        labels[RESTYLED, 1:], labels[SHATTERED, 0], labels[SHATTERED, 2] = UNKNOWN, UNKNOWN, UNKNOWN
        truth = torch.from_numpy(labels)
        content, manner = self.images.features(torch.cat([pixels, twins]).contiguous(memory_format=torch.channels_last))
        pictures, again = self.images.vectors(content, manner).split([len(pixels), len(twins)])
        loss = total_loss(pictures, captions, truth, self.texts, self.log_scale.exp().clamp(max=60), self.trained, self.writer)
        loss = loss + self.names.loss(content[: len(pixels)], manner[: len(pixels)], truth)
        loss = loss + 2.0 * togetherness(pictures[CLEAR][::2], pictures[CLEAR][1::2], GROUP)
        loss = loss + 2.0 * togetherness(pictures[-len(twins) :], again)
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.weights, 2.0)
        self.optimizer.step()
        self.schedule.step()
        self.done += 1
        self.minutes += (time.monotonic() - started) / 60
        self.minutes_of_one_core += (time.process_time() - worked) / 60
        return loss.item()


def _pixels(drawings: Drawings, chosen: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    """A batch's pictures `(n, 3, 64, 64)`, changed at random, and the last of them as JPEG files give them back."""
    as_jpeg = drawings.images if drawings.as_jpeg is None else drawings.as_jpeg
    both = torch.from_numpy(np.concatenate([drawings.images[chosen[-TWINS:]], as_jpeg[chosen[-TWINS:]]], axis=3))
    lossless, twins = vary(both).split(3, dim=1)
    pixels = torch.cat([vary(torch.from_numpy(as_jpeg[chosen[:-TWINS]])), lossless])
    pixels[RESTYLED], pixels[SHATTERED] = restyle(pixels[RESTYLED]), shatter(pixels[SHATTERED])
    return pixels, twins


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
    return captions + [writer.nonsense() for _ in range(64)]


def total_loss(pictures, captions, labels, text_network, scale, trained, writer, lean=PLAIN_LEAN) -> torch.Tensor:
    """The sum of all that training minimises, for one batch."""
    vocabulary = writer.vocabulary
    claims = torch.tensor([caption.claim for caption in captions])
    sizes = len(vocabulary.subjects), len(vocabulary.styles)
    pairs = [(writer.rng.randrange(sizes[0]), writer.rng.randrange(sizes[1])) for _ in range(COMPOSED)]
    composed = [writer.pair(*pair) for pair in pairs]
    parts = [writer.subject(subject) for subject, _ in pairs] + [writer.style(style) for _, style in pairs]
    words, grams = featurize([caption.text for caption in captions + composed + parts])
    texts = text_network(torch.from_numpy(words), torch.from_numpy(grams))
    captioned, pair, subject, style = texts.split([len(captions), COMPOSED, COMPOSED, COMPOSED])
    fits, misfits = relevance(claims, labels, trained)
    loss = 0.5 * composition(pair, subject, style)
    for length, weight in PREFIXES:
        cosines = functional.normalize(pictures[:, :length], dim=1) @ functional.normalize(captioned[:, :length], dim=1).T
        loss = loss + weight * contrastive(cosines, scale, fits, misfits)
        loss = loss + weight * 2.0 * calibration(cosines, claims, labels, fits)
        loss = loss + weight * 60.0 * plain_lean(cosines, claims, labels, vocabulary.plain_style, lean)
    return loss


def _by_pair(labels: np.ndarray) -> list[list[int]]:
    places: dict[tuple[int, int], list[int]] = {}
    for place, (subject, style, _) in enumerate(labels.tolist()):
        places.setdefault((subject, style), []).append(place)
    return list(places.values())

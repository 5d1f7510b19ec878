"""Draws the pictures that the encoder learns from, none of which is in the catalogue."""

import math
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from threadpoolctl import threadpool_limits

SIDE = 80
"""Training pictures are kept a little larger than the network sees them, so that they can be cropped and turned."""

FIRST_NUMBER = 500_000_000
"""Training pictures are numbered from here; the catalogue's numbers end far below."""

HELD_OUT_SHARE = 0.15


@dataclass(frozen=True)
class Drawings:
    """Pictures `(n, side, side, 3)` uint8 and what they show: subject, style and colour as numbers `(n, 3)`."""

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.images)

    def without(self, pairs: set[tuple[int, int]]) -> "Drawings":
        """The pictures of all other (subject, style) pairs."""
        kept = np.array([(subject, style) not in pairs for subject, style, _ in self.labels.tolist()])
        return Drawings(self.images[kept], self.labels[kept])

    def save(self, path: Path) -> None:
        """Keep the pictures, for another run on the same ones."""
        np.savez(path, images=self.images, labels=self.labels)

    @classmethod
    def load(cls, path: Path) -> "Drawings":
        """What `save` kept."""
        with np.load(path, allow_pickle=False) as kept:
            return cls(kept["images"], kept["labels"])


def held_out_pairs(n_subjects: int, n_styles: int, rng: np.random.Generator) -> set[tuple[int, int]]:
    """15 % of all (subject, style) pairs, spread evenly over subjects and over styles. They are never trained."""
    subjects, styles = rng.permutation(n_subjects).tolist(), rng.permutation(n_styles).tolist()
    round_length = math.lcm(n_subjects, n_styles)
    return {
        (subjects[i % n_subjects], styles[(i + i // round_length) % n_styles])
        for i in range(round(HELD_OUT_SHARE * n_subjects * n_styles))
    }


def draw(pairs: list[tuple[int, int]], numbers: range, colors: list[str], *, side: int = SIDE, processes: int = 2) -> Drawings:
    """The pictures with these numbers of every (subject, style) pair.

    Their order is by number, then pair: a shorter range gives the beginning of a longer one.
    """
    jobs = [(subject, style, number, side) for number in numbers for subject, style in pairs]
    # One BLAS thread a process: the processes already use every core.
    with ProcessPoolExecutor(processes, initializer=threadpool_limits, initargs=(1,)) as pool:
        drawn = list(pool.map(_draw_one, jobs, chunksize=32))
    labels = [
        (subject, style, colors.index(color) if color in colors else -1)
        for (subject, style, *_), (_, color) in zip(jobs, drawn, strict=True)
    ]
    return Drawings(np.stack([image for image, _ in drawn]), np.array(labels, dtype=np.int64))


def _draw_one(job: tuple[int, int, int, int]) -> tuple[np.ndarray, str]:
    from seeds.pictures.catalog import STYLES, SUBJECTS
    from seeds.pictures.render import picture_seed, render, render_info

    subject, style, number, side = SUBJECTS[job[0]], STYLES[job[1]], job[2], job[3]
    seed = picture_seed(subject, style, number)
    image = Image.fromarray(render(subject, style, seed))
    color = str(render_info(subject, style, seed)["color"])
    return np.asarray(image.resize((side, side), Image.Resampling.BOX)), color

"""Draws the pictures that the encoder learns from, none of which is in the catalogue."""

import io
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
    """Pictures `(n, side, side, 3)` uint8 and what they show: subject, style and colour as numbers `(n, 3)`.

    as_jpeg: the same pictures as a JPEG file gives them back.
    """

    images: np.ndarray
    labels: np.ndarray
    as_jpeg: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.images)

    def without(self, pairs: set[tuple[int, int]]) -> "Drawings":
        """The pictures of all other (subject, style) pairs."""
        kept = np.array([(subject, style) not in pairs for subject, style, _ in self.labels.tolist()])
        return Drawings(self.images[kept], self.labels[kept], None if self.as_jpeg is None else self.as_jpeg[kept])


def held_out_pairs(n_subjects: int, n_styles: int, split: int) -> set[tuple[int, int]]:
    """15 % of all (subject, style) pairs, spread evenly over subjects and over styles. They are never trained.

    split: any number; another number leaves out other pairs.
    """
    rng = np.random.default_rng(split)
    subjects, styles = rng.permutation(n_subjects).tolist(), rng.permutation(n_styles).tolist()
    round_length = math.lcm(n_subjects, n_styles)
    return {
        (subjects[i % n_subjects], styles[(i + i // round_length) % n_styles])
        for i in range(round(HELD_OUT_SHARE * n_subjects * n_styles))
    }


def draw(
    pairs: list[tuple[int, int]], numbers: range, colors: list[str], *, folder: Path | None = None, side: int = SIDE,
    quality: int | None = None, processes: int = 2,
) -> Drawings:
    """The pictures with these numbers of every (subject, style) pair, in the order of number, then pair.

    folder: keeps each number's pictures in a file of its own; those that lie there already are not drawn again.
    quality: of the JPEG files, each picture's own (68 … 92) when none is given.
    """
    parts = []
    # One BLAS thread a process: the processes already use every core.
    with ProcessPoolExecutor(processes, initializer=threadpool_limits, initargs=(1,)) as pool:
        for number in numbers:
            kept = None if folder is None else folder / f"{number}-{side}.npz"
            if kept is None or not kept.exists():
                drawn = list(pool.map(_draw_one, [(*pair, number, side, quality) for pair in pairs], chunksize=8))
                part = {
                    "images": np.stack([image for image, *_ in drawn]), "as_jpeg": np.stack([image for _, image, _ in drawn]),
                    "labels": np.array([
                        (*pair, colors.index(color) if color in colors else -1)
                        for pair, (*_, color) in zip(pairs, drawn, strict=True)
                    ], dtype=np.int64),
                }
                if kept:
                    _save(kept, part)
            else:
                with np.load(kept, allow_pickle=False) as file:
                    part = dict(file)
            parts.append(part)
    return Drawings(**{name: np.concatenate([part[name] for part in parts]) for name in ("images", "labels", "as_jpeg")})


def _save(path: Path, part: dict[str, np.ndarray]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with open(unfinished, "wb") as file:
        np.savez(file, **part)
    unfinished.replace(path)


def _draw_one(job: tuple[int, int, int, int, int | None]) -> tuple[np.ndarray, np.ndarray, str]:
    from seeds.pictures.catalog import STYLES, SUBJECTS
    from seeds.pictures.render import picture_seed, render, render_info

    subject, style, (number, side, quality) = SUBJECTS[job[0]], STYLES[job[1]], job[2:]
    seed = picture_seed(subject, style, number)
    image = Image.fromarray(render(subject, style, seed))
    color = str(render_info(subject, style, seed)["color"])
    versions = image, through_jpeg(image, quality or 68 + seed % 25, side)
    small, small_jpeg = (np.asarray(version.resize((side, side), Image.Resampling.BOX)) for version in versions)
    return small, small_jpeg, color


def through_jpeg(image: Image.Image, quality: int, side: int) -> Image.Image:
    """The picture that comes back from a JPEG file, decoded as Titan's stand-in decodes it: at twice the wanted side or more."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    with Image.open(file, formats=("JPEG",)) as decoded:
        decoded.draft("RGB", (2 * side, 2 * side))
        return decoded.convert("RGB")

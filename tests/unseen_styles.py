"""200 pictures in five styles that the offline encoder never saw, of ten subjects that it knows."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image
from scipy.spatial import cKDTree

from seeds.pictures.paint import coverage
from seeds.pictures.scene import compose
from seeds.pictures.subjects import load_subjects

SUBJECTS = ("bird", "boat", "butterfly", "car", "cat", "dog", "fish", "guitar", "house", "tree")
STYLES = ("silhouette", "blueprint", "mosaic", "cross-stitch", "heat-map")
OF_EACH, SIZE = 4, 128


def draw(folder: Path) -> tuple[list[Path], list[str], list[str]]:
    """(files, subjects, styles), one of each a picture."""
    folder.mkdir(parents=True, exist_ok=True)
    known, files, subjects, styles = load_subjects(), [], [], []
    for subject in SUBJECTS:
        for number, style in enumerate(STYLES):
            for variant in range(OF_EACH):
                seed = 90_000 + 1000 * number + variant
                pixels = _drawn(compose(known[subject], seed, SIZE), style, np.random.default_rng(seed))
                files.append(folder / f"{len(files):03d}.png")
                Image.fromarray((np.clip(pixels, 0, 1) * 255).astype(np.uint8)).save(files[-1])
                subjects.append(subject)
                styles.append(style)
    return files, subjects, styles


def _drawn(scene, style: str, rng: np.random.Generator) -> np.ndarray:
    flat = np.ones((SIZE, SIZE, 3)) * (0.95, 0.93, 0.88)
    mask, lines = np.zeros((SIZE, SIZE)), np.zeros((SIZE, SIZE))
    for part in scene.parts:
        cover = coverage(part.distance, scene.pixel)[..., None]
        flat = flat * (1 - cover) + np.array(part.colour) * cover
        mask = np.maximum(mask, cover[..., 0])
        lines = np.maximum(lines, np.exp(-((part.distance / (1.2 * scene.pixel)) ** 2)))
    if style == "silhouette":
        return np.ones((SIZE, SIZE, 3)) * (0.96, 0.8, 0.5) * (1 - mask[..., None])
    if style == "blueprint":
        return np.ones((SIZE, SIZE, 3)) * (0.07, 0.22, 0.5) + lines[..., None] * 0.85
    if style == "heat-map":
        grey = np.round(flat @ (0.21, 0.72, 0.07) * 7) / 7
        return matplotlib.colormaps["inferno"](grey)[..., :3]
    if style == "mosaic":
        stones = rng.random((700, 2)) * SIZE
        rows, columns = np.mgrid[:SIZE, :SIZE]
        distances, nearest = cKDTree(stones).query(np.stack([rows.ravel(), columns.ravel()], axis=1), k=2)
        stone = stones[nearest[:, 0]].astype(int)
        joint = (distances[:, 1] - distances[:, 0] < 0.9)[:, None]
        return np.where(joint, 0.75, flat[stone[:, 0], stone[:, 1]]).reshape(SIZE, SIZE, 3)
    rows, columns = np.mgrid[:SIZE, :SIZE]
    stitch = (np.abs(rows % 8 - columns % 8) < 2) | (np.abs(rows % 8 + columns % 8 - 7) < 2)
    cells = flat[4::8, 4::8].repeat(8, 0).repeat(8, 1)
    return np.where(stitch[..., None], cells, (0.93, 0.9, 0.82))


def measure(vectors: np.ndarray, words: np.ndarray, subjects: list[str], styles: list[str]) -> dict[str, float]:
    """How well vectors (n, d) of these pictures, and words (n_subjects, d), tell subjects and styles apart."""
    subject, style = np.array(subjects), np.array(styles)
    near = vectors @ vectors.T
    np.fill_diagonal(near, -2)
    three = np.argsort(-near, axis=1)[:, :3]
    found = np.argsort(-(words @ vectors.T), axis=1)[:, :10]
    return {
        "a word's ten nearest show it": float(np.mean([subject[row] == word for word, row in zip(SUBJECTS, found, strict=True)])),
        "by chance": 1 / len(SUBJECTS),
        "a picture's three nearest show the same": float((subject[three] == subject[:, None]).mean()),
        "a picture's three nearest are in its style": float((style[three] == style[:, None]).mean()),
        "best word is right": float((np.array(SUBJECTS)[(vectors @ words.T).argmax(axis=1)] == subject).mean()),
    }

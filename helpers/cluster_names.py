"""Names that a person understands for clusters: the nearest words, and the most typical pictures.

A text model that shares its space with the pictures says which of some given words lies nearest to a centroid. Labels of
pictures are never read; the words only say what there is to choose from.
"""

import json
import math
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from .cluster_quality import most_typical
from .disk import writing_to
from .embedder import Embedder

GENERIC_WORDS: Mapping[str, Sequence[str]] = {
    "subject": (
        "person", "face", "crowd", "animal", "cat", "dog", "bird", "fish", "insect", "flower", "tree", "forest", "fruit",
        "food", "drink", "house", "city", "street", "interior", "furniture", "car", "boat", "airplane", "mountain", "beach",
        "sky", "water", "clothing", "shoes", "tool", "toy", "musical instrument", "computer", "text", "pattern",
    ),
    "style": (
        "photo", "drawing", "pencil sketch", "painting", "watercolor", "comic", "pixel art", "3d render", "paper craft",
        "black and white", "neon", "poster", "logo",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class ClusterName:
    """How to speak of a cluster.

    name: "cat, comic-art", no two alike. words: what the name is made of, () when it is called after a picture. typical:
    the image ids nearest to the centroid, nearest first. size: in pictures. margin: how far the name's least certain word
    leads the next word of its list (a difference of cosines); near 0 it is a guess. NaN when there was no choice.
    """

    cluster: str
    name: str
    words: tuple[str, ...]
    typical: tuple[str, ...]
    size: int
    margin: float


def name_clusters(
    image_ids: Sequence[str],
    vectors: NDArray[np.float32],
    centroids: NDArray[np.float32],
    clusters: Sequence[str],
    *,
    words: Mapping[str, Sequence[str]] = GENERIC_WORDS,
    least_margin: float = 0.0,
    n_typical: int = 3,
    embedder: Embedder | None = None,
) -> dict[str, ClusterName]:
    """A name for every cluster that has pictures, by cluster id, in the order of the ids.

    vectors (n_pictures, n_features) and clusters belong to image_ids; row c of centroids (k, n_features) is the middle of
    cluster str(c). words: lists to choose one word each from, such as {"subject": ["cat", …], "style": […]}. embedder: the
    model of the pictures, which embeds each word. least_margin: a word that leads the next of its list by less is left
    out; with 0.05 fewer names are wrong. A cluster without a word (always, with {}) is called after its most typical
    picture: "like cat-clay-03".
    The second cluster of the same words is "cat, comic-art 2".
    Raises ValueError for an empty list of words, or without an embedder for them; EmbedError when it refuses a word.
    """
    typical = most_typical(vectors, centroids, clusters, n=n_typical)
    ids = sorted(typical, key=int)
    middles = centroids[[int(c) for c in ids]]
    middles = (middles / np.maximum(np.linalg.norm(middles, axis=1, keepdims=True), 1e-12)).astype(np.float32)
    nearest = [_nearest_words(middles, list(dict.fromkeys(choices)), kind, embedder) for kind, choices in words.items()]
    sizes, taken, names = Counter(clusters), set[str](), {}
    for place, c in enumerate(ids):
        sure = [found[place] for found in nearest if not found[place][1] < least_margin]
        pictures = tuple(str(image_ids[row]) for row in typical[c])
        name = _distinct(", ".join(word for word, _ in sure) or f"like {pictures[0]}", taken)
        leads = [lead for _, lead in sure if not math.isnan(lead)]
        names[c] = ClusterName(c, name, tuple(word for word, _ in sure), pictures, sizes[c], min(leads, default=math.nan))
        taken.add(name)
    return names


def write_names(names: Mapping[str, ClusterName], path: Path) -> None:
    """Nothing; leaves the names in a JSON file that one can read and correct by hand."""
    rows = [asdict(name) | {"margin": None if math.isnan(name.margin) else name.margin} for name in names.values()]
    draft = path.with_suffix(".part")
    with writing_to(path.parent), FileLock(f"{path}.lock"):
        draft.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        os.replace(draft, path)


def read_names(path: Path) -> dict[str, ClusterName]:
    """The names that `write_names` left. Raises FileNotFoundError naming the notebook that makes them."""
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing. Run notebook 02 (groups of similar pictures) first.")
    rows = json.loads(path.read_text(encoding="utf-8"))
    return {
        row["cluster"]: ClusterName(
            row["cluster"],
            row["name"],
            tuple(row["words"]),
            tuple(row["typical"]),
            row["size"],
            math.nan if row["margin"] is None else row["margin"],
        )
        for row in rows
    }


def _nearest_words(
    middles: NDArray[np.float32], choices: Sequence[str], kind: str, embedder: Embedder | None
) -> list[tuple[str, float]]:
    """For each middle the nearest word, and how far it leads the second; NaN when there is one word only."""
    if not choices:
        raise ValueError(f"there are no words for {kind!r}; give some, or leave {kind!r} out")
    if embedder is None:
        raise ValueError("words need a model that knows them: pass embedder=aws.embedder, or words={} to do without")
    vectors = np.array([embedder.embed(text=word, purpose="query") for word in choices])
    if vectors.shape[1] != middles.shape[1]:
        raise ValueError(
            f"{embedder.model} gives words {vectors.shape[1]} numbers, the centroids have {middles.shape[1]}; "
            "run notebooks 01 and 02 again with one model"
        )
    cosines = middles @ vectors.T
    best = [choices[i] for i in cosines.argmax(axis=1)]
    leads = np.diff(np.sort(cosines, axis=1)[:, -2:], axis=1)[:, 0] if len(choices) > 1 else np.full(len(best), np.nan)
    return list(zip(best, leads.tolist(), strict=True))


def _distinct(name: str, taken: set[str]) -> str:
    """The name, or with the first number from 2 on that makes it one of its own."""
    return name if name not in taken else next(f"{name} {n}" for n in count(2) if f"{name} {n}" not in taken)

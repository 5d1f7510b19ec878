"""What the measurements share: the catalogue with its vectors, and a searched world with a trained ranker."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from PIL import Image

from helpers.catalog import load_catalog
from helpers.clustering import assign_clusters
from helpers.experiment import Question, World
from helpers.local.engines.embedding import Encoder
from helpers.local.engines.kmeans import KMeansSettings, train_kmeans
from helpers.local.engines.ranking import Ranker, group_by_user, train
from helpers.settings import REPOSITORY, SHIPPED_DATA
from seeds.people.trials import Asker, Trial

K, EPOCHS = 400, 10  # as in notebook 02


@dataclass(frozen=True)
class Lab:
    """The whole catalogue (columns image_id, subject, style, …), its vectors, and the vector of each subject's word."""

    catalog: pd.DataFrame
    vectors: np.ndarray
    queries: dict[str, np.ndarray]


def open_lab(pictures: int | None = None) -> Lab:
    """Embed the catalogue's pictures, or the first few of each subject and style, and the names of its subjects."""
    weights = REPOSITORY / "seeds" / "titan_offline"
    encoder = Encoder(weights / "image.onnx", weights / "text.onnx")
    catalog = load_catalog(SHIPPED_DATA).reset_index()
    if pictures is not None:
        catalog = catalog.groupby(["subject", "style"], sort=False).head(pictures).reset_index(drop=True)
    images = [np.asarray(Image.open(SHIPPED_DATA / file).convert("RGB")) for file in catalog["file"]]
    vectors = np.concatenate([encoder.embed_images(images[i : i + 64]) for i in range(0, len(images), 64)])
    subjects = pd.unique(catalog["subject"]).tolist()
    return Lab(catalog, vectors.astype(np.float32), dict(zip(subjects, encoder.embed_texts(subjects), strict=True)))


def vectors_of(lab: Lab, catalog: pd.DataFrame) -> np.ndarray:
    """The vectors (n_pictures, 1024) of a part of the catalogue."""
    return lab.vectors[pd.Index(lab.catalog["image_id"]).get_indexer(pd.Index(catalog["image_id"]))]


def cluster(vectors: np.ndarray, k: int = K) -> list[str]:
    """The cluster of each picture, by the K-Means that notebook 02 trains."""
    return assign_clusters(vectors, train_kmeans(vectors, KMeansSettings(k=k, epochs=EPOCHS)).centroids)


def train_on(trial: Trial, clusters: list[str], events: pd.DataFrame | None = None) -> Ranker:
    """A ranker that learned from the trial's population, clicks on clusters in the order of their times."""
    events = trial.events if events is None else events
    cluster_of = dict(zip(trial.catalog["image_id"], clusters, strict=True))
    items = [cluster_of[image] for image in events["image_id"]]
    return train(*group_by_user(events["user_id"], items, events["event_type"], range(len(events))))[0]


def scores_by(ranker: Ranker):
    """Scores as Personalize gives them: a soft-max over the request, rounded to 7 decimals, None for the unknown."""

    def scores(history, clusters) -> dict[str, float | None]:
        known = [cluster for cluster in clusters if cluster in ranker.position]
        utilities = ranker.utilities(None, history)[[ranker.position[cluster] for cluster in known]]
        chances = np.exp(utilities - utilities.max(initial=-np.inf))
        rounded = np.round(chances / chances.sum(), 7).tolist()
        return dict.fromkeys(clusters) | dict(zip(known, rounded, strict=True))

    return scores


def world_of(lab: Lab, trial: Trial, clusters: list[str], ranker: Ranker, **options) -> World:
    """What the trial's users search."""
    return World(vectors_of(lab, trial.catalog), clusters, lab.queries, scores_by(ranker), **options)


def questions_of(trial: Trial, askers: list[Asker]) -> list[Question]:
    """The users' events, queries and relevant pictures, on the rows of the trial's catalogue."""
    subject = trial.catalog["subject"].to_numpy()
    style = pd.Index(trial.styles).get_indexer(pd.Index(trial.catalog["style"]))
    row_of = pd.Index(trial.catalog["image_id"])
    events = dict(list(trial.unseen.groupby("user_id", sort=False)))
    questions = []
    for asker in askers:
        own = events[asker.person.user_id]
        asked = subject == asker.subject
        liked = np.isin(style, [trial.styles.index(name) for name in asker.liked])
        questions.append(Question(
            asker.person.user_id, asker.subject, row_of.get_indexer(pd.Index(own["image_id"])), tuple(own["event_type"]),
            np.where(asked, asker.relevance[style], 0.0), asked, liked, asker.taste,
        ))  # fmt: skip
    return questions

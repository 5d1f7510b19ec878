"""Which fusion, which k, which weight? Unseen users, text queries, the shipped catalogue.

    python tests/benchmarks/fusion_pilot.py [SEED]

A user asks for a subject whose pictures they never touched. A picture of that subject is relevant, the more so the more
the user likes its style; any other picture is not. Prints nDCG@12, subject precision and the share in liked styles.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from tqdm import tqdm

from helpers.catalog import load_catalog, load_interactions
from helpers.clustering import assign_clusters
from helpers.fusion import fuse
from helpers.local.engines.embedding import Encoder
from helpers.local.engines.kmeans import KMeansSettings, train_kmeans
from helpers.local.engines.ranking import Ranker, group_by_user, train
from helpers.settings import REPOSITORY, SHIPPED_DATA
from seeds.people.simulate import draw_people, read_toml, simulate_events

N_USERS, CANDIDATES, TOP = 200, 300, 12
WEIGHTS = (0.25, 0.4, 0.5, 0.6, 0.75)
KS = (60, 100, 160, 200, 250, 300, 400, 500)
CHOSEN_K = 400


def embed_catalogue(encoder: Encoder, catalog: pd.DataFrame) -> np.ndarray:
    """Vectors (n_pictures, 1024) of the catalogue."""
    from PIL import Image

    images = [np.asarray(Image.open(SHIPPED_DATA / file).convert("RGB")) for file in catalog["file"]]
    return np.concatenate([encoder.embed_images(images[i : i + 64]) for i in range(0, len(images), 64)])


def unseen_queries(catalog: pd.DataFrame, seed: int) -> Iterator[tuple[str, pd.DataFrame, np.ndarray]]:
    """(subject, the user's events without that subject, taste over styles (n_styles,)) of users nobody trained on."""
    settings, rng = read_toml("population.toml"), np.random.default_rng([seed, 99])
    styles, subjects = catalog["style"].unique().tolist(), catalog["subject"].unique().tolist()
    for person in draw_people(settings | {"users": N_USERS}, styles, rng):
        subject = str(rng.choice(subjects))
        shy = replace(person, avoids=frozenset([subject]))
        yield subject, simulate_events([shy], catalog.reset_index(), settings, rng), person.taste


def ndcg(relevance: np.ndarray, order: Sequence[int]) -> float:
    """nDCG@12 with gain 2^relevance − 1 (Burges et al. 2005)."""
    gain, discount = 2**relevance - 1, 1 / np.log2(np.arange(2, TOP + 2))
    return float((gain[list(order[:TOP])] * discount).sum() / (np.sort(gain)[::-1][:TOP] * discount).sum())


def minmax(values: np.ndarray) -> np.ndarray:
    span = np.ptp(values)
    return (values - values.min()) / span if span else np.full_like(values, 0.5)


def orders(pool, search, taste, vectors, query, liked) -> dict[str, np.ndarray]:
    """The order of pictures that each method gives."""
    found = {"generic": pool}
    for weight in WEIGHTS:
        fused = fuse(search.tolist(), taste.tolist(), weight)
        found[f"ours, w = {weight}"] = pool[[candidate.index for candidate in fused]]
    found["mean of raw scores"] = pool[np.argsort(-(search + taste), kind="stable")]
    found["min-max of both"] = pool[np.argsort(-(minmax(search) + minmax(taste)), kind="stable")]
    place = np.unique(-taste, return_inverse=True)[1] + 1
    rank_mean = 0.5 / np.log2(np.arange(len(pool)) + 2) + 0.5 / np.log2(place + 1)
    found["plug-in's rank formula"] = pool[np.argsort(-rank_mean, kind="stable")]
    mean = liked.mean(axis=0)
    mixed = 0.6 * query + 0.4 * mean / np.linalg.norm(mean)
    found["query mixed with liked vectors, .4"] = np.argsort(-(vectors @ mixed), kind="stable")
    return found


def soft_max(ranker: Ranker, history: list[tuple[str, str]], clusters: Sequence[str]) -> dict[str, float]:
    """Scores as Personalize gives them: a soft-max over the request, rounded to 7 decimals."""
    utilities = ranker.utilities(None, history)
    asked = [cluster for cluster in dict.fromkeys(clusters) if cluster in ranker.position]
    chosen = np.array([utilities[ranker.position[cluster]] for cluster in asked])
    scores = np.exp(chosen - chosen.max())
    return dict(zip(asked, np.round(scores / scores.sum(), 7).tolist(), strict=True))


def measure(catalog, vectors, encoder, interactions, k: int, seed: int) -> pd.DataFrame:
    """A row for each method: nDCG@12, subject precision, share in liked styles."""
    clusters = pd.Series(
        assign_clusters(vectors, train_kmeans(vectors, KMeansSettings(k=k)).centroids), catalog.index
    )
    ranker, _ = train(
        *group_by_user(
            interactions["user_id"],
            clusters[interactions["image_id"]],
            interactions["event_type"],
            interactions["timestamp"],
        )
    )
    subject_of, style_of = (
        catalog["subject"].to_numpy(),
        catalog["style"].map(catalog["style"].unique().tolist().index).to_numpy(),
    )
    cluster_of, rows = clusters.to_numpy(), []
    for subject, events, taste in unseen_queries(catalog, seed):
        query = encoder.embed_texts([subject])[0]
        cosines = vectors @ query
        pool = np.argsort(-cosines, kind="stable")[:CANDIDATES]
        history = list(zip(clusters[events["image_id"]], events["event_type"], strict=True))
        scores = soft_max(ranker, history, cluster_of[pool])
        taste_scores = np.array([scores.get(cluster, 0.0) for cluster in cluster_of[pool]])
        relevance = np.where(subject_of == subject, 1 + 2 * (taste / taste.max())[style_of], 0.0)
        liked = vectors[catalog.index.get_indexer(events["image_id"])]
        for method, order in orders(
            pool, 1 / (3 - 2 * cosines[pool]), taste_scores, vectors, query, liked
        ).items():
            top = order[:TOP]
            rows.append(
                (
                    method,
                    ndcg(relevance, order),
                    (subject_of[top] == subject).mean(),
                    (taste[style_of[top]] >= 0.2).mean(),
                )
            )
    table = pd.DataFrame(rows, columns=["method", "nDCG@12", "subject precision", "liked style"])
    return table.groupby("method", sort=False).mean()


def main() -> None:
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    catalog, interactions = load_catalog(SHIPPED_DATA), load_interactions(SHIPPED_DATA)
    weights = REPOSITORY / "seeds" / "titan_offline"
    encoder = Encoder(weights / "image.onnx", weights / "text.onnx")
    vectors = embed_catalogue(encoder, catalog)
    tables = {k: measure(catalog, vectors, encoder, interactions, k, seed) for k in tqdm(KS, unit="k")}
    print(f"\n{N_USERS} unseen users (seed {seed}), k = {CHOSEN_K}\n{tables[CHOSEN_K].round(3).to_string()}")
    by_k = pd.DataFrame({k: table["nDCG@12"] for k, table in tables.items()})
    print(f"\nnDCG@12 by k\n{by_k.round(3).to_string()}")


if __name__ == "__main__":
    main()

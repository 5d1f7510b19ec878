"""The walk without notebooks, as one function: every helper once, in order, on the data in a folder."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace

from helpers import ranker
from helpers.catalog import SEEDS, load_catalog, load_interactions, load_personas, query_subjects
from helpers.clustering import assign_clusters, read_centroids, train_kmeans, upload_vectors
from helpers.embeddings import embed_images
from helpers.interactions import check_minimums, remap_to_clusters, upload_interactions
from helpers.ranking_client import record_event
from helpers.search import personalized_search
from helpers.settings import SHIPPED_DATA, read_settings
from helpers.vector_index import VECTOR_FIELD, create_index, index_images
from helpers.workshop import connect

CLICKS = 5


def walk(data: Path, k: int) -> SimpleNamespace:
    """A workshop in `data` with everything that notebooks 01 to 05 make."""
    aws = connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(data)}))
    catalog, personalize = load_catalog(aws.data), aws.client("personalize")
    vectors = embed_images(
        [aws.data / file for file in catalog["file"]],
        embedder=aws.embedder, cache=aws.home / "vectors.sqlite",
    )  # fmt: skip
    job = train_kmeans(aws, upload_vectors(aws, vectors), k, feature_dim=vectors.shape[1], n_vectors=len(vectors))
    catalog["cluster"] = assign_clusters(vectors, read_centroids(aws, job))
    create_index(aws.opensearch, aws.index_name, VECTOR_FIELD, embedder=aws.embedder)
    index_images(aws.opensearch, aws.index_name, [
        {"image_id": name, "title": row["title"], "cluster": row["cluster"], VECTOR_FIELD: vector}
        for (name, row), vector in zip(catalog.iterrows(), vectors, strict=True)
    ])  # fmt: skip
    aws.state["index_name"] = aws.index_name
    events = remap_to_clusters(load_interactions(aws.data), catalog["cluster"].to_dict())
    check_minimums(events)
    uri = upload_interactions(events, aws.client("s3"), aws.bucket, f"{aws.prefix}/interactions")
    group = ranker.create_dataset_group(personalize, aws.name("group"), poll_seconds=0)
    schema = (SEEDS / "interactions_schema.json").read_text()
    dataset = ranker.create_interactions_dataset(personalize, aws.name("interactions"), group, schema, poll_seconds=0)
    imported = ranker.import_interactions(
        personalize, aws.name("import"), dataset, uri, aws.personalize_role_arn, poll_seconds=0)
    _, tracking_id = ranker.create_event_tracker(personalize, aws.name("tracker"), group, poll_seconds=0)
    solution = ranker.create_solution(personalize, aws.name("ranker"), group, poll_seconds=0)
    version = ranker.train_solution_version(personalize, solution, imported, poll_seconds=0)
    aws.state["campaign_arn"] = ranker.deploy_campaign(personalize, aws.name("campaign"), version, poll_seconds=0)
    return SimpleNamespace(aws=aws, catalog=catalog, vectors=vectors, tracking_id=tracking_id, job=job, version=version)


def small_data(folder: Path) -> None:
    """Six subjects of the shipped data in all styles, 336 pictures, with the clicks on them."""
    folder.mkdir(parents=True, exist_ok=True)
    catalog = load_catalog(SHIPPED_DATA)
    subjects = [*query_subjects()[:2], *[s for s in catalog["subject"].unique() if s not in query_subjects()][:4]]
    per_style = catalog[catalog["subject"].isin(subjects)].groupby(["subject", "style"], sort=False)
    chosen = per_style.head(6).iloc[:336]
    chosen.to_csv(folder / "catalog.csv")
    clicks = load_interactions(SHIPPED_DATA)
    clicks[clicks["image_id"].isin(chosen.index)].to_csv(folder / "interactions.csv", index=False)
    if not (folder / "images").exists():
        (folder / "images").symlink_to(SHIPPED_DATA / "images")


def search_and_click(walked: SimpleNamespace, acknowledged: Path) -> dict[str, list[tuple[str, float]]]:
    """{query and user: [(image id, final score)]} before and after a newcomer's clicks.

    acknowledged : file with a line for every click that Personalize accepted.
    """
    aws, engine = walked.aws, walked.aws.search_engine()

    def found(subject: str, user: str | None) -> list[tuple[str, float]]:
        return [(r.image_id, r.final_score) for r in personalized_search(engine, text=subject, user_id=user, size=24)]

    users = [None, *[persona.user_id for persona in load_personas()]]
    answers = {f"{subject} {user}": found(subject, user) for subject in query_subjects()[:2] for user in users}
    visitor = aws.new_visitor()
    clusters = walked.catalog[walked.catalog["style"] == "origami"]["cluster"].drop_duplicates()[:CLICKS]
    for cluster in clusters:
        record_event(aws.client("personalize-events"), walked.tracking_id, visitor, "session", cluster, "view")
        with acknowledged.open("a") as file:
            file.write(json.dumps([visitor, cluster]) + "\n")
            file.flush()
            os.fsync(file.fileno())
    return answers | {"visitor": found(query_subjects()[0], visitor)}

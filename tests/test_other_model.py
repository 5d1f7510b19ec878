"""Notebooks 01 to 03 with a model of another dimension, and what happens to those who switch half-way."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import clip_double
import numpy as np
import pytest
from PIL import Image

from helpers.cluster_names import name_clusters
from helpers.clustering import assign_clusters, read_centroids, train_kmeans, upload_vectors
from helpers.embeddings import EmbedError, embed_images, encode_image
from helpers.model_match import ModelMismatch
from helpers.search import personalized_search
from helpers.settings import read_settings
from helpers.state import NotReady
from helpers.vector_index import VECTOR_FIELD, create_index, index_images
from helpers.workshop import connect

COLOURS, EACH = ("red", "green", "blue"), 12
IDS = [f"{colour}-{number}" for colour in COLOURS for number in range(EACH)]


def workshop(data, embedder):
    return connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(data), "WORKSHOP_EMBEDDER": embedder}))


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Twelve pictures each of red, green and blue noise."""
    rng, paths, folder = np.random.default_rng(3), [], tmp_path_factory.mktemp("pictures")
    for place, name in enumerate(IDS):
        pixels = rng.integers(0, 90, (16, 16, 3), dtype=np.uint8)
        pixels[..., place // EACH] += 150
        paths.append(folder / f"{name}.png")
        Image.fromarray(pixels).save(paths[-1])
    return paths


def embedded(aws, pictures):
    vectors = embed_images(pictures, embedder=aws.embedder, cache=aws.home / "vectors.sqlite")
    np.save(aws.home / "vectors.npy", vectors)
    aws.state["vectors"] = "vectors.npy"
    return vectors


def clustered(aws, k=3):
    vectors = np.load(aws.home / aws.state.require("vectors", made_in="01"))
    job = train_kmeans(aws, upload_vectors(aws, vectors), k, feature_dim=vectors.shape[1], n_vectors=len(vectors))
    centroids = read_centroids(aws, job)
    clusters = assign_clusters(vectors, centroids)
    aws.state["clusters"] = clusters
    return name_clusters(IDS, vectors, centroids, clusters, words={"colour": COLOURS}, embedder=aws.embedder), centroids


def indexed(aws):
    vectors = np.load(aws.home / aws.state.require("vectors", made_in="01"))
    clusters = aws.state.require("clusters", made_in="02")
    create_index(aws.opensearch, aws.index_name, VECTOR_FIELD, embedder=aws.embedder)
    rows = zip(IDS, clusters, vectors, strict=True)
    documents = [{"image_id": name, "cluster": c, "title": name, VECTOR_FIELD: vector} for name, c, vector in rows]
    index_images(aws.opensearch, aws.index_name, documents, embedder=aws.embedder)
    aws.state["index_name"] = aws.index_name


@pytest.fixture(scope="module")
def made(tmp_path_factory, pictures):
    """What notebooks 01 to 03 make with CLIP's double, and the data folder that they leave."""
    folder = tmp_path_factory.mktemp("walked")
    with pytest.MonkeyPatch.context() as patch:
        clip_double.install(patch, folder)
        aws = workshop(folder / "data", "clip")
        vectors = embedded(aws, pictures)
        names, centroids = clustered(aws)
        indexed(aws)
    return SimpleNamespace(data=folder / "data", vectors=vectors, names=names, centroids=centroids, pictures=pictures)


@pytest.fixture
def walked(made, tmp_path, monkeypatch):
    """The same with a copy of the folder, connected anew."""
    clip_double.install(monkeypatch, tmp_path)
    data = shutil.copytree(made.data, tmp_path / "data")
    return SimpleNamespace(**{**vars(made), "data": data, "aws": workshop(data, "clip")})


def test_clusters_index_and_search_take_the_model_s_dimension(walked):
    assert walked.vectors.shape == (36, 512) and walked.centroids.shape == (3, 512)
    assert sorted(name.name for name in walked.names.values()) == sorted(COLOURS)
    mappings = walked.aws.opensearch.indices.get_mapping(index=walked.aws.index_name)[walked.aws.index_name]["mappings"]
    assert mappings["properties"][VECTOR_FIELD]["dimension"] == mappings["_meta"]["embedder"]["dimension"] == 512


def test_words_and_pictures_find_their_colour(walked):
    engine = walked.aws.search_engine()
    for colour in COLOURS:
        found = personalized_search(engine, text=colour, size=EACH)
        assert {result.image_id for result in found} == {name for name in IDS if name.startswith(colour)}
        assert len({result.cluster for result in found}) == 1
    picture = encode_image(walked.pictures[-1])
    assert personalized_search(engine, image=picture)[0].image_id == IDS[-1]
    assert personalized_search(engine, image=picture, text="blue")[0].image_id.startswith("blue")


def test_after_a_switch_each_notebook_says_what_to_run_again(walked):
    titan = workshop(walked.data, "titan")
    with pytest.raises(NotReady, match=r"'vectors' was made with Qdrant.*amazon\.titan"):
        clustered(titan)
    with pytest.raises(NotReady, match=r"'index_name' was made with Qdrant.*01 to 03 again"):
        titan.search_engine()
    embedded(titan, walked.pictures)
    with pytest.raises(NotReady, match=r"'clusters' was made with Qdrant.*01 to 02 again"):
        indexed(titan)
    clustered(titan)
    with pytest.raises(ModelMismatch, match=r"Qdrant/clip-ViT-B-32/512.*amazon\.titan-embed-image-v1/1024"):
        indexed(titan)
    titan.opensearch.indices.delete(index=titan.index_name)  # as the error says
    indexed(titan)
    assert len(personalized_search(titan.search_engine(), text="red")) == 12
    with pytest.raises(NotReady, match=r"'index_name' was made with amazon"):
        workshop(walked.data, "clip").search_engine()


def test_a_state_that_was_written_by_hand_does_not_help(walked):
    titan = workshop(walked.data, "titan")
    titan.state["index_name"] = titan.index_name
    with pytest.raises(ModelMismatch, match=r"512.*1024"):
        personalized_search(titan.search_engine(), text="red")


def test_switching_back_embeds_nothing_again(walked, monkeypatch):
    assert embedded(workshop(walked.data, "titan"), walked.pictures).shape == (36, 1024)
    monkeypatch.setattr(clip_double.ImageEmbedding, "embed", None)
    again = embedded(workshop(walked.data, "clip"), walked.pictures)
    np.testing.assert_array_equal(again, walked.vectors)


def test_a_model_of_the_same_length_is_still_another_model(walked, tmp_path):
    """Nova has as many numbers as Titan: only its name tells them apart."""
    titan, nova = workshop(tmp_path / "more", "titan"), workshop(tmp_path / "more", "nova")
    embedded(titan, walked.pictures)
    assert titan.embedder.dimension == nova.embedder.dimension
    with pytest.raises(NotReady, match=r"amazon\.titan\S+/1024.*amazon\.nova\S+/1024"):
        clustered(nova)
    with pytest.raises(EmbedError, match="not offline"):
        embedded(nova, walked.pictures)
    assert titan.state.require("vectors", made_in="01") == "vectors.npy"  # nothing is lost by trying

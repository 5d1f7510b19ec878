"""What was embedded once is kept: by content, for one model and length, whatever happens to the run."""

import math

import numpy as np
import pytest
from botocore.exceptions import ClientError
from soak.embedding_kills import trial

from helpers.embedder import TitanEmbedder
from helpers.embeddings import EmbedError, embed_images
from helpers.vector_cache import VectorCache


def test_a_second_run_sends_no_picture_even_after_renaming(embedder, titan, pictures, tmp_path):
    first = embed_images(pictures, embedder=embedder, cache=tmp_path / "cache.sqlite")
    renamed = [path.rename(path.with_name(f"new-{path.name}")) for path in pictures]
    second = embed_images(renamed, embedder=embedder, cache=tmp_path / "cache.sqlite")
    np.testing.assert_array_equal(first, second)
    assert titan.pictures == len(pictures)


def test_two_copies_of_one_picture_are_sent_once(embedder, titan, pictures, tmp_path):
    vectors = embed_images(
        [pictures[0], pictures[1], pictures[0]], embedder=embedder, cache=tmp_path / "cache.sqlite"
    )
    np.testing.assert_array_equal(vectors[0], vectors[2])
    assert titan.pictures == 2


def test_dimensions_do_not_share_vectors(bedrock_runtime, pictures, tmp_path):
    for dimension in (1024, 256, 1024):
        embedder = TitanEmbedder(bedrock_runtime, dimension)
        vectors = embed_images(pictures, embedder=embedder, cache=tmp_path / "cache.sqlite")
        assert vectors.shape == (12, dimension)


def test_after_a_failure_of_aws_the_next_run_goes_on_where_it_stopped(embedder, titan, pictures, tmp_path):
    titan.fault = (7, "ThrottlingException")
    with pytest.raises(ClientError):
        embed_images(pictures, embedder=embedder, cache=tmp_path / "cache.sqlite", workers=1)
    titan.fault, titan.pictures = None, 0
    embed_images(pictures, embedder=embedder, cache=tmp_path / "cache.sqlite")
    assert titan.pictures == 5


def test_vectors_of_another_model_behind_the_same_name_are_forgotten(embedder, titan, pictures, tmp_path):
    embed_images(pictures, embedder=embedder, cache=tmp_path / "cache.sqlite")
    titan._embedding = lambda request: {"embedding": [1.0] + 1023 * [0.0]}
    changed = embed_images(pictures, embedder=embedder, cache=tmp_path / "cache.sqlite")
    np.testing.assert_array_equal(changed[:, 0], 1)


def test_a_damaged_cache_says_what_to_do(embedder, pictures, tmp_path):
    (tmp_path / "cache.sqlite").write_bytes(b"no database " * 100)
    with pytest.raises(EmbedError, match="delete it"):
        embed_images(pictures, embedder=embedder, cache=tmp_path / "cache.sqlite")


def test_kills_lose_nothing_acknowledged_and_embed_nothing_twice(tmp_path):
    """`make soak` kills a hundred times."""
    found = trial(tmp_path / "kills", kills=6, seed=4)
    assert found["problems"] == {}
    assert found["kept"] > 20  # the kills came while pictures were embedded


def test_an_interrupted_run_keeps_what_was_answered_meanwhile(embedder, titan, pictures, tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("helpers.embeddings.ProgressBar.advance", interrupt)
    with pytest.raises(KeyboardInterrupt):
        embed_images(pictures, embedder=embedder, cache=tmp_path / "cache.sqlite", workers=2)
    answered, titan.pictures = titan.pictures, 0
    assert 0 < answered <= 4
    monkeypatch.undo()
    embed_images(pictures, embedder=embedder, cache=tmp_path / "cache.sqlite")
    assert titan.pictures == len(pictures) - answered


def test_vectors_are_kept_all_or_none_and_read_in_order(tmp_path):
    with VectorCache(tmp_path / "v.sqlite", model="one", dimension=2) as cache:
        cache.keep({"a": np.array([1, 2]), "b": np.array([3, 4])})
        with pytest.raises(ValueError, match="could not convert"):
            cache.keep({"c": np.array([5, 6]), "d": np.array(["no", "number"])})
    with VectorCache(tmp_path / "v.sqlite", model="one", dimension=2) as cache:
        assert cache.rows(["b", "a"]).tolist() == [[3, 4], [1, 2]]
        assert "c" not in cache
        with pytest.raises(KeyError):
            cache.rows(["c"])


class Named:
    """A model of two numbers that go by its name and the picture; it notes what it was asked for."""

    dimension, on_bedrock = 2, False

    def __init__(self, model):
        self.model, self.asked = model, []

    def embed(self, *, text=None, image=None, purpose="query"):
        self.asked.append((text or "picture", purpose))
        angle = sum(f"{self.model}{text}{image}".encode())
        return [math.cos(angle), math.sin(angle)]


def test_models_of_one_length_keep_their_vectors_apart_and_switching_back_embeds_no_picture(pictures, tmp_path):
    one, two = Named("one"), Named("two")
    first, other, again = (embed_images(pictures, embedder=model, cache=tmp_path / "v.sqlite") for model in (one, two, one))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)
    assert [what for what, _ in one.asked].count("picture") == [what for what, _ in two.asked].count("picture") == 12


def test_what_is_kept_was_embedded_to_be_found(pictures, tmp_path):
    model = Named("one")
    embed_images(pictures[:2], embedder=model, cache=tmp_path / "v.sqlite")
    assert model.asked == [("cache check", "index"), ("picture", "index"), ("picture", "index")]

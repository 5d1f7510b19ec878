"""The encoder itself. How well it finds things stands in seeds/titan_offline/metrics.json, tested beside that."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from helpers.local.engines.embedding import Encoder, shrink, truncated

WEIGHTS = Path(__file__).parents[3] / "seeds" / "titan_offline"


@pytest.fixture(scope="module")
def encoder():
    return Encoder(WEIGHTS / "image.onnx", WEIGHTS / "text.onnx")


@pytest.fixture(scope="module")
def pictures():
    return list(np.random.default_rng(0).integers(0, 256, (9, 96, 96, 3), dtype=np.uint8))


def test_vectors_are_unit_length(encoder, pictures):
    np.testing.assert_allclose(np.linalg.norm(encoder.embed_images(pictures), axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(encoder.embed_texts(["cat", "", "a blue boat"]), axis=1), 1, atol=1e-5)


def test_a_picture_has_the_same_vector_whatever_its_batch(encoder, pictures):
    together = encoder.embed_images(pictures)
    alone = np.concatenate([encoder.embed_images([picture]) for picture in pictures])
    np.testing.assert_allclose(alone, together, atol=1e-6)


def test_a_text_has_the_same_vector_whatever_is_beside_it(encoder):
    together = encoder.embed_texts(["cat", "could you please find a nice picture of a butterfly for my wall"])
    np.testing.assert_allclose(encoder.embed_texts(["cat"])[0], together[0], atol=1e-6)


def test_nothing_to_embed_gives_no_rows(encoder):
    assert encoder.embed_images([]).shape == encoder.embed_texts([]).shape == (0, 1024)


def test_threads_that_start_together_share_an_encoder(pictures):
    fresh = Encoder(WEIGHTS / "image.onnx", WEIGHTS / "text.onnx")
    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(lambda picture: fresh.embed_images([picture])[0], pictures * 3))
    np.testing.assert_array_equal(rows[: len(pictures)], rows[len(pictures) : 2 * len(pictures)])


def test_shrinking_averages_blocks_of_pixels():
    picture = np.random.default_rng(1).integers(0, 256, (256, 256, 3), dtype=np.uint8)
    blocks = picture.reshape(64, 4, 64, 4, 3).mean((1, 3))
    assert np.abs(shrink(picture) - blocks).max() <= 1


def test_a_wide_picture_is_cut_to_its_middle_square():
    picture = np.zeros((64, 192, 3), np.uint8)
    picture[:, 64:128] = 200
    assert (shrink(picture) == 200).all()


def test_truncated_vectors_are_unit_length_and_point_where_they_did():
    vectors = np.array([[3.0, 4.0, 12.0]])
    np.testing.assert_allclose(truncated(vectors, 2), [[0.6, 0.8]])

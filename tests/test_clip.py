"""CLIP through a double of its library; tests/test_clip_library.py goes through the library itself where it is installed."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import clip_double
import numpy as np
import pytest
from PIL import Image

from helpers.clip import ClipEmbedder
from helpers.embeddings import EmbedError, encode_image

RED = encode_image(Image.new("RGB", (30, 20), (200, 30, 30)))


@pytest.fixture
def hub(monkeypatch, tmp_path):
    return clip_double.install(monkeypatch, tmp_path)


def test_words_and_pictures_become_512_numbers_of_unit_length_in_one_space(hub):
    clip = ClipEmbedder()
    red, blue, picture = clip.embed(text="red"), clip.embed(text="blue"), clip.embed(image=RED, purpose="index")
    assert {len(red), len(blue), len(picture)} == {clip.dimension} == {512}
    assert all(type(number) is float for number in picture)
    np.testing.assert_allclose(np.linalg.norm([red, blue, picture], axis=1), 1, atol=1e-9)
    assert np.dot(picture, red) > 0.9 > np.dot(picture, blue) + 0.5


def test_both_together_are_the_mean_of_the_two_unit_vectors(hub):
    clip = ClipEmbedder()
    text, picture = np.array(clip.embed(text="blue")), np.array(clip.embed(image=RED))
    both = (text + picture) / np.linalg.norm(text + picture)
    np.testing.assert_allclose(clip.embed(text="blue", image=RED), both, atol=1e-9)


def test_a_purpose_changes_nothing(hub):
    assert ClipEmbedder().embed(text="red", purpose="index") == ClipEmbedder().embed(text="red", purpose="query")


def test_each_tower_is_loaded_once_and_only_when_it_is_needed(hub):
    clip = ClipEmbedder()
    with ThreadPoolExecutor(4) as pool:
        assert len({tuple(vector) for vector in pool.map(lambda _: clip.embed(text="red"), range(8))}) == 1
    assert (clip_double.TextEmbedding.loaded, clip_double.ImageEmbedding.loaded) == (1, 0)


def test_files_that_are_not_in_the_cache_are_fetched_once_and_nothing_else_with_them(hub):
    hub.cached.clear()
    for _ in range(2):
        ClipEmbedder().embed(text="red", image=RED)
    wanted = ("model.onnx", "*.json")
    assert hub.fetched == [("Qdrant/clip-ViT-B-32-text", wanted), ("Qdrant/clip-ViT-B-32-vision", wanted)]


def test_without_a_network_the_error_names_the_command_and_its_size(hub):
    hub.cached, hub.network = {"vision"}, False
    with pytest.raises(EmbedError, match=r"hf download Qdrant/clip-ViT-B-32-vision && hf download \S+-text.*0\.6 GB"):
        ClipEmbedder().embed(text="red")
    hub.network = True  # and the next call looks again
    assert len(ClipEmbedder().embed(text="red")) == 512


def test_files_of_which_the_weights_are_missing_are_an_error_of_ours(hub, monkeypatch):
    monkeypatch.setattr("pathlib.Path.touch", lambda self: None)
    with pytest.raises(EmbedError, match=r"model\.onnx.*hf download"):
        ClipEmbedder().embed(text="red")


def test_without_the_library_the_error_is_its_install_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "fastembed", None)
    with pytest.raises(EmbedError, match=r'-m pip install "fastembed>=[\d.]+,<1".*WORKSHOP_EMBEDDER=titan'):
        ClipEmbedder().embed(text="red")


@pytest.mark.parametrize("nothing", [{}, {"text": ""}, {"image": ""}])
def test_nothing_to_embed_names_the_next_step(hub, nothing):
    with pytest.raises(EmbedError, match="pass image=encode_image"):
        ClipEmbedder().embed(**nothing)


@pytest.mark.parametrize("wrong", ["no base64!", "bm8gcGljdHVyZQ=="])
def test_what_is_no_picture_names_the_next_step(hub, wrong):
    with pytest.raises(EmbedError, match="encode_image"):
        ClipEmbedder().embed(image=wrong)


def test_weights_of_another_length_are_found_out(hub, monkeypatch):
    monkeypatch.setattr(clip_double.TextEmbedding, "embed", lambda self, documents: iter([[1.0, 2.0]]))
    with pytest.raises(EmbedError, match="2 numbers, not 512"):
        ClipEmbedder().embed(text="red")

"""The same path through the real fastembed, with a graph of a few nodes in place of the weights.

Both libraries are optional: `pip install "fastembed>=0.9,<1" onnx` brings them.
"""

from __future__ import annotations

import io
import json
from base64 import b64encode
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers.clip import PICTURE_TOWER, TEXT_TOWER, ClipEmbedder
from helpers.titan import EmbedError

onnx = pytest.importorskip("onnx")
fastembed = pytest.importorskip("fastembed")
SIDE, WORDS = 8, ["[UNK]", "red", "green", "blue"]
MATRIX = np.random.default_rng(0).normal(size=(3, 512)).astype(np.float32)


def save(path: Path, nodes, given, constants) -> None:
    """An ONNX file with this graph; its last node gives `(n, 512)`."""
    helper = onnx.helper
    result = helper.make_tensor_value_info("vectors", onnx.TensorProto.FLOAT, ["n", 512])
    initializers = [onnx.numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "tower", given, [result], initializers)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)


def picture_tower(folder: Path) -> None:
    """The mean colour times MATRIX, after CLIP's own kind of preprocessing."""
    node, info = onnx.helper.make_node, onnx.helper.make_tensor_value_info
    given = info("pixel_values", onnx.TensorProto.FLOAT, ["n", 3, SIDE, SIDE])
    nodes = [
        node("ReduceMean", ["pixel_values"], ["colour"], axes=[2, 3], keepdims=0),
        node("MatMul", ["colour", "matrix"], ["vectors"]),
    ]
    save(folder / "model.onnx", nodes, [given], {"matrix": MATRIX})
    settings = {
        "image_processor_type": "CLIPImageProcessor", "do_resize": True, "size": {"shortest_edge": SIDE}, "resample": 3,
        "do_center_crop": True, "crop_size": {"height": SIDE, "width": SIDE}, "do_rescale": True, "rescale_factor": 1 / 255,
        "do_normalize": True, "image_mean": [0.0, 0.0, 0.0], "image_std": [1.0, 1.0, 1.0],
    }  # fmt: skip
    (folder / "preprocessor_config.json").write_text(json.dumps(settings))


def text_tower(folder: Path) -> None:
    """The sum of the words' rows: red, green and blue lie where the pictures' colours lie."""
    node, info = onnx.helper.make_node, onnx.helper.make_tensor_value_info
    given = [info(name, onnx.TensorProto.INT64, ["n", "length"]) for name in ("input_ids", "attention_mask")]
    table = np.vstack([np.full((1, 512), 1e-3, np.float32), MATRIX])
    nodes = [
        node("Gather", ["table", "input_ids"], ["rows"]),
        node("Cast", ["attention_mask"], ["mask"], to=onnx.TensorProto.FLOAT),
        node("Unsqueeze", ["mask", "last"], ["column"]),
        node("Mul", ["rows", "column"], ["seen"]),
        node("ReduceSum", ["seen", "middle"], ["vectors"], keepdims=0),
    ]
    save(folder / "model.onnx", nodes, given, {"table": table, "last": np.array([2]), "middle": np.array([1])})
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({word: place for place, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    for name, content in {
        "config": {"pad_token_id": 0}, "tokenizer_config": {"model_max_length": 77, "pad_token": "[UNK]"},
        "special_tokens_map": {"unk_token": "[UNK]", "pad_token": "[UNK]"},
    }.items():  # fmt: skip
        (folder / f"{name}.json").write_text(json.dumps(content))


@pytest.fixture
def cache(tmp_path):
    """A folder that is laid out as the Hugging Face cache lays out what `hf download` fetched."""
    for name, make in ((PICTURE_TOWER, picture_tower), (TEXT_TOWER, text_tower)):
        home = tmp_path / f"models--{name.replace('/', '--')}"
        (home / "refs").mkdir(parents=True)
        (home / "refs" / "main").write_text("abc")
        folder = home / "snapshots" / "abc"
        folder.mkdir(parents=True)
        make(folder)
    return tmp_path


def picture(colour) -> str:
    file = io.BytesIO()
    Image.new("RGB", (20, 12), colour).save(file, "PNG")
    return b64encode(file.getvalue()).decode()


def test_the_real_library_finds_loads_and_runs_both_towers(cache):
    clip = ClipEmbedder(cache)
    blue, words = clip.embed(image=picture("blue"), purpose="index"), {word: clip.embed(text=word) for word in WORDS[1:]}
    np.testing.assert_allclose(blue, MATRIX[2] / np.linalg.norm(MATRIX[2]), atol=1e-5)
    assert max(words, key=lambda word: np.dot(words[word], blue)) == "blue"
    both = MATRIX[0] / np.linalg.norm(MATRIX[0]) + MATRIX[1] / np.linalg.norm(MATRIX[1])
    np.testing.assert_allclose(
        clip.embed(text="green", image=picture("red")), both / np.linalg.norm(both), atol=1e-5
    )


def test_the_real_hub_library_says_that_nothing_is_there(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(EmbedError, match=r"neither in the cache nor.*hf download"):
        ClipEmbedder(tmp_path).embed(text="red")


def test_the_library_knows_the_models_and_their_size():
    known = {model["model"]: model for kind in (fastembed.TextEmbedding, fastembed.ImageEmbedding)
             for model in kind.list_supported_models()}  # fmt: skip
    assert {known[name]["dim"] for name in (TEXT_TOWER, PICTURE_TOWER)} == {ClipEmbedder.dimension}
    assert sum(known[name]["size_in_GB"] for name in (TEXT_TOWER, PICTURE_TOWER)) == pytest.approx(0.6, abs=0.05)
    assert known[PICTURE_TOWER]["sources"]["hf"] == PICTURE_TOWER and known[TEXT_TOWER]["sources"]["hf"] == TEXT_TOWER

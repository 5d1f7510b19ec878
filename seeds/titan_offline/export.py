"""Writes the trained networks as ONNX files, their large tables in half precision."""

import io
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from helpers.local.engines.embedding import RESOLUTION
from helpers.local.engines.text_features import featurize

from .model import ImageNetwork, TextNetwork


class FromBytes(nn.Module):
    """The image network with pixels as a picture file has them: `(n, 64, 64, 3)`, 0 … 255."""

    def __init__(self, network: ImageNetwork):
        super().__init__()
        self.network = network

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return self.network(pixels.permute(0, 3, 1, 2).float() / 255)


def export(image_network: ImageNetwork, text_network: TextNetwork, folder: Path) -> None:
    """Write `image.onnx` and `text.onnx` into a folder."""
    pixels = torch.zeros(2, RESOLUTION, RESOLUTION, 3, dtype=torch.uint8)
    _export(FromBytes(image_network).eval(), (pixels,), {"pixels": {0: "n"}}, folder / "image.onnx")
    export_text(text_network, folder)


def export_text(text_network: TextNetwork, folder: Path) -> None:
    """Write `text.onnx` into a folder."""
    words, grams = (torch.from_numpy(slots) for slots in featurize(["a cat", "origami"]))
    axes = {"words": {0: "n", 1: "most_words"}, "grams": {0: "n", 1: "most_grams"}}
    _export(text_network.eval(), (words, grams), axes, folder / "text.onnx")


def _export(network: nn.Module, example: tuple, axes: dict, path: Path) -> None:
    stream = io.BytesIO()
    torch.onnx.export(
        network,
        example,
        stream,
        input_names=list(axes),
        output_names=["vectors"],
        dynamic_axes={**axes, "vectors": {0: "n"}},
        opset_version=17,
        dynamo=False,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(_halved(onnx.load_from_string(stream.getvalue())), path)


def _halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """Large tables as float16, turned back into float32 when the file is loaded: half the size, the same speed."""
    casts = []
    for table in model.graph.initializer:
        if table.data_type == TensorProto.FLOAT and np.prod(table.dims) > 256:
            name = table.name
            table.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(table).astype(np.float16), f"{name}_half"))
            casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
    for position, cast in enumerate(casts):
        model.graph.node.insert(position, cast)
    return model

"""How fast the image network is, beside a network of the size of CLIP ViT-B/32 in the same run. Needs torch."""

import io
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from PIL import Image
from torch import nn

from helpers.local.engines.embedding import Encoder

PATCH, SIDE, WIDTH, LAYERS, HEADS, OUTPUT = 32, 224, 768, 12, 12, 512


class VisionTransformer(nn.Module):
    """The shape of CLIP's ViT-B/32 with random weights: 88 million numbers. Only its time means something."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, WIDTH, PATCH, PATCH, bias=False)
        self.first = nn.Parameter(torch.zeros(1, 1, WIDTH))
        self.places = nn.Parameter(torch.randn(1, (SIDE // PATCH) ** 2 + 1, WIDTH) * 0.02)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(WIDTH, HEADS, 4 * WIDTH, dropout=0.0, activation="gelu", batch_first=True, norm_first=True)
            for _ in range(LAYERS)
        )
        self.norm, self.head = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, OUTPUT, bias=False)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        tokens = self.patches(pixels).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.first.expand(len(tokens), -1, -1), tokens], 1) + self.places
        for layer in self.layers:
            tokens = layer(tokens)
        return self.head(self.norm(tokens[:, 0]))


def pictures_a_second(weights: Path) -> dict[str, float]:
    """Decoded pictures of 256 pixels, one at a time on one thread: the encoder's, the large network's, and their ratio."""
    picture = np.random.default_rng(0).integers(0, 256, (256, 256, 3), dtype=np.uint8)
    encoder, large = Encoder(weights / "image.onnx", weights / "text.onnx"), _session(VisionTransformer().eval())

    def embed_with_large() -> None:
        pixels = np.asarray(Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.BICUBIC), np.float32) / 255
        large.run(None, {"pixels": pixels.transpose(2, 0, 1)[None]})

    # In turns, and the fastest of several: what else the machine does then touches both or neither.
    ours, theirs = [], []
    for _ in range(12):
        theirs.append(_seconds(embed_with_large, 1))
        ours.append(_seconds(lambda: encoder.embed_images([picture]), 40))
    return {"encoder": round(1 / min(ours)), "vit_b_32": round(1 / min(theirs), 1), "ratio": round(min(theirs) / min(ours), 1)}


def _seconds(work: Callable[[], object], times: int) -> float:
    started = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - started) / times


def _session(network: nn.Module) -> onnxruntime.InferenceSession:
    torch.backends.mha.set_fastpath_enabled(False)  # the fast path has no ONNX form
    stream = io.BytesIO()
    torch.onnx.export(network, (torch.zeros(1, 3, SIDE, SIDE),), stream, input_names=["pixels"], opset_version=17, dynamo=False)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(stream.getvalue(), options, providers=["CPUExecutionProvider"])

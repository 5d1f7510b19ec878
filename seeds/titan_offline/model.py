"""The two networks. Together 2.5 million numbers, about 5.7 MB of files."""

import torch
from torch import nn
from torch.nn import functional

from helpers.local.engines.embedding import DIMENSION
from helpers.local.engines.text_features import GRAM_SLOTS, WORD_SLOTS


class MixedNorm(nn.Module):
    """Instance normalisation of the first half of the channels, batch normalisation of the second.

    The first half forgets a picture's overall contrast and colour, that is much of its style, so that what is drawn
    can be told in a style in which it was never seen. Source: Pan et al., IBN-Net, 2018.
    """

    def __init__(self, channels: int):
        super().__init__()
        self.half = channels // 2
        self.instance = nn.InstanceNorm2d(self.half, affine=True)
        self.batch = nn.BatchNorm2d(channels - self.half)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([self.instance(x[:, : self.half]), self.batch(x[:, self.half :])], 1)


class Block(nn.Module):
    """A residual block that halves the picture's side."""

    def __init__(self, inputs: int, outputs: int, norm: type[nn.Module]):
        super().__init__()
        self.path = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, 2, 1, bias=False),
            norm(outputs),
            nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.shortcut = nn.Sequential(
            nn.AvgPool2d(2), nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return functional.relu(self.path(x) + self.shortcut(x))


class Palette(nn.Module):
    """How much of each of some learned colours there is, where each of some learned maps looks."""

    def __init__(self, channels: int, colors: int = 20, maps: int = 2):
        super().__init__()
        self.colors = nn.Parameter(torch.rand(colors, 3) * 2 - 1)
        self.sharpness = nn.Parameter(torch.tensor(8.0))
        self.maps = nn.Conv2d(channels, maps, 1)

    def forward(self, pixels: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
        places = functional.interpolate(self.maps(features.float()), scale_factor=2.0, mode="nearest").flatten(2).softmax(2)
        pixels = functional.avg_pool2d(pixels, 4).flatten(2).transpose(1, 2)
        # Minus the squared distance to each colour; what all colours share drops out of the softmax.
        nearness = 2 * pixels @ self.colors.T - self.colors.square().sum(1)
        return (places @ (self.sharpness * nearness).softmax(2)).flatten(1)


class ImageNetwork(nn.Module):
    """Pixels `(n, 3, 64, 64)`, 0 … 1, become unit vectors `(n, 1024)`.

    What is drawn is read late and how it is drawn early, and the vector is their sum: so a subject and a style that
    were never met together still give the vector that their texts give.
    """

    def __init__(self, channels: tuple[int, ...] = (24, 40, 80, 160)):
        super().__init__()
        first, second, third, last = channels
        self.stem = nn.Sequential(nn.Conv2d(4, first, 5, 2, 2, bias=False), nn.BatchNorm2d(first), nn.ReLU())
        self.block1 = Block(first, second, MixedNorm)
        self.block2 = Block(second, third, MixedNorm)
        self.block3 = Block(third, last, nn.BatchNorm2d)
        self.palette = Palette(third)
        self.content_width, self.manner_width = 2 * last, 2 * second + first + self.palette.colors.shape[0] * 2
        self.head = nn.Linear(self.content_width + self.manner_width, DIMENSION)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return self.vectors(*self.features(pixels))

    def features(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """What tells the subject `(n, content_width)`, and what tells style and colour `(n, manner_width)`."""
        pixels = (pixels - 0.5) * 2
        with torch.autocast("cpu", torch.bfloat16, enabled=self.training):
            stem = self.stem(torch.cat([pixels * 2, edges(pixels)], 1))
            early = self.block1(stem)
            middle = self.block2(foreign_manner(early) if self.training else early)
            late = self.block3(middle)
            content = torch.cat([late.mean((2, 3)), late.amax((2, 3))], 1).float()
            texture = torch.cat([stem.mean((2, 3)), early.mean((2, 3)), early.amax((2, 3))], 1).float()
        return content, torch.cat([texture, self.palette(pixels, middle)], 1)

    def vectors(self, content: torch.Tensor, manner: torch.Tensor) -> torch.Tensor:
        """The unit vectors of pictures with these features."""
        return functional.normalize(self.head(torch.cat([content, manner], 1)), dim=1)


def edges(pixels: torch.Tensor) -> torch.Tensor:
    """How much the light changes at each place `(n, 1, height, width)`: outlines are alike in more styles than colours are."""
    light = pixels.mean(1, keepdim=True)
    padded = functional.pad(light, (1, 1, 1, 1), mode="replicate")
    across, down = padded[:, :, 1:-1, 2:] - padded[:, :, 1:-1, :-2], padded[:, :, 2:, 1:-1] - padded[:, :, :-2, 1:-1]
    strength = (across.square() + down.square() + 1e-4).sqrt()
    return (strength / (strength.mean((2, 3), keepdim=True) + 0.05) - 1).clamp(max=4)


def foreign_manner(maps: torch.Tensor) -> torch.Tensor:
    """Half of the pictures' maps with the means and deviations of another picture: only what is drawn remains.

    Source: Zhou et al., "Domain Generalization with MixStyle", 2021.
    """
    mean, deviation = maps.mean((2, 3), keepdim=True), maps.std((2, 3), keepdim=True) + 1e-3
    other = torch.randperm(len(maps))
    share = torch.rand(len(maps), 1, 1, 1).to(maps.dtype) * (torch.rand(len(maps), 1, 1, 1) < 0.5)
    mean, deviation = mean.detach(), deviation.detach()
    scale = 1 + share * (deviation[other] / deviation - 1)
    return (maps - mean) * scale + mean + share * (mean[other] - mean)


class NamingHeads(nn.Module):
    """Names subjects and styles outright, from the features that should tell them. Used while training only."""

    def __init__(self, network: ImageNetwork, subjects: int, styles: int):
        super().__init__()
        self.subject = nn.Linear(network.content_width, subjects)
        self.style = nn.Linear(network.manner_width, styles)

    def loss(self, content: torch.Tensor, manner: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Cross entropy of both names, over the pictures that still show them."""
        named, styled = labels[:, 0] >= 0, labels[:, 1] >= 0
        return functional.cross_entropy(self.subject(content[named]), labels[named, 0]) + functional.cross_entropy(
            self.style(manner[styled]), labels[styled, 1]
        )


class TextNetwork(nn.Module):
    """Slots of words `(n, most_words)` and letter groups `(n, most_groups)` become unit vectors `(n, 1024)`.

    Unknown pieces start, and stay, near zero: a text without known ones gives the vector of "nothing fits".
    """

    def __init__(self, width: int = 96, hidden: int = 320):
        super().__init__()
        self.words = nn.Embedding(WORD_SLOTS, width)
        self.grams = nn.Embedding(GRAM_SLOTS, width)
        for table in (self.words, self.grams):
            nn.init.normal_(table.weight, std=0.02)
        self.layer1 = nn.Linear(2 * width, hidden)
        self.layer2 = nn.Linear(hidden, hidden)
        self.head = nn.Linear(hidden, DIMENSION)

    def forward(self, words: torch.Tensor, grams: torch.Tensor) -> torch.Tensor:
        pool = _pool_while_training if self.training else _pool
        pooled = torch.cat([pool(self.words, words), pool(self.grams, grams)], 1)
        hidden = functional.relu(self.layer1(pooled))
        hidden = hidden + functional.relu(self.layer2(hidden))
        return functional.normalize(self.head(hidden), dim=1)


def _pool(table: nn.Embedding, slots: torch.Tensor) -> torch.Tensor:
    """Sum over the pieces, divided by the root of their number; slot 0 is padding."""
    present = (slots > 0).to(table.weight.dtype).unsqueeze(-1)
    return (table(slots) * present).sum(1) / present.sum(1).clamp(min=1).sqrt()


def _pool_while_training(table: nn.Embedding, slots: torch.Tensor) -> torch.Tensor:
    """The same as `_pool`, and several times as fast, but ONNX has no such operation."""
    present = (slots > 0).sum(1, keepdim=True).clamp(min=1)
    return functional.embedding_bag(slots, table.weight, mode="sum", padding_idx=0) / present.sqrt()

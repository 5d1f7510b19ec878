"""The two networks. Together 2.4 million numbers, 4.8 MB in half precision."""

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


class ImageNetwork(nn.Module):
    """Pixels `(n, 3, 64, 64)`, 0 … 1, become unit vectors `(n, 1024)`."""

    def __init__(self, channels: tuple[int, ...] = (24, 40, 80, 160)):
        super().__init__()
        first, second, third, last = channels
        self.stem = nn.Sequential(nn.Conv2d(3, first, 5, 2, 2, bias=False), nn.BatchNorm2d(first), nn.ReLU())
        self.block1 = Block(first, second, MixedNorm)
        self.block2 = Block(second, third, MixedNorm)
        self.block3 = Block(third, last, nn.BatchNorm2d)
        self.head = nn.Linear(2 * last + second + 2 * first, DIMENSION)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        stem = self.stem((pixels - 0.5) * 4)
        early = self.block1(stem)
        late = self.block3(self.block2(early))
        texture = [stem.mean((2, 3)), stem.amax((2, 3)), early.mean((2, 3))]
        content = [late.mean((2, 3)), late.amax((2, 3))]
        return functional.normalize(self.head(torch.cat(content + texture, 1)), dim=1)


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
        pooled = torch.cat([_pool(self.words, words), _pool(self.grams, grams)], 1)
        hidden = functional.relu(self.layer1(pooled))
        hidden = hidden + functional.relu(self.layer2(hidden))
        return functional.normalize(self.head(hidden), dim=1)


def _pool(table: nn.Embedding, slots: torch.Tensor) -> torch.Tensor:
    """Sum over the pieces, divided by the root of their number; slot 0 is padding."""
    present = (slots > 0).to(table.weight.dtype).unsqueeze(-1)
    return (table(slots) * present).sum(1) / present.sum(1).clamp(min=1).sqrt()

"""Changes training pictures at random: in place and light, and for some in their whole manner of drawing."""

import torch
from torch.nn import functional

from helpers.local.engines.embedding import RESOLUTION


def vary(images: torch.Tensor) -> torch.Tensor:
    """Pictures `(n, side, side, 3)` uint8 as `(n, 3, 64, 64)`, 0 … 1: cropped, turned, mirrored, lighter or darker.

    Two versions of a picture, one behind the other `(n, side, side, 6)`, are both changed in the same way.
    """
    pixels = images.permute(0, 3, 1, 2).float() / 255
    n, versions = len(pixels), pixels.shape[1] // 3
    pixels = functional.grid_sample(
        pixels,
        functional.affine_grid(_affine(n), [n, 3 * versions, RESOLUTION, RESOLUTION], align_corners=False),
        padding_mode="reflection",
        align_corners=False,
    )
    pixels = pixels * _uniform(n, 0.9, 1.1) + _uniform(n, -0.03, 0.03, channels=3).repeat(1, versions, 1, 1)
    pixels = pixels + (torch.randn_like(pixels[:, :3]) * 0.02 * torch.rand(n, 1, 1, 1)).repeat(1, versions, 1, 1)
    return pixels.clamp(0, 1)


def restyle(pixels: torch.Tensor) -> torch.Tensor:
    """The same things drawn in a manner of no style: each picture through a small random filter of its own.

    What remains is the shape. Source: Xu et al., "Robust and Generalizable Visual Representation Learning via Random
    Convolutions", 2021.
    """
    n, channels, height, width = pixels.shape
    filters = torch.randn(n * channels, channels, 3, 3) / 27**0.5
    filtered = functional.conv2d(
        (pixels - 0.5).reshape(1, n * channels, height, width), filters, padding=1, groups=n
    ).view_as(pixels)
    mean, deviation = filtered.mean((1, 2, 3), keepdim=True), filtered.std((1, 2, 3), keepdim=True)
    filtered = 0.5 + (filtered - mean) / (deviation + 1e-3) * _uniform(n, 0.12, 0.28)
    share = _uniform(n, 0.4, 1.0)
    return torch.lerp(pixels, filtered, share).clamp(0, 1)


def shatter(pixels: torch.Tensor, pieces: int = 4) -> torch.Tensor:
    """The same pictures as 4 × 4 tiles in random order: what remains is the style."""
    n, channels, height, width = pixels.shape
    tiles = pixels.unfold(2, height // pieces, height // pieces).unfold(3, width // pieces, width // pieces)
    tiles = tiles.reshape(n, channels, pieces * pieces, height // pieces, width // pieces)
    order = torch.rand(n, 1, pieces * pieces, 1, 1).argsort(2).expand_as(tiles)
    tiles = tiles.gather(2, order).view(n, channels, pieces, pieces, height // pieces, width // pieces)
    return tiles.permute(0, 1, 2, 4, 3, 5).reshape(n, channels, height, width)


def _affine(n: int) -> torch.Tensor:
    scale, angle = torch.empty(n).uniform_(0.80, 1.08), torch.empty(n).uniform_(-0.15, 0.15)
    mirror = torch.where(torch.rand(n) < 0.5, -1.0, 1.0)
    stretch = torch.empty(n).uniform_(0.92, 1.08)
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0], theta[:, 0, 1] = scale * stretch * mirror * angle.cos(), -scale * angle.sin()
    theta[:, 1, 0], theta[:, 1, 1] = scale * mirror * angle.sin(), scale * angle.cos()
    theta[:, :, 2] = torch.empty(n, 2).uniform_(-0.1, 0.1)
    return theta


def _uniform(n: int, low: float, high: float, channels: int = 1) -> torch.Tensor:
    return torch.empty(n, channels, 1, 1).uniform_(low, high)

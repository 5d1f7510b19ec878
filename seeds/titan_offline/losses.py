"""What training minimises: captions near the pictures they fit and far from all others, and cosines with a meaning."""

import torch
from torch.nn import functional

from .captions import ANY, NOTHING

UNKNOWN = -2
"""Label for what a disturbed picture no longer shows for certain."""

PREFIXES = ((1024, 1.0), (384, 0.4), (256, 0.4))
"""Lengths at which the vectors must work when cut off, and how much each counts."""

PLAIN_LEAN = 0.05
"""While fitting: how much nearer (cosine) a plain word should be to photographs of its subject than to its other pictures."""


GROUP = 0.86
"""How near (cosine) two pictures of the same subject and style should be at least, whatever their colours and poses."""

HARDEST = 12
"""So many of the nonsense texts that come nearest to a picture count once more."""


def relevance(claims: torch.Tensor, labels: torch.Tensor, trained: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Which caption fits which picture, and which does not, two boolean arrays `(n_pictures, n_captions)`.

    claims `(n_captions, 3)`, labels `(n_pictures, 3)`: subject, style, colour. trained `(n_subjects, n_styles)`: True
        for the pairs that training has pictures of.

    Neither holds where a caption asks for something UNKNOWN, and where nobody could have fitted both: if no cat is made
    of clay, then "clay" must not learn to flee from cats, or it would still do so when one comes.
    """
    agrees = (claims[None] == ANY) | (claims[None] == labels[:, None])
    possible = agrees | (labels == UNKNOWN)[:, None] & (claims != NOTHING)[None]
    never_met = (claims[None, :, 1] >= 0) & agrees[:, :, 0] & ~_look_up(trained, labels[:, None, 0], claims[None, :, 1])
    never_met |= (claims[None, :, 0] >= 0) & agrees[:, :, 1] & ~_look_up(trained, claims[None, :, 0], labels[:, None, 1])
    return agrees.all(2), ~possible.all(2) & ~never_met


def contrastive(cosines: torch.Tensor, scale: torch.Tensor, fits: torch.Tensor, misfits: torch.Tensor) -> torch.Tensor:
    """Every fitting pair against all misfits of its caption, and of its picture.

    Fitting pictures do not compete with each other: "a cat" fits comic cats and clay cats alike.
    Source: Yeh et al., "Decoupled Contrastive Learning", 2022, with several fitting pairs.
    """
    logits, loss = cosines * scale, torch.zeros(())
    for axis in (0, 1):
        rivals = logits.masked_fill(~misfits, -1e4).logsumexp(axis, keepdim=True)
        each = functional.softplus(rivals - logits) * fits
        count = fits.sum(axis)
        loss = loss + (each.sum(axis)[count > 0] / count[count > 0]).mean() / 2
    return loss


def calibration(cosines: torch.Tensor, claims: torch.Tensor, labels: torch.Tensor, fits: torch.Tensor) -> torch.Tensor:
    """Gives cosines a meaning: about 0 when nothing agrees, at least 0.5 when all does, at most 0 for nonsense."""
    nonsense = claims[:, 0] == NOTHING
    clear = (labels[:, :2] != UNKNOWN).all(1)
    names = claims[:, :2] >= 0
    same = claims[None, :, :2] == labels[:, None, :2]
    neither = ~same.any(2) & clear[:, None] & names.any(1)[None]
    everything = fits & names.all(1)[None]
    nearest = functional.relu(cosines[:, nonsense].amax(0)).square()
    return (
        30 * cosines[neither].mean().square()
        + functional.relu(0.5 - cosines[everything]).square().mean()
        + nearest.mean() + nearest.topk(min(HARDEST, len(nearest))).values.mean()
    )


def plain_lean(
    cosines: torch.Tensor, claims: torch.Tensor, labels: torch.Tensor, plain_style: int, wanted: float = PLAIN_LEAN
) -> torch.Tensor:
    """0 when every caption that names only a subject is so much nearer to its photographs than to its other pictures."""
    plain = (claims[:, 0] >= 0) & (claims[:, 1:] == ANY).all(1)
    subject = labels[:, :1] == claims[plain, 0][None]
    cosines = cosines[:, plain]
    photographs = (subject & (labels[:, 1:2] == plain_style)).float()
    others = (subject & (labels[:, 1:2] >= 0) & (labels[:, 1:2] != plain_style)).float()
    both = (photographs.sum(0) > 0) & (others.sum(0) > 0)
    lean = _mean(cosines, photographs)[both] - _mean(cosines, others)[both]
    return functional.relu(wanted - lean).square().sum() / both.sum().clamp(min=1)


def composition(pair: torch.Tensor, subject: torch.Tensor, style: torch.Tensor) -> torch.Tensor:
    """0 when the vector of "origami cat" lies between those of "cat" and of "origami"."""
    return 1 - (pair * functional.normalize(subject + style, dim=1)).sum(1).mean()


def togetherness(one: torch.Tensor, other: torch.Tensor, wanted: float = 1.0) -> torch.Tensor:
    """0 when each vector of the one is as near to its partner of the other as wanted."""
    return functional.relu(wanted - (one * other).sum(1)).mean()


def _mean(values: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    return (values * weights).sum(0) / weights.sum(0).clamp(min=1)


def _look_up(trained: torch.Tensor, subject: torch.Tensor, style: torch.Tensor) -> torch.Tensor:
    """True for pairs of the table, and where subject or style is no number of one."""
    return trained[subject.clamp(min=0), style.clamp(min=0)] | (subject < 0) | (style < 0)

"""The explorer's pieces as HTML: a tile, the history, the taste, a reason. Text in, text out; every word is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ..fusion import fuse
from ..gallery import rank_change
from ..search import Result
from .pictures import QueryPicture, address_of
from .state import NOBODY, Answer, State

MOST_CLUSTERS = 6  # bars in the taste panel


def tiles(state: State, answer: Answer, results: Sequence[Result], *, personal: bool) -> list[str]:
    """A grid's tiles, best first. The badge says where a picture came from, or in the generic grid where it goes."""
    clicked = {image: {"favorite": "♥ liked", "download": "⤓ saved"}.get(kind, kind) for image, kind in state.clicks}
    best = max((r.search_score for r in answer.generic), default=1), max(answer.taste.values(), default=1)
    return [
        _tile(state, r, place, rank_change(r.rank, r.generic_rank) if personal else f"→{r.rank}", clicked.get(r.image_id), best)
        for place, r in enumerate(results, start=1)
    ]


def _tile(state: State, result: Result, place: int, change: str, mark: str | None, best: tuple[float, float]) -> str:
    """One picture with its place, how far it moved, its cluster and both scores."""
    title, cluster = escape(state.title(result.image_id)), escape(state.cluster_name(result.cluster))
    kind = {"▲": "up", "▼": "down"}.get(change[0], "same")
    return (
        f'<figure class="pis-picture" data-image="{escape(result.image_id)}">'
        f'<div class="pis-frame"><img alt="{title}" src="{address_of(state.file(result.image_id))}">'
        f'<span class="pis-place">{place}</span><span class="pis-change pis-{kind}">{_spoken(change)}</span>'
        + (f'<span class="pis-mark">{mark}</span>' if mark else "")
        + f'</div><figcaption><span class="pis-cluster" title="{cluster}">{cluster}</span>'
        f"{_score('match', result.search_score, best[0])}{_score('taste', result.taste_score, best[1])}</figcaption></figure>"
    )


def _score(name: str, score: float | None, best: float) -> str:
    """A score in figures, and as a bar that compares it with the best found."""
    bar = f'<span class="pis-bar" aria-hidden="true"><i style="width:{(score or 0) / best:.1%}"></i></span>'
    return f'<span class="pis-score pis-{name}">{name} {bar}<b>{"none" if score is None else f"{score:.3f}"}</b></span>'


def _spoken(change: str) -> str:
    """The badge with words for a screen reader, which may read "▲3" as nothing at all."""
    words = {"▲": "up by", "▼": "down by", "=": "same place", "→": "personalized place"}[change[0]]
    return f'<span class="pis-words">{words} </span><span aria-hidden="true">{change[0]}</span>{escape(change[1:])}'


def heading(title: str, note: str) -> str:
    """A title, and beside it a few words in small print."""
    return f'<h3 class="pis-heading">{escape(title)} <small>{escape(note)}</small></h3>'


def history(state: State) -> str:
    """The strip of pictures that this person touched last."""
    images, clicked = state.history(), {image for image, _ in state.clicks}
    if not images:
        why = "is asked for" if state.question.person == NOBODY else "yet: like a picture to begin one"
        return f'<div class="pis-history"><b>history</b> <span class="pis-none">none {why}</span></div>'
    thumbs = "".join(
        f'<li class="{"pis-new" if image in clicked else ""}"><img alt="{title}" title="{title}" '
        f'src="{address_of(state.file(image))}"></li>'
        for image, title in ((image, escape(state.title(image))) for image in images)
    )
    return f'<div class="pis-history"><b>history</b><ul aria-label="viewed last, oldest first">{thumbs}</ul></div>'


def taste(state: State, answer: Answer) -> str:
    """The largest shares of this person's taste, and how the last click moved them."""
    shares, before = answer.taste, state.before
    if not shares:
        return heading("taste", "") + '<p class="pis-none">Nobody is looking, so there is no taste to weigh.</p>'
    top, largest = list(shares)[:MOST_CLUSTERS], max([*shares.values(), *before.values()])
    rows = "".join(
        f'<li><span class="pis-cluster">{escape(state.cluster_name(c))}</span><span class="pis-share">{shares[c]:.0%}'
        f"{_shift(shares[c], before.get(c))}</span>"
        f'<span class="pis-bar" aria-hidden="true"><i style="width:{shares[c] / largest:.1%}"></i>'
        + (f'<u style="left:{before[c] / largest:.1%}"></u>' if c in before else "")
        + "</span></li>"
        for c in top
    )
    note = "marked: before the last click" if before else f"of {len(shares)} clusters found"
    return heading("taste", note) + f'<ol class="pis-taste">{rows}</ol>'


def _shift(now: float, before: float | None) -> str:
    points = round(100 * (now - before)) if before is not None else 0
    return f' <em class="pis-{"up" if points > 0 else "down"}">{"▲" if points > 0 else "▼"}{abs(points)}</em>' if points else ""


def reason(state: State, answer: Answer, image_id: str) -> str:
    """Why this picture stands where it stands: the two scores, and the sum that makes its place."""
    result = next(r for r in answer.generic if r.image_id == image_id)
    weight = answer.question.weight if result.taste_score is not None else 0.0
    parts = next(
        part
        for part in fuse([r.search_score for r in answer.generic], [r.taste_score for r in answer.generic], weight)
        if part.index == result.generic_rank - 1
    )
    cluster = escape(state.cluster_name(result.cluster))
    lines = [
        f"Place <b>{result.rank}</b> for {escape(answer.question.who)}, {result.generic_rank} for everybody.",
        f"<b>Match</b> {result.search_score:.4f}; between the worst and the best found: {parts.search:.2f}.",
    ]
    if result.taste_score is not None:
        order = list(answer.taste).index(result.cluster) + 1
        lines += [
            f"<b>Taste</b> for “{cluster}” {result.taste_score:.4f}, number {order} of {len(answer.taste)} clusters; "
            f"its logarithm between the least and the most: {parts.taste:.2f}.",
            f"{1 - weight:.2f} × {parts.search:.2f} + {weight:.2f} × {parts.taste:.2f} = <b>{parts.score:.2f}</b>",
        ]
    title = escape(state.title(image_id))
    address = address_of(state.file(image_id))
    items = "".join(f"<li>{line}</li>" for line in lines)
    return heading("why this picture?", "") + f'<div class="pis-why"><img alt="{title}" src="{address}"><ul>{items}</ul></div>'


def query_picture(picture: QueryPicture | None) -> str:
    """The picture that is searched by, or nothing."""
    if picture is None:
        return ""
    name = escape(f"searching by {picture.name}")
    return f'<span class="pis-query"><img alt="{name}" src="{picture.address}"></span>'


def line(words: str, *, turn: int, failed: bool = False) -> str:
    """The line below the controls. `turn` counts what was drawn: who sees it knows that both grids belong to it."""
    role, sign = ("alert", "!") if failed else ("status", "")
    kind = "pis-failed" if failed else ""
    return f'<div class="pis-line {kind}" role="{role}" data-turn="{turn}"><b aria-hidden="true">{sign}</b> {escape(words)}</div>'

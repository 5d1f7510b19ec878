"""Both grids as one picture with words, for places that show no widgets: GitHub, nbviewer, exported pages."""

from __future__ import annotations

from typing import Any

from ..gallery import Row, bundle_of_rows, rank_change
from .state import SHOWN, Answer, State


def bundle(state: State, answer: Answer) -> tuple[dict[str, Any], dict[str, Any]]:
    """(data, metadata) of a display: a JPEG of both grids, its alternative text, and all that it shows in words."""
    who, what = f"for {answer.question.who}", described(answer)
    weight = f"weight of taste {answer.question.weight:.2f}"
    left, right = answer.generic[:SHOWN], answer.personalized[:SHOWN]
    rows = [
        Row("for everybody", what, [state.file(r.image_id) for r in left]),
        Row(who, weight, [state.file(r.image_id) for r in right], [rank_change(r.rank, r.generic_rank) for r in right]),
    ]
    return bundle_of_rows(rows, alt=f"Pictures found for {what}: for everybody, and {who}", tile=96, columns=6)


def digest(state: State, answer: Answer) -> str:
    """Both grids in words: for each picture its id, and on the right its move, its match and its taste score."""
    left = " ".join(result.image_id for result in answer.generic[:SHOWN])
    who = f"for {answer.question.who}, weight {answer.question.weight:.2f}:"
    lines = [f"{described(answer)} for everybody: {left}", who]
    for result in answer.personalized[:SHOWN]:
        taste = "none" if result.taste_score is None else f"{result.taste_score:.4f}"
        moved = rank_change(result.rank, result.generic_rank)
        scores = f"match {result.search_score:.4f}  taste {taste}"
        lines.append(f"{result.rank:>3} {moved:>5}  {scores}  {result.image_id} ({state.cluster_name(result.cluster)})")
    return "\n".join(lines)


def described(answer: Answer) -> str:
    """What was asked for: “cat”, a picture, or both."""
    text, picture = answer.question.text.strip(), answer.question.picture
    return " and ".join([f"“{text}”"] * bool(text) + [f"a picture ({picture.name})" if picture else ""] * bool(picture))

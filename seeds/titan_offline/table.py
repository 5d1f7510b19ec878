"""The bars that an encoder has to reach, and how near it comes."""

from typing import NamedTuple


class Bar(NamedTuple):
    """What is measured, where it stands in a report, and the limit. mean: the mean of several runs has to reach it, not each."""

    what: str
    place: tuple[str, ...]
    limit: float
    higher: bool = True
    mean: bool = True


_PRECISION, _UNSEEN = "precision_at_10", "pairs never trained"

BARS = {
    "precision_unseen_pairs": Bar(f"P@10 subject + style, {_UNSEEN}", (_PRECISION, "unseen_pairs", "words", "mean"), 0.97),
    "precision_worst_unseen_pair": Bar("the same, worst pair", (_PRECISION, "unseen_pairs", "words", "worst"), 0.6, mean=False),
    "subject_of_unseen_pairs": Bar(f"subject of pictures, {_UNSEEN}", ("classification", "subject_unseen"), 0.92),
    "precision_trained_pairs": Bar("P@10 subject + style, trained pairs", (_PRECISION, "trained_pairs", "words", "mean"), 0.99),
    "precision_typing_error": Bar("P@10 single word with a typing error", ("words", "typing_error"), 0.99),
    "precision_plural": Bar("P@10 plural", ("words", "plural"), 1.0),
    "precision_color_and_subject": Bar("P@10 colour + subject", ("words", "color_and_subject"), 0.93),
    "cosine_matching": Bar("mean cosine, subject and style match", ("cosine", "both_agree"), 0.35),
    "cosine_unrelated": Bar("mean cosine, neither matches, distance from 0", ("cosine", "neither_agrees"), 0.08, higher=False),
    "nonsense_gap": Bar("gap between nonsense and real queries", ("cosine", "gap"), 0.12),
    "megabytes": Bar("weights of both towers, MB", ("megabytes",), 6.0, higher=False),
    "times_vit_b_32": Bar("pictures a second, times CLIP ViT-B/32's", ("pictures_a_second", "ratio"), 20.0),
    "minutes_training": Bar("training with drawing, minutes", ("training", "minutes"), 30.0, higher=False),
    "jpeg_members_changed": Bar("JPEG q90 against lossless, members changed of 10", ("jpeg_members_changed",), 0.2, higher=False),
}


def rows(report: dict) -> dict[str, float]:
    """The value for each bar. A report of an encoder of all pairs has none for pairs never trained."""
    found = {}
    for name, bar in BARS.items():
        value = report
        for key in bar.place:
            value = value.get(key) if isinstance(value, dict) else None
        if value is not None:
            found[name] = abs(value) if name == "cosine_unrelated" else value
    return found


def reached(bar: Bar, values: list[float]) -> bool:
    """Whether the mean of these runs reaches the bar, or the worst run where the bar is set for each."""
    worst = min(values) if bar.higher else max(values)
    value = sum(values) / len(values) if bar.mean else worst
    return value >= bar.limit if bar.higher else value <= bar.limit


def table(splits: list[dict[str, float]], shipped: dict[str, float] | None = None) -> str:
    """A line of Markdown for each bar: the splits' mean, each split, what ships, and whether the bar is reached."""
    lines = ["| measure | bar | mean | each split | all pairs trained | reached |", "|---|---|---|---|---|---|"]
    for name, bar in BARS.items():
        values = [split[name] for split in splits if name in split]
        mean = f"{sum(values) / len(values):.3f}" if values else "–"
        each = " / ".join(f"{value:.3f}" for value in values) or "–"
        all_pairs = f"{shipped[name]:.3f}" if shipped and name in shipped else "–"
        verdict = ("yes" if reached(bar, values) else "no") if values else "–"
        lines.append(f"| {bar.what} | {'≥' if bar.higher else '≤'} {bar.limit:g} | {mean} | {each} | {all_pairs} | {verdict} |")
    return "\n".join(lines)

"""The models that can embed, side by side: where they run, what they cost, and what to expect of them."""

from IPython.display import Markdown, display

from .costs import Price, read_prices
from .embedder import Embedder
from .models import EMBEDDERS

_WORDS = {  # name: where it runs, the prices it has, an honest word
    "titan": (
        "Amazon Bedrock, ten regions; offline a small encoder stands in for it",
        ("titan_image", "titan_1k_tokens"),
        "the default, and all that the figures in these notebooks were measured with",
    ),
    "nova": (
        "Amazon Bedrock, us-east-1; not offline",
        ("nova_image", "nova_1k_tokens"),
        "Titan's successor: longer texts, separate vectors for indexing and asking; untried by us on AWS",
    ),
    "clip": (
        "this machine, in both modes",
        (),
        "a real model for pictures of any kind, without an account; older, English only, 77 tokens, slow without many cores",
    ),
}


def show_models() -> None:
    """Displays a table of the models: name, where it runs, dimension, prices of seeds/prices.toml, a word of advice."""
    prices = read_prices()
    rows = ["| `WORKSHOP_EMBEDDER` | model | where it runs | numbers | price | a word |", "|---|---|---|---|---|---|"]
    for name, (where, charged, word) in _WORDS.items():
        kind = EMBEDDERS[name]
        cost = "; ".join(map(_told, (prices[price] for price in charged))) or "nothing"
        rows.append(f"| `{name}` | {kind.model} | {where} | {kind.dimension:,} | {cost} | {word} |")
    display(Markdown("\n".join(rows)))


def dollars_per_picture(embedder: Embedder) -> float:
    """What the model in use charges for a picture, by seeds/prices.toml; 0 for one that runs on this machine."""
    charged = next(charged for name, (_, charged, _) in _WORDS.items() if EMBEDDERS[name].model == embedder.model)
    return read_prices()[charged[0]].dollars if charged else 0.0


def _told(price: Price) -> str:
    dollars = f"${price.dollars:.6f}".rstrip("0")
    return f"{dollars} per {price.unit.partition(' embedded')[0]}" + ("" if price.confirmed else " (unconfirmed)")

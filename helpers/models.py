"""The models that can embed, by the name that WORKSHOP_EMBEDDER gives them."""

from collections.abc import Callable, Mapping
from typing import Any

from .clip import ClipEmbedder
from .embedder import Embedder, TitanEmbedder
from .nova import NovaEmbedder

EMBEDDERS: Mapping[str, type[TitanEmbedder] | type[NovaEmbedder] | type[ClipEmbedder]] = {
    "titan": TitanEmbedder,
    "nova": NovaEmbedder,
    "clip": ClipEmbedder,
}


def make_embedder(name: str, client: Callable[[str], Any]) -> Embedder:
    """The model of this name, ready to embed.

    name: titan, nova or clip. client: gives the boto3 client of a service; clip asks for none.
    """
    chosen = EMBEDDERS[name]
    return ClipEmbedder() if chosen is ClipEmbedder else chosen(client("bedrock-runtime"))

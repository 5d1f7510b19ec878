"""How long from a click to both grids, against a widget that does nothing; measured in the browser itself."""

from __future__ import annotations

import numpy as np

from helpers.explorer.events import TYPING

EMPTY = """() => new Promise((resolve) => {
  const answer = document.querySelector('.empty-answer'), start = performance.now();
  const watch = new MutationObserver(() => { watch.disconnect(); resolve(performance.now() - start); });
  watch.observe(answer, {subtree: true, childList: true, characterData: true});
  document.querySelector('.empty-button').click();
})"""


def measure(explorer, rounds: int) -> dict[str, np.ndarray]:
    """Milliseconds by kind of action; `nothing` is the empty round trip, measured between the others."""
    words, found = ["dog", "cat", "guitar", "flower", "car"], {"nothing": [], "like": [], "word": [], "person": [], "slide": []}
    for n in range(rounds):
        found["nothing"] += [explorer.page.evaluate(EMPTY) for _ in range(3)]
        found["word"].append(explorer.timed("type", ".pis-search input", words[n % 5]) - 1000 * TYPING)
        found["like"].append(explorer.timed("click", f".pis-half:nth-child(2) .pis-tile:nth-child({n % 12 + 1}) .pis-like"))
        key = ["ArrowLeft", "ArrowRight"][n % 2]
        found["slide"].append(explorer.timed("press", ".pis-weight [role=slider]", key))
        person = ["neon-punk-user", "comic-art-user", "a new visitor"][n % 3]
        found["person"].append(explorer.timed("choose", ".pis-person select", person))
    return {name: np.array(times) for name, times in found.items()}

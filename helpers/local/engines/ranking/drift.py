"""Has this user's taste changed? How little the past still says, judged by the newest events.

A short memory would follow every change, but also every stray click. So the past is doubted only if the newest events
agree among themselves and, all together, disagree with what went before: the comparison that attention makes in models of
click sequences (Zhou et al. 2018, "Deep interest network"), here in one number.
"""

import numpy as np

NEWEST = 5  # events: what a visitor does before they expect the results to follow


def doubt(affinity: np.ndarray, items: np.ndarray, weights: np.ndarray) -> float:
    """From 0 to 1, how much less the events before the newest five should count.

    affinity : (n_items, n_items). items, weights : (n_events,) of one user, oldest first.
    """
    if len(items) <= NEWEST:
        return 0.0
    among = affinity[np.ix_(items[-NEWEST:], items[-NEWEST:])]
    own = np.trace(among)
    if own <= 0:  # nothing is known of these items
        return 0.0
    coherence = (among.sum() - own) / ((NEWEST - 1) * own)
    new, old = (
        np.log1p(np.bincount(items[part], weights[part], minlength=len(affinity)))
        for part in (slice(-NEWEST, None), slice(None, -NEWEST))
    )
    scale = np.sqrt(max(new @ affinity @ new, 0.0) * max(old @ affinity @ old, 0.0))
    agreement = new @ affinity @ old / scale if scale else 1.0
    return float(np.clip(3 * coherence, 0, 1) * np.clip(1 - 2 * agreement, 0, 1))

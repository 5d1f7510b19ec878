"""How much each signal counts: the coefficients under which people's choices were likeliest.

Source: McFadden 1974, "Conditional logit analysis of qualitative choice behavior".
"""

import numpy as np

USUAL, DEVIATION = 1.0, 2.0  # what a coefficient is before any data, and how sure of that we are


def fit_coefficients(signals: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """(n_signals,) coefficients, none below 0, that make soft-max(signals · coefficients) the chance of a choice.

    signals : (n_people, n_items, n_signals). chosen : (n_people, n_items) how often each person chose each item.
    A weak prior (normal, mean 1, standard deviation 2) decides where there are few people to learn from.
    """
    from scipy.optimize import minimize

    totals = chosen.sum(axis=1, keepdims=True)

    def loss(coefficients: np.ndarray) -> tuple[float, np.ndarray]:
        utilities = signals @ coefficients
        utilities -= utilities.max(axis=1, keepdims=True, initial=-np.inf)
        chances = np.exp(utilities)
        sums = chances.sum(axis=1, keepdims=True)
        likelihood = (chosen * (utilities - np.log(sums))).sum()
        slope = np.einsum("ui,uis->s", chosen - totals * chances / sums, signals)
        away = (coefficients - USUAL) / DEVIATION
        return 0.5 * (away**2).sum() - likelihood, away / DEVIATION - slope

    start = np.full(signals.shape[2], USUAL)
    return minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(start)).x

"""Many findings or settings together: p-values corrected for their number, and a fair choice of the best."""

from __future__ import annotations

import numpy as np
import scipy.stats
from numpy.typing import ArrayLike


def holm(p_values: ArrayLike) -> np.ndarray:
    """Corrects p-values so that the chance of any false verdict among them is at most their level.

    Args:
        p_values: One for each finding, (n,); NaN where nothing was left to chance.

    Returns:
        The corrected ones, (n,), NaN where they were.

    Example:
        >>> holm([0.01, 0.04, 0.03]).round(3).tolist()
        [0.03, 0.06, 0.06]

    References:
        Holm (1979), A simple sequentially rejective multiple test procedure.
    """
    p_values = np.asarray(p_values, np.float64)
    order = np.argsort(p_values)[: np.sum(np.isfinite(p_values))]
    corrected = np.full(len(p_values), np.nan)
    steps = p_values[order] * np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(1, np.maximum.accumulate(steps))
    return corrected


def benjamini_hochberg(p_values: ArrayLike) -> np.ndarray:
    """Corrects p-values so that the expected share of false verdicts among all is at most their level.

    Args:
        p_values: One for each finding, (n,); NaN where nothing was left to chance.

    Returns:
        The corrected ones, (n,), NaN where they were.

    Example:
        >>> benjamini_hochberg([0.01, 0.04, 0.03]).round(3).tolist()
        [0.03, 0.04, 0.04]

    References:
        Benjamini and Hochberg (1995), Controlling the false discovery rate.
    """
    corrected = np.asarray(p_values, np.float64).copy()
    judged = np.isfinite(corrected)
    if judged.any():
        corrected[judged] = scipy.stats.false_discovery_control(corrected[judged])
    return corrected


def best_by_others(costs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gives every seed its cost at the setting that is the best for other seeds.

    The best of many settings owes a part of its lead to chance: chosen and judged on the same seeds it beats
    an equal rival too often. So the seeds at even places choose for those at odd places, and those for them.

    Args:
        costs: Cost of each setting at each seed, (settings, seeds), lower is better; infinite for a run that
            diverged. The median decides.

    Returns:
        The chosen setting's place, (seeds,), and the cost there, (seeds,). A single seed chooses for itself.

    Example:
        >>> places, lowest = best_by_others(np.array([[1.0, 2.0, 1.0, 2.0], [3.0, 3.0, 3.0, 3.0]]))
        >>> places.tolist(), lowest.tolist()
        ([0, 0, 0, 0], [1.0, 2.0, 1.0, 2.0])
    """
    costs = np.asarray(costs, np.float64)
    seeds = np.arange(costs.shape[1])
    places = np.empty(len(seeds), int)
    for half in (0, 1):
        others = costs[:, seeds % 2 != half] if len(seeds) > 1 else costs
        places[seeds % 2 == half] = np.nanargmin(np.median(others, axis=1))
    return places, costs[places, seeds]

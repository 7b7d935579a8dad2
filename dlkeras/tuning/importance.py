"""How much each hyperparameter matters, from the trials of a search alone: PED-ANOVA."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr

from dlkeras.tuning.recorded_space import losses, recorded_space
from dlkeras.tuning.records import TrialRecord
from dlkeras.tuning.space import Axis

LEAST_TRIALS = 10  # in which a hyperparameter is active
LEAST_TOP = 5  # trials among the best, of fewer no density can be told
NUM_CELLS = 50  # of a range
NUM_DRAWS = 199  # random choices of the best trials
_LEAST_WIDTH = 0.5 / 1.64  # of a kernel, in cells: 90 % of it are in its own cell


def importance(records: Sequence[TrialRecord], top: float = 0.1) -> dict[str, float]:
    """Computes how much each hyperparameter decides whether a trial is among the best.

    If the best trials have other values of a hyperparameter than all trials, it matters; if they have the
    same, it does not. Both are densities along the hyperparameter's own scale, and the importance is the
    Pearson divergence of the first from the second. Only the order of the scores counts. Trials that failed
    count as the worst. It says what mattered among the points that were tried, so after a search has zoomed
    in, what mattered near the best.

    A conditional hyperparameter is judged by the trials in which it is active, and weighted by their share of
    all trials and by how many of them are among the best.

    Args:
        records: The trials, of any oracle.
        top: Share of the trials that are the best, above 0 and below 1; at least 5 trials are.

    Returns:
        Share of the whole importance by name, in the order of the model. NaN where a hyperparameter is active
        in fewer than 10 trials that ended, and for all if the scores do not differ.

    Raises:
        ValueError: If `top` is not above 0 and below 1.

    Example:
        ```python
        shares = importance(load_trials("searches/digits"))
        print(max(shares, key=shares.get))
        ```

    References:
        Watanabe, Bansal and Hutter (2023), "PED-ANOVA: Efficiently Quantifying Hyperparameter Importance in
        Arbitrary Subspaces", equation 16 with gamma' = `top` and gamma = 1; for a conditional hyperparameter,
        the same variance between its values, by the law of total variance.
    """
    axes, is_top = _trials_by_axis(records, top)
    parts: dict[str, float] = {}
    for axis, places in axes:
        (part,) = _variance(axis, places, [is_top])
        parts[axis.name] = float(np.nansum([parts[axis.name], part])) if axis.name in parts else part
    total = np.nansum(list(parts.values()))
    order = dict.fromkeys(config["name"] for record in records for config in record.space)
    known = total > 0 and not is_top.all()
    return {n: float(parts[n] / total) if known else math.nan for n in order if n in parts}


def chances(records: Sequence[TrialRecord], top: float = 0.1) -> dict[str, float]:
    """Computes how often a random choice of the best trials would make a hyperparameter matter as much.

    With few trials, even a hyperparameter without any effect gets some importance.

    Args:
        records: The trials, of any oracle.
        top: As for `importance`.

    Returns:
        Probability by name, from 199 random choices: below 0.05, the importance is hardly by chance. NaN as
        for `importance`.

    Example:
        ```python
        trials = load_trials("searches/digits")
        print([name for name, chance in chances(trials).items() if chance < 0.05])
        ```
    """
    axes, is_top = _trials_by_axis(records, top)
    found: dict[str, float] = {}
    for axis, places in axes:
        rng = np.random.default_rng(0)
        part, *drawn = _variance(axis, places, [is_top, *(rng.permutation(is_top) for _ in range(NUM_DRAWS))])
        as_much = (1 + np.sum(np.array(drawn) >= part)) / (NUM_DRAWS + 1)
        chance = math.nan if math.isnan(part) or is_top.all() else float(as_much)
        found[axis.name] = float(np.fmin(found.get(axis.name, math.nan), chance))
    return found


def divergence(q: np.ndarray, p: np.ndarray) -> float:
    """Computes the Pearson divergence of a density from another one.

    Args:
        q: Shares of cells that sum to 1, (c,).
        p: The same of the other density, above 0, (c,).

    Returns:
        The sum over cells of p (q / p - 1)².

    Example:
        >>> divergence(np.array([0.75, 0.25]), np.array([0.5, 0.5]))
        0.25
    """
    return float(np.sum(p * (q / p - 1) ** 2))


def density(axis: Axis, places: np.ndarray) -> np.ndarray:
    """Estimates the density of trials along an axis, with a uniform prior that weighs as much as one trial.

    Args:
        axis: The axis.
        places: Places of the trials, (n,).

    Returns:
        Shares of the cells, which sum to 1: a cell for each choice, 50 on a range, and on a grid of fewer
        values a cell for each. On ranges and grids, trials are smoothed by normal kernels, their width by
        Scott's rule, cut off at the ends.
    """
    num_values = NUM_CELLS if axis.values is None else len(axis.values)
    num_cells = num_values if not axis.is_ordered else min(num_values, NUM_CELLS)
    cells = _cells(axis, places, num_cells)
    masses = _kernels(cells, num_cells) if axis.is_ordered else np.eye(num_cells)[cells]
    return (masses.sum(axis=0) + 1 / num_cells) / (len(places) + 1)


def _trials_by_axis(records: Sequence[TrialRecord], top: float) -> tuple[list, np.ndarray]:
    """Gives each axis that has a choice with the places of the trials, (n,), and which are the best, (n,)."""
    if not 0 < top < 1:
        raise ValueError(f"`top` must be above 0 and below 1. Received: top={top}")
    records = sorted(records, key=lambda record: (record.number, record.trial_id))
    loss = losses(records)
    ended = [record for record, value in zip(records, loss, strict=True) if not math.isnan(value)]
    if not ended:
        return [], np.zeros(0, bool)
    loss = loss[~np.isnan(loss)]
    space = recorded_space(ended)
    points = np.array([space.point(record.values) for record in ended])
    limit = np.sort(loss)[min(max(math.ceil(top * len(loss) - 1e-9), LEAST_TOP), len(loss)) - 1]
    is_top = (loss <= limit) & np.isfinite(loss)
    axes = zip(space.axes, points.T, space.is_free, strict=True)
    return [(axis, places) for axis, places, is_free in axes if is_free], is_top


def _variance(axis: Axis, places: np.ndarray, tops: Sequence[np.ndarray]) -> list[float]:
    """Computes the variance, between the values of a hyperparameter, of the chance to be among the best.

    Args:
        axis: Its axis.
        places: Places of the trials, NaN where it is inactive, (n,).
        tops: Choices of the best trials, (n,) bool each.

    Returns:
        A number for each choice; NaN where it is active in too few trials.
    """
    is_active = ~np.isnan(places)
    if is_active.sum() < LEAST_TRIALS:
        return [math.nan] * len(tops)
    everything = density(axis, places[is_active])
    found = []
    for is_top in tops:
        share = is_top[is_active].mean()
        some = density(axis, places[is_active & is_top]) if share else everything
        found.append(float(is_active.mean() * share**2 * divergence(some, everything)))
    return found


def _cells(axis: Axis, places: np.ndarray, num_cells: int) -> np.ndarray:
    if axis.values is not None and len(axis.values) == num_cells:
        return axis.index(places)
    return np.minimum((places * num_cells).astype(int), num_cells - 1)


def _kernels(cells: np.ndarray, num_cells: int) -> np.ndarray:
    """Spreads each trial over the cells, (n, num_cells); what would be beyond the ends is shared inside."""
    n = max(len(cells), 1)
    deviation = np.std(cells, ddof=1) if n > 1 else 0.0
    low, high = np.percentile(cells, [25, 75]) if len(cells) else (0, 0)
    width = max(1.059 * min(deviation, (high - low) / 1.34) * n**-0.2, _LEAST_WIDTH)
    borders = ndtr((np.arange(num_cells + 1) - 0.5 - cells[:, None]) / width)
    return np.diff(borders, axis=1) / (borders[:, -1:] - borders[:, :1])

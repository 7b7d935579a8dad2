"""What the trials of a search tell: which hyperparameters mattered (PED-ANOVA), and which range to widen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras_tuner
import numpy as np
from scipy.special import ndtr

from dlkeras.tuning.space import Axis, Space, space_of
from dlkeras.tuning.trials import FAILED, TrialRecord

LEAST_TRIALS = 10  # in which a hyperparameter is active
LEAST_TOP = 5  # trials among the best, of fewer no density can be told
NUM_CELLS = 50  # of a range
NUM_DRAWS = 199  # random choices of the best trials
_LEAST_WIDTH = 0.5 / 1.64  # of a kernel, in cells: 90 % of it are in its own cell
NEAR = 0.05  # of the length of an axis
NUM_BEST = 5  # trials that are looked at
LEAST_NEAR = 2  # of them at the end, the best one included
LEAST_SAME = 3  # of them, where one value of a grid is more of the axis than that
LEAST_VALUES = 3  # of a grid: with two, every value is at an end
_NATURAL = (0, 1)  # where many ranges end by nature: a rate, a probability, a count


@dataclass(frozen=True)
class Edge:
    """A hyperparameter whose best value is at the end of its range.

    Args:
        name: Name of the hyperparameter.
        value: Its value in the best trial.
        side: "lower" or "upper".
        low: Least value that it can have.
        high: Greatest value that it can have.
        num_near: How many of the best trials are at this end.
        num_best: How many were looked at.

    Example:
        >>> print(Edge("learning_rate", 0.0987, "upper", 1e-4, 0.1, 4, 5).text)
        learning_rate: the best of the trials, 0.0987, is at the upper end of 0.0001 to 0.1, with 4 of the 5 best; widen it upwards
    """  # noqa: E501

    name: str
    value: Any
    side: str
    low: Any
    high: Any
    num_near: int
    num_best: int

    @property
    def end(self) -> Any:
        """The end of the range at which the value lies."""
        return self.high if self.side == "upper" else self.low

    @property
    def is_natural(self) -> bool:
        """Whether the range may end here by nature, which nothing in the trials can tell."""
        return self.end in _NATURAL

    @property
    def text(self) -> str:
        """A sentence: what lies where, and what to do."""
        where = f"is at the {self.side} end of {self.low:.6g} to {self.high:.6g}"
        widen = f"widen it {'upwards' if self.side == 'upper' else 'downwards'}"
        if self.is_natural:
            widen += f", or stay if {self.end:g} is where it ends by nature"
        return (
            f"{self.name}: the best of the trials, {self.value:.3g}, {where}, "
            f"with {self.num_near} of the {self.num_best} best; {widen}"
        )


def edges(records: Sequence[TrialRecord]) -> list[Edge]:
    """Finds the hyperparameters whose best value is at the end of their range.

    That is so where the best trial, and at least one other of the five best in which the hyperparameter is
    active (of fewer than ten trials, of the better half), are within 5 % of the range's end, on the
    hyperparameter's own scale. On a grid of fewer than 20 values it takes three at the first or the last
    value. Choices have no end, and neither have grids of two values.

    Args:
        records: The trials, of any oracle.

    Returns:
        One for each such hyperparameter, in the order of the model.

    Example:
        ```python
        for edge in edges(load_trials("searches/digits")):
            print(edge.text)
        ```
    """
    loss = _losses(records)
    ended = np.flatnonzero(np.isfinite(loss))
    best = [records[i] for i in ended[np.argsort(loss[ended], kind="stable")]]
    if not best:
        return []
    space = _recorded_space(records)
    points = np.array([space.point(record.values) for record in best])
    order = _names(records)
    found = [_edge(space, i, best, points[:, i]) for i in range(len(space))]
    return sorted((edge for edge in found if edge is not None), key=lambda edge: order.index(edge.name))


def _edge(space: Space, index: int, best: Sequence[TrialRecord], places: np.ndarray) -> Edge | None:
    axis = space.axes[index]
    if not axis.is_ordered or np.isnan(places[0]) or (axis.values and len(axis.values) < LEAST_VALUES):
        return None
    active = places[~np.isnan(places)]
    near = active[: max(1, min(NUM_BEST, len(active) // 2))]
    is_coarse = axis.values is not None and len(axis.values) * NEAR < 1
    least = min(LEAST_SAME if is_coarse else LEAST_NEAR, len(near))
    first, last = (0.0, 1.0) if axis.places is None else axis.places[[0, -1]]
    for side, distances in (("lower", near - first), ("upper", last - near)):
        num_near = int(np.sum(distances <= NEAR))
        if distances[0] <= NEAR and num_near >= least:
            low, high = axis.to_value(0), axis.to_value(1)
            return Edge(axis.name, best[0].values[axis.name], side, low, high, num_near, len(near))
    return None


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
    known = total > 0 and not is_top.all()
    return {n: float(parts[n] / total) if known else math.nan for n in _names(records) if n in parts}


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
    """Computes the Pearson divergence of a density, in shares of cells, (c,), from another one above 0.

    Example:
        >>> divergence(np.array([0.75, 0.25]), np.array([0.5, 0.5]))
        0.25
    """
    return float(np.sum(p * (q / p - 1) ** 2))


def density(axis: Axis, places: np.ndarray) -> np.ndarray:
    """Estimates the density of trials along an axis, with a uniform prior that weighs as much as one trial.

    There is a cell for each choice, 50 on a range, and on a grid of fewer values one for each. On ranges and
    grids, trials are smoothed by normal kernels, their width by Scott's rule, cut off at the ends.
    """
    num_values = NUM_CELLS if axis.values is None else len(axis.values)
    num_cells = num_values if not axis.is_ordered else min(num_values, NUM_CELLS)
    if axis.values is not None and len(axis.values) == num_cells:
        cells = axis.index(places)
    else:
        cells = np.minimum((places * num_cells).astype(int), num_cells - 1)
    masses = _kernels(cells, num_cells) if axis.is_ordered else np.eye(num_cells)[cells]
    return (masses.sum(axis=0) + 1 / num_cells) / (len(places) + 1)


def _trials_by_axis(records: Sequence[TrialRecord], top: float) -> tuple[list, np.ndarray]:
    """Gives each axis that has a choice with the places of the trials, (n,), and which are the best, (n,)."""
    if not 0 < top < 1:
        raise ValueError(f"`top` must be above 0 and below 1. Received: top={top}")
    records = sorted(records, key=lambda record: (record.number, record.trial_id))
    loss = _losses(records)
    ended = [record for record, value in zip(records, loss, strict=True) if not math.isnan(value)]
    if not ended:
        return [], np.zeros(0, bool)
    loss = loss[~np.isnan(loss)]
    space = _recorded_space(ended)
    points = np.array([space.point(record.values) for record in ended])
    limit = np.sort(loss)[min(max(math.ceil(top * len(loss) - 1e-9), LEAST_TOP), len(loss)) - 1]
    is_top = (loss <= limit) & np.isfinite(loss)
    axes = zip(space.axes, points.T, space.is_free, strict=True)
    return [(axis, places) for axis, places, is_free in axes if is_free], is_top


def _variance(axis: Axis, places: np.ndarray, tops: Sequence[np.ndarray]) -> list[float]:
    """Computes the variance, between the values of a hyperparameter, of the chance to be among the best.

    There is a number for each choice of the best trials; NaN where it is active in too few trials.
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


def _kernels(cells: np.ndarray, num_cells: int) -> np.ndarray:
    """Spreads each trial over the cells, (n, num_cells); what would be beyond the ends is shared inside."""
    n = max(len(cells), 1)
    deviation = np.std(cells, ddof=1) if n > 1 else 0.0
    low, high = np.percentile(cells, [25, 75]) if len(cells) else (0, 0)
    width = max(1.059 * min(deviation, (high - low) / 1.34) * n**-0.2, _LEAST_WIDTH)
    borders = ndtr((np.arange(num_cells + 1) - 0.5 - cells[:, None]) / width)
    return np.diff(borders, axis=1) / (borders[:, -1:] - borders[:, :1])


def _recorded_space(records: Sequence[TrialRecord]) -> Space:
    """Makes the space that the trials came from; of a range that was changed meanwhile, the last counts."""
    ordered = sorted(records, key=lambda record: record.number)
    last = {(c["name"], repr(c.get("conditions"))): c for record in ordered for c in record.space}
    configs = [
        {"class_name": config["kind"], "config": {key: config[key] for key in config if key != "kind"}}
        for config in last.values()
    ]
    space = keras_tuner.HyperParameters.from_config({"space": configs, "values": {}}).space
    return space_of(space)


def _names(records: Sequence[TrialRecord]) -> list[str]:
    """Gives the names of all hyperparameters in the order of the model."""
    return list(dict.fromkeys(config["name"] for record in records for config in record.space))


def _losses(records: Sequence[TrialRecord]) -> np.ndarray:
    """Gives the score of each trial as a loss, (n,): infinite where it failed, NaN where it has not ended."""
    return np.array([_loss(record) for record in records])


def _loss(record: TrialRecord) -> float:
    if record.status in FAILED:
        return math.inf
    if record.status != "COMPLETED" or record.score is None or math.isnan(record.score):
        return math.nan
    return -record.score if record.direction == "max" else record.score

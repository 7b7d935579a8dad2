"""Whether the best trials lie at the end of a range, and which range to widen then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlkeras.tuning.recorded_space import losses, recorded_space
from dlkeras.tuning.records import TrialRecord
from dlkeras.tuning.space import Axis, Space

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
    loss = losses(records)
    ended = np.flatnonzero(np.isfinite(loss))
    best = [records[i] for i in ended[np.argsort(loss[ended], kind="stable")]]
    if not best:
        return []
    space = recorded_space(records)
    points = np.array([space.point(record.values) for record in best])
    order = list(dict.fromkeys(config["name"] for record in records for config in record.space))
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
    for side, distances in zip(("lower", "upper"), _distances(axis, near), strict=True):
        num_near = int(np.sum(distances <= NEAR))
        if distances[0] <= NEAR and num_near >= least:
            low, high = (
                (axis.values[0], axis.values[-1]) if axis.values else (axis.to_value(0), axis.to_value(1))
            )
            return Edge(axis.name, best[0].values[axis.name], side, low, high, num_near, len(near))
    return None


def _distances(axis: Axis, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gives how far places are from the lower and from the upper end."""
    low, high = (0.0, 1.0) if axis.places is None else (axis.places[0], axis.places[-1])
    return places - low, high - places

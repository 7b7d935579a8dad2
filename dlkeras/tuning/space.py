"""A search space as a cube: an axis of length one for each hyperparameter, with values and conditions."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dlkeras.base import scales

MAX_GRID = 1024  # longer grids are ranges whose values are rounded


@dataclass(frozen=True, eq=False)
class Axis:
    """One hyperparameter as an axis of the cube; made by `range_axis`, `grid_axis` or `choice_axis`.

    Args:
        name: Name of the hyperparameter.
        to_value: From a place in [0, 1] to the value there.
        to_place: From a value to its place.
        values: All values in the order of their places; None for a range, which has no end of them.
        is_ordered: Whether neighbours on the axis are alike; False for a choice.
        conditions: Pairs of another hyperparameter's name and the values that it must have one of.

    Attributes:
        places: Place of each value; None for a range.
        gaps: Distance of each value from the farther one of its neighbours; None for a range.
    """

    name: str
    to_value: Callable[[float], Any]
    to_place: Callable[[Any], float]
    values: tuple | None = None
    is_ordered: bool = True
    conditions: tuple[tuple[str, tuple], ...] = ()
    places: np.ndarray | None = field(init=False)
    gaps: np.ndarray | None = field(init=False)
    _borders: np.ndarray | None = field(init=False)

    def __post_init__(self):
        places = None if self.values is None else np.array([self.to_place(value) for value in self.values])
        object.__setattr__(self, "places", places)
        borders = None if places is None else (places[1:] + places[:-1]) / 2
        gaps = None if places is None else np.diff(places, prepend=places[0], append=places[-1])
        object.__setattr__(self, "_borders", borders)
        object.__setattr__(self, "gaps", None if gaps is None else np.maximum(gaps[1:], gaps[:-1]))

    def index(self, places: np.ndarray) -> np.ndarray:
        """Gives the index of the nearest value of a discrete axis for each place, (m,)."""
        return np.searchsorted(self._borders, places, side="right")


def range_axis(
    name: str, low: float, high: float, scale: str, rounding: Callable | None = None, conditions: tuple = ()
) -> Axis:
    """Makes the axis of a range; `rounding` makes a value of the range one that the hyperparameter has."""

    def to_value(place):
        value = scales.to_value(scale, low, high, float(place))
        return float(value) if rounding is None else rounding(value)

    return Axis(name, to_value, lambda v: scales.to_place(scale, low, high, v), None, True, conditions)


def grid_axis(
    name: str, values: Sequence, conditions: tuple = (), places: Sequence[float] | None = None
) -> Axis:
    """Makes the axis of ordered values, at equal distances unless their places in [0, 1] are given."""
    return _discrete(name, sorted(values), True, conditions, places)


def choice_axis(name: str, values: Sequence, conditions: tuple = ()) -> Axis:
    """Makes the axis of values without an order; any two are as far apart as any others."""
    return _discrete(name, values, False, conditions, None)


def _discrete(name, values, is_ordered, conditions, places) -> Axis:
    values = tuple(values)
    centres = (np.arange(len(values)) + 0.5) / len(values) if places is None else np.asarray(places)
    borders = (centres[1:] + centres[:-1]) / 2

    def to_value(place):
        return values[int(np.searchsorted(borders, place, side="right"))]

    def to_place(value):
        if value in values:
            return float(centres[values.index(value)])
        if not is_ordered:
            return math.nan  # a value that was there before the model was changed
        return float(centres[min(range(len(values)), key=lambda i: abs(values[i] - value))])

    return Axis(name, to_value, to_place, values, is_ordered, conditions)


class Space:
    """All axes together. A point is an array (d,) of places, NaN where a condition is not met.

    Args:
        axes: The axes, in any order; two may share a name if their conditions differ.

    Attributes:
        axes: The axes, each after those that its conditions name.
        is_free: Whether an axis has more than one value, (d,) bool.
        is_choice: Whether an axis is a choice, (d,) bool.
    """

    def __init__(self, axes: Iterable[Axis]):
        self.axes = tuple(_parents_first(list(axes)))
        self.is_free = np.array([axis.values is None or len(axis.values) > 1 for axis in self.axes], bool)
        self.is_choice = np.array([not axis.is_ordered for axis in self.axes], bool)
        self.has_conditions = any(axis.conditions for axis in self.axes)
        self._discrete = [(i, axis) for i, axis in enumerate(self.axes) if axis.values is not None]
        self._conditions = [self._compiled(axis) for axis in self.axes]

    def __len__(self) -> int:
        return len(self.axes)

    @property
    def size(self) -> float:
        """How many points there are at most; infinite with a range."""
        return math.prod(math.inf if axis.values is None else len(axis.values) for axis in self.axes)

    def snap(self, places: np.ndarray) -> np.ndarray:
        """Gives the nearest point for each row.

        Args:
            places: Any numbers in [0, 1], (m, d).

        Returns:
            Places that discrete axes have, NaN on axes whose conditions the row does not meet, (m, d).
        """
        points = np.array(places, np.float64)
        indices = {}
        for i, axis in self._discrete:
            indices[i] = axis.index(points[:, i])
            points[:, i] = axis.places[indices[i]]
        if not self.has_conditions:
            return points
        for i, conditions in enumerate(self._conditions):
            for parents in conditions:
                met = np.zeros(len(points), bool)
                for parent, allowed in parents:
                    values_met = allowed[indices[parent]] if parent in indices else False
                    met |= values_met & ~np.isnan(points[:, parent])
                points[~met, i] = np.nan
        return points

    def values(self, point: np.ndarray) -> dict[str, Any]:
        """Gives the values at a point, by name, of the active hyperparameters only."""
        return {
            axis.name: axis.to_value(place)
            for axis, place in zip(self.axes, point.tolist(), strict=True)
            if not math.isnan(place)
        }

    def point(self, values: Mapping[str, Any]) -> np.ndarray:
        """Gives the point of some values, (d,); NaN for those that are missing or inactive."""
        places = np.full(len(self.axes), np.nan)
        for i, axis in enumerate(self.axes):
            if axis.name in values and all(values.get(name) in met for name, met in axis.conditions):
                places[i] = axis.to_place(values[axis.name])
        return places

    def _compiled(self, axis: Axis) -> list[list[tuple[int, np.ndarray]]]:
        compiled = []
        for name, met in axis.conditions:
            parents = [(i, other) for i, other in enumerate(self.axes) if other.name == name]
            compiled.append([(i, np.array([v in met for v in other.values or ()])) for i, other in parents])
        return compiled


def _parents_first(axes: list[Axis]) -> list[Axis]:
    names, placed, ordered = {axis.name for axis in axes}, set(), []
    while axes:
        ready = [a for a in axes if all(n in placed or n not in names for n, _ in a.conditions)] or axes
        ordered += ready
        axes = [axis for axis in axes if axis not in ready]
        placed = {axis.name for axis in ordered} - {axis.name for axis in axes}
    return ordered

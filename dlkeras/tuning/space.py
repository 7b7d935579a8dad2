"""The search space as a cube: an axis of length one for each hyperparameter of keras-tuner."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import keras_tuner
import numpy as np
from keras_tuner.engine import hyperparameters as kinds

from dlkeras.base import scales
from dlkeras.base.checks import is_number

MAX_GRID = 1024  # longer grids are ranges whose values are rounded


@dataclass(frozen=True, eq=False)
class Axis:
    """One hyperparameter as an axis of the cube; made by `range_axis`, `grid_axis` or `choice_axis`."""

    name: str
    to_value: Callable[[float], Any]  # from a place in [0, 1]
    to_place: Callable[[Any], float]
    values: tuple | None = None  # in the order of their places; a range has no end of them
    is_ordered: bool = True  # whether neighbours are alike; not in a choice
    conditions: tuple[tuple[str, tuple], ...] = ()  # another's name, and values it must have one of
    places: np.ndarray | None = None  # of the values

    @cached_property
    def gaps(self) -> np.ndarray:
        """Distance of each value from the farther one of its neighbours."""
        gaps = np.diff(self.places, prepend=self.places[0], append=self.places[-1])
        return np.maximum(gaps[1:], gaps[:-1])

    def index(self, places: np.ndarray) -> np.ndarray:
        """Gives the index of the nearest value of a discrete axis for each place, (m,)."""
        return np.searchsorted(self._borders, places, side="right")

    @cached_property
    def _borders(self) -> np.ndarray:
        return (self.places[1:] + self.places[:-1]) / 2


def range_axis(
    name: str, low: float, high: float, scale: str, rounding: Callable | None = None, conditions: tuple = ()
) -> Axis:
    """Makes the axis of a range; `rounding` makes a value of the range one that the hyperparameter has."""

    def to_value(place):
        value = scales.to_value(scale, low, high, float(place))
        return float(value) if rounding is None else rounding(value)

    return Axis(name, to_value, lambda v: scales.to_place(scale, low, high, v), None, True, conditions)


def grid_axis(
    name: str,
    values: Iterable,
    conditions: tuple = (),
    places: Sequence[float] | None = None,
    is_ordered: bool = True,
) -> Axis:
    """Makes the axis of some values, at equal distances unless their places in [0, 1] are given."""
    values = tuple(sorted(values) if is_ordered else values)
    centres = (np.arange(len(values)) + 0.5) / len(values) if places is None else np.asarray(places)

    def to_value(place):
        return values[int(axis.index(place))]

    def to_place(value):
        if value in values:
            return float(centres[values.index(value)])
        if not is_ordered:
            return math.nan  # a value that was there before the model was changed
        return float(centres[min(range(len(values)), key=lambda i: abs(values[i] - value))])

    axis = Axis(name, to_value, to_place, values, is_ordered, conditions, centres)
    return axis


def choice_axis(name: str, values: Sequence, conditions: tuple = ()) -> Axis:
    """Makes the axis of values without an order; any two are as far apart as any others."""
    return grid_axis(name, values, conditions, is_ordered=False)


class Space:
    """All axes together. A point is an array (d,) of places, NaN where a condition is not met.

    Two axes may share a name if their conditions differ.
    """

    def __init__(self, axes: Iterable[Axis]):
        self.axes = tuple(_parents_first(list(axes)))  # each after those that its conditions name
        self.is_free = np.array([axis.values is None or len(axis.values) > 1 for axis in self.axes], bool)
        self.is_choice = np.array([not axis.is_ordered for axis in self.axes], bool)
        self._discrete = [(i, axis) for i, axis in enumerate(self.axes) if axis.values is not None]
        self._parents = [self._compiled(axis) for axis in self.axes]

    def __len__(self) -> int:
        return len(self.axes)

    @property
    def size(self) -> float:
        """How many points there are at most; infinite with a range."""
        return math.prod(math.inf if axis.values is None else len(axis.values) for axis in self.axes)

    @property
    def columns(self) -> list[tuple[int, float]]:
        """The free axes, each with a place: of every choice, NaN for an axis that is ordered."""
        axes = [(i, axis) for i, axis in enumerate(self.axes) if self.is_free[i]]
        return [(i, place) for i, axis in axes for place in ([math.nan] if axis.is_ordered else axis.places)]

    def snap(self, places: np.ndarray) -> np.ndarray:
        """Gives the nearest point to each row of numbers in [0, 1], (m, d)."""
        points = np.array(places, np.float64)
        indices = {}
        for i, axis in self._discrete:
            indices[i] = axis.index(points[:, i])
            points[:, i] = axis.places[indices[i]]
        if not any(self._parents):
            return points
        for i, conditions in enumerate(self._parents):
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


# From hyperparameters to the axes of a space


def space_of(hyperparameters: Iterable[kinds.HyperParameter]) -> Space:
    """Makes the space of some hyperparameters, such as `hp.space`, with one axis for each.

    Every value that a hyperparameter can have has a place, the greatest one included, also where the
    conversions of keras-tuner leave it out for rounding errors.
    """
    return Space(axis_of(hyperparameter) for hyperparameter in hyperparameters)


def axis_of(hyperparameter: kinds.HyperParameter) -> Axis:
    """Makes the axis of one hyperparameter."""
    hp = hyperparameter
    conditions = tuple((condition.name, tuple(condition.values)) for condition in hp.conditions)
    if isinstance(hp, kinds.Fixed):
        return choice_axis(hp.name, [hp.value], conditions)
    if isinstance(hp, kinds.Boolean):
        return choice_axis(hp.name, [False, True], conditions)
    if isinstance(hp, kinds.Choice):
        distinct = list(dict.fromkeys(hp.values))
        return (grid_axis if hp.ordered else choice_axis)(hp.name, distinct, conditions)
    if isinstance(hp, kinds.Int | kinds.Float):
        return _numerical(hp, conditions)
    raise TypeError(
        "`hyperparameters` must be of kinds that keras-tuner has. "
        f"Received: {hp.name!r} of class {type(hp).__name__}"
    )


def _numerical(hp: kinds.Int | kinds.Float, conditions: tuple) -> Axis:
    low, high = hp.min_value, hp.max_value
    scale = getattr(hp, "scale", hp.sampling)  # a kind of our own has one of its own
    is_int = isinstance(hp, kinds.Int)
    if low == high:
        return choice_axis(hp.name, [low], conditions)
    if hp.step is not None:
        count = _count(hp)
        if count > MAX_GRID:  # only on a linear scale

            def nearest(value):
                index = min(max(round((value - low) / hp.step), 0), count - 1)
                return low + index * hp.step

            return range_axis(hp.name, low, low + (count - 1) * hp.step, scale, nearest, conditions)
        values = [_stepped(hp, index) for index in range(count)]
        return grid_axis(hp.name, [int(v) if is_int else v for v in values], conditions)
    if not is_int:
        return range_axis(hp.name, low, high, scale, None, conditions)
    if high - low < MAX_GRID:
        values = range(low, high + 1)
        places = [scales.to_place(scale, low, high + 1, value + 0.5) for value in values]
        return grid_axis(hp.name, values, conditions, places)
    return range_axis(hp.name, low, high, scale, lambda value: min(max(round(value), low), high), conditions)


def _count(hp: kinds.Int | kinds.Float) -> int:
    if hp.sampling == "linear":
        return int((hp.max_value - hp.min_value) / hp.step + 1e-8) + 1
    return int(math.log(hp.max_value / hp.min_value, hp.step) + 1e-8) + 1


def _stepped(hp: kinds.Int | kinds.Float, index: int) -> float:
    low, high = hp.min_value, hp.max_value
    if hp.sampling == "linear":
        return min(low + index * hp.step, high)
    distance = low * hp.step**index
    return min(distance, high) if hp.sampling == "log" else max(high + low - distance, low)


def complete_values(space: keras_tuner.HyperParameters, values: Mapping[str, Any]) -> dict[str, Any]:
    """Gives the values of all active hyperparameters: those named, and defaults for the others."""
    known = {hp.name for hp in space.space}
    if unknown := sorted(set(values) - known):
        raise ValueError(
            f"`values` must name hyperparameters of the search, which are: {', '.join(sorted(known))}. "
            f"Received: {', '.join(unknown)}"
        )
    complete = keras_tuner.HyperParameters()
    for hp in space.space:
        complete.merge([hp])
        if complete.is_active(hp) and hp.name in values:
            complete.values[hp.name] = _checked(hp, values[hp.name])
    return complete.values


def _checked(hp, value: Any) -> Any:
    axis = axis_of(hp)
    if axis.values is not None:
        if value not in axis.values:
            some = ", ".join(map(repr, axis.values[:20])) + (", ..." if len(axis.values) > 20 else "")
            raise ValueError(f"`values` must have for {hp.name!r} one of: {some}. Received: {value!r}")
        return axis.values[axis.values.index(value)]
    if not is_number(value):
        raise ValueError(f"`values` must have for {hp.name!r} a number. Received: {value!r}")
    if not hp.min_value <= value <= hp.max_value:
        raise ValueError(
            f"`values` must have for {hp.name!r} a number from {hp.min_value} to {hp.max_value}. "
            f"Received: {value!r}. Widen the range in the model."
        )
    return type(axis.to_value(0.5))(value)

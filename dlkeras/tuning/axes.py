"""From the hyperparameters of keras-tuner to the axes of the cube."""

from __future__ import annotations

import math
from collections.abc import Iterable

from keras_tuner.engine import hyperparameters as kinds

from dlkeras.base import scales
from dlkeras.tuning.one_minus_log import SCALE, OneMinusLog
from dlkeras.tuning.space import MAX_GRID, Axis, Space, choice_axis, grid_axis, range_axis


def space_of(hyperparameters: Iterable[kinds.HyperParameter]) -> Space:
    """Makes the space of some hyperparameters.

    Every value that a hyperparameter can have has a place, the greatest one included, also where the
    conversions of keras-tuner leave it out for rounding errors.

    Args:
        hyperparameters: Such as `hp.space`.

    Returns:
        The space, with one axis for each.

    Raises:
        TypeError: If a hyperparameter is of a kind that keras-tuner does not have.
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
    scale = SCALE if isinstance(hp, OneMinusLog) else hp.sampling
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

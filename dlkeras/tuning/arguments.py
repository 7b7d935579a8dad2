"""Checks of what users give, with messages that say what must hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras_tuner

from dlkeras.base.checks import is_number
from dlkeras.tuning.axes import axis_of


def complete_values(space: keras_tuner.HyperParameters, values: Mapping[str, Any]) -> dict[str, Any]:
    """Gives the values of all active hyperparameters: those named, and defaults for the others.

    Args:
        space: The hyperparameters.
        values: Value by name.

    Returns:
        Value by name, of the active hyperparameters only.

    Raises:
        ValueError: If a name is not known, or a value not one that the hyperparameter can have.
    """
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

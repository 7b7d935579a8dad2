"""Checks of what a caller hands to a schedule."""

from __future__ import annotations

import math
import numbers

import keras


def check_schedule(value) -> None:
    """Raises an error unless a value is a schedule."""
    if not isinstance(value, keras.optimizers.schedules.LearningRateSchedule):
        raise TypeError(f"`schedule` must be a `LearningRateSchedule`. Received: schedule={value!r}")


def checked_rate(argument: str, value: float, zero: bool = False) -> float:
    """Returns a finite number above 0, or with `zero` of at least 0, as a float, or raises an error."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"`{argument}` must be a number. Received: {argument}={value!r}")
    if not (value >= 0 if zero else value > 0) or math.isinf(value):
        least = "at least 0" if zero else "above 0"
        raise ValueError(f"`{argument}` must be finite and {least}. Received: {argument}={value}")
    return float(value)


def checked_count(argument: str, value: int, least: int) -> int:
    """Returns an integer of at least `least`, or raises an error."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(f"`{argument}` must be an integer. Received: {argument}={value!r}")
    if value < least:
        raise ValueError(f"`{argument}` must be at least {least}. Received: {argument}={value}")
    return int(value)

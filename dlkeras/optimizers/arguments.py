"""Checks of what a caller hands to an optimizer."""

from __future__ import annotations

import math
import numbers
from collections.abc import Sequence


def checked_learning_rate(value):
    """Returns a number as a float, and a schedule or function as it is; raises an error for anything else."""
    if callable(value):
        return value
    if not _is_number(value):
        raise TypeError(
            "`learning_rate` must be a number, a `LearningRateSchedule` or a function without arguments. "
            f"Received: learning_rate={value!r}"
        )
    return checked_at_least_zero("learning_rate", value)


def checked_fraction(argument: str, value: float, usual: float) -> float:
    """Returns the decay rate of an average as a float, or raises an error unless 0 <= value < 1."""
    if not _is_number(value):
        raise TypeError(f"`{argument}` must be a number. Received: {argument}={value!r}")
    if not 0 <= value < 1:
        raise ValueError(
            f"`{argument}` must be at least 0 and below 1. Received: {argument}={value}. Usual is {usual}."
        )
    return float(value)


def checked_at_least_zero(argument: str, value: float) -> float:
    """Returns a number as a float, or raises an error unless it is finite and not negative."""
    if not _is_number(value):
        raise TypeError(f"`{argument}` must be a number. Received: {argument}={value!r}")
    if not 0 <= value < math.inf:
        raise ValueError(f"`{argument}` must be finite and at least 0. Received: {argument}={value}")
    return float(value)


def checked_flag(argument: str, value: bool) -> bool:
    """Returns a bool, or raises an error."""
    if not isinstance(value, bool):
        raise TypeError(f"`{argument}` must be True or False. Received: {argument}={value!r}")
    return value


def checked_choice(argument: str, value: str, choices: Sequence[str]) -> str:
    """Returns a word, or raises an error unless it is one of the choices."""
    if value not in choices:
        known = " or ".join(f'"{choice}"' for choice in choices)
        raise ValueError(f"`{argument}` must be {known}. Received: {argument}={value!r}")
    return value


def _is_number(value) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)

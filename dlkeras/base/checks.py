"""Checks of arguments: each gives the value back, or says what must hold and what was received."""

from __future__ import annotations

import math
import numbers
from collections.abc import Sequence
from typing import Any


def is_integer(value: Any) -> bool:
    """Whether a value is a whole number by its type; a bool is none."""
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    """Whether a value is a real number; a bool is none."""
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def checked_integer(argument: str, value: int, least: int = 1) -> int:
    """Returns an integer of at least `least`, or raises a TypeError or ValueError."""
    if not is_integer(value):
        raise TypeError(f"`{argument}` must be an integer. Received: {argument}={value!r}")
    if value < least:
        raise ValueError(f"`{argument}` must be at least {least}. Received: {argument}={value}")
    return int(value)


def checked_number(argument: str, value: float, *, above: float | None = None) -> float:
    """Returns a finite number of at least 0, or above `above`, or raises a TypeError or ValueError."""
    if not is_number(value):
        raise TypeError(f"`{argument}` must be a number. Received: {argument}={value!r}")
    if not (value >= 0 if above is None else value > above) or math.isinf(value):
        least = "at least 0" if above is None else f"above {above:g}"
        raise ValueError(f"`{argument}` must be finite and {least}. Received: {argument}={value}")
    return float(value)


def checked_flag(argument: str, value: bool) -> bool:
    """Returns a bool, or raises a TypeError."""
    if not isinstance(value, bool):
        raise TypeError(f"`{argument}` must be True or False. Received: {argument}={value!r}")
    return value


def checked_choice(argument: str, value: str, choices: Sequence[str], of: str = "") -> str:
    """Returns one of some words, or raises a ValueError; `of` says in the message what they are."""
    if value not in choices:
        known = " or ".join(f'"{choice}"' for choice in choices) + of
        raise ValueError(f"`{argument}` must be {known}. Received: {argument}={value!r}")
    return value

"""The scales of a range: from a place in [0, 1] to a value, and back."""

from __future__ import annotations

import math


def to_value(scale: str, low: float, high: float, place: float) -> float:
    """Gives the value at a place of a range.

    Args:
        scale: "linear", "log" for values that span decades, "reverse_log" as keras-tuner has it (fine steps
            near `high`), or "one_minus_log" for betas: the log of 1 - value is linear in the place.
        low: Least value; above 0 for "log" and "reverse_log".
        high: Greatest value; below 1 for "one_minus_log".
        place: In [0, 1]: 0 gives `low`, 1 gives `high`.

    Returns:
        The value, never outside of the range.

    Example:
        >>> round(to_value("one_minus_log", 0.9, 0.999, 0.5), 4)
        0.99
    """
    if scale == "linear":
        value = low + place * (high - low)
    elif scale == "log":
        value = low * (high / low) ** place
    elif scale == "reverse_log":
        value = high + low - low * (high / low) ** (1 - place)
    else:
        value = 1 - (1 - low) * ((1 - high) / (1 - low)) ** place
    return min(max(value, low), high)


def to_place(scale: str, low: float, high: float, value: float) -> float:
    """Gives the place of a value, so that `to_value` gives the value back.

    Args:
        scale: As in `to_value`.
        low: Least value.
        high: Greatest value.
        value: A value of the range; one outside counts as the nearer end.

    Returns:
        The place, in [0, 1]; 0.5 in a range of one value.

    Example:
        >>> round(to_place("log", 1e-4, 1.0, 1e-2), 4)
        0.5
    """
    if low == high:
        return 0.5
    value = min(max(value, low), high)
    if scale == "linear":
        place = (value - low) / (high - low)
    elif scale == "log":
        place = math.log(value / low) / math.log(high / low)
    elif scale == "reverse_log":
        place = 1 - math.log((high + low - value) / low) / math.log(high / low)
    else:
        place = math.log((1 - value) / (1 - low)) / math.log((1 - high) / (1 - low))
    return min(max(place, 0.0), 1.0)

"""Whether what was returned is what must hold, and if not, in which respect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

NEAR_ZERO = 0.1  # of the tolerance: the error that a number may have, as a share of the largest one


class Difference(NamedTuple):
    """A property that does not hold, what was returned, what must be, and its name where it has one."""

    property: str
    returned: str
    must: str
    named: str = ""


def difference(returned: Any, expected: Any, tolerance: float, place: str = "") -> Difference | None:
    """Compares numbers, arrays, and dicts, tuples and lists of them.

    Args:
        returned: The learner's.
        expected: The oracle's.
        tolerance: Relative.
        place: What of the answer is compared, such as "dW".

    Returns:
        The first difference, or nothing.
    """
    if returned is None and expected is not None:
        return Difference("value", "None", _shown(expected), "Nothing is returned: is `return` missing?")
    if isinstance(expected, Mapping):
        if not isinstance(returned, Mapping):
            return Difference("kind", _shown(returned), f"a dict of {', '.join(map(str, expected))}")
        if set(returned) != set(expected):
            return Difference("keys", _words(returned), _words(expected))
        pairs = [(str(key), returned[key], expected[key]) for key in expected]
        return _first(pairs, tolerance, place)
    if isinstance(expected, tuple | list):
        if not isinstance(returned, tuple | list):
            return Difference("kind", _shown(returned), f"{len(expected)} values, in this order")
        if len(returned) != len(expected):
            return Difference("number of values", str(len(returned)), str(len(expected)))
        pairs = [(f"value {i}", *both) for i, both in enumerate(zip(returned, expected, strict=True), 1)]
        return _first(pairs, tolerance, place)
    if isinstance(expected, str) or expected is None:
        same = isinstance(returned, type(expected)) and returned == expected
        return None if same else Difference(place or "value", _shown(returned), _shown(expected))
    return _numbers(returned, expected, tolerance, place)


def _first(pairs: list[tuple], tolerance: float, place: str) -> Difference | None:
    for name, own, right in pairs:
        found = difference(own, right, tolerance, f"{place} {name}".strip())
        if found:
            return found
    return None


def _numbers(returned: Any, expected: Any, tolerance: float, place: str) -> Difference | None:
    label = f"{place}: " if place else ""
    right = np.asarray(expected)
    try:
        own = np.asarray(returned)
    except Exception:  # rows of different lengths, a tensor without a value, ...
        own = None
    if own is None or own.dtype.kind not in "biuf":
        return Difference("kind", f"{label}{_shown(returned)}", "numbers")
    if own.shape != right.shape:
        shapes = [_labelled(f"{label}shape {a.shape}, ", a) for a in (own, right)]
        transposed = own.ndim == 2 and own.T.shape == right.shape and _close(own.T, right, tolerance)
        return Difference(f"{label}shape", *shapes, "This is the transpose." if transposed else "")
    if not _close(own, right, tolerance):
        finite = np.isfinite(own).all() or not np.isfinite(right).all()
        which = place or "value"
        named = _plain_mistake(own.astype(float), right.astype(float), tolerance) if finite else ""
        both = _labelled(label, own), _labelled(label, right)
        return Difference(which if finite else f"{label}finite", *both, named)
    return None


def _close(own: np.ndarray, right: np.ndarray, tolerance: float) -> bool:
    own, right = own.astype(float), right.astype(float)
    finite = np.abs(right[np.isfinite(right)])
    slack = tolerance * NEAR_ZERO * finite.max(initial=0) + 1e-12
    return bool(np.allclose(own, right, rtol=tolerance, atol=slack, equal_nan=True))


def _plain_mistake(own: np.ndarray, right: np.ndarray, tolerance: float) -> str:
    """Names what can go wrong with any array: its sign, its transpose, a factor."""
    if _close(-own, right, tolerance):
        return "The sign is the other way round."
    if own.ndim == 2 and own.shape[0] == own.shape[1] and _close(own.T, right, tolerance):
        return "This is the transpose."
    at = np.abs(right) > 0
    if at.sum() > 1 and np.all(own[~at] == 0):
        factors = own[at] / right[at]
        if factors[0] and np.allclose(factors, factors[0], rtol=tolerance):
            return f"Every number is {factors[0]:.4g} times what it must be."
    return ""


def _labelled(label: str, array: np.ndarray) -> str:
    """An array whose rows stand below each other, behind a label."""
    return label + _shown(array).replace("\n", "\n" + " " * len(label))


def shown(value: Any) -> str:
    """Writes a value for a reader, cut at a length."""
    return _shown(value)


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        text = ", ".join(f"{key}: {_shown(item)}" for key, item in value.items())
        return f"{{{text}}}" if len(text) < 600 else f"{{{text[:600]} ...}}"
    if isinstance(value, tuple | list) and not all(isinstance(item, int | float) for item in value):
        return f"[{', '.join(_shown(item) for item in value)}]"
    if isinstance(value, np.random.Generator):
        return "a generator of random numbers"
    if isinstance(value, np.ndarray | np.number | float | list | tuple):
        digits = {"float_kind": lambda number: f"{number:.5g}"}
        return np.array2string(np.asarray(value), threshold=30, separator=", ", formatter=digits)
    try:
        text = value.__name__ if callable(value) and hasattr(value, "__name__") else repr(value)
    except Exception:
        text = f"an object of {type(value).__name__}"
    return text if len(text) < 300 else text[:300] + " ..."


def _words(names: Mapping) -> str:
    return ", ".join(map(str, names)) or "none"

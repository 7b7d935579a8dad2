"""A loss as any Python function, evaluated at one point after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


class PlainLoss:
    """A loss of several arrays, and its values around a point. It has no gradient of its own.

    Args:
        function: From a list of arrays to a number.
        values: The point, a list of arrays.
        dtype: `"float64"` or `"float32"`.
    """

    def __init__(
        self,
        function: Callable[[list[np.ndarray]], Any],
        values: Sequence[np.ndarray],
        dtype: str = "float64",
    ):
        self.values = [np.asarray(value, dtype) for value in values]
        self._function = function
        self._dtype = dtype

    def loss(self) -> float:
        """Returns the loss at the point."""
        return self._at(0, self.values[0])

    def changes_at(self, tensor: int, entries: np.ndarray, steps: np.ndarray) -> np.ndarray:
        """Returns how the loss changes, (k,), with `steps[i]` added to entry `entries[i]` of a tensor."""
        value = self.values[tensor]
        losses = []
        for entry, step in zip(entries, steps.astype(self._dtype), strict=True):
            moved = value.copy()
            moved.reshape(-1)[entry] += step
            losses.append(self._at(tensor, moved))
        return np.array(losses) - self.loss()

    def changes_along(self, tensor: int, directions: np.ndarray, steps: np.ndarray) -> np.ndarray:
        """Returns how the loss changes, (k,), with `steps[i] * directions[i]` added; directions (k, n)."""
        value = self.values[tensor]
        losses = [
            self._at(tensor, value + step * direction.reshape(value.shape))
            for direction, step in zip(directions, steps, strict=True)
        ]
        return np.array(losses) - self.loss()

    def _at(self, tensor: int, moved: np.ndarray) -> float:
        # Copies: a function that writes into its arguments must not move the point.
        values = [value.copy() for value in self.values]
        values[tensor] = moved.copy()
        loss = np.asarray(self._function(values))
        if loss.size != 1 or loss.dtype != self._dtype:
            raise ValueError(
                f"`f` must have one number of {self._dtype} as its loss. "
                f"Received: a loss of shape {loss.shape} and {loss.dtype}"
            )
        return float(loss.reshape(()))

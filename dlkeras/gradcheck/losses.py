"""A loss of several tensors and how it changes around a point: any Python function, or one of TensorFlow."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial
from typing import Any

import numpy as np
import tensorflow as tf

from dlkeras.gradcheck.precision import check_no_narrowing


class Loss:
    """A loss as any function from a list of arrays to a number, called for one point after the other."""

    def __init__(
        self, function: Callable[[list], Any], values: Sequence[np.ndarray], argument: str, dtype: str
    ):
        self.values = [np.asarray(value, dtype) for value in values]
        self._function = function
        self._argument = argument
        self._dtype = dtype
        self._starts = np.cumsum([0, *(value.size for value in self.values)])
        self._point = np.concatenate([value.ravel() for value in self.values])

    def loss(self) -> float:
        """Returns the loss at the point."""
        return float(self._at(self._point))

    def at_point(self, gradients: list[np.ndarray] | None) -> tuple[float, list[np.ndarray]]:
        """Returns the loss and its gradient, given or else by tape, if it is finite and twice the same."""
        first = self.loss()
        if not np.isfinite(first):
            raise ValueError(f"`{self._argument}` must have a finite loss. Received: loss={first}")
        second, gradients = self.loss_and_gradients() if gradients is None else (self.loss(), gradients)
        if abs(first - second) > 1e-10 * abs(first):  # a sum in parallel may have another order each time
            raise ValueError(
                f"`{self._argument}` must have the same loss each time. "
                f"Received: losses {first} and {second}. "
                "Draw random numbers from a `keras.random.SeedGenerator`, or before the check."
            )
        return first, gradients

    def displaced(self, by: list[np.ndarray]) -> Loss | None:
        """Returns the same loss around another point; None if its gradient there is not to be had."""
        return None

    def changes_at(self, tensor: int, entries: np.ndarray, steps: np.ndarray) -> np.ndarray:
        """Returns how the loss changes, (k,), with `steps[i]` added to entry `entries[i]` of a tensor."""
        return self._changes(zip(self._starts[tensor] + entries, steps.astype(self._dtype), strict=True))

    def changes_along(self, tensor: int, directions: np.ndarray, steps: np.ndarray) -> np.ndarray:
        """Returns how the loss changes, (k,), with `steps[i] * directions[i]` added; directions (k, n)."""
        own = slice(self._starts[tensor], self._starts[tensor + 1])
        return self._changes((own, step * line) for line, step in zip(directions, steps, strict=True))

    def _changes(self, moves: Iterable[tuple[Any, np.ndarray]]) -> np.ndarray:
        losses = []
        for place, step in moves:
            moved = self._point.copy()
            moved[place] += step
            losses.append(self._moved(moved))
        return np.array(losses) - self._start

    @cached_property
    def _start(self) -> float:
        return self._moved(self._point)

    def _moved(self, point: np.ndarray) -> float:
        return self._at(point)

    def _at(self, flat: np.ndarray) -> float:
        # A copy: a function that writes into its arguments must not move the point.
        loss = np.asarray(self._function(self._shaped(np.split(flat.copy(), self._starts[1:-1]))))
        return float(self._checked(loss).reshape(()))

    def _shaped(self, parts: Iterable) -> list:
        return [np.reshape(part, value.shape) for part, value in zip(parts, self.values, strict=True)]

    def _checked(self, loss: Any) -> Any:
        shape = tuple(loss.shape)
        if None in shape or math.prod(shape) != 1 or loss.dtype != self._dtype:
            raise ValueError(
                f"`{self._argument}` must have one number of {self._dtype} as its loss. "
                f"Received: a loss of shape {shape} and {loss.dtype.name}"
            )
        return loss


class CompiledLoss(Loss):
    """A loss as a TensorFlow function with its gradient by tape, evaluated in one compiled loop."""

    def __init__(self, function, values, argument, dtype, eager=False):
        super().__init__(function, values, argument, dtype)
        self._eager = eager

    def displaced(self, by: list[np.ndarray]) -> CompiledLoss:
        """Returns the same loss around another point."""
        values = [value + step for value, step in zip(self.values, by, strict=True)]
        moved = CompiledLoss(self._function, values, self._argument, self._dtype, self._eager)
        if "_compiled" in vars(self):  # traced once for all points
            moved._compiled = self._compiled
        return moved

    def loss_and_gradients(self) -> tuple[float, list[np.ndarray]]:
        """Returns the loss and its gradient by tape, zero for a tensor that the loss is cut off from."""
        point = tf.constant(self._point)
        with tf.GradientTape() as tape:
            tape.watch(point)
            loss = self._at(point)
        gradient = tape.gradient(loss, point, unconnected_gradients="zero").numpy()
        return float(loss), self._shaped(np.split(gradient, self._starts[1:-1]))

    def changes_at(self, tensor: int, entries: np.ndarray, steps: np.ndarray) -> np.ndarray:
        """Returns the same as that of `Loss`, by a loop inside of TensorFlow."""
        if self._eager:
            return super().changes_at(tensor, entries, steps)
        places = tf.constant(self._starts[tensor] + entries, tf.int64)
        return self._entry_losses(places, tf.constant(steps, self._dtype)).numpy() - self._start

    def _moved(self, point: np.ndarray) -> np.generic:
        return self._compiled(tf.constant(point)).numpy()

    def _at(self, flat: tf.Tensor) -> tf.Tensor:
        parts = tf.split(flat, np.diff(self._starts))
        shaped = [tf.reshape(part, value.shape) for part, value in zip(parts, self.values, strict=True)]
        return tf.reshape(self._checked(tf.convert_to_tensor(self._function(shaped))), ())

    @cached_property
    def _compiled(self) -> Callable[[tf.Tensor], tf.Tensor]:
        if self._eager:
            return self._at
        spec = tf.TensorSpec(self._point.shape, self._dtype)
        compiled = tf.function(self._at, autograph=False).get_concrete_function(spec)
        check_no_narrowing(compiled, self._argument)
        return compiled

    @cached_property
    def _entry_losses(self) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
        compiled, point = self._compiled, tf.constant(self._point)

        def loss(place_and_step):
            place, step = place_and_step
            return compiled(tf.tensor_scatter_nd_add(point, [[place]], [step]))

        @partial(tf.function, autograph=False)
        def losses(places, steps):
            return tf.map_fn(loss, (places, steps), fn_output_signature=self._dtype)

        vector = partial(tf.TensorSpec, [None])
        return losses.get_concrete_function(vector(tf.int64), vector(self._dtype))

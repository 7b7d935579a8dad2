"""A loss as a TensorFlow function of its tensors, evaluated at many points in one compiled loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial

import numpy as np
import tensorflow as tf

from dlkeras.gradcheck.narrowing import check_no_narrowing


class CompiledLoss:
    """A loss of several tensors, its gradient by tape, and its values around a point.

    Args:
        function: From a list of tensors to a loss without shape.
        values: The point, a list of arrays.
        argument: What the caller called the function, for errors.
        dtype: `"float64"` or `"float32"`.
        eager: Whether to call the function anew for each loss, as it cannot be compiled.
    """

    def __init__(
        self,
        function: Callable[[list[tf.Tensor]], tf.Tensor],
        values: Sequence[np.ndarray],
        argument: str,
        dtype: str = "float64",
        eager: bool = False,
    ):
        self.values = [np.asarray(value, dtype) for value in values]
        self._function = function
        self._argument = argument
        self._dtype = dtype
        self._eager = eager
        self._starts = np.cumsum([0, *(value.size for value in self.values)])
        self._point = tf.constant(np.concatenate([value.ravel() for value in self.values]))

    def loss(self) -> float:
        """Returns the loss at the point."""
        return float(self._at(self._point))

    def loss_and_gradients(self) -> tuple[float, list[np.ndarray]]:
        """Returns the loss and its gradient by tape, zero for a tensor that the loss is cut off from."""
        with tf.GradientTape() as tape:
            tape.watch(self._point)
            loss = self._at(self._point)
        gradient = tape.gradient(loss, self._point, unconnected_gradients="zero").numpy()
        parts = np.split(gradient, self._starts[1:-1])
        return float(loss), [
            part.reshape(value.shape) for part, value in zip(parts, self.values, strict=True)
        ]

    def changes_at(self, tensor: int, entries: np.ndarray, steps: np.ndarray) -> np.ndarray:
        """Returns how the loss changes, (k,), with `steps[i]` added to entry `entries[i]` of a tensor."""
        places = tf.constant(self._starts[tensor] + entries, tf.int64)
        return np.array(self._entry_losses(places, tf.constant(steps, self._dtype))) - self._start

    def changes_along(self, tensor: int, directions: np.ndarray, steps: np.ndarray) -> np.ndarray:
        """Returns how the loss changes, (k,), with `steps[i] * directions[i]` added; directions (k, n)."""
        point = self._point.numpy()
        own = slice(self._starts[tensor], self._starts[tensor + 1])
        losses = []
        for direction, step in zip(directions, steps, strict=True):
            moved = point.copy()
            moved[own] += step * direction
            losses.append(self._compiled(tf.constant(moved)))
        return np.array(losses) - self._start

    @cached_property
    def _start(self) -> np.ndarray:
        return self._compiled(self._point).numpy()

    def _at(self, flat: tf.Tensor) -> tf.Tensor:
        parts = tf.split(flat, np.diff(self._starts))
        loss = self._function(
            [tf.reshape(part, value.shape) for part, value in zip(parts, self.values, strict=True)]
        )
        loss = tf.convert_to_tensor(loss)
        if loss.shape.num_elements() != 1 or loss.dtype != self._dtype:
            raise ValueError(
                f"`{self._argument}` must have one number of {self._dtype} as its loss. "
                f"Received: a loss of shape {tuple(loss.shape)} and {loss.dtype.name}"
            )
        return tf.reshape(loss, ())

    @cached_property
    def _compiled(self) -> Callable[[tf.Tensor], tf.Tensor]:
        if self._eager:
            return self._at
        spec = tf.TensorSpec(self._point.shape, self._point.dtype)
        compiled = tf.function(self._at, autograph=False).get_concrete_function(spec)
        check_no_narrowing(compiled, self._argument)
        return compiled

    @cached_property
    def _entry_losses(self) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor | list[tf.Tensor]]:
        compiled, point = self._compiled, self._point

        def loss(place_and_step):
            place, step = place_and_step
            return compiled(tf.tensor_scatter_nd_add(point, [[place]], [step]))

        if self._eager:
            return lambda places, steps: [loss(each) for each in zip(places, steps, strict=True)]

        @partial(tf.function, autograph=False)
        def losses(places, steps):
            return tf.map_fn(loss, (places, steps), fn_output_signature=self._dtype)

        vector = partial(tf.TensorSpec, [None])
        return losses.get_concrete_function(vector(tf.int64), vector(self._dtype))

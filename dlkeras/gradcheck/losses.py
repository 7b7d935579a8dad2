"""Losses that can be evaluated around a point: compiled by TensorFlow, or of any Python function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Any, Protocol

import keras
import numpy as np
import tensorflow as tf

_NARROW = (tf.float32, tf.float16, tf.bfloat16)


class Loss(Protocol):
    """A loss that can be evaluated around a point."""

    values: list[np.ndarray]

    def loss(self) -> float:
        """Returns the loss at the point."""

    def changes_at(self, tensor: int, entries: np.ndarray, steps: np.ndarray) -> np.ndarray:
        """Returns how the loss changes, (k,), with `steps[i]` added to entry `entries[i]` of a tensor."""

    def changes_along(self, tensor: int, directions: np.ndarray, steps: np.ndarray) -> np.ndarray:
        """Returns how the loss changes, (k,), with `steps[i] * directions[i]` added; directions (k, n)."""


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
        places = tf.constant(self._starts[tensor] + entries, tf.int64)
        return np.array(self._entry_losses(places, tf.constant(steps, self._dtype))) - self._start

    def changes_along(self, tensor: int, directions: np.ndarray, steps: np.ndarray) -> np.ndarray:
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
        _check_no_narrowing(compiled, self._argument)
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


class PlainLoss:
    """A loss of several arrays, and its values around a point. It has no gradient of its own."""

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
        return self._at(0, self.values[0])

    def changes_at(self, tensor: int, entries: np.ndarray, steps: np.ndarray) -> np.ndarray:
        value = self.values[tensor]
        losses = []
        for entry, step in zip(entries, steps.astype(self._dtype), strict=True):
            moved = value.copy()
            moved.reshape(-1)[entry] += step
            losses.append(self._at(tensor, moved))
        return np.array(losses) - self.loss()

    def changes_along(self, tensor: int, directions: np.ndarray, steps: np.ndarray) -> np.ndarray:
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


def _check_no_narrowing(function, argument: str) -> None:
    """Raises a ValueError if a compiled loss of float64 is rounded to a narrower type on its way."""
    if function.inputs[0].dtype != tf.float64:
        return
    found = _on_the_way(function.inputs[0].op, function.outputs[0].op) or _inside(function.graph)
    if found:
        raise ValueError(
            f"`{argument}` must compute its loss in float64, or rounding drowns the differences. "
            f"Received: {found}. Let the dtype follow the weights there, as `x.dtype` does."
        )


def _on_the_way(source: tf.Operation, target: tf.Operation) -> str | None:
    reached, ahead = {source}, []
    for op in source.graph.get_operations():  # in an order in which inputs come first
        if any(tensor.op in reached for tensor in op.inputs):
            reached.add(op)
            if _narrows(op):
                ahead.append(op)
    waiting, needed = [target], set()
    while waiting:
        op = waiting.pop()
        if op not in needed:
            needed.add(op)
            waiting += [tensor.op for tensor in op.inputs]
    return next((_text(op.outputs[0].dtype, op.name) for op in ahead if op in needed), None)


def _narrows(op: tf.Operation) -> bool:
    return any(t.dtype == tf.float64 for t in op.inputs) and any(t.dtype in _NARROW for t in op.outputs)


def _inside(graph: tf.Graph) -> str | None:
    """Looks into the bodies of loops and branches, where the graph shows casts only by their attributes."""
    for function in graph.as_graph_def().library.function:
        for node in function.node_def:
            if node.op == "Cast" and node.attr["SrcT"].type == tf.float64.as_datatype_enum:
                to = tf.as_dtype(node.attr["DstT"].type)
                if to in _NARROW:
                    return _text(to, node.name)
    return None


def _text(dtype: tf.DType, name: str) -> str:
    return f"a step to {keras.backend.standardize_dtype(dtype)} in {name!r}"

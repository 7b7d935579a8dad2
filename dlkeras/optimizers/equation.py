"""What the four optimizers share: the precision they compute in, and what they read once a step."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import tensorflow as tf
from keras import ops

from dlkeras.base.checks import checked_flag, checked_number, is_number
from dlkeras.base.keras_private import OpenOptimizer


class EquationOptimizer(OpenOptimizer):
    """A Keras optimizer whose `update_step` is an equation over whole tensors.

    Variables of float16 and bfloat16 are updated in float32, moving averages included, and rounded once: in
    their own precision 1 - beta_2 = 0.001 is lost (a bfloat16 0.999 is 1, so that Keras' Adam never moves).
    Other variables are updated in their own precision.

    The gradient of an embedding is sparse: slices, one for each token read. Where a token is read twice in a
    batch, Keras clips and squares its slices apart, and so do these optimizers; with `dense_gradients=True`
    slices of the same row are summed before anything else, as the equations say.

    Args:
        learning_rate: Number of at least 0, a `LearningRateSchedule` or a function without arguments.
        dense_gradients: Whether sparse gradients are made dense first.
        **kwargs: The arguments of `keras.optimizers.Optimizer`.
    """

    def __init__(self, learning_rate, dense_gradients=False, **kwargs):
        super().__init__(_checked_learning_rate(learning_rate), **kwargs)
        self.dense_gradients = checked_flag("dense_gradients", dense_gradients)
        self._step_number = None

    def apply(self, grads, trainable_variables=None):
        """Moves weights by their gradients."""
        if self.dense_gradients:
            grads = [_summed(g) if isinstance(g, tf.IndexedSlices) else g for g in grads]
        super().apply(grads, trainable_variables)

    def get_config(self):
        """Returns the arguments."""
        return {**super().get_config(), "dense_gradients": self.dense_gradients}

    def add_averages(self, variables: Sequence, names: Sequence[str]) -> list[list[keras.Variable | None]]:
        """Makes zeros for each variable, in the order of Keras; None for one that its gradient overwrites."""
        made = [[] for _ in names]
        for variable in variables:
            overwritten = self.is_overwritten(variable)
            for name, averages in zip(names, made, strict=True):
                averages.append(None if overwritten else self._add_average(variable, name))
        return made

    def step_number(self) -> tf.Tensor:
        """Returns t, the number of this update from 1, in float64."""
        return ops.cast(self.iterations, "float64") + 1 if self._step_number is None else self._step_number

    def subtract(self, variable, step: tf.Tensor) -> None:
        """Subtracts `step` from a variable and rounds once, to the variable's precision."""
        if computing_dtype(variable) == keras.backend.standardize_dtype(variable.dtype):
            self.assign_sub(variable, step)
        else:
            self.assign(variable, tf.cast(variable, step.dtype) - step)

    def update_all(self, update, learning_rate):
        """Moves all weights."""
        # Reading a variable is not free: t and the rate are read once a step, not once for each variable.
        self._step_number = self.step_number()
        try:
            update(tf.convert_to_tensor(learning_rate))
        finally:
            self._step_number = None

    def _add_average(self, variable, name: str) -> keras.Variable:
        plain = plain_variable(variable)
        path = getattr(variable, "path", plain.name).replace("/", "_").replace(":", "_")
        return self.add_beside(variable, plain, dtype=computing_dtype(variable), name=f"{path}_{name}")


def computing_dtype(variable) -> str:
    """Returns the precision in which a variable is updated: its own, but at least float32."""
    dtype = keras.backend.standardize_dtype(variable.dtype)
    return "float32" if dtype in ("float16", "bfloat16") else dtype


def plain_variable(variable) -> tf.Variable:
    """Returns the TensorFlow variable inside a Keras variable."""
    return variable.value if isinstance(variable, keras.Variable) else variable


def square(gradient: tf.Tensor | tf.IndexedSlices, variable) -> tf.Tensor:
    """Returns the squares of a gradient in the variable's shape; of slices each by itself, as Keras does."""
    if isinstance(gradient, tf.IndexedSlices):
        values = ops.square(ops.cast(gradient.values, computing_dtype(variable)))
        return tf.math.unsorted_segment_sum(values, gradient.indices, variable.shape[0])
    return ops.square(ops.cast(gradient, computing_dtype(variable)))


def _summed(slices: tf.IndexedSlices) -> tf.Tensor:
    return tf.math.unsorted_segment_sum(slices.values, slices.indices, slices.dense_shape[0])


def dense(gradient: tf.Tensor | tf.IndexedSlices, variable) -> tf.Tensor:
    """Returns a gradient as a tensor of the variable's shape, in the precision of the update."""
    if isinstance(gradient, tf.IndexedSlices):
        gradient = tf.math.unsorted_segment_sum(gradient.values, gradient.indices, variable.shape[0])
    return ops.cast(gradient, computing_dtype(variable))


def checked_fraction(argument: str, value: float, usual: float) -> float:
    """Returns the decay rate of an average as a float, or raises an error unless 0 <= value < 1."""
    if not is_number(value):
        raise TypeError(f"`{argument}` must be a number. Received: {argument}={value!r}")
    if not 0 <= value < 1:
        raise ValueError(
            f"`{argument}` must be at least 0 and below 1. Received: {argument}={value}. Usual is {usual}."
        )
    return float(value)


def _checked_learning_rate(value):
    """Returns a number as a float, and a schedule or function as it is; raises an error for anything else."""
    if callable(value):
        return value
    if not is_number(value):
        raise TypeError(
            "`learning_rate` must be a number, a `LearningRateSchedule` or a function without arguments. "
            f"Received: learning_rate={value!r}"
        )
    return checked_number("learning_rate", value)

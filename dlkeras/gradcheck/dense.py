"""Losses around a point for a Sequential of Dense layers, many times faster than by whole passes.

A step in a weight W[i, j] changes one column of its layer's z, by step * a[:, i] with a of the layer before.
So the layers before are computed once for all; the activation of that column alone is computed anew; and what
changes in it reaches the next layer through one row of that layer's kernel. From there on, the batches of
many steps run through the remaining layers as one. A bias is the weight of a constant input 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from dlkeras.base import keras_private
from dlkeras.gradcheck.losses import Loss

CHUNK = 2**20  # numbers in the largest array of one go: 8 MB

_A, _L, _R = keras.activations, keras.losses, keras.regularizers
_ELEMENTWISE = (
    *(_A.linear, _A.sigmoid, _A.tanh, _A.relu, _A.leaky_relu, _A.relu6, _A.elu, _A.selu, _A.celu, _A.gelu),
    *(_A.silu, _A.mish, _A.softplus, _A.softsign, _A.exponential, _A.hard_sigmoid, _A.hard_silu),
    *(_A.hard_tanh, _A.tanh_shrink, _A.soft_shrink, _A.hard_shrink, _A.squareplus, _A.log_sigmoid),
)
_BY_SAMPLE = (_A.softmax, _A.log_softmax)
_OF_SAMPLES = (
    *(_L.mean_squared_error, _L.mean_absolute_error, _L.huber, _L.log_cosh, _L.hinge, _L.squared_hinge),
    *(_L.binary_crossentropy, _L.categorical_crossentropy, _L.sparse_categorical_crossentropy),
    *(_L.kl_divergence, _L.poisson),
)


def dense_loss(model: keras.Model, whole: Loss, at: float, x: Any, y: Any) -> DenseLoss | None:
    """Makes a fast loss of a model inside `computing_in` float64, or returns None if it needs whole passes.

    By whole passes, its loss is `whole`, which is `at` at the point.
    """
    if not (tf.is_tensor(x) and tf.is_tensor(y) and _is_stackable(model)):
        return None
    of_samples = _sample_loss(model, y)
    if of_samples is None or x.shape[1:] != model.input_shape[1:]:
        return None
    fast = DenseLoss(model, whole, of_samples, x)
    # A model with something in it that is not thought of here has another loss, and goes by whole passes.
    return fast if abs(fast.at_the_point - at) <= 1e-12 * abs(at) else None


def _is_stackable(model: keras.Model) -> bool:
    """Whether a model is a Sequential of nothing but plain Dense layers, perhaps after a Flatten."""
    if type(model) is not keras.Sequential or len(set(map(id, model.layers))) < len(model.layers):
        return False
    first, *others = model.layers
    layers = others if type(first) is keras.layers.Flatten else model.layers
    return len(layers) > 0 and all(map(_is_plain_dense, layers))


def _is_plain_dense(layer: keras.Layer) -> bool:
    return (
        type(layer) is keras.layers.Dense
        and layer.activation in _ELEMENTWISE + _BY_SAMPLE
        and layer.activity_regularizer is None
        and not layer.lora_enabled
        and all(type(v.regularizer) in (type(None), _R.L1, _R.L2, _R.L1L2) for v in layer.variables)
        and len(layer.input.shape) == 2
    )


class _SampleLoss(NamedTuple):
    """The loss of k batches in a row: from outputs (k m, n) and k to losses (k, m), from these to (k,)."""

    losses: Callable[[tf.Tensor, int], tf.Tensor]
    reduce: Callable[..., tf.Tensor]


def _sample_loss(model: keras.Model, y: tf.Tensor) -> _SampleLoss | None:
    """Takes a compiled loss that was computed once apart, if it is a mean or sum over samples."""
    made = keras_private.compiled_losses(model)
    if len(made) != 1:
        return None
    ((loss, weight),) = made
    plain = type(loss).__module__.startswith("keras.") and getattr(loss, "fn", None) in _OF_SAMPLES
    reductions = {"sum_over_batch_size": tf.reduce_mean, "mean": tf.reduce_mean, "sum": tf.reduce_sum}
    if not plain or loss.reduction not in reductions or getattr(loss, "ignore_class", None) is not None:
        return None
    y, factor = tf.cast(y, tf.float64), 1.0 if weight is None else weight

    def losses(outputs, k):
        tiled = tf.tile(y, [k, *[1] * (len(y.shape) - 1)])
        return tf.reshape(loss.call(tiled, outputs), [k, -1]) * factor

    return _SampleLoss(losses, reductions[loss.reduction])


def _penalty(variable: keras.Variable, values: np.ndarray) -> np.ndarray:
    """Returns what each value of a variable adds to the loss by the variable's L1 or L2 regularizer."""
    if variable.regularizer is None:
        return np.zeros_like(values)
    # Its factors as it computes with them, which may be rounded to float32, from its values at 1 and 2.
    at_one, at_two = (float(variable.regularizer(tf.constant([w], tf.float64))) for w in (1.0, 2.0))
    l2 = (at_two - 2 * at_one) / 2
    return (at_one - l2) * np.abs(values) + l2 * np.square(values)


class _Dense(NamedTuple):
    """A Dense layer and what it computes at the point; samples are rows."""

    layer: keras.layers.Dense
    kernel: tf.Tensor  # (n_in, n_out)
    bias: tf.Tensor  # (n_out,)
    inputs: tf.Tensor  # (n_in + 1, m), the last row is 1 for the bias
    z: tf.Tensor  # (m, n_out)
    a: tf.Tensor  # (m, n_out)


class DenseLoss:
    """The loss of a Sequential of Dense layers, with the methods of a `Loss`."""

    def __init__(self, model: keras.Sequential, whole: Loss, of_samples: _SampleLoss, x: tf.Tensor):
        self.values, self.changes_along = whole.values, whole.changes_along
        self._of_samples = of_samples
        self._num_samples = x.shape[0]
        self._variables = model.trainable_variables
        self._layers = self._run(model, tf.reshape(x, [self._num_samples, -1]))
        self._start = of_samples.losses(self._layers[-1].a, 1)  # (1, m)
        penalties = [_penalty(v, value).sum() for v, value in zip(self._variables, self.values, strict=True)]
        self.at_the_point = float(of_samples.reduce(self._start)) + sum(penalties)
        places = {}
        for index, dense in enumerate(self._layers):
            rows, columns = np.indices(dense.kernel.shape)
            places[id(dense.layer.kernel)] = index, rows.ravel(), columns.ravel()
            if dense.layer.use_bias:
                columns = np.arange(dense.layer.units)
                places[id(dense.layer.bias)] = index, np.full_like(columns, dense.kernel.shape[0]), columns
        self._places = [places[id(variable)] for variable in self._variables]

    def changes_at(self, tensor: int, entries: np.ndarray, steps: np.ndarray) -> np.ndarray:
        """Returns how the loss changes, (k,), with `steps[i]` added to entry `entries[i]` of a tensor."""
        index, rows, columns = self._places[tensor]
        width = max(dense.layer.units for dense in self._layers[index:])
        chunk = max(1, CHUNK // (self._num_samples * width))
        parts = [slice(start, start + chunk) for start in range(0, len(entries), chunk)]
        changes = [
            self._stepped(index, rows[entries[part]], columns[entries[part]], steps[part]) for part in parts
        ]
        before = self.values[tensor].ravel()[entries]
        variable = self._variables[tensor]
        return np.concatenate(changes) + _penalty(variable, before + steps) - _penalty(variable, before)

    def _run(self, model: keras.Sequential, a: tf.Tensor) -> list[_Dense]:
        values = {id(v): value for v, value in zip(self._variables, self.values, strict=True)}
        run = []
        for layer in model.layers:
            if not isinstance(layer, keras.layers.Dense):
                continue
            kernel, bias = (
                tf.zeros(layer.units, tf.float64)
                if variable is None
                else tf.cast(values.get(id(variable), variable.value), tf.float64)
                for variable in (layer.kernel, layer.bias if layer.use_bias else None)
            )
            inputs = tf.concat([tf.transpose(a), tf.ones((1, len(a)), tf.float64)], axis=0)
            z = a @ kernel + bias
            a = layer.activation(z)
            run.append(_Dense(layer, kernel, bias, inputs, z, a))
        return run

    def _stepped(self, index: int, rows: np.ndarray, columns: np.ndarray, steps: np.ndarray) -> np.ndarray:
        """Returns how the data loss changes, (k,), by steps in weights from `rows` to units `columns`."""
        dense, after = self._layers[index], self._layers[index + 1 :]
        change = tf.gather(dense.inputs, rows) * steps[:, None]  # (k, m), of the unit's z
        if after and dense.layer.activation in _ELEMENTWISE:
            z, a = (tf.gather(tf.transpose(array), columns) for array in (dense.z, dense.a))  # (k, m)
            change = dense.layer.activation(z + change) - a
            onward = tf.gather(after[0].kernel, columns)  # (k, n_out)
            dense, after = after[0], after[1:]
        else:
            onward = tf.one_hot(columns, dense.layer.units, dtype=tf.float64)
        z = dense.z + change[:, :, None] * onward[:, None, :]  # (k, m, n_out)
        a = dense.layer.activation(tf.reshape(z, [-1, dense.layer.units]))  # (k m, n_out)
        for dense in after:
            a = dense.layer.activation(a @ dense.kernel + dense.bias)
        # Sample by sample, so that the rounding of the sum over samples falls out.
        return self._of_samples.reduce(self._of_samples.losses(a, len(steps)) - self._start, axis=1).numpy()

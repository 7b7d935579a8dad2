"""What a Sequential must be made of for its losses to be computed for many steps at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

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


class SampleLoss(NamedTuple):
    """The loss of k batches in a row: from outputs (k m, n) and k to losses (k, m), from these to (k,)."""

    losses: Callable[[tf.Tensor, int], tf.Tensor]
    reduce: Callable[[tf.Tensor], tf.Tensor]


def is_elementwise(activation: Callable) -> bool:
    """Returns whether an activation treats every number alone."""
    return activation in _ELEMENTWISE


def stackable(model: keras.Model) -> bool:
    """Returns whether a model is a Sequential of nothing but plain Dense layers, perhaps after a Flatten."""
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


def penalty(variable: keras.Variable, values: np.ndarray) -> np.ndarray:
    """Returns what each value of a variable adds to the loss by the variable's L1 or L2 regularizer."""
    if variable.regularizer is None:
        return np.zeros_like(values)
    # Its factors as it computes with them, which may be rounded to float32, from its values at 1 and 2.
    at_one, at_two = (float(variable.regularizer(tf.constant([w], tf.float64))) for w in (1.0, 2.0))
    l2 = (at_two - 2 * at_one) / 2
    return (at_one - l2) * np.abs(values) + l2 * np.square(values)


def sample_loss(model: keras.Model, y: tf.Tensor) -> SampleLoss | None:
    """Takes a model's compiled loss apart into losses of samples and their reduction.

    Args:
        model: A compiled model whose loss was computed once.
        y: Targets of one batch, (m, ...).

    Returns:
        Both; None for a loss that is not a mean or sum over samples.
    """
    made = model._compile_loss._flat_losses if model._compile_loss else ()
    if len(made) != 1:
        return None
    loss, weight = made[0].loss, made[0].loss_weights
    plain = type(loss).__module__.startswith("keras.") and getattr(loss, "fn", None) in _OF_SAMPLES
    reductions = {"sum_over_batch_size": tf.reduce_mean, "mean": tf.reduce_mean, "sum": tf.reduce_sum}
    if not plain or loss.reduction not in reductions or loss._fn_kwargs.get("ignore_class") is not None:
        return None
    y, factor = tf.cast(y, tf.float64), 1.0 if weight is None else weight

    def losses(outputs, k):
        tiled = tf.tile(y, [k, *[1] * (len(y.shape) - 1)])
        return tf.reshape(loss.call(tiled, outputs), [k, -1]) * factor

    return SampleLoss(losses, partial(reductions[loss.reduction], axis=1))

"""How much each sample counts: weights of samples, and those that classes have."""

from __future__ import annotations

from collections.abc import Mapping

import keras
import tensorflow as tf

from dlkeras.base.checks import is_number


def weights_of_samples(y: tf.Tensor, sample_weight, class_weight: Mapping[int, float] | None):
    """Returns weights of samples (n, ...), None for equal ones; raises an error if they do not fit `y`."""
    check_one_of(sample_weight, class_weight)
    if class_weight is not None:
        return weights_of_classes(y, class_weight)
    if sample_weight is None:
        return None
    weights = tf.cast(tf.convert_to_tensor(sample_weight), keras.config.floatx())
    if not 1 <= len(weights.shape) <= len(y.shape) or weights.shape != y.shape[: len(weights.shape)]:
        raise ValueError(
            "`sample_weight` must have one number for each sample of `y`. "
            f"Received: sample_weight of shape {tuple(weights.shape)} and y of shape {tuple(y.shape)}"
        )
    return weights


def check_one_of(sample_weight, class_weight: Mapping[int, float] | None) -> None:
    """Raises an error if both are given, or if `class_weight` is no dict from integers to numbers."""
    if class_weight is None:
        return
    if not isinstance(class_weight, Mapping) or not all(map(is_number, class_weight.values())):
        raise TypeError(
            "`class_weight` must be a dict from the number of a class to its weight. "
            f"Received: class_weight={class_weight!r}"
        )
    if sample_weight is not None:
        raise ValueError(
            "`class_weight` or `sample_weight` must be None: a sample has one weight. Received: both. "
            "Multiply the weights of samples by those of their classes."
        )


def weights_of_classes(y: tf.Tensor, class_weight: Mapping[int, float]) -> tf.Tensor:
    """Returns the weight of each target's class, (n,); 1 for classes that have none, as in Keras."""
    if len(y.shape) > 1:
        y = tf.squeeze(y, -1) if y.shape[-1] == 1 else tf.argmax(y, axis=-1)
    classes = tf.cast(tf.round(y), tf.int64)
    weights = tf.ones_like(classes, keras.config.floatx())
    for number, weight in class_weight.items():
        weights = tf.where(classes == number, tf.cast(weight, weights.dtype), weights)
    return weights

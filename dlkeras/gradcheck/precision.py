"""Lets a model compute in another precision for a while, without touching a weight."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import keras
import tensorflow as tf

from dlkeras.base import keras_private


@contextlib.contextmanager
def computing_in(model: keras.Model, dtype: str) -> Iterator[None]:
    """Lets layers, losses and variables of a model say that they are of `dtype`; afterwards all is as before.

    The values of the variables stay: what is to be computed with is given in a `keras.StatelessScope`, where
    Keras casts it to what the variables say. The state of the compiled loss and the record of what layers
    added to the loss are put back too.
    """
    keras.config.dtype_policy()  # made from floatx when first read, so before floatx changes
    floatx, changed = keras.config.floatx(), []
    with keras_private.losses_kept(model):
        try:
            keras.config.set_floatx(dtype)
            for owner, attribute, value in list(_settings(model, dtype)):
                changed.append((owner, attribute, vars(owner)[attribute]))
                vars(owner)[attribute] = value
            yield
        finally:
            for owner, attribute, value in reversed(changed):
                vars(owner)[attribute] = value
            keras.config.set_floatx(floatx)


def _settings(model: keras.Model, dtype: str) -> Iterator[tuple[Any, str, Any]]:
    """Yields owner, attribute and new value of all that decides in which precision a model computes."""
    yield from keras_private.precisions(model, dtype)
    for regularizer in _regularizers(model):
        for attribute, value in vars(regularizer).items():
            if tf.is_tensor(value) and value.dtype.is_floating:  # some keep their factor as a tensor
                yield regularizer, attribute, tf.cast(value, dtype)


def _regularizers(model: keras.Model) -> list[keras.Regularizer]:
    layers = keras_private.all_layers(model)
    regularizers = [variable.regularizer for variable in model.variables]
    regularizers += [getattr(layer, "activity_regularizer", None) for layer in layers]
    return [each for each in regularizers if isinstance(each, keras.Regularizer)]

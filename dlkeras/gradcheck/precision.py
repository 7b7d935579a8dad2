"""Lets a model compute in another precision for a while, without touching a weight."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import keras
import tensorflow as tf


@contextlib.contextmanager
def computing_in(model: keras.Model, dtype: str) -> Iterator[None]:
    """Lets layers, losses and variables of a model say that they are of `dtype`; afterwards all is as before.

    The values of the variables stay: what is to be computed with is given in a `keras.StatelessScope`, where
    Keras casts it to what the variables say. The state of the compiled loss and the record of what layers
    added to the loss are put back too.

    Args:
        model: A built and compiled model.
        dtype: `"float64"` or `"float32"`.

    Yields:
        Nothing.
    """
    keras.config.dtype_policy()  # made from floatx when first read, so before floatx changes
    floatx = keras.config.floatx()
    changed: list[tuple[Any, str, Any]] = []
    layers, compile_loss = model._flatten_layers(), model._compile_loss
    added = [(layer, list(layer._losses), set(layer._loss_ids)) for layer in layers]
    loss_settings = dict(vars(compile_loss)) if compile_loss else {}
    loss_metrics = list(compile_loss.metrics) if compile_loss else []
    try:
        keras.config.set_floatx(dtype)
        for owner, attribute, value in list(_settings(model, dtype)):
            changed.append((owner, attribute, vars(owner)[attribute]))
            vars(owner)[attribute] = value
        yield
    finally:
        for owner, attribute, value in reversed(changed):
            vars(owner)[attribute] = value
        for layer, losses, ids in added:
            layer._losses[:] = losses
            layer._loss_ids.clear()
            layer._loss_ids.update(ids)
        if compile_loss:
            vars(compile_loss).update(loss_settings)
            compile_loss.metrics[:] = loss_metrics
        keras.config.set_floatx(floatx)


def _settings(model: keras.Model, dtype: str) -> Iterator[tuple[Any, str, Any]]:
    """Yields owner, attribute and new value of all that decides in which precision a model computes."""
    policy = keras.dtype_policies.DTypePolicy(dtype)
    for layer in model._flatten_layers():
        if keras.backend.is_float_dtype(layer.compute_dtype):
            yield layer, "_dtype_policy", policy
        # A model casts its inputs to what they were when it was made, also inside another model.
        if isinstance(layer, keras.layers.InputLayer) and keras.backend.is_float_dtype(layer.dtype):
            yield layer, "_dtype", dtype
        for graph in (layer, getattr(layer, "_functional", None)):
            for tensor in getattr(graph, "_inputs", ()):
                if keras.backend.is_float_dtype(tensor.dtype):
                    yield tensor, "_dtype", dtype
    for variable in model.variables:
        if keras.backend.is_float_dtype(variable.dtype):
            yield variable, "_dtype", dtype
    for loss in _losses(model):
        yield loss, "_dtype", dtype
    for regularizer in _regularizers(model):
        for attribute, value in vars(regularizer).items():
            if tf.is_tensor(value) and value.dtype.is_floating:  # some keep their factor as a tensor
                yield regularizer, attribute, tf.cast(value, dtype)


def _regularizers(model: keras.Model) -> list[keras.Regularizer]:
    regularizers = [variable.regularizer for variable in model.variables]
    regularizers += [getattr(layer, "activity_regularizer", None) for layer in model._flatten_layers()]
    return [each for each in regularizers if isinstance(each, keras.Regularizer)]


def _losses(model: keras.Model) -> list[keras.losses.Loss]:
    compile_loss = model._compile_loss
    if compile_loss is None:
        return []
    given = keras.tree.flatten(compile_loss._user_loss)
    made = [made.loss for made in compile_loss._flat_losses or ()]
    losses = [loss for loss in (*given, *made) if isinstance(loss, keras.losses.Loss)]
    return list({id(loss): loss for loss in (compile_loss, *losses)}.values())

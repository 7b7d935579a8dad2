"""Every private name of Keras that dlkeras needs: no public one does the same. A new version may lose one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import keras
import numpy as np
from keras.src.trainers import compile_utils

# Methods of an optimizer that `GradientNorms` wraps: what comes in is before clipping and after it.
CLIP, UPDATE = "_clip_gradients", "_backend_update_step"


def inner_layers(layer: keras.Layer) -> list[keras.Layer]:
    """Returns the layers directly inside a layer or model of any kind; `model.layers` knows models alone."""
    return layer._flatten_layers(include_self=False, recursive=False)


def all_layers(model: keras.Layer) -> list[keras.Layer]:
    """Returns a model and all layers inside it, however deep."""
    return model._flatten_layers()


def key_of(optimizer: keras.Optimizer, variable):
    """Returns what tells a variable apart for an optimizer, also where Keras hands it the backend's own."""
    return optimizer._var_key(variable)


def count_of_batches(optimizer: keras.Optimizer) -> int:
    """Returns how many batches an optimizer has seen; `iterations` counts updates of several batches."""
    return int(optimizer._iterations.numpy())


def rate_of(optimizer: keras.Optimizer):
    """Returns the learning rate as it was set: variable, schedule or function; `learning_rate` calls it."""
    return optimizer._learning_rate


def set_rate(optimizer: keras.Optimizer, rate) -> None:
    """Sets a schedule that is not to be saved with the optimizer, or a number for each replica."""
    if isinstance(optimizer._learning_rate, keras.Variable):
        optimizer._untrack_variable(optimizer._learning_rate)
    if isinstance(rate, np.ndarray):
        options = {"dtype": keras.config.floatx(), "trainable": False, "name": "learning_rate"}
        rate = keras.Variable(rate, **options)
    optimizer._learning_rate = rate


def excluded_from_decay(optimizer: keras.Optimizer) -> tuple:
    """Returns what `exclude_from_weight_decay` made: keys of variables, and a pattern of names."""
    names = ("_exclude_from_weight_decay", "_exclude_from_weight_decay_pattern")
    return tuple(getattr(optimizer, name, None) for name in names)


def loss_of(loss, y, y_pred) -> keras.losses.Loss:
    """Makes the loss that `compile` would, which picks what "crossentropy" means by the shapes."""
    return compile_utils.get_loss(loss, y, y_pred)


def metric_of(metric, y, y_pred) -> keras.Metric:
    """Makes the metric that `compile` would, which picks what "accuracy" means by the shapes."""
    return compile_utils.get_metric(metric, y, y_pred)


def values_by_sample(metric: keras.metrics.MeanMetricWrapper, y, y_pred):
    """Computes what a metric takes the mean of, a number for each sample."""
    return metric._fn(y, y_pred, **metric._fn_kwargs)


def loss_of_batch(model: keras.Model, x, y, y_pred, training: bool):
    """Computes what `fit` minimizes; older `compute_loss` of users take no `training`, which this sees to."""
    return model._compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=None, training=training)


def compiled_losses(model: keras.Model) -> list[tuple[keras.losses.Loss, float | None]]:
    """Returns the losses that a model was compiled with, as made when one was first computed, and weights."""
    made = model._compile_loss._flat_losses if model._compile_loss else ()
    return [(each.loss, each.loss_weights) for each in made or ()]


def arguments_of(loss: keras.losses.Loss) -> dict:
    """Returns the arguments that a loss hands to its function."""
    return loss._fn_kwargs


@contextlib.contextmanager
def losses_kept(model: keras.Model) -> Iterator[None]:
    """Puts back what layers added to the loss, and the state of the compiled loss, when the block ends."""
    added = [(layer, list(layer._losses), set(layer._loss_ids)) for layer in all_layers(model)]
    compile_loss = model._compile_loss
    settings = dict(vars(compile_loss)) if compile_loss else {}
    metrics = list(compile_loss.metrics) if compile_loss else []
    try:
        yield
    finally:
        for layer, losses, ids in added:
            layer._losses[:] = losses
            layer._loss_ids.clear()
            layer._loss_ids.update(ids)
        if compile_loss:
            vars(compile_loss).update(settings)
            compile_loss.metrics[:] = metrics


def precisions(model: keras.Model, dtype: str) -> Iterator[tuple[object, str, object]]:
    """Yields owner, attribute and new value of what makes layers, variables and losses compute in `dtype`."""
    policy = keras.dtype_policies.DTypePolicy(dtype)
    for layer in all_layers(model):
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
    if compile_loss := model._compile_loss:
        given = keras.tree.flatten(compile_loss._user_loss)
        losses = [compile_loss, *given, *(loss for loss, _ in compiled_losses(model))]
        for loss in {id(loss): loss for loss in losses if isinstance(loss, keras.losses.Loss)}.values():
            yield loss, "_dtype", dtype

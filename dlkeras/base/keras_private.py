"""Every private name of Keras that dlkeras needs: no public one does the same. A new version may lose one."""

from __future__ import annotations

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

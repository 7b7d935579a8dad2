"""Every private name of Keras that dlkeras needs: no public one does the same. A new version may lose one."""

from __future__ import annotations

import keras

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

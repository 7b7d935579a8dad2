"""Checks of what a caller hands to a gradient check."""

from __future__ import annotations

from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from dlkeras.base import keras_private
from dlkeras.base.checks import checked_choice, checked_integer
from dlkeras.base.names import unique


class Settings(NamedTuple):
    """How to check, as the arguments of `check_gradients` say it."""

    method: str
    epsilon: float
    tolerance: float
    num_directions: int
    seed: int

    def checked(self) -> Settings:
        """Returns the settings, or raises an error that says what is wrong."""
        checked_choice("method", self.method, ("full", "directional"))
        if not 1e-9 < self.epsilon < 1:
            raise ValueError(
                f"`epsilon` must be between 1e-9 and 1. Received: epsilon={self.epsilon}. Leave it at 1e-5."
            )
        if not 0 < self.tolerance < 1:
            raise ValueError(f"`tolerance` must be between 0 and 1. Received: tolerance={self.tolerance}")
        checked_integer("num_directions", self.num_directions)
        checked_integer("seed", self.seed, least=0)
        return self


def checked_model(model: keras.Model) -> list[keras.Variable]:
    """Returns the trainable variables of a model, or raises an error that says why it cannot be checked."""
    if not isinstance(model, keras.Model):
        raise TypeError(f"`model` must be a keras.Model. Received: model of class {type(model).__name__}")
    if not model.compiled:
        raise ValueError(
            f"`model` must be compiled with a loss. Received: model {model.name!r}. "
            "Call `model.compile(optimizer, loss)` first."
        )
    if not model.built:
        raise ValueError(
            f"`model` must be built. Received: model {model.name!r} without weights. "
            "Call it on a batch first, or begin it with `keras.Input(shape)`."
        )
    if not model.trainable_variables:
        raise ValueError(
            f"`model` must have trainable weights. Received: model {model.name!r} with none. "
            "Is `trainable=False` set on all its layers?"
        )
    for layer in keras_private.all_layers(model):
        if mode := getattr(layer, "quantization_mode", None):
            raise ValueError(
                "`model` must not be quantized: a loss that rounds on its way has steps in place of slopes. "
                f"Received: layer {layer.name!r} of {mode}. Check the model before `quantize`."
            )
    return model.trainable_variables


def stopped_in(model: keras.Model, names: list[str]) -> dict[str, str]:
    """Returns tensors whose gradient a layer of Keras stops on its way on purpose: name -> the layer."""
    kernels = {
        id(layer.kernel): f"{layer.name} (SpectralNormalization)"
        for layer in keras_private.all_layers(model)
        if isinstance(layer, keras.layers.SpectralNormalization)
    }
    pairs = zip(names, model.trainable_variables, strict=True)
    return {name: kernels[id(variable)] for name, variable in pairs if id(variable) in kernels}


def checked_batch(argument: str, batch: Any, dtype: str) -> Any:
    """Returns one batch as tensors, floats in `dtype`, or raises a TypeError that says what is wrong."""
    if isinstance(batch, tf.data.Dataset | keras.utils.PyDataset) or hasattr(batch, "__next__"):
        raise TypeError(
            f"`{argument}` must be arrays of one batch. Received: {argument} of class {type(batch).__name__}"
        )

    def tensor(leaf):
        made = None if leaf is None else tf.convert_to_tensor(leaf)
        return tf.cast(made, dtype) if leaf is not None and made.dtype.is_floating else made

    return keras.tree.map_structure(tensor, batch)


def checked_values(variables: Any) -> list[np.ndarray]:
    """Returns all arrays of a structure in float64, or raises an error that says what is wrong."""
    values = [np.asarray(leaf) for leaf in keras.tree.flatten(variables)]
    if not values:
        raise ValueError(f"`variables` must hold at least one array. Received: variables={variables!r}")
    for name, value in zip(names_of(variables), values, strict=True):
        if np.iscomplexobj(value) or not np.isfinite(value.astype(np.float64)).all():
            raise ValueError(
                f"`variables` must be real and finite. Received: {name} of {value.dtype} with "
                f"{'complex' if np.iscomplexobj(value) else 'not finite'} values"
            )
    return [value.astype(np.float64) for value in values]


def names_of(variables: Any) -> list[str]:
    """Returns a name for each array of a structure: its keys, or the name that a variable has."""
    names = []
    for path, leaf in keras.tree.flatten_with_path(variables):
        own = getattr(leaf, "path", None) or getattr(leaf, "name", None)
        keys = "/".join(map(str, path)) or "variables"
        names.append(own if own and not any(isinstance(key, str) for key in path) else keys)
    return unique(names)


def checked_gradients(gradients: Any, values: list[np.ndarray], names: list[str]) -> list[np.ndarray] | None:
    """Returns given gradients in float64 or None, or raises a ValueError if they do not fit the variables."""
    if gradients is None:
        return None
    arrays = [np.asarray(leaf, np.float64) for leaf in keras.tree.flatten(gradients)]
    if len(arrays) != len(values):
        raise ValueError(
            "`gradients` must have an array for each variable. "
            f"Received: {len(arrays)} gradients for {len(values)} variables"
        )
    for name, value, array in zip(names, values, arrays, strict=True):
        if array.shape != value.shape:
            raise ValueError(
                f"`gradients` must have the shapes of the variables. Received: a gradient of shape "
                f"{array.shape} for {name} of shape {value.shape}"
            )
    return arrays

"""What is kept of models that are built while they train, so that weights can be saved and loaded."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import keras

from dlkeras.base.keras_private import all_layers, inner_layers

PARTS = "parts"


def build_config_of(model: keras.Model) -> dict[str, Any] | None:
    """Gives what a model can be built from again; of one that is never built itself, as a GAN, its parts."""
    if model.built:
        return model.get_build_config()
    return {PARTS: [part.get_build_config() if part.built else None for part in inner_layers(model)]}


def build_again(model: keras.Model, config: dict[str, Any] | None) -> None:
    """Builds a model as `build_config_of` found it."""
    if model.built or not config:
        return
    if PARTS not in config:
        model.build_from_config(config)
        _call_where_unbuilt(model, config.get("input_shape"))
        return
    for part, known in zip(inner_layers(model), config[PARTS], strict=False):
        if known and not part.built:
            part.build_from_config(known)


def _call_where_unbuilt(model: keras.Model, shape: Any) -> None:
    """Calls a model whose own `build` leaves layers to its first call, or they would have no weights."""
    if shape and not all(layer.built for layer in all_layers(model)):
        model(keras.tree.map_shape_structure(lambda own: keras.KerasTensor(tuple(own)), shape))


@contextlib.contextmanager
def taken_for_built(model: keras.Model) -> Iterator[None]:
    """Has Keras save and load a model that has no weights but those of its parts."""
    was = model.built
    try:
        model.built = True
        yield
    finally:
        model.built = was

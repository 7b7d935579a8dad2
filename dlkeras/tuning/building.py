"""What is kept of models that are built while they train, so that weights can be saved and loaded."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import keras

from dlkeras.base.keras_private import inner_layers

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
        return
    for part, known in zip(inner_layers(model), config[PARTS], strict=False):
        if known and not part.built:
            part.build_from_config(known)


@contextlib.contextmanager
def taken_for_built(model: keras.Model) -> Iterator[None]:
    """Has Keras save and load a model that has no weights but those of its parts."""
    was = model.built
    try:
        model.built = True
        yield
    finally:
        model.built = was

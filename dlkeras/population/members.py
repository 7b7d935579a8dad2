"""Builds the networks of all replicas and checks that they are replicas."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence

import keras
import numpy as np

# What a layer's settings may have of its own in each replica, besides initializers.
_OF_ITS_OWN = ("name", "seed", "shared_object_id")


def build_members(build: Callable[[int], keras.Sequential], seeds: Sequence[int]) -> list[keras.Sequential]:
    """Calls `build` once for each different seed."""
    if not callable(build):
        raise TypeError(f"`build` must be a function from a seed to a model. Received: build={build!r}")
    members = {seed: _checked(build(seed), seed) for seed in dict.fromkeys(seeds)}
    first = [_form(layer) for layer in members[seeds[0]].layers]
    for seed, member in members.items():
        forms = [_form(layer) for layer in member.layers]
        for ours, theirs, layer in zip(first, forms, member.layers, strict=False):
            if ours != theirs:
                raise ValueError(
                    "`build` must give the same network for all seeds, but for seeds and initial weights. "
                    f"Received: layer {layer.name!r} of seed {seed} as {theirs}, of seed {seeds[0]} as {ours}"
                )
        if len(forms) != len(first):
            raise ValueError(
                "`build` must give the same network for all seeds. "
                f"Received: {len(forms)} layers for seed {seed}, {len(first)} for seed {seeds[0]}"
            )
    _warn_if_alike(members)
    return [members[seed] for seed in seeds]


def _warn_if_alike(members: dict[int, keras.Sequential]) -> None:
    """Warns if drawn weights are the same for all of several seeds."""
    first, *others = [member.get_weights() for member in members.values()]
    drawn = any(np.size(w) and np.ptp(w) > 0 for w in first)
    alike = all(np.array_equal(a, b) for other in others for a, b in zip(first, other, strict=True))
    if others and drawn and alike:
        warnings.warn(
            "`build` gives all seeds the same weights, as if it ignored its seed. Hand the seed to the "
            "initializers, or begin `build` with `keras.utils.set_random_seed(seed)`. If all replicas are to "
            f"begin alike, give them one seed: seeds=[{next(iter(members))}] * {len(members)}.",
            stacklevel=4,
        )


def _checked(model: keras.Sequential, seed: int) -> keras.Sequential:
    if not isinstance(model, keras.Sequential):
        raise TypeError(
            f"`build` must return a keras.Sequential. Received: build({seed}) of class {type(model).__name__}"
        )
    if not model.built or not model.layers:
        raise ValueError(
            f"`build` must return a built model. Received: build({seed}) without weights. "
            "Begin it with `keras.Input(shape)`."
        )
    for layer in model.layers:
        _check_layer(layer)
    return model


def _check_layer(layer: keras.Layer) -> None:
    if "float16" in (layer.compute_dtype, layer.variable_dtype):
        raise ValueError(
            "`build` must give layers of float32, float64 or bfloat16: the loss scaling that float16 needs "
            f"would skip a step in all replicas. Received: layer {layer.name!r} of {layer.compute_dtype}"
        )
    if isinstance(layer, keras.layers.Masking) or getattr(layer, "mask_zero", False):
        raise ValueError(
            f"`build` must give layers without masks. Received: layer {layer.name!r} of class "
            f"{type(layer).__name__}"
        )


def _form(layer: keras.Layer) -> dict:
    """Describes a layer, all but its name, seeds, initializers and the values of its weights."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras warns of saving a lambda, which is not going to happen
        config = layer.get_config()
    return {
        "class": type(layer).__name__,
        "shapes": [tuple(variable.shape) for variable in layer.variables],
        **_without_start(config),
    }


def _without_start(config):
    if isinstance(config, dict):
        return {
            key: _without_start(value)
            for key, value in config.items()
            if key not in ("name", "seed", "trainable", "shared_object_id")
            and not key.endswith("initializer")
        }
    if isinstance(config, list | tuple):
        return [_without_start(value) for value in config]
    return config

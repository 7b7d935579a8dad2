"""Makes a changed training out of one: a new model from the configuration of the old, and changed samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np

from dlkeras.diagnosis.evidence import Evidence
from dlkeras.diagnosis.watching.layer_calls import leaves
from dlkeras.diagnosis.watching.looking import Looking
from dlkeras.diagnosis.watching.samples import as_fit_takes

_RECURRENT = (keras.layers.LSTM, keras.layers.GRU, keras.layers.SimpleRNN)


def changed_model(model: keras.Model, settings: Mapping[str, Any], x: np.ndarray) -> keras.Model:
    """Makes a model with weights of its own, compiled, changed in some settings; the given one is left alone.

    Args:
        model: A compiled Sequential or functional model.
        settings: Of a `Change`; those about samples do nothing here.
        x: Some of its inputs.
    """
    looking = Looking(
        model, as_fit_takes(x[:1])
    )  # a model made anew has other names than the one that was watched
    evidence = Evidence(layers=looking.layers, outputs=looking.outputs)
    last = evidence.outputs[0].layer
    names = {id(layer): name for name, layer in leaves(model)}
    place = {facts.name: k for k, facts in enumerate(evidence.layers)}

    def clone(layer):
        config, name = layer.get_config(), names.get(id(layer), "")
        _change_layer(layer, config, settings, place.get(name, -1), place.get(last, len(place)), evidence)
        return layer.__class__.from_config(config)

    if isinstance(model, keras.Sequential):
        new = _sequential(model, clone, last if settings.get("batch_norm") else None)
    else:
        own = {each.__name__: each for each in keras.tree.flatten(model.loss) if hasattr(each, "__name__")}
        with keras.saving.custom_object_scope(own):  # a copy is compiled as the model was
            new = keras.models.clone_model(model, clone_function=clone)
    shapes = [[w.shape for w in each.weights] for each in (model, new)]
    if "initializer" not in settings and shapes[0] == shapes[1]:
        new.set_weights(model.get_weights())  # it may have been trained before
    new.compile(_optimizer(model, settings), settings.get("loss", model.loss))
    return new


def _change_layer(
    layer, config: dict, settings: Mapping[str, Any], at: int, last: int, evidence: Evidence
) -> None:
    has_activation = "activation" in config
    bends = has_activation and config["activation"] not in ("linear", None)
    if "output_activation" in settings and at >= last and at >= 0:
        if isinstance(layer, keras.layers.Softmax):
            raise ValueError(
                "`model` must end with activations by name to be changed. Received: a Softmax layer"
            )
        if has_activation:
            ends = max(k for k, facts in enumerate(evidence.layers) if facts.activation is not None)
            config["activation"] = settings["output_activation"] if at == ends else "linear"
    if 0 <= at < last:
        _change_hidden(layer, config, settings, bends, evidence)
    if "initializer" in settings and "kernel_initializer" in config:
        if at < last:
            config["kernel_initializer"] = settings["initializer"]
        else:
            config["kernel_initializer"] = "glorot_uniform"
        config["bias_initializer"] = "zeros"
    if "penalty" in settings and "kernel_regularizer" in config:
        strength = settings["penalty"]
        config["kernel_regularizer"] = keras.regularizers.L1(strength) if strength else None
    if "dropout" in settings and isinstance(layer, keras.layers.Dropout):
        config["rate"] = min(config["rate"], settings["dropout"])
    if "batch_norm_momentum" in settings and isinstance(layer, keras.layers.BatchNormalization):
        config["momentum"] = settings["batch_norm_momentum"]
    if settings.get("trainable"):
        config["trainable"] = True


def _change_hidden(layer, config: dict, settings: Mapping[str, Any], bends: bool, evidence: Evidence) -> None:
    is_recurrent = isinstance(layer, _RECURRENT)
    if "recurrent_activation" in settings and is_recurrent:
        config["activation"] = settings["recurrent_activation"]
        config["recurrent_initializer"] = "orthogonal"
    if "hidden_activation" in settings and not is_recurrent and "activation" in config:
        nothing_bends = not any(
            facts.activation not in (None, "linear") for facts in evidence.layers[: len(evidence.layers) - 1]
        )
        if bends or nothing_bends:
            config["activation"] = settings["hidden_activation"]
    if "width" in settings and config.get("units", settings["width"]) < settings["width"]:
        config["units"] = settings["width"]


def _sequential(model: keras.Sequential, clone: Callable, last: str | None) -> keras.Sequential:
    """Copies the layers; given the last one, with BatchNormalization behind those before it with weights."""
    layers = [keras.Input(model.input_shape[1:])]
    for layer in model.layers:
        new = clone(layer)
        layers.append(new)
        if (
            last
            and layer.weights
            and layer.name != last
            and not isinstance(layer, keras.layers.BatchNormalization)
        ):
            layers.append(keras.layers.BatchNormalization(momentum=0.9))
    return keras.Sequential(layers)


def _optimizer(model: keras.Model, settings: Mapping[str, Any]) -> keras.Optimizer:
    config = model.optimizer.get_config()
    if "learning_rate" in settings:
        config["learning_rate"] = settings["learning_rate"]
    if "clip" in settings:
        config |= {"clipnorm": settings["clip"], "clipvalue": None, "global_clipnorm": None}
    return type(model.optimizer).from_config(config)


def changed_samples(settings: Mapping[str, Any], train: tuple, held_out: tuple) -> tuple[tuple, tuple]:
    """Changes samples to train on and held-out ones, by numbers of the former alone."""
    (x, y), (x_val, y_val) = train, held_out
    if settings.get("drop_nonfinite"):
        x, y = _finite(x, y)
        x_val, y_val = _finite(x_val, y_val)
    if settings.get("x") in ("standard", "whole"):
        axes = 0 if settings["x"] == "standard" and x.ndim == 2 else None
        mean, spread = x.mean(axis=axes), x.std(axis=axes)
        spread = np.where(spread > 0, spread, 1)
        x, x_val = ((a.astype("float32") - mean) / spread for a in (x, x_val))
    if settings.get("x") == "each":  # each part by its own numbers: those that scaled the one are not known
        x, x_val = ((a - a.mean(axis=0)) / np.where(a.std(axis=0) > 0, a.std(axis=0), 1) for a in (x, x_val))
    if settings.get("y") == "standard":
        mean, spread = y.mean(axis=0), y.std(axis=0)
        spread = np.where(spread > 0, spread, 1)
        y, y_val = ((a.astype("float32") - mean) / spread for a in (y, y_val))
    return (x, y), (x_val, y_val)


def changed_fit(settings: Mapping[str, Any], fit: dict[str, Any], y: np.ndarray) -> dict[str, Any]:
    """Changes the arguments of `fit`."""
    new = fit | {name: settings[name] for name in ("epochs", "batch_size") if name in settings}
    if settings.get("shuffle"):
        new["shuffle"] = True
    if settings.get("class_weight") == "balanced":
        labels = y.argmax(-1) if y.ndim > 1 and y.shape[-1] > 1 else np.ravel(y).astype(int)
        values, counts = np.unique(labels, return_counts=True)
        new["class_weight"] = {
            int(v): len(labels) / len(values) / int(c) for v, c in zip(values, counts, strict=True)
        }
    return new


def _finite(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    good = np.isfinite(x.reshape(len(x), -1)).all(1) & np.isfinite(y.reshape(len(y), -1)).all(1)
    return x[good], y[good]

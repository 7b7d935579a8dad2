"""Hears what the layers of a model return, nested models included."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import keras

from dlkeras.base import keras_private

_ACTIVATION_LAYERS = {
    keras.layers.ReLU: "relu",
    keras.layers.LeakyReLU: "leaky_relu",
    keras.layers.PReLU: "prelu",
    keras.layers.ELU: "elu",
    keras.layers.Softmax: "softmax",
}
_LOOPS = (keras.layers.RNN, keras.layers.TimeDistributed)


@contextlib.contextmanager
def outputs_heard(model: keras.Model) -> Iterator[list]:
    """Gives a list that grows by (layer, activation, output) with every call of a layer that has one."""
    # Keras has no forward hooks: while the context lasts, each layer's `call` also notes what it returns.
    # object.__setattr__, because a Layer's own would track the function as a part of the layer.
    outputs, own_calls = [], {}

    def listen(name, activation, layer):
        call = layer.call

        def call_and_note(*args, **kwargs):
            output = call(*args, **kwargs)
            outputs.append((name, activation, output))
            return output

        own_calls[layer] = vars(layer).get("call")
        object.__setattr__(layer, "call", call_and_note)

    try:
        for name, activation, layer in _layers_with_activation(model):
            if layer not in own_calls:
                listen(name, activation, layer)
        yield outputs
    finally:
        for layer, call in own_calls.items():
            object.__delattr__(layer, "call")
            if call is not None:
                object.__setattr__(layer, "call", call)


def _layers_with_activation(parent: keras.Layer, prefix: str = "") -> Iterator[tuple[str, str, keras.Layer]]:
    for layer in keras_private.inner_layers(parent):
        # `Dense(activation=LeakyReLU())` holds a layer whose output is the Dense layer's own.
        if not isinstance(layer, _LOOPS) and layer is not getattr(parent, "activation", None):
            if activation := activation_name(layer):
                yield prefix + layer.name, activation, layer
            yield from _layers_with_activation(layer, f"{prefix}{layer.name}/")


def activation_name(layer: keras.Layer) -> str | None:
    """Names the activation of a layer, such as "relu" for Dense and ReLU alike; None where it has none."""
    layer = getattr(layer, "single", layer)  # a layer of a population stands for many of one kind
    for kind, name in _ACTIVATION_LAYERS.items():
        if isinstance(layer, kind):
            return name
    activation = getattr(layer, "activation", None)
    if isinstance(activation, keras.Layer):
        return activation_name(activation) or activation.name
    return getattr(activation, "__name__", type(activation).__name__) if callable(activation) else None

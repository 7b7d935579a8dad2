"""Hears every layer that a model calls, with what goes into it and what comes out."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import keras

from dlkeras.base import keras_private

_LOOPS = (keras.layers.RNN, keras.layers.TimeDistributed, keras.layers.Bidirectional)


class LayerCall(NamedTuple):
    """One call of a layer that has no layer inside that could be heard."""

    name: str  # "outer/inner" where nested
    layer: keras.Layer
    inputs: list
    output: Any


@contextlib.contextmanager
def calls_heard(model: keras.Model) -> Iterator[list[LayerCall]]:
    """Gives a list that grows with every call of an innermost layer, for as long as the context lasts."""
    calls: list[LayerCall] = []
    own_calls = {}

    def listen(name: str, layer: keras.Layer) -> None:
        call = layer.call

        def call_and_note(*args, **kwargs):
            output = call(*args, **kwargs)
            tensors = [each for each in keras.tree.flatten((args, kwargs)) if keras.ops.is_tensor(each)]
            for each in keras.tree.flatten(output)[:1]:  # of an RNN with its states: the output
                calls.append(LayerCall(name, layer, tensors, each))
            return output

        own_calls[layer] = vars(layer).get("call")
        object.__setattr__(layer, "call", call_and_note)  # a Layer's own would track the function

    try:
        for name, layer in leaves(model):
            if layer not in own_calls:
                listen(name, layer)
        yield calls
    finally:
        for layer, call in own_calls.items():
            object.__delattr__(layer, "call")
            if call is not None:
                object.__setattr__(layer, "call", call)


def leaves(parent: keras.Layer, prefix: str = "") -> Iterator[tuple[str, keras.Layer]]:
    """Yields the innermost layers of a model by name; a recurrent layer is one, whatever is inside."""
    for layer in keras_private.inner_layers(parent):
        inner = keras_private.inner_layers(layer)
        if isinstance(layer, keras.layers.InputLayer) or layer is getattr(parent, "activation", None):
            continue
        own = getattr(layer, "activation", None)
        if isinstance(layer, _LOOPS) or not [each for each in inner if each is not own]:
            yield prefix + layer.name, layer
        else:
            yield from leaves(layer, f"{prefix}{layer.name}/")


def variable_names(model: keras.Model) -> dict[int, str]:
    """Returns the names of a model's variables by their ids: "outer/inner/kernel"."""
    names = {id(v): v.path for v in model.variables}
    return names | {id(v): f"{name}/{v.name}" for name, layer in leaves(model) for v in layer.weights}

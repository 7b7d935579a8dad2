"""Which layer of a model owns which trainable variable."""

from __future__ import annotations

from collections.abc import Iterator

import keras

from dlkeras.base.names import unique


def layer_weights(model: keras.Model) -> dict[str, list[keras.Variable]]:
    """Groups the trainable variables of a model by the innermost layer that owns them.

    Args:
        model: A built model of any kind; layers may be nested and shared.

    Returns:
        Layer name to its trainable variables, in the order of the model's layers. A layer inside another
        is called `"outer/inner"`; a layer that is used twice stands once, under its first name; layers
        without trainable variables are left out; a second layer of the same name gets `" (2)"`. Variables
        of the model itself stand under the model's name.
    """
    waiting = {id(variable): variable for variable in model.trainable_variables}
    groups: list[tuple[str, list[keras.Variable]]] = []
    for path, layer in _walk(model, ""):
        own = [waiting.pop(id(v)) for v in layer._trainable_variables if id(v) in waiting]
        if own:
            groups.append((path or model.name, own))
    if waiting:
        groups.append((model.name, list(waiting.values())))
    names, variables = zip(*groups, strict=True) if groups else ((), ())
    return dict(zip(unique(names), variables, strict=True))


def _walk(layer: keras.Layer, path: str) -> Iterator[tuple[str, keras.Layer]]:
    yield path, layer
    for inner in layer._layers:
        yield from _walk(inner, f"{path}/{inner.name}" if path else inner.name)

"""Which layer of a model owns which trainable variable."""

from __future__ import annotations

from collections.abc import Iterator

import keras


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
    groups: dict[str, list[keras.Variable]] = {}
    for path, layer in _walk(model, ""):
        own = [waiting.pop(id(v)) for v in layer._trainable_variables if id(v) in waiting]
        if own:
            groups[_unused(path or model.name, groups)] = own
    if waiting:
        groups[_unused(model.name, groups)] = list(waiting.values())
    return groups


def _walk(layer: keras.Layer, path: str) -> Iterator[tuple[str, keras.Layer]]:
    yield path, layer
    for inner in layer._layers:
        yield from _walk(inner, f"{path}/{inner.name}" if path else inner.name)


def _unused(name: str, taken: dict) -> str:
    count, candidate = 1, name
    while candidate in taken:
        count += 1
        candidate = f"{name} ({count})"
    return candidate

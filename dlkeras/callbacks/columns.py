"""The columns of a record: trainable variables by layer, in the order in which data flow through them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import keras
import numpy as np

from dlkeras.base import keras_private
from dlkeras.base.names import unique

Calls = Mapping[int, int]  # id of a layer -> how many others were called before it


class Columns:
    """Names of V variables and of the L layers that own them.

    Args:
        model: A built model.
        calls: When its layers were first called in a training step.

    Attributes:
        layer_names: Names of the layers, in the order of the calls.
        variable_names: Names of the variables, as `"layer/variable"`, layer by layer.
        layers: The number of each variable's layer, (V,) int64, never falling.
        variables: The variables.
    """

    def __init__(self, model: keras.Model, calls: Calls):
        groups = layer_weights(model, calls)
        self.layer_names = list(groups)
        self.variables = [variable for own in groups.values() for variable in own]
        self.variable_names = [f"{layer}/{v.name}" for layer, own in groups.items() for v in own]
        self.layers = np.repeat(np.arange(len(groups)), [len(own) for own in groups.values()])

    def by_layer(self, squares: np.ndarray) -> np.ndarray:
        """Adds squares of variables, (n, V[, R]), to those of layers, (n, L[, R]); NaN where all are absent.

        A square below 0 says that the variable was not updated in the row.
        """
        starts = np.searchsorted(self.layers, np.arange(len(self.layer_names)))
        absent = squares < 0
        sums = np.add.reduceat(np.where(absent, 0, squares), starts, axis=1)
        return np.where(np.logical_and.reduceat(absent, starts, axis=1), np.nan, sums)


def recordable(variables: Sequence) -> list:
    """Leaves out what is no weight: the scales of float8, which a "gradient" overwrites."""
    return [v for v in variables if not getattr(v, "overwrite_with_gradient", False)]


def layer_weights(model: keras.Model, calls: Calls) -> dict[str, list[keras.Variable]]:
    """Groups the trainable variables of a model by the innermost layer that owns them.

    Args:
        model: A built model of any kind; layers may be nested and shared.
        calls: When its layers were first called. One whose weights are used without a call stands where the
            layer around it does.

    Returns:
        Layer name to its trainable variables, in the order of the calls. A layer inside another
        is called `"outer/inner"`; a layer that is used twice stands once, under its first name; layers
        without trainable variables are left out; a second layer of the same name gets `" (2)"`. Variables
        of the model itself stand under the model's name.
    """
    waiting = {id(variable): variable for variable in recordable(model.trainable_variables)}
    groups = []
    for path, place, variables in _walk(model, "", -1, calls):
        own = [waiting.pop(id(v)) for v in variables if id(v) in waiting]
        if own:
            groups.append((path or model.name, place, own))
    if waiting:
        groups.append((model.name, -1, list(waiting.values())))
    groups.sort(key=lambda group: group[1])
    names = unique([name for name, _, _ in groups])
    return {name: own for name, (_, _, own) in zip(names, groups, strict=True)}


def _walk(
    layer: keras.Layer, path: str, around: int, calls: Calls
) -> Iterator[tuple[str, int, list[keras.Variable]]]:
    place = calls.get(id(layer), around)
    inner = keras_private.inner_layers(layer)
    of_inner = {id(variable) for each in inner for variable in each.trainable_variables}
    yield path, place, [v for v in layer.trainable_variables if id(v) not in of_inner]
    for each in inner:
        yield from _walk(each, f"{path}/{each.name}" if path else each.name, place, calls)

"""A forward pass over fixed samples, in inference mode, that measures every layer and changes nothing."""

from __future__ import annotations

from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from dlkeras.callbacks.layer_outputs import activation_name
from dlkeras.callbacks.probe import SATURATED
from dlkeras.diagnosis.evidence import STATISTICS
from dlkeras.diagnosis.watching import model_facts
from dlkeras.diagnosis.watching.layer_calls import calls_heard


class Seen(NamedTuple):
    """What a pass gave."""

    layers: np.ndarray  # (L, 6): the columns of STATISTICS
    predictions: list[np.ndarray]
    first_input: np.ndarray | None  # of the first layer with a kernel; of several inputs the largest
    penalty: float


class Looking:
    """The compiled pass.

    Attributes:
        layers: Facts of the L layers, in the order of their calls.
        outputs: Facts of the outputs.
    """

    def __init__(self, model: keras.Model, x):
        self._model = model
        self._calls: list = []  # of the pass that was traced, with what they gave there
        self._outputs: list = []
        self._has_many = len(keras.tree.flatten(x)) > 1
        spec = keras.tree.map_structure(lambda a: tf.TensorSpec((_rows(model), *a.shape[1:]), a.dtype), x)
        self._function = tf.function(self._pass).get_concrete_function(spec)
        self.layers = model_facts.layer_facts(self._calls)
        self.outputs = model_facts.output_facts(model, self._calls, self.layers, self._outputs)
        self._calls, self._outputs = [], []
        known = {id(variable.value) for variable in model.variables}
        self._others = [each for each in self._function.variables if id(each) not in known]

    def at(self, x) -> Seen:
        """Passes samples through."""
        before = [each.read_value() for each in self._others]
        statistics, predictions, firsts, penalty = self._function(x)
        for each, value in zip(self._others, before, strict=True):
            each.assign(value)
        arrays = [each.numpy() for each in firsts]
        first = max(arrays, key=lambda a: np.mean(np.square(a, dtype=np.float64))) if arrays else None
        return Seen(statistics.numpy(), [each.numpy() for each in predictions], first, float(penalty))

    def _pass(self, x):
        graph = tf.compat.v1.get_default_graph()
        with calls_heard(self._model) as heard, keras.StatelessScope(collect_losses=True) as scope:
            result = self._model(x, training=False)
        added = [*scope.losses, *_penalties(self._model), 0.0]
        penalty = ops.sum(ops.stack([ops.cast(each, "float32") for each in added]))
        calls = [call for call in heard if call.output.graph is graph]
        self._calls, self._outputs = calls, keras.tree.flatten(result)
        firsts = _firsts(calls)[: None if self._has_many else 1]
        rows = [_statistics(call.output, activation_name(call.layer)) for call in calls]
        statistics = ops.stack(rows) if rows else ops.zeros((0, len(STATISTICS)))
        return (
            statistics,
            self._outputs,
            [ops.cast(each, "float32") for each in firsts],
            penalty,
        )


def _firsts(calls) -> list:
    """Inputs of the layers with a kernel that no layer with a kernel stands before, in the order of calls."""
    found, behind = [], set()
    for call in calls:
        is_behind = any(id(each) in behind for each in call.inputs)
        if model_facts.kernel_of(call.layer) is not None and call.inputs:
            if not is_behind:
                found.append(call.inputs[0])
            is_behind = True
        if is_behind:
            behind.add(id(call.output))
    return found


def _penalties(model: keras.Model) -> list:
    """What regularizers make of the weights; `model.losses` does not know them in a scope."""
    regular = [v for v in model.trainable_variables if getattr(v, "regularizer", None) is not None]
    return [v.regularizer(v.value) for v in regular]


def _rows(model: keras.Model) -> int | None:
    """The number of samples that a model must be given; None where it takes any."""
    inputs = keras.tree.flatten(getattr(model, "inputs", None) or [])
    return inputs[0].shape[0] if inputs else None


def _statistics(a, activation: str | None):
    a = ops.cast(a, "float32")  # (n, ..., units)
    between = ops.sqrt(ops.mean(ops.var(a, axis=0)))
    saturated = ops.mean(ops.cast(SATURATED[activation](a), "float32")) if activation in SATURATED else np.nan
    dead = (
        ops.mean(ops.cast(ops.all(a == 0, axis=tuple(range(a.ndim - 1))), "float32")) if a.ndim > 1 else 0.0
    )
    return ops.stack([ops.mean(a), ops.std(a), between, ops.max(ops.abs(a)), saturated, dead])

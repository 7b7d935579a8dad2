"""One precision all the way: a model computes in it for a while; a graph is searched for steps to less."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import Any

import keras
import tensorflow as tf

from dlkeras.base import keras_private

_NARROW = (tf.float32, tf.float16, tf.bfloat16)


@contextlib.contextmanager
def computing_in(model: keras.Model, dtype: str) -> Iterator[None]:
    """Lets layers, losses and variables of a model say that they are of `dtype`; afterwards all is as before.

    The values of the variables stay: what is to be computed with is given in a `keras.StatelessScope`, where
    Keras casts it to what the variables say.
    """
    keras.config.dtype_policy()  # made from floatx when first read, so before floatx changes
    floatx = keras.config.floatx()
    changed: list[tuple[Any, str, Any]] = []
    try:
        keras.config.set_floatx(dtype)
        for owner, attribute, value in list(_settings(model, dtype)):
            changed.append((owner, attribute, vars(owner)[attribute]))
            vars(owner)[attribute] = value
        with contextlib.ExitStack() as stack:
            for layer in keras_private.all_layers(model):
                if isinstance(layer, keras_private.AUGMENTING):
                    stack.enter_context(_called_in(layer, floatx))
            yield
    finally:
        for owner, attribute, value in reversed(changed):
            vars(owner)[attribute] = value
        keras.config.set_floatx(floatx)


@contextlib.contextmanager
def _called_in(layer: keras.Layer, floatx: str) -> Iterator[None]:
    """Lets a layer compute with another `floatx` than what is around it."""
    call = layer.call

    @functools.wraps(call)
    def in_floatx(*args, **kwargs):
        around = keras.config.floatx()
        keras.config.set_floatx(floatx)
        try:
            return call(*args, **kwargs)
        finally:
            keras.config.set_floatx(around)

    vars(layer)["call"] = in_floatx
    try:
        yield
    finally:
        del vars(layer)["call"]


def _settings(model: keras.Model, dtype: str) -> Iterator[tuple[Any, str, Any]]:
    """Yields owner, attribute and new value of all that decides in which precision a model computes."""
    yield from keras_private.precisions(model, dtype)
    layers = keras_private.all_layers(model)
    regularizers = [variable.regularizer for variable in model.variables]
    regularizers += [getattr(layer, "activity_regularizer", None) for layer in layers]
    for regularizer in regularizers:
        if isinstance(regularizer, keras.Regularizer):
            for attribute, value in vars(regularizer).items():
                if tf.is_tensor(value) and value.dtype.is_floating:  # some keep their factor as a tensor
                    yield regularizer, attribute, tf.cast(value, dtype)


def check_no_narrowing(function, argument: str) -> None:
    """Raises a ValueError if a concrete function steps from float64 to less between its input and its output.

    The differences of a loss that is rounded to float32 on the way are mostly rounding.
    """
    if function.inputs[0].dtype != tf.float64:
        return
    found = _on_the_way(function.inputs[0].op, function.outputs[0].op) or _inside(function.graph)
    if found:
        step = f"a step to {keras.backend.standardize_dtype(found[0])} in {found[1]!r}"
        raise ValueError(
            f"`{argument}` must compute its loss in float64, or rounding drowns the differences. "
            f"Received: {step}. Let the dtype follow the weights there, as `x.dtype` does."
        )


def _on_the_way(source: tf.Operation, target: tf.Operation) -> tuple[tf.DType, str] | None:
    reached, ahead = {source}, []
    for op in source.graph.get_operations():  # in an order in which inputs come first
        if any(tensor.op in reached for tensor in op.inputs):
            reached.add(op)
            narrow = any(tensor.dtype in _NARROW for tensor in op.outputs)
            if narrow and any(tensor.dtype == tf.float64 for tensor in op.inputs):
                ahead.append(op)
    waiting, needed = [target], set()
    while waiting:
        op = waiting.pop()
        if op not in needed:
            needed.add(op)
            waiting += [tensor.op for tensor in op.inputs]
    return next(((op.outputs[0].dtype, op.name) for op in ahead if op in needed), None)


def _inside(graph: tf.Graph) -> tuple[tf.DType, str] | None:
    """Looks into the bodies of loops and branches, where the graph shows casts only by their attributes."""
    for function in graph.as_graph_def().library.function:
        for node in function.node_def:
            if node.op == "Cast" and node.attr["SrcT"].type == tf.float64.as_datatype_enum:
                to = tf.as_dtype(node.attr["DstT"].type)
                if to in _NARROW:
                    return to, node.name
    return None

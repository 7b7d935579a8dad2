"""Finds where a graph loses digits: a step from float64 to a narrower type between parameters and loss."""

from __future__ import annotations

import keras
import tensorflow as tf

_NARROW = (tf.float32, tf.float16, tf.bfloat16)


def check_no_narrowing(function, argument: str) -> None:
    """Raises unless a compiled loss stays in float64 all the way from its input to its output.

    The differences of a loss that is rounded to float32 on the way are mostly rounding.

    Args:
        function: Concrete function of one tensor, with one output.
        argument: What the caller called the function, for the error.

    Raises:
        ValueError: If an operation on the way takes float64 and gives a narrower floating-point type.
    """
    if function.inputs[0].dtype != tf.float64:
        return
    found = _on_the_way(function.inputs[0].op, function.outputs[0].op) or _inside(function.graph)
    if found:
        raise ValueError(
            f"`{argument}` must compute its loss in float64, or rounding drowns the differences. "
            f"Received: {found}. Let the dtype follow the weights there, as `x.dtype` does."
        )


def _on_the_way(source: tf.Operation, target: tf.Operation) -> str | None:
    reached, ahead = {source}, []
    for op in source.graph.get_operations():  # in an order in which inputs come first
        if any(tensor.op in reached for tensor in op.inputs):
            reached.add(op)
            if _narrows(op):
                ahead.append(op)
    waiting, needed = [target], set()
    while waiting:
        op = waiting.pop()
        if op not in needed:
            needed.add(op)
            waiting += [tensor.op for tensor in op.inputs]
    return next((_text(op.outputs[0].dtype, op.name) for op in ahead if op in needed), None)


def _narrows(op: tf.Operation) -> bool:
    return any(t.dtype == tf.float64 for t in op.inputs) and any(t.dtype in _NARROW for t in op.outputs)


def _inside(graph: tf.Graph) -> str | None:
    """Looks into the bodies of loops and branches, where the graph shows casts only by their attributes."""
    for function in graph.as_graph_def().library.function:
        for node in function.node_def:
            if node.op == "Cast" and node.attr["SrcT"].type == tf.float64.as_datatype_enum:
                to = tf.as_dtype(node.attr["DstT"].type)
                if to in _NARROW:
                    return _text(to, node.name)
    return None


def _text(dtype: tf.DType, name: str) -> str:
    return f"a step to {keras.backend.standardize_dtype(dtype)} in {name!r}"

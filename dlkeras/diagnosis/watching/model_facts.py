"""What a model is made of, read from one pass through it: layers in the order of calls, and outputs."""

from __future__ import annotations

import keras
import numpy as np

from dlkeras.callbacks.layer_outputs import activation_name
from dlkeras.diagnosis.evidence import LayerFacts, OutputFacts
from dlkeras.diagnosis.watching.layer_calls import LayerCall

UNKNOWN = "unknown"  # an activation that no layer made
PASSING = ("Identity", "Cast", "Reshape")  # operations that leave the numbers as they are
KERNELS = ("kernel", "depthwise_kernel", "pointwise_kernel")


def kernel_of(layer: keras.Layer):
    """Returns the kernel of a Dense, convolutional or recurrent layer, or None."""
    inner = getattr(layer, "forward_layer", None) or getattr(layer, "layer", None) or layer
    cell = getattr(inner, "cell", inner)
    for name in KERNELS:
        kernel = getattr(cell, name, None)
        if isinstance(kernel, keras.Variable):
            return kernel
    return None


def layer_facts(calls: list[LayerCall]) -> list[LayerFacts]:
    """Describes the layers that were called, in that order."""
    made_by: dict[int, int] = {}
    found = []
    for number, call in enumerate(calls):
        found.append(_facts(call, [made_by[id(each)] for each in call.inputs if id(each) in made_by]))
        made_by[id(call.output)] = number
    return found


def output_facts(
    model: keras.Model, calls: list[LayerCall], layers: list[LayerFacts], outputs: list
) -> list[OutputFacts]:
    """Describes what stands between the last weights and each output; the loss comes later."""
    made_by = {call.output.name: number for number, call in enumerate(calls)}
    names = list(getattr(model, "output_names", None) or [])
    found = []
    for place, output in enumerate(outputs):
        chain, last = _behind_the_weights(layers, _maker(output, made_by))
        name = names[place] if place < len(names) else f"output {place}"
        found.append(OutputFacts(name, last, chain, tuple(output.shape), "", False, False))
    return found


def _maker(output, made_by: dict[str, int]) -> int | None:
    """Finds the call that made an output, perhaps cast or reshaped since; None if no layer did."""
    while output.name not in made_by:
        if output.op.type not in PASSING or not output.op.inputs:
            return None
        output = output.op.inputs[0]
    return made_by[output.name]


def _behind_the_weights(layers: list[LayerFacts], number: int | None) -> tuple[list[str], str]:
    if number is None:
        return [UNKNOWN], ""
    activations: list[str] = []
    while number is not None:
        layer = layers[number]
        if layer.activation not in (None, "linear"):
            activations.insert(0, layer.activation)
        if layer.fan_in:
            return activations, layer.name
        number = layer.inputs[0] if len(layer.inputs) == 1 else None
    return activations or [UNKNOWN], ""


def _facts(call: LayerCall, inputs: list[int]) -> LayerFacts:
    layer, kernel = call.layer, kernel_of(call.layer)
    facts = LayerFacts(
        name=call.name,
        kind=type(layer).__name__,
        activation=activation_name(layer),
        units=int(call.output.shape[-1] or 0) if len(call.output.shape) else 0,
        size=int(np.prod([n or 0 for n in call.output.shape[1:]])),
        is_trainable=bool(layer.trainable_variables) or not layer.weights,
        has_weights=bool(layer.weights),
        penalty=_penalty(layer),
        rate=float(getattr(layer, "rate", 0.0) or 0.0) if "Dropout" in type(layer).__name__ else 0.0,
        inputs=inputs,
    )
    if kernel is not None:
        values = kernel.numpy()
        facts.fan_in = int(np.prod(values.shape[:-1]))
        facts.kernel_std, facts.kernel_mean = float(values.std()), float(values.mean())
        recurrent = getattr(getattr(layer, "cell", layer), "recurrent_kernel", None)
        if recurrent is not None:
            facts.recurrent_std = float(recurrent.numpy().std())
    return facts


def _penalty(layer: keras.Layer) -> float:
    regularizer = getattr(layer, "kernel_regularizer", None)
    return sum(float(getattr(regularizer, name, 0.0) or 0.0) for name in ("l1", "l2"))


def optimizer_facts(optimizer: keras.Optimizer) -> dict:
    """Returns the settings of an optimizer; `rate` is that of the first step, `has_schedule` says of more."""
    facts = {"name": type(optimizer).__name__, "rate": float(np.mean(optimizer.learning_rate.numpy()))}
    for name in ("momentum", "clipnorm", "clipvalue", "global_clipnorm", "epsilon", "beta_1", "weight_decay"):
        value = getattr(optimizer, name, None)
        if isinstance(value, int | float) and not isinstance(value, bool):
            facts[name] = float(value)
    config = optimizer.get_config().get("learning_rate")
    facts["has_schedule"] = isinstance(config, dict)
    return facts

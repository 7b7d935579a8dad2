"""Rules about layers and how their weights begin."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dlkeras.diagnosis.evidence import Evidence
from dlkeras.diagnosis.rules import changes
from dlkeras.diagnosis.rules.measures import hidden, scale_of
from dlkeras.diagnosis.rules.suspect import Suspect

UNBOUNDED = (
    "relu",
    "leaky_relu",
    "elu",
    "selu",
    "linear",
    "exponential",
    "softplus",
    "gelu",
    "swish",
    "silu",
)
RECURRENT = ("LSTM", "GRU", "SimpleRNN", "Bidirectional")
BETWEEN = (
    *("Flatten", "Reshape", "Activation", "ZeroPadding1D", "ZeroPadding2D", "BatchNormalization"),
    *("Dropout", "SpatialDropout1D", "SpatialDropout2D", "GaussianDropout", "GaussianNoise"),
    *("AveragePooling1D", "AveragePooling2D", "GlobalAveragePooling1D", "GlobalAveragePooling2D"),
)
DEEP = 8  # layers from which on a stack is called deep
NARROW = 2


def nothing_trainable(evidence: Evidence) -> Iterator[Suspect]:
    weighted = [layer for layer in evidence.layers if layer.fan_in]
    frozen = [layer for layer in weighted if not layer.is_trainable]
    last = [layer for layer in frozen if layer.name in {output.layer for output in evidence.outputs}]
    if weighted and len(frozen) == len(weighted):
        because = "No layer is trainable, so nothing moves: the weights end as they began."
        yield Suspect("frozen", 0.99, because, changes.trainable(), is_error=True, symptom="not_learning")
    elif last:
        because = f"The last layer that has weights, {last[0].name}, is frozen: it stays as it was made."
        yield Suspect("frozen", 0.9, because, changes.trainable(), layer=last[0].name, symptom="not_learning")
    elif frozen and len(frozen) > len(weighted) / 2:
        because = f"{len(frozen)} of {len(weighted)} layers with weights are frozen."
        yield Suspect("frozen", 0.7, because, changes.trainable(), layer=frozen[0].name)


def equal_weights(evidence: Evidence) -> Iterator[Suspect]:
    for layer in evidence.layers:
        if layer.fan_in and layer.units > 1 and layer.kernel_std < 1e-6 * max(1.0, abs(layer.kernel_mean)):
            is_last = layer.name in {output.layer for output in evidence.outputs}
            if is_last:
                continue  # units of the last layer are told apart by their targets
            because = (
                f"All weights of {layer.name} begin at {layer.kernel_mean:.3g}: its units do the same, get "
                "the same gradient, and stay the same, so that the layer is one unit wide."
            )
            yield Suspect("weight_init", 0.93, because, changes.initializer(), layer=layer.name)
            return


def size_of_weights(evidence: Evidence) -> Iterator[Suspect]:
    scaled = [(scale_of(layer), layer) for layer in evidence.layers if layer.fan_in and layer.kernel_std > 0]
    scaled = [(scale, layer) for scale, layer in scaled if layer.fan_in * layer.units >= 16]
    if not scaled:
        return
    scale, layer = max(scaled, key=lambda pair: pair[0])
    if scale > 2.5:
        because = (
            f"The weights of {layer.name} begin with a spread of {layer.kernel_std:.3g}, "
            f"{scale:.3g}/√inputs. From 1 (Glorot) to 1.41 (He) keeps the size of what passes through; this "
            f"makes it {scale:.3g} times as large."
        )
        yield Suspect(
            "weight_init",
            min(0.92, 0.6 + 0.25 * np.log10(scale)),
            because,
            changes.initializer(),
            layer=layer.name,
        )
    scale, layer = min(scaled, key=lambda pair: pair[0])
    product = float(np.prod([min(1.0, scale) for scale, _ in scaled]))
    if scale < 0.4 and product < 0.05:
        because = (
            f"The weights of {layer.name} begin with a spread of {layer.kernel_std:.3g}, "
            f"{scale:.3g}/√inputs, and from 1 to 1.41 would keep the size of what passes through: little "
            "comes out, and little comes back."
        )
        yield Suspect("weight_init", 0.55, because, changes.initializer("glorot_uniform"), layer=layer.name)


def hidden_softmax(evidence: Evidence) -> Iterator[Suspect]:
    for layer in hidden(evidence):
        if layer.activation == "softmax" and layer.units > 1:
            because = (
                f"{layer.name} inside of the network ends with softmax: its {layer.units} outputs share out "
                f"1, so they are about {1 / layer.units:.2g} each, and what tells samples apart shrinks by "
                "as much in both directions."
            )
            yield Suspect("hidden_activation", 0.9, because, changes.hidden("relu"), layer=layer.name)
            return


def exponential(evidence: Evidence) -> Iterator[Suspect]:
    for layer in hidden(evidence):
        if layer.activation == "exponential":
            because = (
                f"{layer.name} has the exponential as activation: a few in a row leave the range of numbers."
            )
            yield Suspect("hidden_activation", 0.93, because, changes.hidden("relu"), layer=layer.name)
            return


def unbounded_loop(evidence: Evidence) -> Iterator[Suspect]:
    for layer in evidence.layers:
        if layer.kind in RECURRENT and layer.activation in UNBOUNDED:
            because = (
                f"{layer.name} feeds {layer.activation} of its own outputs back at each step of the "
                "sequence. Nothing bounds it, so values may grow by a factor at each step; tanh, the "
                "default, is bounded."
            )
            yield Suspect("hidden_activation", 0.88, because, changes.recurrent(), layer=layer.name)
            size = layer.recurrent_std * np.sqrt(layer.units)
            if size > 1.2:
                because = (
                    f"The recurrent weights of {layer.name} begin {size:.2g} times as large as keeps a value."
                )
                yield Suspect("weight_init", 0.6, because, changes.recurrent(), layer=layer.name)
            return


def one_linear_map(evidence: Evidence) -> Iterator[Suspect]:
    """Layers with weights, none of which is followed by anything that bends."""
    before = hidden(evidence)
    weighted = [layer for layer in before if layer.fan_in]
    if not weighted:
        return
    plain = [layer for layer in before if layer.activation in (None, "linear")]
    if not all(layer.inputs for layer in before[1:]):
        return  # something that is no layer stands between
    if len(plain) == len(before) and all(layer.fan_in or layer.kind in BETWEEN for layer in before):
        kinds = {layer.kind for layer in weighted}
        if kinds <= {"Dense", "Conv1D", "Conv2D"}:
            because = (
                f"No activation stands between the {len(weighted) + 1} layers that have weights, so "
                "together they are a single linear map, however many they are."
            )
            yield Suspect("hidden_activation", 0.82, because, changes.hidden("relu"), layer=weighted[0].name)
    elif sum(layer.activation == "linear" for layer in weighted) == len(weighted) > 1 and not any(
        layer.activation not in (None, "linear") for layer in before
    ):
        because = "No layer with weights has an activation."
        yield Suspect("hidden_activation", 0.55, because, changes.hidden("relu"), layer=weighted[0].name)


def depth(evidence: Evidence) -> Iterator[Suspect]:
    before = [layer for layer in hidden(evidence) if layer.activation not in (None, "linear")]
    adds = any(
        layer.kind in ("Add", "Concatenate") or "Normalization" in layer.kind for layer in evidence.layers
    )
    adds = adds or not all(layer.inputs for layer in hidden(evidence)[1:])  # of something that is no layer
    weighted = [layer for layer in hidden(evidence) if layer.fan_in]
    if len(weighted) < DEEP or adds or not before:
        return
    names = [layer.activation for layer in before]
    common = max(set(names), key=names.count)
    if common in ("sigmoid", "hard_sigmoid", "softsign", "tanh"):
        slope = {"sigmoid": "a quarter", "hard_sigmoid": "a sixth"}.get(common, "1, and less away from 0")
        because = (
            f"{len(weighted)} layers with {common} follow each other, whose slope is at most {slope}: "
            "gradients shrink in each of them."
        )
        yield Suspect("hidden_activation", 0.85, because, changes.hidden("relu"), layer=before[0].name)
        yield Suspect("architecture", 0.6, because, changes.normalised(len(weighted)), layer=before[0].name)
    else:
        narrow = float(np.median([layer.units for layer in weighted]))
        because = (
            f"{len(weighted)} layers follow each other with nothing that passes a signal by or normalises it"
            + (
                f", and are {narrow:.0f} wide: one whose units are all at zero cuts off all"
                if narrow < 10
                else ""
            )
            + "."
        )
        yield Suspect("architecture", 0.8, because, changes.normalised(len(weighted)), layer=before[0].name)
        scales = float(np.median([scale_of(layer) for layer in weighted]))
        second = "weight_init" if scales < 1.25 else "hidden_activation"
        yield Suspect(second, 0.65, because, changes.normalised(len(weighted)), layer=before[0].name)


def squashing_stack(evidence: Evidence) -> Iterator[Suspect]:
    """Some sigmoids in a row, too few to be called deep."""
    names = [layer.activation for layer in hidden(evidence) if layer.activation not in (None, "linear")]
    if 2 <= len(names) < DEEP and set(names) <= {"sigmoid", "hard_sigmoid"}:
        because = (
            f"All {len(names)} hidden activations are {names[0]}, whose slope is a quarter at most, and "
            "whose outputs are "
            "all positive: gradients shrink on their way back, and the units of a layer move together."
        )
        yield Suspect(
            "hidden_activation", 0.58, because, changes.hidden("relu"), layer=hidden(evidence)[0].name
        )


def long_memory(evidence: Evidence) -> Iterator[Suspect]:
    """A plain recurrent layer over a long sequence."""
    length = evidence.x[0].shape[1] if evidence.x and len(evidence.x[0].shape) > 1 else 0
    for layer in evidence.layers:
        if layer.kind == "SimpleRNN" and layer.activation not in UNBOUNDED and length >= 20:
            because = (
                f"{layer.name} passes what it saw first through {length} steps, each of which makes it "
                "smaller: what is "
                "at the start of the sequence does not reach the end. LSTM and GRU have a way for it."
            )
            change = changes.by_hand("Use LSTM or GRU.", f"keras.layers.LSTM({layer.units})")
            yield Suspect(
                "architecture", 0.74, because, change, layer=layer.name, symptom="vanishing_gradient"
            )
            yield Suspect("hidden_activation", 0.5, because, change, layer=layer.name)
            return


def too_narrow(evidence: Evidence) -> Iterator[Suspect]:
    """A layer of one or two units, or a pooling that leaves so many numbers, before an output of many."""
    units = (evidence.outputs[0].shape[-1] if evidence.outputs else None) or 1
    for layer in hidden(evidence):
        pools = "Pooling" in layer.kind
        width = layer.size if pools else layer.units if layer.fan_in else 0
        if 0 < width <= NARROW and units > 2 * width:
            because = f"All that reaches the {units} outputs passes through {layer.name}, {width} wide."
            change = changes.Change(
                "Make the layer wider.",
                f'keras.layers.Dense({4 * units}, "relu")',
                {"width": 4 * units},
            )
            if pools:
                because = f"{layer.name} leaves {width} of the numbers of a sample for {units} outputs."
                change = changes.by_hand("Pool over fewer places.", f"keras.layers.{layer.kind}(2)")
            yield Suspect("architecture", 0.75, because, change, layer=layer.name)
            return


def much_dropout(evidence: Evidence) -> Iterator[Suspect]:
    rates = [(layer.rate, layer.name) for layer in evidence.layers if layer.rate]
    if rates and max(rates)[0] >= 0.7:
        rate, name = max(rates)
        because = f"{name} drops {100 * rate:.0f} % of what it gets; half is already much."
        yield Suspect(
            "regularisation", 0.7, because, changes.dropout(0.2), layer=name, symptom="underfitting"
        )


RULES = (
    nothing_trainable,
    equal_weights,
    size_of_weights,
    hidden_softmax,
    exponential,
    unbounded_loop,
    one_linear_map,
    depth,
    squashing_stack,
    long_memory,
    too_narrow,
    much_dropout,
)

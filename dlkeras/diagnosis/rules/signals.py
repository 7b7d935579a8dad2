"""Rules about what passes through the layers, forwards and backwards."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dlkeras.diagnosis.evidence import DEAD, SATURATED, Evidence
from dlkeras.diagnosis.rules import changes
from dlkeras.diagnosis.rules.layers import NARROW
from dlkeras.diagnosis.rules.measures import gradient_fall, hidden, scale_of
from dlkeras.diagnosis.rules.suspect import Suspect


def heavy_penalty(evidence: Evidence) -> Iterator[Suspect]:
    look = evidence.looks[-1] if evidence.looks else None
    if look is None or not np.isfinite(look.penalty) or look.penalty <= 0:
        return
    first = evidence.looks[0]
    share = look.penalty / (look.penalty + abs(look.loss))
    share_first = first.penalty / (first.penalty + abs(first.loss))
    if max(share, share_first) > 0.5:
        because = (
            f"The penalty on the weights was {100 * share_first:.0f} % of the loss at the start and is "
            f"{100 * share:.0f} % at the end: training makes weights small rather than predictions right."
        )
        yield Suspect(
            "regularisation", 0.88, because, changes.penalty(), is_error=True, symptom="underfitting"
        )


def averages_that_do_not_fit(evidence: Evidence) -> Iterator[Suspect]:
    has_norm = [layer.name for layer in evidence.layers if layer.kind == "BatchNormalization"]
    if not has_norm or len(evidence.looks) < 2 or not evidence.logs:
        return
    seen, look = evidence.logs[-1].get("loss", np.nan), evidence.looks[-1]
    steps = len(evidence.steps)
    if look.loss + look.penalty > 2 * seen and look.loss + look.penalty - seen > 0.3 * abs(
        evidence.ignorance
    ):
        because = (
            f"On samples of the training the loss is {seen:.3g} while it trains, with the mean of each "
            f"batch, and {look.loss:.3g} with the moving averages that BatchNormalization predicts with: "
            f"after {steps} steps they do not fit."
        )
        change = changes.Change(
            "Let the averages follow faster, or train longer, with batches of 16 and more.",
            "keras.layers.BatchNormalization(momentum=0.9)",
            {"batch_norm_momentum": 0.9},
        )
        options = {"layer": has_norm[0], "symptom": "misleading_metric", "is_error": True}
        yield Suspect("batchnorm", 0.85, because, change, **options)


def dead_units(evidence: Evidence) -> Iterator[Suspect]:
    if len(evidence.looks) < 2 or not evidence.layers:
        return
    first, last = evidence.looks[0].layers, evidence.looks[-1].layers
    inside = {layer.name for layer in hidden(evidence)}
    for k, layer in enumerate(evidence.layers):
        if layer.name in inside and layer.activation == "relu" and last[k, DEAD] >= 0.9:
            if first[k, DEAD] < 0.5:
                rate, name = evidence.optimizer.get("rate", 0.0), evidence.optimizer.get("name", "")
                because = (
                    f"{100 * last[k, DEAD]:.0f} % of the units of {layer.name} are zero on every sample, and "
                    f"{100 * first[k, DEAD]:.0f} % were at the start: a step threw them where ReLU has no "
                    "slope."
                )
                yield Suspect(
                    "learning_rate_high",
                    0.66,
                    because,
                    changes.rate(max(rate / 10, 1e-5), name),
                    layer=layer.name,
                    symptom="dead_relu",
                )
            return


def dead_from_the_start(evidence: Evidence) -> Iterator[Suspect]:
    if not evidence.looks or not evidence.layers:
        return
    first, inside = evidence.looks[0].layers, {layer.name for layer in hidden(evidence)}
    for k, layer in enumerate(evidence.layers):
        if layer.name not in inside or layer.activation != "relu" or first[k, DEAD] < 0.9:
            continue
        where = {"layer": layer.name, "symptom": "dead_relu"}
        because = (
            f"{100 * first[k, DEAD]:.0f} % of the units of {layer.name} are zero on every sample before the "
            "first step; half of their inputs should be positive. No gradient passes there."
        )
        if layer.units > NARROW:
            yield Suspect("weight_init", 0.64, because, changes.initializer(), **where)
        else:  # chance does that to one or two units, whatever the initializer
            because += f" The layer is {layer.units} wide: in a wider one some would be alive."
            change = changes.Change("Make the layer wider.", 'keras.layers.Dense(16, "relu")', {"width": 16})
            yield Suspect("architecture", 0.64, because, change, **where)
        return


def saturated_from_the_start(evidence: Evidence) -> Iterator[Suspect]:
    if not evidence.looks or not evidence.layers:
        return
    first = evidence.looks[0].layers
    for k, layer in enumerate(evidence.layers[:-1]):
        if layer.name in {each.name for each in hidden(evidence)} and first[k, SATURATED] > 0.5:
            because = (
                f"{100 * first[k, SATURATED]:.0f} % of the outputs of {layer.name} are at the flat ends of "
                f"{layer.activation} before the first step, "
                "where the slope is below a twentieth of its largest: what comes back is next to nothing."
            )
            size = evidence.first_input
            loud = size is not None and np.hypot(size.mean, size.std) > 3
            cause = "input_scale" if loud else "weight_init"
            change = changes.scaled_inputs() if loud else changes.initializer("glorot_uniform")
            yield Suspect(cause, 0.8, because, change, layer=layer.name, symptom="saturated_units")
            return


def vanishing(evidence: Evidence) -> Iterator[Suspect]:
    fall = gradient_fall(evidence)
    bending = [layer for layer in hidden(evidence) if layer.activation not in (None, "linear")]
    if fall > 0.02 or len(bending) < 3:
        return
    names = [layer.activation for layer in bending]
    squashing = sum(name in ("sigmoid", "tanh", "softsign", "hard_sigmoid", "softmax") for name in names)
    because = (
        f"In the first steps the gradient of the first layer is {fall:.2g} of the largest behind it; in a "
        "stack that keeps the size of its signal they are alike."
    )
    if squashing > len(names) / 2:
        yield Suspect(
            "hidden_activation",
            0.75,
            because,
            changes.hidden("relu"),
            layer=bending[0].name,
            symptom="vanishing_gradient",
        )
    else:
        scales = [scale_of(layer) for layer in hidden(evidence) if layer.fan_in]
        small = bool(scales) and float(np.median(scales)) < 1.2
        cause = "weight_init" if small else "architecture"
        yield Suspect(
            cause, 0.6, because, changes.initializer(), layer=bending[0].name, symptom="vanishing_gradient"
        )


RULES = (
    heavy_penalty,
    averages_that_do_not_fit,
    dead_units,
    dead_from_the_start,
    saturated_from_the_start,
    vanishing,
)

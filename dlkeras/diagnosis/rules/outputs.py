"""Rules about the last activation, before a step is trained; each gets an output and its targets."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dlkeras.diagnosis.evidence import OutputFacts, TargetFacts
from dlkeras.diagnosis.rules.fitting import fitting_change
from dlkeras.diagnosis.rules.suspect import Suspect

UNBOUNDED = ("linear", "leaky_relu", "elu", "selu", "gelu", "silu", "swish", "prelu", "mish")
RANGES = {
    **dict.fromkeys(("sigmoid", "hard_sigmoid", "softmax"), (0.0, 1.0)),
    **dict.fromkeys(("tanh", "hard_tanh", "softsign"), (-1.0, 1.0)),
    **dict.fromkeys(("relu", "softplus", "exponential"), (0.0, np.inf)),
    "relu6": (0.0, 6.0),
}


def one_unit_softmax(output: OutputFacts, y: TargetFacts) -> Iterator[Suspect]:
    if output.activations[-1:] == ["softmax"] and output.shape[-1] == 1:
        because = (
            "A softmax over a single unit is 1 whatever goes into it, so every prediction is the same. "
            "For two classes a single unit ends with sigmoid."
        )
        options = {"layer": output.layer, "is_error": True, "symptom": "constant_output"}
        yield Suspect("output_activation", 0.99, because, fitting_change(output, y), **options)


def two_activations(output: OutputFacts, y: TargetFacts) -> Iterator[Suspect]:
    squashing = [each for each in output.activations if each in ("softmax", "sigmoid")]
    if len(squashing) > 1 and output.shape[-1] != 1:
        because = (
            f"Behind the last weights stand {' and '.join(squashing)}. The second one gets numbers between 0 "
            f"and 1, so its largest output is at most e times its smallest, and the loss cannot fall far."
        )
        options = {"layer": output.layer, "is_error": True}
        yield Suspect("output_activation", 0.95, because, fitting_change(output, y), **options)


def crossentropy_without_probabilities(output: OutputFacts, y: TargetFacts) -> Iterator[Suspect]:
    if "crossentropy" not in output.loss or output.is_own_loss or y.kind == "real":
        return
    last = output.activations[-1] if output.activations else "linear"
    if last not in (*RANGES, *UNBOUNDED):
        return  # one of the user's own, or none that is known
    if output.from_logits:
        if last in ("relu", "tanh", "softsign", "relu6"):
            because = f"`from_logits=True` takes any number, and {last} leaves only some of them."
            options = {"layer": output.layer, "is_error": True}
            yield Suspect("output_activation", 0.7, because, fitting_change(output, y), **options)
        return
    is_binary = "binary" in output.loss
    allowed = ("sigmoid", "hard_sigmoid", "softmax") if is_binary else ("softmax",)
    if last in allowed:
        return
    if last == "sigmoid":  # of several classes: Keras divides by the sum
        because = (
            f"{output.loss} takes one class for each sample, and sigmoid makes a share of each by itself."
        )
        yield Suspect("output_activation", 0.5, because, fitting_change(output, y), layer=output.layer)
        return
    because = (
        f"{output.loss} takes probabilities, and the last layer ends with {last}, whose outputs are none: "
        f"Keras cuts them off at 0 and 1, and where it does there is no gradient."
    )
    options = {"layer": output.layer, "is_error": True}
    yield Suspect("output_activation", 0.95, because, fitting_change(output, y), **options)
    yield Suspect("loss_choice", 0.55, because, fitting_change(output, y), layer=output.layer)


def several_labels_at_once(output: OutputFacts, y: TargetFacts) -> Iterator[Suspect]:
    if y.kind == "multilabel" and output.activations[-1:] == ["softmax"] and output.shape[-1] != 1:
        because = (
            "A sample may have several labels at once, or none, and a softmax shares out 1 between them: it "
            "cannot give 1 to two labels. Each label needs a sigmoid of its own."
        )
        options = {"layer": output.layer, "is_error": True, "symptom": "underfitting"}
        yield Suspect("output_activation", 0.95, because, fitting_change(output, y), **options)


def targets_out_of_reach(output: OutputFacts, y: TargetFacts) -> Iterator[Suspect]:
    last = output.activations[-1] if output.activations else "linear"
    if last not in RANGES or y.kind not in ("real", "signs") or "crossentropy" in output.loss:
        return
    low, high = RANGES[last]
    width = max(y.high - y.low, 1e-12)
    outside = max(low - y.low, y.high - high) / width  # of the span of the targets
    if last == "softmax" or outside > 0.05:
        because = (
            f"The last layer ends with {last}, which gives numbers from {low:g} to {high:g}, and the "
            f"targets go from {y.low:.4g} to {y.high:.4g}: {_share(outside)} of their span is out of reach."
        )
        options = {"layer": output.layer, "is_error": outside > 0.2}
        yield Suspect("output_activation", 0.93, because, fitting_change(output, y), **options)


def _share(outside: float) -> str:
    return f"{100 * min(max(outside, 0.0), 1.0):.0f} %"


RULES = (
    one_unit_softmax,
    two_activations,
    crossentropy_without_probabilities,
    several_labels_at_once,
    targets_out_of_reach,
)

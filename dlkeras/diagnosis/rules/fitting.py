"""Which activation and which loss go with which targets."""

from __future__ import annotations

from dlkeras.diagnosis.evidence import OutputFacts, TargetFacts
from dlkeras.diagnosis.problem import Change
from dlkeras.diagnosis.rules import changes


def fitting(y: TargetFacts) -> tuple[str, str]:
    """Returns the last activation and the loss that go with targets of a kind."""
    return {
        "classes": ("softmax", "sparse_categorical_crossentropy"),
        "one_hot": ("softmax", "categorical_crossentropy"),
        "binary": ("sigmoid", "binary_crossentropy"),
        "multilabel": ("sigmoid", "binary_crossentropy"),
        "signs": ("tanh", "hinge"),
    }.get(y.kind, ("linear", "mean_squared_error"))


def fitting_change(output: OutputFacts, y: TargetFacts) -> Change:
    """Ends with the activation and the loss that go with the targets."""
    return changes.output(*fitting(y), output.shape[-1] or 1)

"""Rules about training and held-out samples, once there are both."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dlkeras.diagnosis.evidence import Evidence
from dlkeras.diagnosis.rules import changes
from dlkeras.diagnosis.rules.learning import NOTHING, learning_of
from dlkeras.diagnosis.rules.suspect import Suspect

ERRORS = 3.5  # standard errors: chance goes that far in 1 of 4000 trainings

NO_METHOD = "Neither it nor a simple method (neighbours, a line) tells labels of new samples from the inputs."


def learned_by_heart(evidence: Evidence) -> Iterator[Suspect]:
    learning = learning_of(evidence)
    if not learning.overfits or learning.learns_nothing:
        return
    because = (
        f"Samples of the training are predicted with a skill of {learning.skill:.2f} (0 is a constant, 1 is "
        f"perfect), held-out ones with {learning.held_out:.2f}"
        + (
            f"; they were best after epoch {learning.best_epoch} of {learning.num_epochs}"
            if learning.best_epoch < learning.num_epochs - 1
            else ""
        )
        + "."
    )
    options = {"is_error": True, "symptom": "overfitting"}
    if learning.holds_for_none and learning.reference < NOTHING:
        yield Suspect("labels", 0.75, f"{because} {NO_METHOD}", _look_at_labels(), **options)
    yield Suspect("regularisation", 0.7, because, changes.regularised(), **options)
    yield Suspect("architecture", 0.5, because, changes.regularised(), **options)


def labels_that_nothing_predicts(evidence: Evidence) -> Iterator[Suspect]:
    learning = learning_of(evidence)
    if (learning.learns_nothing or learning.holds_for_none) and learning.reference < NOTHING / 2:
        weight = 0.55 if learning.learns_nothing else 0.7  # it learns by heart what holds for no other sample
        yield Suspect("labels", weight, NO_METHOD, _look_at_labels())


def _look_at_labels():
    return changes.by_hand(
        "Look at some samples beside their labels: do the rows belong together?",
        "for k in range(5):\n    print(x_train[k], y_train[k])",
    )


def labels_worse_than_held_out(evidence: Evidence) -> Iterator[Suspect]:
    """Both are looked at in the same mode, so dropout does not explain it."""
    learning = learning_of(evidence)
    if learning.learns_nothing or not np.isfinite(learning.held_out):
        return
    last, gap = evidence.looks[-1], learning.held_out - learning.skill
    error = (
        np.sqrt(sum(_variance(look, evidence) for look in (last.accuracy, last.accuracy + gap)))
        if learning.is_class
        else np.nan
    )
    if gap > ERRORS * error:
        because = (
            f"Held-out samples are predicted better (skill {learning.held_out:.2f}) than those of the "
            f"training ({learning.skill:.2f}), both without dropout. The model has found a rule that the "
            "labels of the training break."
        )
        change = changes.by_hand(
            "Look at the samples of the training that are predicted with certainty and wrong: are their "
            "labels right?",
            "p = model.predict(x_train)\nworst = np.argsort(p[np.arange(len(p)), y_train])[:20]",
        )
        yield Suspect("labels", 0.8, because, change, is_error=True, symptom="underfitting")


def _variance(accuracy: float, evidence: Evidence) -> float:
    """Of a skill that 256 samples show: each class's recall comes from its own samples."""
    counts = evidence.y[0].counts
    shares = np.array([0.5, 0.5]) if counts is None or len(counts) < 2 else counts / counts.sum()
    share = min(max(accuracy, 0.05), 0.95)
    of_recalls = share * (1 - share) / (256 * shares)
    return float(of_recalls.mean() / len(shares)) * (len(shares) / (len(shares) - 1)) ** 2


RULES = (
    learned_by_heart,
    labels_that_nothing_predicts,
    labels_worse_than_held_out,
)

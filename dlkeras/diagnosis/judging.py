"""From the evidence to problems: what is wrong first, then what explains it."""

from __future__ import annotations

import warnings

import numpy as np

from dlkeras.diagnosis.evidence import Evidence
from dlkeras.diagnosis.problem import Problem
from dlkeras.diagnosis.rules import changes, samples, suspects
from dlkeras.diagnosis.rules.learning import Learning, learning_of
from dlkeras.diagnosis.rules.suspect import Suspect
from dlkeras.diagnosis.symptoms import is_unfinished, symptom_of
from dlkeras.diagnosis.words import CAUSES

MOST = 3  # problems in a report
FIRST = {  # what of a step was not finite
    "input": "An input ({})",
    "target": "A target ({})",
    "activation": "What the layer {} gave",
    "loss": "The {}",
    "gradient": "The gradient of {}",
    "weight": "The weight {} after the update",
}
WELL = 0.8  # skill of a model whose output, loss and labels fit each other
OF_HELD_OUT = ("input_scale", "split", "imbalance")  # what shows in other samples alone
SIDE = 0.2  # what is less certain than the first by more than this is not told


def problems_of(evidence: Evidence) -> list[Problem]:
    """Judges a training.

    A suspect that cannot be right is told of whatever the training looks like, others only where there is
    something to explain: a model that learns nothing, stays far below simple methods, breaks down, or was
    ended before it had begun.
    """
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a training that broke down is full of NaN
        return _judged(evidence)


def _judged(evidence: Evidence) -> list[Problem]:
    learning = learning_of(evidence)
    found = ranked(evidence, learning)
    if not found:
        return []
    lead: dict[str, Suspect] = {}  # what was seen is told once, with the most certain of its causes
    for suspect in found:
        if suspect.weight > found[0].weight - SIDE:
            lead.setdefault(suspect.because, suspect)
    causes = [suspect.cause for suspect in found]
    return [
        Problem(
            name=symptom_of(evidence, learning, suspect),
            causes=tuple([suspect.cause, *(each for each in causes if each != suspect.cause)][:3]),
            evidence=suspect.because if number else _first_failure(evidence) + suspect.because,
            change=suspect.change,
            layer=suspect.layer,
            step=None if evidence.failure is None else evidence.failure.step,
            certainty=float(suspect.weight),
            lab=CAUSES[suspect.cause][1],
        )
        for number, suspect in enumerate(list(lead.values())[:MOST])
    ]


def _first_failure(evidence: Evidence) -> str:
    if evidence.failure is None:
        return ""
    failure = evidence.failure
    what = FIRST[failure.kind].format(failure.name)
    return f"{what} was the first that was not finite, in step {failure.step}. "


def ranked(evidence: Evidence, learning: Learning) -> list[Suspect]:
    """Suspects worth telling of, the most certain first, one for each cause."""
    all_of = list(suspects(evidence))
    unwell = bool(evidence.looks) and (learning.is_unwell or is_unfinished(evidence, learning))
    if evidence.looks and not unwell:
        all_of = [s for s in all_of if s.is_error and not _is_refuted(s, learning)]
        all_of += [s for s in samples.rare_class(evidence) if learning.held_out < 0.5]
    elif not evidence.looks:
        all_of = [s for s in all_of if s.is_error]
    all_of = [_weighed(s, evidence, learning) for s in all_of]
    if (
        not all_of
        and unwell
        and (learning.learns_nothing or learning.holds_for_none or learning.skill < 0.5 * learning.reference)
    ):
        all_of = _unexplained(evidence, learning)
    best: dict[str, Suspect] = {}
    for suspect in sorted(all_of, key=lambda s: -s.weight):
        best.setdefault(suspect.cause, suspect)
    return list(best.values())


def _is_refuted(suspect: Suspect, learning: Learning) -> bool:
    """What is wrong with the model or its training samples cannot be, where it predicts these well."""
    return suspect.symptom != "overfitting" and suspect.cause not in OF_HELD_OUT and learning.skill > WELL


def _weighed(suspect: Suspect, evidence: Evidence, learning: Learning) -> Suspect:
    """Takes into account how it failed: numbers that overflow speak for steps, scales and weights."""
    weight = suspect.weight
    if evidence.failure is not None and suspect.cause == "numerics":
        weight = 0.92
    is_loud = evidence.first_input is not None and evidence.first_input.std > 1
    if is_unfinished(evidence, learning) and suspect.cause == "input_scale" and is_loud and weight < 0.8:
        weight -= 0.2
    return Suspect(**{**suspect.__dict__, "weight": weight})


def _unexplained(evidence: Evidence, learning: Learning) -> list[Suspect]:
    rate, name = evidence.optimizer.get("rate", 0.001), evidence.optimizer.get("name", "Adam")
    because = (
        "It learns less than simple methods do from the same samples, and none of the usual reasons shows."
    )
    epochs = 4 * (evidence.fit.get("epochs") or 1)
    slow = Suspect("learning_rate_low", 0.3, because, changes.rate_and_epochs(3 * abs(rate), epochs, name))
    longer = Suspect("epochs", 0.31 if learning.fall > 0.02 else 0.2, because, changes.epochs(epochs))
    return [slow, longer]

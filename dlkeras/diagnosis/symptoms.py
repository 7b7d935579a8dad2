"""What a training looks like that goes wrong, in the words of `words.SYMPTOMS`."""

from __future__ import annotations

import numpy as np

from dlkeras.diagnosis.evidence import Evidence
from dlkeras.diagnosis.rules import measures
from dlkeras.diagnosis.rules.learning import Learning
from dlkeras.diagnosis.rules.suspect import Suspect


def is_unfinished(evidence: Evidence, learning: Learning) -> bool:
    """Whether it ended while its weights had hardly moved, and its loss was still that of ignorance."""
    path, ratio = measures.path_of(evidence), measures.final_loss_ratio(evidence)
    has_far_to_go = learning.skill < 0.9 * min(1.0, learning.reference if learning.reference > 0 else 1.0)
    return bool(path < 0.1 and ratio > 0.5 and has_far_to_go and not learning.has_failed)


def symptom_of(evidence: Evidence, learning: Learning, suspect: Suspect) -> str:
    """Names what is to be seen; where the suspect's own symptom is not to be seen, what is."""
    looks = evidence.looks
    if evidence.failure is not None:
        return "nan"
    if suspect.symptom is not None:
        return suspect.symptom
    if not looks:
        return "not_learning"
    last = looks[-1]
    losses = np.array([look.loss for look in looks])
    if np.min(losses) < 0 <= evidence.ignorance:
        return "negative_loss"
    if losses[0] > 0 and losses[-1] > 1.5 * losses[0]:
        return "divergence"
    if last.spread < 1e-3:
        return "constant_output"
    if learning.learns_nothing and measures.gradient_fall(evidence) < 1e-3:
        return "vanishing_gradient"
    if is_unfinished(evidence, learning):
        return "slow_convergence"
    seen = [log.get("loss", np.nan) for log in evidence.logs]
    if len(seen) > 3 and np.mean(np.diff(seen) > 0.05 * np.abs(seen[:-1])) >= 0.25:
        return "oscillation"
    if learning.learns_nothing:
        return "not_learning"
    return "underfitting"

"""Whether a model learns, and how: established before anything is blamed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dlkeras.diagnosis.evidence import Evidence
from dlkeras.diagnosis.watching.skill import CLASS_KINDS

NOTHING = 0.1  # skill that chance gives on 256 samples in 1 of 40 cases
# Between the 84 faulty and the 95 sound trainings that the rules were made with: faulty ones reach at most
# 0.57 of simple methods, sound ones at least 0.64. Not yet confirmed on others.
FAR_BELOW = 0.6
GAP = 0.35  # of skill between training and held-out samples; chosen on the same trainings


@dataclass(frozen=True)
class Learning:
    """How a training went.

    Attributes:
        skill: Of the last look, on samples of the training.
        held_out: The same on held-out samples, or NaN.
        reference: What simple methods reach on the same samples; NaN if that is little itself.
        best_held_out: The best of all looks, and `best_epoch` when it was.
        has_failed: Whether something was NaN or infinite.
    """

    skill: float
    held_out: float
    reference: float
    best_held_out: float
    best_epoch: int
    num_epochs: int
    has_failed: bool
    fall: float  # share of its loss above the best that it lost in its last epoch
    is_class: bool
    is_unknown: bool = False  # whether the one batch that is seen has a single class, which rates nothing

    @property
    def learns_nothing(self) -> bool:
        """Whether the predictions are no better than a constant."""
        return not (self.skill > NOTHING or self.is_unknown)

    @property
    def holds_for_none(self) -> bool:
        """Whether held-out samples are predicted no better than by a constant."""
        return self.held_out < NOTHING

    @property
    def stays_below(self) -> bool:
        """Whether it makes less of its own samples than simple methods make of samples unknown to them."""
        return self.skill < FAR_BELOW * self.reference

    @property
    def is_unwell(self) -> bool:
        """Whether there is something to explain."""
        return self.has_failed or self.learns_nothing or self.holds_for_none or self.stays_below

    @property
    def overfits(self) -> bool:
        """Whether held-out samples are far worse than those of the training."""
        return self.skill - self.held_out > GAP


def learning_of(evidence: Evidence) -> Learning:
    """Sums up a training from its looks."""
    looks = evidence.looks
    kind = evidence.y[0].kind if evidence.y else "real"
    if not looks:
        return Learning(
            np.nan,
            np.nan,
            np.nan,
            np.nan,
            0,
            len(evidence.logs),
            evidence.failure is not None,
            np.nan,
            kind in CLASS_KINDS,
        )
    held_out = np.array([look.held_out_skill for look in looks])
    has_any = np.isfinite(held_out).any()
    best = int(np.nanargmax(held_out)) if has_any else len(looks) - 1
    return Learning(
        skill=looks[-1].skill,
        held_out=looks[-1].held_out_skill,
        reference=evidence.reference,
        best_held_out=float(held_out[best]) if has_any else np.nan,
        best_epoch=looks[best].epoch,
        num_epochs=looks[-1].epoch,
        has_failed=evidence.failure is not None,
        fall=_fall([log["loss"] for log in evidence.logs if "loss" in log]),
        is_class=kind in CLASS_KINDS,
        is_unknown=evidence.is_first_batch and _has_one_class(evidence),
    )


def _has_one_class(evidence: Evidence) -> bool:
    counts = evidence.y[0].counts if evidence.y else None
    return counts is not None and len(counts) == 1


def _fall(losses: list[float]) -> float:
    if len(losses) < 2 or not np.all(np.isfinite(losses)):
        return np.nan
    return float((losses[-2] - losses[-1]) / max(abs(losses[-2]), 1e-12))

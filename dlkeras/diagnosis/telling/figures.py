"""The figures of a diagnosis, with the words that belong to them."""

from __future__ import annotations

import numpy as np

from dlkeras import plots
from dlkeras.diagnosis.evidence import Evidence
from dlkeras.report import Exhibit


def exhibits(evidence: Evidence) -> dict[str, Exhibit]:
    """Draws what there is to be drawn: skill by epoch, gradients by step, dead units by epoch."""
    found = {}
    if len(evidence.looks) > 1:
        found["skill"] = _skill(evidence)
    if evidence.gradients.size and np.any(np.isfinite(evidence.gradients) & (evidence.gradients > 0)):
        found["gradients"] = _gradients(evidence)
    return found


def _skill(evidence: Evidence) -> Exhibit:
    epochs = np.array([look.epoch for look in evidence.looks])
    lines = {"training samples": [look.skill for look in evidence.looks]}
    if np.isfinite([look.held_out_skill for look in evidence.looks]).any():
        lines["held-out samples"] = [look.held_out_skill for look in evidence.looks]
    # R² has no lower end: what is below a constant is drawn at -0.2.
    values = {name: np.maximum(np.array(line, float), -0.2)[None] for name, line in lines.items()}
    has_reference = bool(np.isfinite(evidence.reference) and evidence.reference > 0)
    reference = {"reference": (evidence.reference, "simple methods")} if has_reference else {}
    figure = plots.curves(epochs, {"": values}, xlabel="epoch", ylabel="skill", **reference)
    last = evidence.looks[-1]
    caption = (
        "Skill: 0 is the best constant prediction, 1 a perfect one; what is worse than -0.2 is drawn there."
        + (" Simple methods: the better of five neighbours and ridge regression." if has_reference else "")
    )
    alt = f"Skill on samples of the training goes from {evidence.looks[0].skill:.2f} to {last.skill:.2f}."
    return Exhibit(figure, "What has it learned?", caption, alt)


def _gradients(evidence: Evidence) -> Exhibit:
    figure = plots.layers_over_time(
        evidence.steps,
        evidence.gradients,
        evidence.gradient_layers,
        xlabel="training step",
        ylabel="gradient norm (L2)",
        log_y=True,
    )
    with np.errstate(all="ignore"):
        middle = np.nanmedian(np.where(np.isfinite(evidence.gradients), evidence.gradients, np.nan), axis=0)
    first, last = evidence.gradient_layers[0], evidence.gradient_layers[-1]
    alt = f"Median norm {middle[0]:.2g} in {first}, {middle[-1]:.2g} in {last}."
    caption = "Norm of the gradient of each layer, before clipping, at each step."
    return Exhibit(figure, "Does the gradient reach every layer?", caption, alt)

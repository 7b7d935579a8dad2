"""Numbers that several rules read off the evidence."""

from __future__ import annotations

import numpy as np

from dlkeras.diagnosis.evidence import Evidence, LayerFacts


def hidden(evidence: Evidence) -> list[LayerFacts]:
    """The layers before the last one that has weights."""
    last = {output.layer for output in evidence.outputs}
    places = [k for k, layer in enumerate(evidence.layers) if layer.name in last]
    return evidence.layers[: min(places)] if places else []


def scale_of(layer: LayerFacts) -> float:
    """Spread of the weights times √inputs: 1 keeps the size of a signal, √2 behind a ReLU."""
    return layer.kernel_std * np.sqrt(layer.fan_in)


def update_ratios(evidence: Evidence) -> np.ndarray:
    """Median over the kernels of a step's change over the weights, by measured step."""
    rows = [
        [v for k, v in moved.items() if not k.endswith(("bias", "beta", "gamma")) and np.isfinite(v)]
        for _, moved in evidence.updates
    ]
    return np.array([np.median(row) for row in rows if row])


def path_of(evidence: Evidence) -> float:
    """How far the kernels went from epoch to epoch, over their norms: median of the kernels."""
    rows = [
        [v for k, v in look.moved.items() if not k.endswith(("bias", "beta", "gamma"))]
        for look in evidence.looks[1:]
    ]
    return float(np.median(np.sum(rows, axis=0))) if rows and all(rows) else np.nan


def gradient_fall(evidence: Evidence) -> float:
    """Gradient of the first layer over the largest of a later one, a median of the first steps.

    It is 1 for a single layer.
    """
    rows = evidence.gradients[:10]
    if rows.size == 0 or rows.shape[1] < 2:
        return 1.0
    with np.errstate(all="ignore"):
        ratio = np.nanmedian(rows[:, 0] / np.nanmax(rows[:, 1:], axis=1))
    return float(ratio) if np.isfinite(ratio) else 1.0


def final_loss_ratio(evidence: Evidence) -> float:
    """Loss at the end over what ignorance costs."""
    return evidence.looks[-1].loss / evidence.ignorance if evidence.looks and evidence.ignorance else np.nan

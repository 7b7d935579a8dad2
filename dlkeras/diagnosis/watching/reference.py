"""What simple methods make of the same samples: how much there is to be learned from them at the least."""

from __future__ import annotations

import keras
import numpy as np

from dlkeras.diagnosis.watching.samples import Samples
from dlkeras.diagnosis.watching.skill import CLASS_KINDS, skill_of

NEIGHBOURS = 5
RIDGE = 0.1  # times the number of samples, for standardised columns
MAX_COLUMNS = 4000


def reference_skill(samples: Samples, kind: str) -> float:
    """Rates the better of five nearest neighbours and ridge regression, each sample by the others.

    Nothing is fitted to the sample that is rated, so what is reached is in the samples, and a network that
    was trained on them should not stay far below. It may well be above: of what is not near or linear they
    see nothing. NaN where inputs or targets are not finite, and where the targets are the inputs, which a
    straight line copies and a network is to squeeze.
    """
    x = np.concatenate([each.reshape(len(each), -1) for each in keras.tree.flatten(samples.x)], axis=1)
    x, y = x[:, :MAX_COLUMNS].astype(np.float64), samples.y[0]
    if len(x) < 4 * NEIGHBOURS or not (np.all(np.isfinite(x)) and np.all(np.isfinite(y.astype(np.float64)))):
        return np.nan
    if y.size == x.size and np.allclose(y.reshape(x.shape), x, rtol=1e-3):
        return np.nan
    spread = x.std(axis=0)
    x = (x - x.mean(axis=0))[:, spread > 0] / spread[spread > 0]
    targets = _targets(y, kind)
    rated = [
        skill_of(y, _as_output(method(x, targets), kind), kind, False) for method in (_neighbours, _ridge)
    ]
    return float(np.nanmax(rated)) if np.isfinite(rated).any() else np.nan


def _targets(y: np.ndarray, kind: str) -> np.ndarray:
    if kind == "classes":
        labels = y.reshape(len(y), -1)[:, 0].astype(int)
        return np.eye(labels.max() + 1)[labels]
    return y.reshape(len(y), -1).astype(np.float64)


def _as_output(p: np.ndarray, kind: str) -> np.ndarray:
    return p if kind in CLASS_KINDS or p.ndim > 1 else p[:, None]


def _neighbours(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    squares = (x**2).sum(1)
    distances = squares[:, None] + squares - 2 * x @ x.T
    np.fill_diagonal(distances, np.inf)
    nearest = np.argpartition(distances, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
    return y[nearest].mean(1)


def _ridge(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Predicts each sample from the others, by the closed form of leaving one out."""
    mean = y.mean(0)
    gram = x @ x.T
    hat = gram @ np.linalg.inv(gram + RIDGE * len(x) * np.eye(len(x)))
    weight = np.diag(hat)[:, None]
    fitted = hat @ (y - mean)
    return mean + (fitted - weight * (y - mean)) / (1 - weight)

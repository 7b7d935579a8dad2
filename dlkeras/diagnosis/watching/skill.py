"""How much better predictions are than a constant: the same measure for every task and every loss."""

from __future__ import annotations

import numpy as np

CLASS_KINDS = ("classes", "one_hot", "binary", "signs", "multilabel")


def skill_of(y: np.ndarray, prediction: np.ndarray, kind: str, is_logit: bool) -> float:
    """Rates predictions: 0 for the best constant one, 1 for perfect ones; NaN if one is not finite.

    For classes it is the mean of the classes' recalls, which is 1 / K for a constant prediction however
    rare a class is, moved to begin at 0 (Brodersen et al. 2010; with two classes Youden's J). For real
    targets it is R², of all columns together.
    """
    if not np.all(np.isfinite(prediction)) or not len(y):
        return np.nan
    if kind not in CLASS_KINDS:
        y, prediction = _columns(y), _columns(prediction)
        if y.shape != prediction.shape:
            return np.nan
        rest, variance = ((y - prediction) ** 2).sum(), ((y - y.mean(0)) ** 2).sum()
        return float(1 - rest / variance) if variance > 0 else np.nan
    truth, guess = decided(y, prediction, kind, is_logit)
    if truth.shape != guess.shape:
        return np.nan
    columns = [(t, g) for t, g in zip(truth.T, guess.T, strict=True) if len(np.unique(t)) > 1]
    if not columns:
        return np.nan
    return float(np.mean([_balanced(t, g) for t, g in columns]))


def decided(y: np.ndarray, prediction: np.ndarray, kind: str, is_logit: bool):
    """Returns true labels and predicted ones, (n, columns) both."""
    if kind == "one_hot":
        return y.argmax(-1)[:, None], _picked(prediction)
    if kind == "classes" and prediction.shape[-1] > 1:
        return y.reshape(len(y), -1), _picked(prediction)
    limit = 0.0 if is_logit or kind == "signs" else 0.5
    truth = _columns(y) > 0
    return truth.astype(int), (_columns(prediction) > limit).astype(int)


def _picked(prediction: np.ndarray) -> np.ndarray:
    return prediction.reshape(len(prediction), -1).argmax(-1)[:, None]


def _columns(array: np.ndarray) -> np.ndarray:
    return array.reshape(len(array), -1)


def _balanced(truth: np.ndarray, guess: np.ndarray) -> float:
    classes = np.unique(truth)
    recall = np.mean([np.mean(guess[truth == each] == each) for each in classes])
    return (recall - 1 / len(classes)) / (1 - 1 / len(classes))

"""Numbers of inputs and targets, and what the targets are: labels of classes or real numbers."""

from __future__ import annotations

import keras
import numpy as np

from dlkeras.diagnosis.evidence import ArrayFacts, TargetFacts

MAX_ROWS, MAX_COLUMNS = 5000, 5000  # of what is looked at; NaN is looked for everywhere
MAX_VALUES = 100  # different labels; more are real numbers


def arrays_of(data) -> list[np.ndarray] | None:
    """Returns the arrays of an argument of `fit`; None where it is no array, list or dict of arrays."""
    if data is None:
        return None
    flat = list(data.values()) if isinstance(data, dict) else keras.tree.flatten(data)
    if not flat or not all(hasattr(each, "shape") for each in flat):
        return None
    arrays = [np.asarray(each) for each in flat]
    return arrays if all(each.dtype.kind in "biuf" and each.ndim for each in arrays) else None


def array_facts(array: np.ndarray) -> ArrayFacts:
    """Measures an array of samples, (n, ...)."""
    return ArrayFacts(**_facts(array))


def target_facts(array: np.ndarray, loss: str, units: int) -> TargetFacts:
    """Measures targets, and says what they are for a loss and an output of some units."""
    facts = TargetFacts(**_facts(array))
    finite = array[np.isfinite(array)] if array.dtype.kind == "f" else array
    values, counts = np.unique(finite, return_counts=True)
    if 0 < len(values) <= MAX_VALUES:
        facts.values, facts.counts = values.astype(np.float64), counts
    facts.kind = _kind(array, facts, loss, units)
    labels = array.argmax(-1) if facts.kind == "one_hot" else array.reshape(len(array), -1)[:, 0]
    if facts.kind == "one_hot":
        facts.values, facts.counts = (each.astype(float) for each in np.unique(labels, return_counts=True))
    if facts.kind in ("one_hot", "classes", "binary", "signs") and len(labels) > 1:
        changes = int(np.count_nonzero(np.diff(labels)))
        facts.is_sorted = facts.counts is not None and 0 < changes < len(facts.counts)
    return facts


def _facts(array: np.ndarray) -> dict:
    is_float = array.dtype.kind == "f"
    rows = array[:: max(1, len(array) // MAX_ROWS)].reshape(-1, *array.shape[1:])
    table = rows.reshape(len(rows), -1)[:, :MAX_COLUMNS].astype(np.float64)
    finite = np.where(np.isfinite(table), table, np.nan)
    has_any = bool(np.isfinite(table).any())
    with np.errstate(all="ignore"):
        columns = finite[:, np.isfinite(finite).any(axis=0)] if has_any else np.zeros((1, 1))
        return {
            "shape": array.shape,
            "dtype": str(array.dtype),
            "num_nan": int(np.isnan(array).sum()) if is_float else 0,
            "num_infinite": int(np.isinf(array).sum()) if is_float else 0,
            "mean": float(np.nanmean(columns)),
            "std": float(np.nanstd(columns)),
            "low": float(np.nanmin(columns)),
            "high": float(np.nanmax(columns)),
            "is_whole": bool(has_any and (np.nan_to_num(finite) % 1 == 0).all()),
            "column_mean": np.nanmean(columns, axis=0),
            "column_std": np.nanstd(columns, axis=0),
        }


def _kind(array: np.ndarray, facts: TargetFacts, loss: str, units: int) -> str:
    values = set() if facts.values is None else set(facts.values)
    wide = array.ndim > 1 and array.shape[-1] > 1
    if facts.num_nan or facts.num_infinite or not values:
        return "real"
    if values <= {0.0, 1.0}:
        if wide and array.ndim == 2 and bool((array.sum(-1) == 1).all()):
            return "one_hot"
        if wide or array.ndim > 2:
            return "multilabel"
        return "binary" if units == 1 else "classes"
    if values <= {-1.0, 1.0} and not wide:
        return "signs"
    is_label = facts.is_whole and facts.low >= 0 and not wide and array.ndim <= 2
    if is_label and (loss.startswith("sparse_") or (units > 1 and units >= len(values))):
        return "classes"
    few = len(values) <= 20 and len(array) >= 10 * len(values)
    if is_label and few and array.dtype.kind in "iu" and "crossentropy" in loss:
        return "classes"
    return "real"

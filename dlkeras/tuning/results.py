"""What a trial returned: kept in a file, given back, and made into metrics, as keras-tuner takes them."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from typing import Any

import keras
import keras_tuner
from keras_tuner import errors

from dlkeras.tuning.keras_tuner_private import DEFAULT, check_results


def packed(result: Any) -> bytes | None:
    """Gives what `fit` returned as bytes, a History by its numbers; None where pickle cannot."""
    is_history = isinstance(result, keras.callbacks.History)
    value = (getattr(result, "epoch", []), result.history) if is_history else result
    try:
        return pickle.dumps((is_history, value))
    except Exception:
        return None


def unpacked(content: bytes) -> Any:
    """Gives back what `fit` had returned."""
    is_history, value = pickle.loads(content)
    if not is_history:
        return value
    history = keras.callbacks.History()
    history.epoch, history.history = value
    return history


def scored(results: Any, objective: keras_tuner.Objective, source: str) -> tuple[tuple[dict, ...], int]:
    """Takes the metrics of each training, and the best epoch, the mean over them, out of what was returned.

    Args:
        results: A number, a dict of metrics, a History or its lists, or a list of them by training.
        objective: What is searched for.
        source: What returned them, such as "HyperModel.fit()".

    Raises:
        keras_tuner.errors.FatalTypeError: If they are none of these.
        keras_tuner.errors.FatalValueError: If they lack the objective: all trials would.
    """
    each = [_with_objective(_as_history(result), objective) for result in _flat(results)]
    check_results(each or None, objective, source)
    pairs = [_best_of(result, objective) for result in each]
    metrics = tuple({name: float(value) for name, value in found.items()} for found, _ in pairs)
    return metrics, int(sum(epoch for _, epoch in pairs) // len(pairs))


def lacking(objective: keras_tuner.Objective, names: Any) -> errors.FatalValueError:
    """Makes the error that says which metrics there are."""
    wanted = ", ".join(repr(name) for name in getattr(objective, "name_to_direction", [objective.name]))
    there = ", ".join(sorted(names)) or "none"
    remedy = "Give one of them as the objective, or compile the model with that metric"
    if "val_" in wanted and not any(name.startswith("val_") for name in names):
        remedy += "; those that begin with val_ need `validation_data` or `validation_split`"
    return errors.FatalValueError(
        f"`objective` must be one of the metrics of the model, which are: {there}. "
        f"Received: objective={wanted}. {remedy}."
    )


def _flat(results: Any) -> list:
    return [one for each in results for one in _flat(each)] if isinstance(results, list) else [results]


def _as_history(result: Any) -> Any:
    """Takes a list for each metric, as `History.history` is, for the History."""
    if not (isinstance(result, Mapping) and result and all(isinstance(v, list) for v in result.values())):
        return result
    history = keras.callbacks.History()
    history.history = dict(result)
    return history


def _with_objective(result: Any, objective: keras_tuner.Objective) -> Any:
    """Adds the sum of several objectives to a dict, which keras-tuner does for a History alone."""
    if isinstance(result, Mapping):
        numbers = {name: value for name, value in result.items() if _is_number(value)}
        if objective.has_value(numbers):
            return {**numbers, objective.name: objective.get_value(numbers)}
    elif isinstance(result, keras.callbacks.History) and not isinstance(objective, DEFAULT):
        names = [name for name, values in result.history.items() if values]
        if not objective.has_value(dict.fromkeys(names)):
            raise lacking(objective, names)
    return result


def _best_of(result: Any, objective: keras_tuner.Objective) -> tuple[dict[str, float], int]:
    if isinstance(result, Mapping):
        return dict(result), 0
    if not isinstance(result, keras.callbacks.History):
        return {objective.name: float(result)}, 0
    rows = by_epoch(result.history)
    rows = {epoch: row for epoch, row in rows.items() if objective.has_value(row)}
    values = {epoch: objective.get_value(row) for epoch, row in rows.items()}
    best = next(iter(values))
    for epoch, value in values.items():
        best = epoch if objective.better_than(value, values[best]) else best
    return {**rows[best], objective.name: values[best]}, best


def by_epoch(history: Mapping[str, list]) -> dict[int, dict[str, Any]]:
    """Gives the numbers of a History by epoch; with `validation_freq`, some lists have a number for a few."""
    most = max((len(values) for values in history.values()), default=0)
    rows: dict[int, dict[str, Any]] = {epoch: {} for epoch in range(most)}
    for name, values in history.items():
        every = most // max(len(values), 1)
        for i, value in enumerate(values):
            if _is_number(value):
                rows[(i + 1) * every - 1][name] = value
    return rows


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True

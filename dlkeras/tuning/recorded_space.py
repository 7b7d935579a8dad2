"""The places of trials on the axes of their search, from their records alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

import keras_tuner
import numpy as np

from dlkeras.tuning.axes import space_of
from dlkeras.tuning.records import TrialRecord
from dlkeras.tuning.space import Space

FAILED = ("FAILED", "INVALID")


def recorded_space(records: Sequence[TrialRecord]) -> Space:
    """Makes the space that the trials came from, without hyperparameters of a single value.

    Of a hyperparameter whose range was changed during the search, the last range counts.

    Args:
        records: The trials, of any oracle.

    Returns:
        The space.
    """
    last = {}
    for record in sorted(records, key=lambda record: record.number):
        for config in record.space:
            last[config["name"], repr(config.get("conditions"))] = config
    configs = [{"class_name": config["kind"], "config": _without_kind(config)} for config in last.values()]
    space = keras_tuner.HyperParameters.from_config({"space": configs, "values": {}}).space
    return space_of(space)


def losses(records: Sequence[TrialRecord]) -> np.ndarray:
    """Gives the score of each trial as a loss, (n,): infinite where it failed, NaN where it has not ended."""
    return np.array([_loss(record) for record in records])


def _loss(record: TrialRecord) -> float:
    if record.status in FAILED:
        return math.inf
    if record.status != "COMPLETED" or record.score is None or math.isnan(record.score):
        return math.nan
    return -record.score if record.direction == "max" else record.score


def _without_kind(config: dict) -> dict:
    return {key: value for key, value in config.items() if key != "kind"}

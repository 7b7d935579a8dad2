"""Searches from coarse to fine, with a table of trainings in place of training."""

import numpy as np
from changed_data import CHANGES, SAME
from keras_tuner import HyperParameters, Objective

from dlkeras.surfaces import Surface
from dlkeras.tuning import CoarseToFineOracle, simulate

AT_ONCE = (1, 2, 4, 8)  # trials at a time
SPACE = HyperParameters()
SPACE.Float("learning_rate", 1e-3, 10.0, sampling="log")
SPACE.Float("weight_decay", 1e-4, 1.0, sampling="log")
SPACE.Int("units", 8, 32, step=2, sampling="log")
NAMES = tuple(parameter.name for parameter in SPACE.space)


def surfaces_of(runs, settings):
    """Makes a function of the table for each change of the data: from settings to errors of trainings."""
    levels, scales = {name: getattr(settings, name) for name in NAMES}, dict.fromkeys(NAMES, "log")
    errors = runs.where(part="table").lines("error", *NAMES, "training", change=CHANGES)
    return {change: Surface(levels, own, scales) for change, own in errors.items()}


def search(surface, at_once, seed, num_trials):
    """Searches; a score is the error of one of the trainings. Returns the setting that looks best."""
    oracle = CoarseToFineOracle(Objective("val_error", "min"), num_trials, seed, SPACE.copy())
    rng = np.random.default_rng(seed)

    def score(values, trial_id, epoch):
        return rng.choice(surface([values])[0])

    trials = simulate(oracle, score, at_once=at_once)
    return min(trials, key=lambda trial: trial[1])[0]


def search_all(seed, surfaces, num_trials):
    """Searches with several trials at once, and on changed data beside yesterday's best setting."""
    for at_once in AT_ONCE:
        chosen = search(surfaces[SAME], at_once, seed, num_trials)
        error = float(surfaces[SAME]([chosen]).mean())
        yield {"part": "workers", "at_once": at_once, "seed": seed, "error": error}
    yesterday = search(surfaces[SAME], 1, seed, num_trials)
    for change, surface in surfaces.items():
        today = search(surface, 1, 1000 + seed, num_trials)
        old, new = (float(surface([own]).mean()) for own in (yesterday, today))
        yield {"part": "change", "change": change, "seed": seed, "old": old, "new": new}

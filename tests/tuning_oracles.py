"""Oracles for the tests, with every kind of hyperparameter, and invented scores."""

import keras_tuner
import numpy as np

from dlkeras.tuning import CoarseToFineOracle, one_minus_log

MIN, MAX = keras_tuner.Objective("loss", "min"), keras_tuner.Objective("score", "max")


def ranges():
    hp = keras_tuner.HyperParameters()
    hp.Float("rate", 1e-4, 1.0, sampling="log")
    one_minus_log(hp, "beta", 0.9, 0.999)
    hp.Int("depth", 1, 5)
    hp.Choice("kind", ["a", "b"])
    with hp.conditional_scope("kind", ["b"]):
        hp.Boolean("nested")
        with hp.conditional_scope("nested", [True]):
            hp.Float("deep", 0.0, 1.0, step=0.25)
    hp.Fixed("fixed", 3)
    return hp


def make(objective=MIN, folder=None, **options):
    options = {"max_trials": 20, "hyperparameters": ranges(), **options}
    oracle = CoarseToFineOracle(objective, **options)
    oracle.verbose = 0
    if folder is not None:
        oracle._set_project_dir(folder, "search")
    return oracle


def end(oracle, trial, score=None, status="COMPLETED", message=None):
    for value in np.atleast_1d([] if score is None else score):
        oracle.update_trial(trial.trial_id, {oracle.objective.name: value})
    trial.status, trial.message = status, message
    oracle.end_trial(trial)


def run(oracle, score, worker="w"):
    trials = []
    while (trial := oracle.create_trial(worker)).status == "RUNNING":
        trials.append(trial)
        end(oracle, trial, score(trial.hyperparameters.values))
    return trials

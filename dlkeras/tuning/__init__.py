"""Hyperparameter search from coarse to fine that survives what ends its process, on keras-tuner.

The way of a trial with two workers: `tuner` asks and tells, `workers` hands out, `oracle` chooses a point
of the `space` by `zoom` and `smooth_fit`, `trials` writes and reads the files, `trial_run` trains in a worker
and keeps each epoch by `progress`, and `exactness` says whether it can go on in its middle. What keras-tuner
keeps to itself is in `keras_tuner_private`.
"""

from dlkeras.tuning.analysis import Edge, chances, edges, importance
from dlkeras.tuning.betas import OneMinusLog, one_minus_log
from dlkeras.tuning.confirmation import Confirmation, Confirmed
from dlkeras.tuning.oracle import CoarseToFineOracle
from dlkeras.tuning.simulation import simulate
from dlkeras.tuning.trial_run import TrialResult, TrialSpec, run_trial
from dlkeras.tuning.trials import TrialRecord, load_trials, write_table
from dlkeras.tuning.tuner import CoarseToFine

__all__ = [
    "CoarseToFine",
    "CoarseToFineOracle",
    "Confirmation",
    "Confirmed",
    "Edge",
    "OneMinusLog",
    "TrialRecord",
    "TrialResult",
    "TrialSpec",
    "chances",
    "edges",
    "importance",
    "load_trials",
    "one_minus_log",
    "run_trial",
    "simulate",
    "write_table",
]

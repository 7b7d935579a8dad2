"""Hyperparameter search from coarse to fine that survives what ends its process, on keras-tuner."""

from dlkeras.tuning.edges import Edge, edges
from dlkeras.tuning.importance import chances, importance
from dlkeras.tuning.one_minus_log import OneMinusLog, one_minus_log
from dlkeras.tuning.oracle import CoarseToFineOracle
from dlkeras.tuning.records import TrialRecord, load_trials, write_table
from dlkeras.tuning.trial_run import TrialResult, TrialSpec, run_trial
from dlkeras.tuning.tuner import CoarseToFine

__all__ = [
    "CoarseToFine",
    "CoarseToFineOracle",
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
    "write_table",
]

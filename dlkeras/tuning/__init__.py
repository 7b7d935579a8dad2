"""Hyperparameter search from coarse to fine that survives what ends its process, on keras-tuner."""

from dlkeras.tuning.analysis import Edge, chances, edges, importance
from dlkeras.tuning.betas import OneMinusLog, one_minus_log
from dlkeras.tuning.oracle import CoarseToFineOracle
from dlkeras.tuning.simulation import simulate
from dlkeras.tuning.trial_run import TrialResult, TrialSpec, run_trial
from dlkeras.tuning.trials import TrialRecord, load_trials, write_table
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
    "simulate",
    "write_table",
]

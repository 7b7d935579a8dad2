"""A trial that a tuner runs in a worker, away from its oracle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras_tuner
from keras_tuner.engine import trial as trials


class OracleInWorker:
    """What a tuner in a worker sees of the oracle: the objective, and the one trial that it runs.

    A `run_trial` of a user's own may read the trial and tell metrics of it; they go to the oracle with the
    result.
    """

    def __init__(self, objective: keras_tuner.Objective, seed: int):
        self.objective = objective
        self.seed = seed
        self.trial: trials.Trial | None = None
        self.updates: list[tuple[dict[str, float], int]] = []
        self._attempt = 0

    def begin_trial(self, trial: trials.Trial, attempt: int) -> None:
        self.trial, self._attempt, self.updates = trial, attempt, []

    def attempt_of(self, trial_id: str) -> int:
        return self._attempt

    def get_trial(self, trial_id: str) -> trials.Trial:
        return self.trial

    def get_space(self) -> keras_tuner.HyperParameters:
        return self.trial.hyperparameters.copy()

    def update_space(self, hyperparameters: keras_tuner.HyperParameters) -> None:
        """Does nothing: the oracle learns what was asked for from the trial."""

    def update_trial(self, trial_id: str, metrics: Mapping[str, Any], step: int = 0) -> trials.Trial:
        self.updates.append(({name: float(value) for name, value in metrics.items()}, int(step)))
        return self.trial

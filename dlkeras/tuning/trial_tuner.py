"""What a tuner does with one trial: runs it, in this process or in a worker, and tells what came of it."""

from __future__ import annotations

import copy
import traceback
import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import keras_tuner
from keras_tuner import errors
from keras_tuner.engine import trial as trials

from dlkeras.base import files
from dlkeras.tuning.in_worker import OracleInWorker
from dlkeras.tuning.keras_tuner_private import OpenTuner
from dlkeras.tuning.memory import watched_memory
from dlkeras.tuning.results import scored
from dlkeras.tuning.trial_run import TrialResult, TrialSpec, run_executions, seed_of
from dlkeras.tuning.trials import EPOCHS


class TrialTuner(OpenTuner):
    """Runs trials that can be interrupted, as `CoarseToFine` has it."""

    def __init__(self, oracle, *args, **kwargs):
        self._calls: dict[str, int] = {}  # of `run_trial`, in the run of a trial
        self.own_oracle = oracle  # in workers of keras-tuner's, `self.oracle` is a client of the chief's
        super().__init__(oracle, *args, **kwargs)

    def trial_spec(self, trial: trials.Trial) -> TrialSpec:
        """Gives what has to be known to run a trial, in any process that sees the same folder."""
        return TrialSpec(
            trial_id=trial.trial_id,
            folder=str(Path(self.get_trial_dir(trial.trial_id)).absolute()),
            hyperparameters=trial.hyperparameters.get_config(),
            objective=self.oracle.objective,
            executions=self.executions_per_trial,
            seed=(self.own_oracle.seed, int(trial.trial_id)),
            attempt=self.own_oracle.attempt_of(trial.trial_id),
        )

    def run_trial(self, trial: trials.Trial, *args, **kwargs) -> list[Any]:
        """Runs one trial in this process.

        A subclass may have its own, as with any tuner of keras-tuner, that returns a number, a dict of
        metrics, a History, or a list of them, one for each training. It may change the arguments and call
        this one. What it trains by itself starts again after an interruption, with the same seeds.

        Args:
            trial: The trial; its values are in `trial.hyperparameters`.
            *args: Positional arguments of `search`.
            **kwargs: Named arguments of `search`.

        Returns:
            What `HyperModel.fit` returned, for each execution.

        Raises:
            keras_tuner.errors.FatalError: If no trial could do better, such as without the objective.
        """
        spec = self.next_call(self.trial_spec(trial))
        own, hooks = self.own_training(trial), self.own_callbacks(trial)
        build, fit = (lambda hp: None, own) if own else (self.try_build, self.hypermodel.fit)

        def copied(callbacks: list) -> list:
            return [*self.copied(callbacks), *hooks]

        return run_executions(spec, trial.hyperparameters, build, fit, args, kwargs, copied)

    def run_and_report(self, trial, *args, **kwargs):
        metrics, best_epoch = self.metrics_of(trial, *args, **kwargs)
        for each in metrics:
            self.oracle.update_trial(trial.trial_id, each, step=best_epoch)

    def sendable(self) -> TrialTuner:
        """Gives a tuner that runs trials in a worker, without the oracle, whose locks cannot be pickled."""
        tuner = copy.copy(self)
        tuner.oracle = tuner.own_oracle = OracleInWorker(self.oracle.objective, self.own_oracle.seed)
        return tuner

    def run_sent(self, spec: TrialSpec, args: tuple, kwargs: Mapping[str, Any]) -> TrialResult:
        """Runs a trial in a worker; what it raised is in the result, but for errors that end the search."""
        hp = keras_tuner.HyperParameters.from_config(copy.deepcopy(spec.hyperparameters))
        trial = trials.Trial(hp, spec.trial_id, "RUNNING")
        self.oracle.begin_trial(trial, spec.attempt)
        try:
            metrics, best_epoch = self.metrics_of(trial, *args, **kwargs)
        except errors.FatalError:
            raise
        except Exception as error:
            status = "FAILED" if isinstance(error, errors.FailedTrialError) else "INVALID"
            return TrialResult(status, trial.hyperparameters.get_config(), reason=traceback.format_exc())
        config, epochs = trial.hyperparameters.get_config(), Path(spec.folder) / EPOCHS
        if not epochs.exists():  # by which the search knows that it sees what workers write
            files.write(epochs, "[]")
        if self.oracle.updates:
            metrics, steps = zip(*self.oracle.updates, strict=True)
            return TrialResult("COMPLETED", config, tuple(metrics), steps[-1], steps=steps)
        return TrialResult("COMPLETED", config, metrics, best_epoch)

    def take_result(self, trial: trials.Trial, result: TrialResult) -> None:
        """Tells the oracle what came of a trial and ends it."""
        trial.hyperparameters = keras_tuner.HyperParameters.from_config(result.hyperparameters)
        trial.status, trial.message = result.status, result.reason
        steps = result.steps or [result.best_epoch] * len(result.metrics)
        for metrics, step in zip(result.metrics, steps, strict=True):
            self.oracle.update_trial(trial.trial_id, metrics, step=step)
        self.on_trial_end(trial)

    def metrics_of(self, trial: trials.Trial, *args, **kwargs) -> tuple[tuple[dict, ...], int]:
        """Runs a trial, and gives the metrics of each training, none where the oracle was told by itself."""
        self._calls = {}
        keras.utils.set_random_seed(seed_of(self.trial_spec(trial)))
        with watched_memory(Path(self.get_trial_dir(trial.trial_id))):
            results = self.run_trial(trial, *args, **kwargs)
        own = self.oracle
        if getattr(own, "updates", None) or own.get_trial(trial.trial_id).metrics.metrics:
            warnings.warn(
                "`run_trial` has called `oracle.update_trial`, which keras-tuner will not have any more. "
                "Please remove the call, and return the metrics.",
                DeprecationWarning,
                stacklevel=2,
            )
            return (), 0
        return scored(results, own.objective, "Tuner.run_trial()")

    def next_call(self, spec: TrialSpec) -> TrialSpec:
        """Gives a second call of `run_trial` in one trial, for another part of the data, seeds of its own."""
        call = self._calls.get(spec.trial_id, 0)
        self._calls[spec.trial_id] = call + 1
        return replace(spec, seed=(*spec.seed, call)) if call else spec

"""All private names of keras-tuner that `dlkeras.tuning` needs, behind names of its own.

They stand in this file alone. `tests/test_keras_tuner_private.py` says which ones a new version has lost.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras_tuner
from keras_tuner.engine import hyperparameters as kinds
from keras_tuner.engine import trial as trials
from keras_tuner.src.engine import objective as objectives
from keras_tuner.src.engine import tuner_utils

DEFAULT = objectives.DefaultObjective

# Whose name -> name -> what it is for.
NAMES = {
    "Oracle": {
        "_display": "tells on the terminal that a trial begins or ends",
        "_record_values": "gives values to hyperparameters that the model asked for during the trial",
        "_check_objective_found": "refuses metrics without the objective",
        "_run_times": "counts how often each trial has come to an end",
        "_retry": "decides whether a trial that failed is run again",
        "_retry_queue": "holds the trials that are to be run again",
        "_set_project_dir": "is called with the folder of the search",
        "_save_trial": "writes the file of a trial, which a simulation has not",
    },
    "BayesianOptimizationOracle": {"_random_state": "draws the points to begin with at each suggestion"},
    "Tuner": {
        "_try_build": "builds the model of a trial, and refuses one that is too large",
        "_is_worker": "says whether the oracle is in another process, keras-tuner's chief",
        "_populate_initial_space": "is called when there is an oracle, to ask the model what it asks for",
        "_run_and_update_trial": "is called by `search` to run a trial and tell its metrics",
        "_build_and_fit_model": "trains one model, for AutoKeras and others to override",
        "_deepcopy_callbacks": "copies callbacks, or says which cannot be",
    },
    "HyperParameters": {
        "_maybe_conditional_scope": "makes what is asked for depend on a parent",
        "_conditions": "holds the conditions of what is asked for",
        "_get_name": "puts the name scopes before a name",
        "_retrieve": "takes note of a hyperparameter and gives its value",
    },
    "tuner_utils": {
        "validate_trial_results": "refuses what no score can be taken from",
        "TunerCallback": "calls the tuner's own methods for epochs and batches",
    },
    "objective": {"DefaultObjective": "is the objective where none is named"},
}


class OpenOracle(keras_tuner.Oracle):
    """The oracle of keras-tuner, open to what a subclass has to call or to change."""

    folder: Path | None = None  # of the search, once there is a tuner

    def tell_begin(self, trial: trials.Trial) -> None:
        self._display.on_trial_begin(trial)

    def tell_end(self, trial: trials.Trial) -> None:
        self._display.on_trial_end(trial)

    def record_values(self, trial: trials.Trial) -> None:
        self._record_values(trial)

    def check_objective_found(self, metrics: Mapping[str, float]) -> None:
        self._check_objective_found(metrics)

    def is_run_again(self, trial: trials.Trial) -> bool:
        """Counts a run of a trial, and queues it again where it is invalid and has retries left."""
        self._run_times[trial.trial_id] += 1
        return self._retry(trial)

    def attempt_of(self, trial_id: str) -> int:
        """Gives how often a trial has been run before, as far as it came to an end."""
        return self._run_times.get(trial_id, 0)

    @property
    def waiting(self) -> list[str]:
        """The trials that are to be run again."""
        return self._retry_queue

    @waiting.setter
    def waiting(self, trial_ids: list[str]) -> None:
        self._retry_queue = trial_ids

    def _set_project_dir(self, directory, project_name):
        super()._set_project_dir(directory, project_name)
        self.folder = Path(directory) / project_name


class OpenTuner(keras_tuner.Tuner):
    """The tuner of keras-tuner, open to what a subclass has to call or to change."""

    def elsewhere(self, oracle: OpenOracle, directory: Path, project_name: str) -> Any:
        """Gives a tuner of the same class and settings with another oracle, in another folder."""
        other = copy.copy(self)
        other.oracle = other.own_oracle = oracle
        other.directory, other.project_name = str(directory), project_name
        oracle._set_project_dir(other.directory, project_name)
        return other

    def try_build(self, hp: keras_tuner.HyperParameters):
        return self._try_build(hp)

    def is_worker(self) -> bool:
        return self._is_worker()

    def ask_model(self) -> None:
        """Has the oracle know what the model asks for, and calls `take_up`."""
        self._populate_initial_space()

    def take_up(self) -> None:
        """Goes on with a search that exists, when the oracle knows what the model asks for."""

    def run_and_report(self, trial: trials.Trial, *args, **kwargs) -> None:
        """Runs a trial and tells the oracle its metrics."""

    def copied(self, callbacks: list) -> list:
        """Copies callbacks for a training."""
        return self._deepcopy_callbacks(callbacks)

    def own_training(self, trial: trials.Trial) -> Callable | None:
        """Gives what trains a model in place of `build` and `fit`, where a subclass has that."""
        own = self._build_and_fit_model
        if getattr(own, "__func__", None) is keras_tuner.Tuner._build_and_fit_model:
            return None
        return lambda hp, model, *args, **kwargs: own(trial, *args, **kwargs)

    def own_callbacks(self, trial: trials.Trial) -> list:
        """Gives the callback that calls the tuner's methods for epochs and batches, where it has its own."""
        names = ("on_epoch_begin", "on_epoch_end", "on_batch_begin", "on_batch_end")
        has_own = any(getattr(type(self), name) is not getattr(keras_tuner.Tuner, name) for name in names)
        return [tuner_utils.TunerCallback(self, trial)] if has_own else []

    def _populate_initial_space(self):
        super()._populate_initial_space()
        self.take_up()

    def _run_and_update_trial(self, trial, *args, **kwargs):
        self.run_and_report(trial, *args, **kwargs)


def ask(
    hp: keras_tuner.HyperParameters,
    kind: Callable[..., kinds.HyperParameter],
    name: str,
    parent_name: str | None,
    parent_values: list | None,
) -> Any:
    """Asks for a hyperparameter of one's own kind, as `hp.Float` asks for its kind."""
    with hp._maybe_conditional_scope(parent_name, parent_values):
        return hp._retrieve(kind(hp._get_name(name), conditions=list(hp._conditions)))


def check_results(result: Any, objective: keras_tuner.Objective, source: str) -> None:
    """Refuses what no score can be taken from, with keras-tuner's own words."""
    tuner_utils.validate_trial_results(result, objective, source)


def write_no_files(oracle: keras_tuner.Oracle) -> None:
    oracle.save = oracle._save_trial = lambda *_: None


def change_generator(oracle: keras_tuner.oracles.BayesianOptimizationOracle, change: Callable) -> None:
    oracle._random_state = change(oracle._random_state)

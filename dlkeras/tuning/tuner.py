"""The tuner of keras-tuner for a search that goes from coarse to fine and survives."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import keras
import keras_tuner
from keras_tuner.engine import trial as trials
from rich.console import Console

from dlkeras.base.checks import checked_integer
from dlkeras.tuning.keras_tuner_private import OpenTuner
from dlkeras.tuning.oracle import CoarseToFineOracle
from dlkeras.tuning.progress import BEST, forget
from dlkeras.tuning.trial_run import BUILD, TrialResult, TrialSpec, frozen_garbage, is_plain, run_trial
from dlkeras.tuning.trials import SUMMARY, TRIALS
from dlkeras.tuning.workers import WorkerSearch, connected


class CoarseToFine(OpenTuner):
    """Searches hyperparameters from coarse to fine, for models that keras-tuner searches.

    How values are chosen is told at `CoarseToFineOracle`. All that happens is in the folder
    `directory/project_name`: each trial, each epoch of it, and `trials.csv`, a table of all. A process that
    is killed loses nothing: the same command goes on, a trial that was in the middle from its last epoch,
    with its weights, optimizer, callbacks and order of batches. A search that has ended goes on when
    `max_trials` is raised. A trial that fails is marked with its reason.

    The random generators of Keras, NumPy and Python are seeded at the start of each training.

    Args:
        hypermodel: A function from `keras_tuner.HyperParameters` to a compiled model, or a
            `keras_tuner.HyperModel`.
        objective: Name of the metric to improve, such as "val_accuracy", or a `keras_tuner.Objective`.
        max_trials: Trials at most, at least 1; None for no limit.
        seed: Integer of at least 0; the same seed gives the same search with one worker. None draws one.
        executions_per_trial: Trainings of each trial, with other initial weights; the score is their mean,
            and each one is kept.
        max_retries_per_trial: How often a trial that failed is run again, with other initial weights.
        max_consecutive_failed_trials: Failures in a row after which the search ends with what it has.
        hyperparameters: Ranges that take the place of those the model asks for.
        allow_new_entries: Whether the model may ask for hyperparameters that are not in `hyperparameters`.
        tune_new_entries: Whether those are searched; if not, they keep their defaults.
        **kwargs: As for `keras_tuner.Tuner`: `directory`, `project_name`, `overwrite`, `max_model_size`,
            `optimizer`, `loss`, `metrics`, `distribution_strategy`, `tuner_id`.

    Raises:
        TypeError: If a count or the seed is no integer.
        ValueError: If a count is out of its range, or the seed is negative.

    Example:
        ```python
        def build_model(hp):
            rate = hp.Float("learning_rate", 1e-4, 1.0, sampling="log")
            beta_1 = one_minus_log(hp, "beta_1", 0.9, 0.999)
            model = depth_stack("relu", depth=hp.Int("depth", 1, 4), seed=0)
            loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
            model.compile(keras.optimizers.Adam(rate, beta_1), loss, metrics=["accuracy"])
            return model

        digits = load("digits")
        tuner = CoarseToFine(build_model, "val_accuracy", max_trials=20, project_name="digits")
        tuner.search(digits.x_train, digits.y_train, validation_split=0.2, epochs=5)
        print(tuner.get_best_hyperparameters()[0].values)
        ```
    """

    def __init__(
        self,
        hypermodel,
        objective=None,
        max_trials: int | None = 60,
        seed: int | None = 0,
        executions_per_trial: int = 1,
        max_retries_per_trial: int = 0,
        max_consecutive_failed_trials: int = 3,
        hyperparameters: keras_tuner.HyperParameters | None = None,
        allow_new_entries: bool = True,
        tune_new_entries: bool = True,
        **kwargs,
    ):
        checked_integer("executions_per_trial", executions_per_trial)
        oracle = CoarseToFineOracle(
            objective=objective,
            max_trials=max_trials,
            seed=seed,
            hyperparameters=hyperparameters,
            allow_new_entries=allow_new_entries,
            tune_new_entries=tune_new_entries,
            max_retries_per_trial=max_retries_per_trial,
            max_consecutive_failed_trials=max_consecutive_failed_trials,
        )
        self._own_oracle = oracle  # in workers of keras-tuner's, `self.oracle` is a client of the chief's
        super().__init__(oracle, hypermodel, executions_per_trial=executions_per_trial, **kwargs)

    def search(self, *fit_args, workers: int | None = None, scheduler=None, **fit_kwargs) -> None:
        """Runs the search, in this process or on workers.

        With workers the arguments, the hypermodel and the data are sent to other processes, once, so pickle
        must be able to. Each worker runs one trial at a time, silently. The search is told on the terminal:
        trials done and running, the best so far. A trial whose worker is killed is run again from its last
        epoch, and fails after the third time.

        Args:
            *fit_args: As for `keras.Model.fit`, such as inputs and targets.
            workers: Processes on this machine to run trials in, at least 1; each gets its share of the cores,
                and nothing can be reached from another machine. Each of them imports the script, so `search`
                must be called under `if __name__ == "__main__":`. With `scheduler`, how many trials run at a
                time.
            scheduler: A dask.distributed cluster that exists: its address, "tls://..." with the certificates
                of dask's configuration or "tcp://127.0.0.1:...", or a `distributed.Client`. By default one
                trial for each of its workers runs at a time. They should see the folder of the search: if
                not, weights stay with them, and a trial whose worker is killed starts anew.
            **fit_kwargs: As for `keras.Model.fit`; `verbose=0` makes the search silent.

        Raises:
            TypeError: If `workers` is no integer, pickle cannot send something, or a subclass has its own
                `run_trial`, which workers do not call.
            ValueError: If `workers` is less than 1, or the address not encrypted and of another machine.
            RuntimeError: If the workers cannot run trials, or their scheduler is lost.

        Example:
            ```python
            if __name__ == "__main__":
                tuner.search(x, y, validation_split=0.2, epochs=5, workers=4)
            ```
        """
        if workers is None and scheduler is None:
            with frozen_garbage():
                super().search(*fit_args, **fit_kwargs)
        elif type(self).run_trial is not CoarseToFine.run_trial:
            raise TypeError(
                "`run_trial` must be that of CoarseToFine in a search on workers. "
                f"Received: {type(self).__name__}.run_trial. Override `HyperModel.fit` instead."
            )
        else:
            self._search_on_workers(fit_args, fit_kwargs, workers, scheduler)

    def enqueue(self, values: Mapping[str, Any]) -> None:
        """Has values that are known to be good tried before any others.

        Args:
            values: Value by name. Hyperparameters that are left out keep their defaults.

        Raises:
            ValueError: If a name is not known, or a value not one that the hyperparameter can have.

        Example:
            ```python
            tuner.enqueue({"learning_rate": 1e-3})
            ```
        """
        self.oracle.enqueue(values)

    def trial_spec(self, trial: trials.Trial) -> TrialSpec:
        """Gives what has to be known to run a trial, in any process that sees the same folder."""
        return TrialSpec(
            trial_id=trial.trial_id,
            folder=str(Path(self.get_trial_dir(trial.trial_id)).absolute()),
            hyperparameters=trial.hyperparameters.get_config(),
            objective=self.oracle.objective,
            executions=self.executions_per_trial,
            seed=(self._own_oracle.seed, int(trial.trial_id)),
            attempt=self._own_oracle.attempt_of(trial.trial_id),
        )

    def run_trial(self, trial: trials.Trial, *args, **kwargs) -> TrialResult:
        """Runs one trial in this process.

        Args:
            trial: The trial.
            *args: Positional arguments of `search`.
            **kwargs: Named arguments of `search`.

        Returns:
            The result.
        """
        return run_trial(self.trial_spec(trial), self.try_build, self.hypermodel.fit, args, kwargs)

    def load_model(self, trial: trials.Trial) -> keras.Model:
        """Builds the model of a trial with the weights, and the optimizer, of its best epoch."""
        model, folder = self.try_build(trial.hyperparameters), Path(self.get_trial_dir(trial.trial_id))
        if not model.built:
            model.build_from_config(json.loads((folder / BUILD).read_text()))
        if model.optimizer is not None:
            model.optimizer.build(model.trainable_variables)  # or Keras warns that its state has no place
        model.load_weights(folder / BEST)
        return model

    def sendable_build(self) -> Callable[[keras_tuner.HyperParameters], keras.Model]:
        """Gives the function that builds models, without the oracle, whose locks cannot be pickled."""
        builder = copy.copy(self)
        builder.oracle = builder._own_oracle = None
        return builder.try_build

    def take_result(self, trial: trials.Trial, result: TrialResult) -> None:
        """Tells the oracle what came of a trial and ends it."""
        self._report(trial, result)
        self.on_trial_end(trial)

    # What the base class calls

    def on_search_begin(self):
        self._own_oracle.begin()

    def on_trial_end(self, trial):
        """Ends the trial; the state of its last epoch is not needed any more."""
        super().on_trial_end(trial)
        forget(Path(self.get_trial_dir(trial.trial_id)))

    def save(self):
        if not self.is_worker():
            self.oracle.save()

    def reload(self):
        if not self.is_worker():
            self.oracle.reload()

    def take_up(self):
        folder = Path(self.project_dir)
        if (folder / SUMMARY).exists() or any(folder.glob(TRIALS)):
            self.reload()  # but not in a worker of keras-tuner's, which asks the chief

    def run_and_report(self, trial, *args, **kwargs):
        self._report(trial, self.run_trial(trial, *args, **kwargs))

    def _report(self, trial: trials.Trial, result: TrialResult) -> None:
        trial.hyperparameters = keras_tuner.HyperParameters.from_config(result.hyperparameters)
        trial.status, trial.message = result.status, result.reason
        for metrics in result.metrics:
            self.oracle.update_trial(trial.trial_id, metrics, step=result.best_epoch)

    def _search_on_workers(self, args: tuple, kwargs: dict[str, Any], workers: int | None, scheduler) -> None:
        if workers is not None:
            checked_integer("workers", workers)
        verbose, fit = bool(kwargs.get("verbose", True)), self.hypermodel.fit
        if "verbose" in kwargs or is_plain(fit):
            kwargs = {**kwargs, "verbose": 0}
        job = (self.sendable_build(), fit, args, kwargs)
        self.on_search_begin()
        with connected(workers, scheduler) as client, told(self.oracle, verbose) as tell:
            WorkerSearch(client, self, job, workers).run(tell)
        self.on_search_end()


@contextlib.contextmanager
def told(oracle: CoarseToFineOracle, verbose: bool) -> Iterator[Callable[[], None]]:
    """Gives what keeps a line on the terminal up to date; in a log, it writes one for each trial that ends.

    What keras-tuner says of each trial is off meanwhile: several at once would overwrite each other.
    """
    console = Console(stderr=True, quiet=not verbose, highlight=False)
    line = console.status("") if console.is_terminal and verbose else contextlib.nullcontext()
    last, oracle_verbose = None, oracle.verbose

    def tell() -> None:
        nonlocal last
        if console.is_terminal and verbose:
            line.update(status_of(oracle))
        elif len(oracle.end_order) != last:
            last = len(oracle.end_order)
            console.print(status_of(oracle), markup=False, soft_wrap=True)

    oracle.verbose = 0
    try:
        with line:
            yield tell
    finally:
        oracle.verbose = oracle_verbose
        if console.is_terminal:
            console.print(status_of(oracle), markup=False)


def status_of(oracle: CoarseToFineOracle) -> str:
    """Says in a line how many trials of a search are done, failed and running, and which is the best."""
    ended = [oracle.trials[trial_id] for trial_id in oracle.end_order]
    failed = sum(trial.score is None for trial in ended)
    limit = "" if oracle.max_trials is None else f" of {oracle.max_trials}"
    parts = [f"{len(ended)}{limit} trials done", f"{len(oracle.ongoing_trials)} running"]
    if failed:
        parts.insert(1, f"{failed} failed")
    if best := oracle.get_best_trials():
        parts.append(f"best {oracle.objective.name} {best[0].score:.5g} in trial {int(best[0].trial_id)}")
    return ", ".join(parts)

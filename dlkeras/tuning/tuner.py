"""The tuner of keras-tuner for a search that goes from coarse to fine and survives."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import keras_tuner
from keras_tuner.engine import trial as trials
from keras_tuner.engine.tuner import maybe_distribute

from dlkeras.base.checks import checked_integer
from dlkeras.tuning.batches import is_plain
from dlkeras.tuning.building import build_again, taken_for_built
from dlkeras.tuning.confirmation import Confirmation, confirm
from dlkeras.tuning.failures import check_scores
from dlkeras.tuning.keep_progress import BEST
from dlkeras.tuning.oracle import CoarseToFineOracle
from dlkeras.tuning.progress import forget
from dlkeras.tuning.telling import told
from dlkeras.tuning.trial_run import BUILD, frozen_garbage
from dlkeras.tuning.trial_tuner import TrialTuner
from dlkeras.tuning.trials import SUMMARY, TRIALS
from dlkeras.tuning.workers import WorkerSearch, connected

# What other tuners of keras-tuner take for their own way to search
OF_OTHERS = ("factor", "hyperband_iterations", "num_initial_points", "alpha", "beta")


class CoarseToFine(TrialTuner):
    """Searches hyperparameters from coarse to fine, for models that keras-tuner searches.

    How values are chosen is told at `CoarseToFineOracle`. All that happens is in the folder
    `directory/project_name`: each trial, each epoch of it, and `trials.csv`, a table of all. A process that
    is killed loses nothing: the same command goes on, a trial that was in the middle from its last epoch,
    with its weights, optimizer, callbacks and order of batches. A search that has ended goes on when
    `max_trials` is raised. A trial that fails is marked with its reason.

    The random generators of Keras, NumPy and Python are seeded at the start of each training.

    Args:
        hypermodel: A function from `keras_tuner.HyperParameters` to a compiled model, or a
            `keras_tuner.HyperModel`. None where a subclass has a `run_trial` that needs none.
        objective: Name of the metric to improve, such as "val_accuracy", a `keras_tuner.Objective`, or a list
            of them. None where `HyperModel.fit` or `run_trial` returns a number to make small.
        max_trials: Trials at most, at least 1; None for no limit.
        seed: Integer of at least 0; the same seed gives the same search with one worker. None draws one.
        executions_per_trial: Trainings of each trial, with other initial weights; the score is their mean,
            and each one is kept.
        max_retries_per_trial: How often a trial that failed is run again, with other initial weights.
        max_consecutive_failed_trials: Failures in a row after which the search ends with an error.
        hyperparameters: Ranges that take the place of those the model asks for.
        allow_new_entries: Whether the model may ask for hyperparameters that are not in `hyperparameters`.
        tune_new_entries: Whether those are searched; if not, they keep their defaults.
        oracle: A `CoarseToFineOracle` with all that is above; by default one is made of it.
        **kwargs: As for `keras_tuner.Tuner`: `directory`, `project_name`, `overwrite`, `max_model_size`,
            `optimizer`, `loss`, `metrics`, `distribution_strategy`, `tuner_id`. `max_epochs` of Hyperband is
            what `search` takes for `epochs` if it is not given; what steers other ways to search, such as
            `factor` or `num_initial_points`, has no effect, which a warning says.

    Raises:
        TypeError: If a count or the seed is no integer.
        ValueError: If a count is out of its range, the seed is negative, or there is no hypermodel.

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
        hypermodel=None,
        objective=None,
        max_trials: int | None = 60,
        seed: int | None = 0,
        executions_per_trial: int = 1,
        max_retries_per_trial: int = 0,
        max_consecutive_failed_trials: int = 3,
        hyperparameters: keras_tuner.HyperParameters | None = None,
        allow_new_entries: bool = True,
        tune_new_entries: bool = True,
        oracle: CoarseToFineOracle | None = None,
        **kwargs,
    ):
        checked_integer("executions_per_trial", executions_per_trial)
        if hypermodel is None and type(self).run_trial is CoarseToFine.run_trial:
            raise ValueError(
                "Received `hypermodel=None`. Give a function that builds a model, or override `run_trial`."
            )
        self._max_epochs = kwargs.pop("max_epochs", None)
        self._has_asked_model = False
        _tell_of_no_effect([name for name in OF_OTHERS if kwargs.pop(name, None) is not None])
        if oracle is None:
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
        elif not isinstance(oracle, CoarseToFineOracle):
            raise ValueError(
                "Expected `oracle` argument to be an instance of `CoarseToFineOracle`. Received: "
                f"oracle={oracle!r}. With other oracles, use `keras_tuner.Tuner`."
            )
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
            TypeError: If `workers` is no integer, or pickle cannot send something.
            ValueError: If `workers` is less than 1, or the address not encrypted and of another machine.
            RuntimeError: If too many trials in a row fail, the workers cannot run trials, or their scheduler
                is lost.
            keras_tuner.errors.FatalError: If no trial could do better, such as without the objective.

        Example:
            ```python
            if __name__ == "__main__":
                tuner.search(x, y, validation_split=0.2, epochs=5, workers=4)
            ```
        """
        if self._max_epochs is not None:
            fit_kwargs.setdefault("epochs", self._max_epochs)
        self.own_oracle.begin()
        if workers is None and scheduler is None:
            with frozen_garbage():
                super().search(*fit_args, **fit_kwargs)
        else:
            self._search_on_workers(fit_args, fit_kwargs, workers, scheduler)

    def confirm(self, *fit_args, top: int = 5, seeds: int = 10, **fit_kwargs) -> Confirmation:
        """Trains the best settings anew, from other seeds, and says what they are worth.

        The best of many trials was also lucky: trained again, it mostly scores worse. This is a search of its
        own among the best settings, in the folder `confirmation` of this one: it goes on after a kill, and
        runs on workers. Give other samples in `validation_data`, which the search has not seen, where there
        are some: the hyperparameters were chosen by those that it saw.

        Args:
            *fit_args: As for `search`.
            top: Settings to train, at least 2: the best of the search.
            seeds: Trainings of each, at least 5.
            **fit_kwargs: As for `search`, with `workers` and `scheduler`.

        Returns:
            For each setting the score to expect, with its interval, and how much the search flattered it; and
            whether the winner is confirmed. `print` of it is a sentence.

        Raises:
            ValueError: If a number is too small, or fewer than two trials have a score.

        Example:
            ```python
            found = tuner.confirm(x, y, validation_data=(x_new, y_new), epochs=5, top=5, seeds=10)
            print(found.verdict, found.best.values, found.best.interval)
            ```
        """
        checked_integer("top", top, least=2)
        checked_integer("seeds", seeds, least=5)
        return confirm(self, top, seeds, fit_args, fit_kwargs)

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

    def load_model(self, trial: trials.Trial) -> keras.Model:
        """Builds the model of a trial with the weights, and the optimizer, of its best epoch."""
        folder = Path(self.get_trial_dir(trial.trial_id))
        if not (folder / BEST).exists():
            raise FileNotFoundError(
                f"Trial {trial.trial_id} has no weights: what trained it saved none in {folder / BEST}. "
                "Override `load_model`, or train a model with `get_best_hyperparameters()`."
            )
        model = self.try_build(trial.hyperparameters)
        config = json.loads((folder / BUILD).read_text()) if (folder / BUILD).exists() else None
        with maybe_distribute(self.distribution_strategy):
            build_again(model, config)
            if isinstance(getattr(model, "optimizer", None), keras.optimizers.Optimizer):
                model.optimizer.build(model.trainable_variables)  # or Keras warns that its state has no place
            with taken_for_built(model):
                model.load_weights(folder / BEST)
        return model

    def get_best_models(self, num_models: int = 1) -> list[keras.Model]:
        """Gives the models of the best trials, with the weights of their best epochs.

        Raises:
            RuntimeError: If trials have ended, and none of them has a score.
        """
        check_scores(self.own_oracle)
        return super().get_best_models(num_models)

    def get_best_hyperparameters(self, num_trials: int = 1) -> list[keras_tuner.HyperParameters]:
        """Gives the hyperparameters of the best trials.

        Raises:
            RuntimeError: If trials have ended, and none of them has a score.
        """
        check_scores(self.own_oracle)
        return super().get_best_hyperparameters(num_trials)

    # What the base class calls

    def on_trial_end(self, trial):
        """Ends the trial; the state of its last epoch is not needed any more."""
        try:
            super().on_trial_end(trial)
        finally:
            forget(Path(self.get_trial_dir(trial.trial_id)))

    def save(self):
        if not self.is_worker():  # a worker of keras-tuner's asks the chief
            super().save()

    def reload(self):
        if self.is_worker():
            return
        if self._has_asked_model:
            self.oracle.reload()
        else:  # the base class reloads in place of asking, but ranges that were changed since count
            self.ask_model()

    def take_up(self):
        self._has_asked_model = True
        folder = Path(self.project_dir)
        if (folder / SUMMARY).exists() or any(folder.glob(TRIALS)):
            self.reload()

    def _search_on_workers(self, args: tuple, kwargs: dict[str, Any], workers: int | None, scheduler) -> None:
        if workers is not None:
            checked_integer("workers", workers)
        verbose = bool(kwargs.get("verbose", True))
        own_fit = self.hypermodel is None or not is_plain(self.hypermodel.fit)
        if "verbose" in kwargs or not (own_fit or type(self).run_trial is not CoarseToFine.run_trial):
            kwargs = {**kwargs, "verbose": 0}
        job = (self.sendable(), args, kwargs)
        self.on_search_begin()
        with connected(workers, scheduler) as client, told(self.oracle, verbose) as tell:
            WorkerSearch(client, self, job, workers).run(tell)
        self.on_search_end()


def _tell_of_no_effect(names: list[str]) -> None:
    if names:
        warnings.warn(
            f"{', '.join(f'`{name}`' for name in names)}: no effect in CoarseToFine, which has nothing to "
            "set but the number of trials.",
            UserWarning,
            stacklevel=3,
        )

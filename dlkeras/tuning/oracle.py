"""The oracle of keras-tuner that searches coarsely at first and then in boxes around the best."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras_tuner

from dlkeras.base.checks import checked_integer
from dlkeras.tuning import arguments
from dlkeras.tuning.axes import space_of
from dlkeras.tuning.saved_oracle import RUNNING, STOPPED, SavedOracle
from dlkeras.tuning.zoom import Zoom

GIVEN = "given"


class CoarseToFineOracle(SavedOracle):
    """Searches the whole space coarsely, then finely in a box around the best, and the box shrinks.

    The coarse trials cover the space evenly. Each fine trial comes from a box around the most promising
    trial; as trials are used up the box gets smaller, stage by stage ("fine 1" and so on). Which of many
    points of the box is tried is decided by a smooth fit through all trials that have ended, so that one
    lucky score among noisy ones does not lead the search, and hyperparameters that matter are told from those
    that do not. One trial in ten remains coarse. `dlkeras.tuning.zoom` has the rules.

    Every trial draws from a generator of its own, seeded with `seed` and its number, and all else follows
    from the trials that have ended: a search can be stopped at any moment and go on, with any number of
    workers, and none of them waits for another.

    Args:
        objective: Name of the metric, such as "val_accuracy", a `keras_tuner.Objective` or a list of them.
        max_trials: Trials at most, at least 1; a search that has ended goes on when it is raised. None for
            no limit.
        seed: Integer of at least 0; the same seed gives the same search with one worker. None draws one.
        hyperparameters: `keras_tuner.HyperParameters` to take ranges from before the model is asked.
        allow_new_entries: Whether the model may ask for hyperparameters that are not in `hyperparameters`.
        tune_new_entries: Whether those are searched; if not, they keep their defaults.
        max_retries_per_trial: How often a trial that failed is run again, with other initial weights.
        max_consecutive_failed_trials: Failures in a row after which no more trials are started.

    Attributes:
        notes: Of each trial by its id: its number, stage, box, worker, times.

    Raises:
        TypeError: If a count or the seed is no integer.
        ValueError: If a count is below 1 (0 for retries), or the seed is negative.

    Example:
        ```python
        oracle = CoarseToFineOracle("val_accuracy", max_trials=20)
        tuner = keras_tuner.Tuner(oracle, build_model, project_name="search")
        ```

    References:
        Ng, "Using an appropriate scale to pick hyperparameters" (2017), coarse to fine. Eriksson, Pearce,
        Gardner, Turner and Poloczek (2019), algorithm TuRBO-1; here the box follows the share of trials used
        up, which noise does not mislead, and not the count of hits and misses.
    """

    def __init__(
        self,
        objective=None,
        max_trials: int | None = 60,
        seed: int | None = 0,
        hyperparameters: keras_tuner.HyperParameters | None = None,
        allow_new_entries: bool = True,
        tune_new_entries: bool = True,
        max_retries_per_trial: int = 0,
        max_consecutive_failed_trials: int = 3,
    ):
        if max_trials is not None:
            checked_integer("max_trials", max_trials)
        if seed is not None:
            checked_integer("seed", seed, least=0)
        checked_integer("max_retries_per_trial", max_retries_per_trial, least=0)
        checked_integer("max_consecutive_failed_trials", max_consecutive_failed_trials)
        super().__init__(
            objective=objective,
            max_trials=max_trials,
            hyperparameters=hyperparameters,
            allow_new_entries=allow_new_entries,
            tune_new_entries=tune_new_entries,
            seed=seed,
            max_retries_per_trial=max_retries_per_trial,
            max_consecutive_failed_trials=max_consecutive_failed_trials,
        )
        self._fixed_seed = None if seed is None else int(seed)
        if seed is not None:
            self.seed = int(seed)  # the base class takes 0 for None
        self._given: list[dict[str, Any]] = []
        self._zoom: Zoom | None = None
        self._zoom_is_for: tuple | None = None

    def enqueue(self, values: Mapping[str, Any]) -> None:
        """Has values that are known to be good tried before any others.

        Values that wait already or were tried are not tried again, so that a script that begins with this
        can be run again to go on with its search.

        Args:
            values: Value by name. Hyperparameters that are left out keep their defaults.

        Raises:
            ValueError: If a name is not known, or a value not one that the hyperparameter can have.

        Example:
            ```python
            tuner.oracle.enqueue({"learning_rate": 1e-3})
            ```
        """
        with self._mutex:
            values = arguments.complete_values(self.hyperparameters, values)
            tried = [trial.hyperparameters.values for trial in self.trials.values()]
            if values not in [*tried, *self._given]:
                self._given.append(values)

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Chooses the values of the next trial.

        Args:
            trial_id: Id of the trial: its number, as text.

        Returns:
            "status": "RUNNING", or "STOPPED" where all points of a finite space were tried. "values": value
            by name.
        """
        with self._mutex:
            number = int(trial_id)
            if self._given:
                self.notes[trial_id] = {"number": number, "stage": GIVEN, "box": {}}
                return {"status": RUNNING, "values": self._given.pop(0)}
            zoom = self._zoom_up_to_now()
            ended = set(self.end_order)
            running = [self.trials[i].hyperparameters.values for i in self.start_order if i not in ended]
            suggestion = zoom.suggest(number, [zoom.space.point(values) for values in running])
            if suggestion is None:
                return {"status": STOPPED, "values": None}
            self.notes[trial_id] = {"number": number, "stage": suggestion.stage, "box": suggestion.box}
            return {"status": RUNNING, "values": zoom.space.values(suggestion.point)}

    def get_state(self) -> dict[str, Any]:
        """Returns what the summary holds."""
        return {**super().get_state(), "given": self._given}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Takes over what the summary holds, but the seed only where none was given."""
        super().set_state(state)
        self._given = list(state.get("given", []))
        if self._fixed_seed is not None:
            self.seed = self._fixed_seed

    def _zoom_up_to_now(self) -> Zoom:
        """Returns the zoom that has seen all trials that ended, in their order."""
        key = (len(self.hyperparameters.space), self.max_trials, self.seed)
        if self._zoom_is_for != key or self._zoom.num_seen > len(self.end_order):
            self._zoom = Zoom(space_of(self.hyperparameters.space), self.max_trials, self.seed)
            self._zoom_is_for = key
        for trial_id in self.end_order[self._zoom.num_seen :]:
            trial = self.trials[trial_id]
            self._zoom.observe(self._zoom.space.point(trial.hyperparameters.values), self.loss_of(trial))
        return self._zoom

"""The oracle of keras-tuner that searches coarsely at first and then in boxes around the best."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Mapping
from typing import Any

import keras_tuner
from keras_tuner.engine import trial as trials

from dlkeras.base.checks import checked_integer
from dlkeras.tuning.failures import TooManyFailuresError
from dlkeras.tuning.keras_tuner_private import OpenOracle
from dlkeras.tuning.memory import read_mark
from dlkeras.tuning.space import complete_values, space_of
from dlkeras.tuning.trials import NOTES, read_search, trial_folder, write_search
from dlkeras.tuning.zoom import Zoom

RUNNING, COMPLETED, FAILED, INVALID, STOPPED = "RUNNING", "COMPLETED", "FAILED", "INVALID", "STOPPED"


class CoarseToFineOracle(OpenOracle):
    """Searches the whole space coarsely, then finely in a box around the best, and the box shrinks.

    The coarse trials cover the space evenly. Each fine trial comes from a box around the most promising
    trial; as trials are used up the box gets smaller, stage by stage ("fine 1" and so on). Which of many
    points of the box is tried is decided by a smooth fit through all trials that have ended, so that one
    lucky score among noisy ones does not lead the search, and hyperparameters that matter are told from those
    that do not. One trial in ten remains coarse. `dlkeras.tuning.zoom` has the rules and their sources.

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
        max_consecutive_failed_trials: Failures in a row after which the search ends with an error.

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
        self._kept = {} if seed is None else {"seed": checked_integer("seed", seed, least=0)}
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
        self.seed = self._kept.get("seed", self.seed)  # the base class takes 0 for None
        self.notes: dict[str, dict[str, Any]] = {}
        self._failures = 0  # in a row, since the search began in this process
        self._mutex = threading.RLock()  # a method that raises holds none, unlike keras-tuner's
        self._given: list[dict[str, Any]] = []
        self._zooms: dict[tuple, Zoom] = {}  # the last one

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
            values = complete_values(self.hyperparameters, values)
            if values not in [*(t.hyperparameters.values for t in self.trials.values()), *self._given]:
                self._given.append(values)

    def create_trial(self, tuner_id: str) -> trials.Trial:
        """Gives a worker its next trial; one that was interrupted comes before new ones."""
        with self._mutex:
            if tuner_id in self.ongoing_trials:
                return self.ongoing_trials[tuner_id]
            self.tuner_ids.add(tuner_id)
            trial = self._interrupted() or self._new()
            if trial.status == STOPPED:
                self.tuner_ids.discard(tuner_id)
                return trial
            self.ongoing_trials[tuner_id] = trial
            notes = {"started": time.time(), **self.notes[trial.trial_id], "worker": tuner_id}
            self.notes[trial.trial_id] = notes
            self.save(trial.trial_id)
            self.tell_begin(trial)
            return trial

    def update_trial(self, trial_id: str, metrics: Mapping[str, float], step: int = 0) -> trials.Trial:
        """Takes the metrics of one execution of a trial; they are saved when the trial ends."""
        with self._mutex:
            self.check_objective_found(metrics)
            trial = self.trials[trial_id]
            for name, value in metrics.items():
                if not trial.metrics.exists(name):
                    direction = self.objective.direction if name == self.objective.name else None
                    trial.metrics.register(name, direction)
                trial.metrics.metrics[name].update(float(value), step)
            return trial

    def end_trial(self, trial: trials.Trial | str, status: str = COMPLETED) -> None:
        """Takes the outcome of a trial, or its id; RuntimeError if too many in a row have failed."""
        with self._mutex:
            if isinstance(trial, str):
                trial, status = self.trials[trial], COMPLETED if status == "COMPLETE" else status
                trial.status = status
            own = self.trials[trial.trial_id]
            if own.trial_id in self.end_order:
                return
            had_given_up = self._has_given_up()
            own.hyperparameters, own.status, own.message = trial.hyperparameters, trial.status, trial.message
            self.update_space(own.hyperparameters)
            if own.status == COMPLETED:
                self._score(own)
            self.record_values(own)
            if not self.is_run_again(own):
                self._finish(own)
            self.ongoing_trials = {key: t for key, t in self.ongoing_trials.items() if t is not own}
            self.save(own.trial_id)
            self.tell_end(own)
        if self._has_given_up() and not had_given_up:
            raise TooManyFailuresError(self._failures, own.message or "no reason given")

    def get_best_trials(self, num_trials: int = 1) -> list[trials.Trial]:
        """Gives the trials with the best scores, the best one first; none that has no score."""
        with self._mutex:
            known = {**{i: self.trials[i] for i in self.start_order if i in self.trials}, **self.trials}
            done = [t for t in known.values() if t.status == COMPLETED and t.score is not None]
        return sorted(done, key=self.loss_of)[:num_trials]

    def loss_of(self, trial: trials.Trial) -> float:
        """Gives the score of a trial as a loss, which is better if less; NaN for one that failed."""
        if trial.status != COMPLETED:
            return math.nan
        return float(trial.score) if self.objective.direction == "min" else -float(trial.score)

    def begin(self) -> None:
        """Forgets failures in a row, and has the trials that an interrupted search gave out run again."""
        with self._mutex:
            self._failures = 0
            given_out = {trial.trial_id for trial in self.ongoing_trials.values()}
            self.waiting = [i for i in self.start_order if i in given_out] + self.waiting
            self.ongoing_trials = {}

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Chooses the values of the next trial; "STOPPED" where all points of a finite space were tried."""
        with self._mutex:
            if self._given:
                self.notes[trial_id] = {"stage": "given", "box": {}}
                return {"status": RUNNING, "values": self._given.pop(0)}
            zoom, ended = self._zoom_up_to_now(), set(self.end_order)
            running = [self.trials[i].hyperparameters.values for i in self.start_order if i not in ended]
            suggestion = zoom.suggest(int(trial_id), list(map(zoom.space.point, running)))
            if suggestion is None:
                return {"status": STOPPED, "values": None}
            self.notes[trial_id] = {"stage": suggestion.stage, "box": suggestion.box}
            return {"status": RUNNING, "values": zoom.space.values(suggestion.point)}

    def _zoom_up_to_now(self) -> Zoom:
        """Gives the zoom that has seen all trials that ended, in their order."""
        key = (len(self.hyperparameters.space), self.max_trials, self.seed)
        zoom = self._zooms.get(key)
        if zoom is None or zoom.num_seen > len(self.end_order):
            zoom = Zoom(space_of(self.hyperparameters.space), self.max_trials, self.seed)
            self._zooms = {key: zoom}
        for trial in [self.trials[trial_id] for trial_id in self.end_order[zoom.num_seen :]]:
            zoom.observe(zoom.space.point(trial.hyperparameters.values), self.loss_of(trial))
        return zoom

    def get_state(self) -> dict[str, Any]:
        return {**super().get_state(), "given": self._given}

    def set_state(self, state: Mapping[str, Any]) -> None:
        super().set_state({**state, **self._kept})
        self._given = list(state.get("given", []))

    def save(self, *changed: str) -> None:
        """Writes the files of trials that have changed, and the summary and the table of all trials."""
        with self._mutex:
            if self.folder is not None:
                states = [{**self.trials[i].get_state(), NOTES: self.notes[i]} for i in self.start_order]
                write_search(self.folder, self.get_state(), states, changed)

    def reload(self) -> None:
        """Goes on from the files: trials that ended are kept, all others are run again, the oldest first.

        Hyperparameters that the oracle knows by now keep their ranges, so that a range can be widened.
        """
        with self._mutex:
            summary, states = read_search(self.folder)
            asked_for = self.hyperparameters
            if summary is not None:
                self.set_state({**summary, "ongoing_trials": {}})
            known, self.hyperparameters = self.hyperparameters, asked_for  # ranges that were changed since
            self.update_space(known)
            for trial_id, state in states.items():
                self.trials[trial_id] = trials.Trial.from_state(state)
                self.notes[trial_id] = state[NOTES]
                self.update_space(self.trials[trial_id].hyperparameters)
            self.start_order = sorted(self.trials, key=lambda i: (self.notes[i]["number"], i))
            ended = [i for i in self.start_order if self.trials[i].status in (COMPLETED, FAILED)]
            self.end_order = sorted(ended, key=lambda i: self.notes[i].get("place", self.notes[i]["number"]))
            self.waiting = [trial_id for trial_id in self.start_order if trial_id not in ended]
            for trial_id in tuple(self.waiting):
                if reason := read_mark(trial_folder(self.folder, trial_id)):
                    self.waiting.remove(trial_id)
                    self.trials[trial_id].status, self.trials[trial_id].message = FAILED, reason
                    self._finish(self.trials[trial_id])
                    self.save(trial_id)
            self._failures = 0

    def _new(self) -> trials.Trial:
        taken = {notes["number"] for trial_id, notes in self.notes.items() if trial_id in self.trials}
        number = next(i for i in range(len(taken) + 1) if i not in taken)  # one lost by a disk is made anew
        trial_id = f"{number:04d}"
        is_over = self.max_trials is not None and len(self.trials) >= self.max_trials
        chosen = {"status": STOPPED} if is_over or self._has_given_up() else self.populate_space(trial_id)
        hyperparameters = self.hyperparameters.copy()
        hyperparameters.values = chosen.get("values") or {}
        trial = trials.Trial(hyperparameters, trial_id, chosen["status"])
        if trial.status == RUNNING:
            self.notes.setdefault(trial_id, {}).update(number=number, objective=self.objective.name)
            self.record_values(trial)
            self.trials[trial_id] = trial
            self.start_order.append(trial_id)
        return trial

    def _interrupted(self) -> trials.Trial | None:
        if not self.waiting or self._has_given_up():
            return None
        trial = self.trials[self.waiting.pop(0)]
        trial.status, trial.message, trial.score = RUNNING, None, None
        trial.metrics = type(trial.metrics)()  # a retry is not averaged with what failed
        return trial

    def _score(self, trial: trials.Trial) -> None:
        scores = [float(seen.mean()) for seen in trial.metrics.get_history(self.objective.name)]
        if bad := [score for score in scores if not math.isfinite(score)]:
            trial.message = f"`{self.objective.name}` must be finite. Received: {bad[0]}"
            trial.status, trial.score = INVALID, None
        else:
            self.score_trial(trial)
            trial.score, trial.best_step = float(trial.score), int(trial.best_step)

    def _finish(self, trial: trials.Trial) -> None:
        self.notes[trial.trial_id].update(ended=time.time(), place=len(self.end_order))
        self.end_order.append(trial.trial_id)
        if not self._has_given_up():  # then what is still running does not start the search anew
            self._failures = self._failures + 1 if trial.status == FAILED else 0

    def _has_given_up(self) -> bool:
        return self._failures >= self.max_consecutive_failed_trials

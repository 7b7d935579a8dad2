"""An oracle of keras-tuner whose search survives: every trial is in a file that is whole at any moment."""

from __future__ import annotations

import math
import threading
import time
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras_tuner
from keras_tuner.engine import trial as trials
from keras_tuner.src.engine import metrics_tracking

from dlkeras.tuning.memory import read_mark
from dlkeras.tuning.records import NOTES, record_of
from dlkeras.tuning.trial_store import TrialStore, number_of

RUNNING, COMPLETED, FAILED, INVALID, STOPPED = "RUNNING", "COMPLETED", "FAILED", "INVALID", "STOPPED"


class SavedOracle(keras_tuner.Oracle):
    """What is between a tuner and the choice of values: trials in order, in files, failed, run again.

    In place of the base class's ways: saving is atomic, the order of trials is kept, a trial that was running
    when the process died is run again, a method that raises holds no lock, NaN and infinite scores fail, and
    the number of failures in a row ends the search without an error. A subclass says by `populate_space` what
    to try, and notes in `notes` what should be known of a trial.

    Args:
        *args: As for `keras_tuner.Oracle`.
        **kwargs: As for `keras_tuner.Oracle`.

    Attributes:
        notes: Of each trial by its id: its number, place in the order of end, worker, times, and what a
            subclass adds.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.notes: dict[str, dict[str, Any]] = {}
        self._failures = 0  # in a row, since the search began in this process
        self._mutex = threading.RLock()
        self._store: TrialStore | None = None

    # What a tuner calls

    def create_trial(self, tuner_id: str) -> trials.Trial:
        """Gives a worker its next trial; one that was interrupted comes before new ones.

        Args:
            tuner_id: Name of the worker. One that has a trial gets the same again.

        Returns:
            The trial, with the status "STOPPED" where there is no more to do.
        """
        with self._mutex:
            if tuner_id in self.ongoing_trials:
                return self.ongoing_trials[tuner_id]
            self.tuner_ids.add(tuner_id)
            trial = self._interrupted() or self._new()
            if trial.status == STOPPED:
                self.tuner_ids.discard(tuner_id)
                return trial
            self.ongoing_trials[tuner_id] = trial
            notes = self.notes[trial.trial_id]
            notes.update(worker=tuner_id, started=notes.get("started", time.time()))
            self._save_trial(trial)
            self.save()
            self._display.on_trial_begin(trial)
            return trial

    def update_trial(self, trial_id: str, metrics: Mapping[str, float], step: int = 0) -> trials.Trial:
        """Takes the metrics of one execution of a trial; they are saved when the trial ends.

        Args:
            trial_id: Id of the trial.
            metrics: Value of each metric by name.
            step: The epoch they are from; executions that give the same one are averaged.

        Returns:
            The trial.

        Raises:
            ValueError: If the objective is not among the metrics.
        """
        with self._mutex:
            self._check_objective_found(metrics)
            trial = self.trials[trial_id]
            for name, value in metrics.items():
                if not trial.metrics.exists(name):
                    is_objective = name == self.objective.name
                    trial.metrics.register(name, self.objective.direction if is_objective else None)
                trial.metrics.metrics[name].update(float(value), step)
            return trial

    def end_trial(self, trial: trials.Trial) -> None:
        """Takes the outcome of a trial; one that has ended before stays as it was.

        Args:
            trial: The trial, with the status "COMPLETED", "INVALID" (to be run again if there are retries
                left) or "FAILED", and the reason as its message.
        """
        with self._mutex:
            own = self.trials[trial.trial_id]
            if own.trial_id in self.end_order:
                return
            had_given_up = self._has_given_up()
            own.hyperparameters, own.status, own.message = trial.hyperparameters, trial.status, trial.message
            self.update_space(own.hyperparameters)
            if own.status == COMPLETED:
                self._score(own)
            self._record_values(own)
            self._run_times[own.trial_id] += 1
            if not self._retry(own):
                self._finish(own)
            self.ongoing_trials = {
                key: other for key, other in self.ongoing_trials.items() if other is not own
            }
            self._save_trial(own)
            self.save()
            self._display.on_trial_end(own)
        if self._has_given_up() and not had_given_up:
            reason = (own.message or "no reason given").strip().splitlines()[-1]
            warnings.warn(
                f"The search stops after {self._failures} failed trials in a row, the last one for: {reason}",
                RuntimeWarning,
                stacklevel=2,
            )

    def get_best_trials(self, num_trials: int = 1) -> list[trials.Trial]:
        """Gives the trials with the best scores, the best one first; none that has no score."""
        with self._mutex:
            done = [self.trials[i] for i in self.start_order if self.trials[i].status == COMPLETED]
        return sorted(done, key=self.loss_of)[:num_trials]

    def loss_of(self, trial: trials.Trial) -> float:
        """Gives the score of a trial as a loss, which is better if less; NaN for one that failed."""
        if trial.status != COMPLETED:
            return math.nan
        return float(trial.score) if self.objective.direction == "min" else -float(trial.score)

    def attempt_of(self, trial_id: str) -> int:
        """Gives how often a trial has been run before, as far as it came to an end."""
        return self._run_times.get(trial_id, 0)

    def begin(self) -> None:
        """Forgets failures in a row, and takes back trials that were given out; called by `search`.

        Those of a search that was interrupted are given out again, to as many workers as there are now.
        """
        with self._mutex:
            self._failures = 0
            given_out = {trial.trial_id for trial in self.ongoing_trials.values()}
            self._retry_queue = [i for i in self.start_order if i in given_out] + self._retry_queue
            self.ongoing_trials = {}

    # Files

    def save(self) -> None:
        """Writes the summary and the table of all trials."""
        with self._mutex:
            if self._store is not None:
                states = [self._state(self.trials[trial_id]) for trial_id in self.start_order]
                self._store.write_summary(self.get_state(), states)
                self._store.write_table(map(record_of, states))

    def reload(self) -> None:
        """Goes on from the files: trials that ended are kept, all others are run again, the oldest first.

        Hyperparameters that the oracle knows by now keep their ranges, so that a range can be widened.
        """
        with self._mutex:
            summary, states = self._store.read()
            asked_for = self.hyperparameters
            if summary is not None:
                self.set_state({**summary, "ongoing_trials": {}})
            known, self.hyperparameters = self.hyperparameters, asked_for  # ranges that were changed since
            self.update_space(known)
            for trial_id, state in states.items():
                self.trials[trial_id] = trials.Trial.from_state(state)
                self.notes[trial_id] = {**(state.get(NOTES) or {}), "number": number_of(state)}
                self.update_space(self.trials[trial_id].hyperparameters)
            self.start_order = sorted(self.trials, key=lambda i: (self.notes[i]["number"], i))
            ended = [i for i in self.start_order if self.trials[i].status in (COMPLETED, FAILED)]
            self.end_order = sorted(ended, key=lambda i: self.notes[i].get("place", self.notes[i]["number"]))
            self._retry_queue = []
            for trial_id in self.start_order:
                if trial_id not in ended:
                    self._take_up(self.trials[trial_id])

    def _set_project_dir(self, directory, project_name):
        super()._set_project_dir(directory, project_name)
        self._store = TrialStore(Path(directory) / project_name)

    def _save_trial(self, trial: trials.Trial) -> None:
        if self._store is not None:
            self._store.write_trial(self._state(trial))

    def _state(self, trial: trials.Trial) -> dict[str, Any]:
        return {**trial.get_state(), NOTES: self.notes[trial.trial_id]}

    # One trial

    def _new(self) -> trials.Trial:
        taken = {notes["number"] for trial_id, notes in self.notes.items() if trial_id in self.trials}
        number = next(
            i for i in range(len(taken) + 1) if i not in taken
        )  # a trial lost by a disk is made anew
        trial_id = f"{number:04d}"
        is_over = self.max_trials is not None and len(self.trials) >= self.max_trials
        chosen = {"status": STOPPED} if is_over or self._has_given_up() else self.populate_space(trial_id)
        hyperparameters = self.hyperparameters.copy()
        hyperparameters.values = chosen.get("values") or {}
        trial = trials.Trial(hyperparameters, trial_id, chosen["status"])
        if trial.status == RUNNING:
            self.notes.setdefault(trial_id, {}).update(number=number, objective=self.objective.name)
            self._record_values(trial)
            self.trials[trial_id] = trial
            self.start_order.append(trial_id)
        return trial

    def _interrupted(self) -> trials.Trial | None:
        if not self._retry_queue or self._has_given_up():
            return None
        trial = self.trials[self._retry_queue.pop(0)]
        trial.status, trial.message, trial.score = RUNNING, None, None
        trial.metrics = metrics_tracking.MetricsTracker()  # a retry is not averaged with what failed
        return trial

    def _score(self, trial: trials.Trial) -> None:
        name = self.objective.name
        scores = [float(seen.mean()) for seen in trial.metrics.get_history(name)]
        if bad := [score for score in scores if not math.isfinite(score)]:
            trial.message = f"`{name}` must be finite. Received: {bad[0]}"
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

    def _take_up(self, trial: trials.Trial) -> None:
        """Has a trial that was interrupted run again, unless it used up the memory."""
        reason = read_mark(self._store.trial_file(trial.trial_id).parent)
        if reason is None:
            self._retry_queue.append(trial.trial_id)
            return
        trial.status, trial.message = FAILED, reason
        self.notes[trial.trial_id].update(ended=time.time(), place=len(self.end_order))
        self.end_order.append(trial.trial_id)
        self._save_trial(trial)

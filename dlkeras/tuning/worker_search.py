"""A search whose trials run on the workers of a cluster; its oracle stays in the process that started it."""

from __future__ import annotations

import pickle
import random
import sys
import threading
import uuid
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from keras_tuner import errors
from keras_tuner.engine import trial as trials

from dlkeras.base.checks import checked_integer
from dlkeras.tuning import garbage
from dlkeras.tuning.cluster import connected
from dlkeras.tuning.memory import read_mark
from dlkeras.tuning.progress import withdraw
from dlkeras.tuning.search_status import SearchStatus
from dlkeras.tuning.trial_run import EPOCHS, TrialResult, TrialSpec, is_plain, run_trial

SECONDS = 1.0  # between two looks at how many workers there are
_one_at_a_time = threading.Lock()  # Keras has one seed and one graph in a process


def search(tuner, args: tuple, kwargs: Mapping[str, Any], workers: int | None, scheduler: Any) -> None:
    """Runs the search of a tuner on workers.

    Args:
        tuner: The `CoarseToFine`.
        args: Positional arguments of `fit`.
        kwargs: Named arguments of `fit`.
        workers: As for `CoarseToFine.search`.
        scheduler: As for `CoarseToFine.search`.
    """
    if workers is not None:
        checked_integer("workers", workers)
    verbose, fit = bool(kwargs.get("verbose", True)), tuner.hypermodel.fit
    if "verbose" in kwargs or is_plain(fit):
        kwargs = {**kwargs, "verbose": 0}
    tuner.on_search_begin()
    with connected(workers, scheduler) as client, SearchStatus(tuner.oracle, verbose) as status:
        WorkerSearch(client, tuner, (tuner.sendable_build(), fit, args, kwargs), workers, status).run()
    tuner.on_search_end()


class WorkerSearch:
    """Asks the oracle for trials as long as there are any, has them run, and tells it the results.

    What all trials need, the data among it, is sent once, and kept by the scheduler, so that a worker that
    comes later gets it too. A trial whose worker dies is run again by the scheduler.

    Args:
        client: `distributed.Client` of the cluster.
        tuner: The `CoarseToFine`.
        job: What `run_trial` takes beside the trial: `build`, `fit`, `args` and `kwargs`.
        num_at_once: Trials that run at a time; None for one on each worker there is.
        status: Where to say how far the search is.
    """

    def __init__(self, client, tuner, job: tuple, num_at_once: int | None, status: SearchStatus):
        self.client = client
        self.tuner = tuner
        self.num_at_once = num_at_once
        self.status = status
        self._job = self._sent(job)
        self._running: dict[Any, tuple[int, trials.Trial]] = {}  # future -> place, trial
        self._begun: dict[str, list[int]] = {}  # trial -> how often it had begun, each time it was handed out
        self._folder_is_seen = True

    def run(self) -> None:
        """Runs the search to its end.

        Raises:
            RuntimeError: If the cluster is lost, or cannot run trials.
            keras_tuner.errors.FatalError: If a trial raises it.
        """
        try:
            self._hand_out()
            while self._running:
                self.status.update()
                for future in self._ended():
                    self._take(future)
                self._hand_out()
            self.status.update()
        finally:
            self._give_up()

    def _sent(self, job: tuple) -> Any:
        import cloudpickle
        import dask

        try:
            content = cloudpickle.dumps(job, protocol=pickle.HIGHEST_PROTOCOL)
        except Exception as error:
            raise _unpicklable(job) from error
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": 2**60}):
            return self.client.submit(cloudpickle.loads, content, key=f"search-{uuid.uuid4().hex}")

    def _num_workers(self) -> int:
        return self.num_at_once or max(1, len(self.client.scheduler_info(n_workers=-1)["workers"]))

    def _hand_out(self) -> None:
        """Starts trials until all workers have one or the oracle has no more."""
        taken = {place for place, _ in self._running.values()}
        for place in sorted(set(range(self._num_workers())) - taken):
            self.tuner.pre_create_trial()
            trial = self.tuner.oracle.create_trial(f"worker{place}")
            if trial.status != "RUNNING":
                return
            self.tuner.on_trial_begin(trial)
            self._start(place, trial)

    def _start(self, place: int, trial: trials.Trial) -> None:
        spec, key = self.tuner.trial_spec(trial), f"trial-{trial.trial_id}-{uuid.uuid4().hex}"
        future = self.client.submit(run_on_worker, spec, self._job, key=key)
        self._running[future] = (place, trial)

    def _ended(self) -> list:
        """Waits a moment for trials to end, and returns those that did, in the order of their start."""
        import distributed

        try:
            with self.client.as_current():
                done = distributed.wait(list(self._running), SECONDS, "FIRST_COMPLETED").done
        except distributed.TimeoutError:
            return []
        except distributed.CancelledError as error:
            raise RuntimeError(
                "The scheduler of the workers is gone. Run the same command again to go on with the search."
            ) from error
        return [future for future in self._running if future in done]

    def _take(self, future) -> None:
        place, trial = self._running.pop(future)
        result = self._result(future, trial)
        if result is None:
            self._start(place, trial)
            return
        future.release()  # or it is run again when the worker dies that has the result
        self.tuner.take_result(trial, result)
        if result.status == "COMPLETED" and self._folder_is_seen:
            self._folder_is_seen = Path(self.tuner.get_trial_dir(trial.trial_id), EPOCHS).exists()
            if not self._folder_is_seen:
                warnings.warn(
                    f"What the workers write to {self.tuner.project_dir} is not seen here: weights and "
                    "epochs stay with them, and a trial whose worker dies starts anew. Use a folder that all "
                    "share.",
                    RuntimeWarning,
                    stacklevel=2,
                )

    def _result(self, future, trial: trials.Trial) -> TrialResult | None:
        """Gives the result of a trial; None where it is to be run again, as it did not kill its workers."""
        from distributed import KilledWorker

        if future.status == "finished":
            return future.result()
        error = future.exception()
        if isinstance(error, errors.FatalError):
            raise error
        if not isinstance(error, KilledWorker):
            raise RuntimeError(
                f"A worker could not run a trial: {type(error).__name__}: {error}. dlkeras, and what the "
                "model imports, must be installed there in the versions that are here."
            ) from error
        reason = read_mark(Path(self.tuner.get_trial_dir(trial.trial_id)))
        # dask also counts the deaths of workers at which a trial only waited for its turn.
        begun = self._begun.setdefault(trial.trial_id, [])
        begun.append(len(self.client.get_events(future.key)))
        if not reason and sum(begun) <= error.allowed_failures and len(begun) <= error.allowed_failures:
            return None
        reason = reason or f"The worker that ran the trial died {error.allowed_failures + 1} times"
        return TrialResult("FAILED", trial.hyperparameters.get_config(), reason=reason)

    def _give_up(self) -> None:
        """Ends what still runs, where the search was interrupted."""
        for _, trial in self._running.values():
            withdraw(Path(self.tuner.get_trial_dir(trial.trial_id)))
        self.client.cancel([*self._running, self._job], force=True)


def run_on_worker(spec: TrialSpec, job: tuple) -> TrialResult:
    """Runs a trial in a worker, unless it has used up the memory of one before.

    Args:
        spec: The trial.
        job: What `run_trial` takes beside it: `build`, `fit`, `args` and `kwargs`.

    Returns:
        The result.
    """
    import distributed

    with _one_at_a_time:
        worker = distributed.get_worker()
        worker.log_event(worker.get_current_task(), "begun")
        _give_dask_its_own_generator()
        garbage.freeze()
        if reason := read_mark(Path(spec.folder)):
            return TrialResult("FAILED", spec.hyperparameters, reason=reason)
        return run_trial(spec, *job)


def _give_dask_its_own_generator() -> None:
    """Has dask's thread leave the generator alone that a trial has seeded and Keras draws its seeds from."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("dask.", "distributed.", "tornado.")) and vars(module).get("random") is random:
            module.random = random.Random()


def _unpicklable(job: tuple) -> TypeError:
    """Makes the error that names what cannot be sent."""
    import cloudpickle

    build, fit, args, kwargs = job
    parts: Mapping[str, Any] = {"hypermodel": (build, fit), **dict(enumerate(args)), **kwargs}
    for name, part in parts.items():
        try:
            cloudpickle.dumps(part)
        except Exception as error:
            name = f"argument {name} of `search`" if isinstance(name, int) else f"`{name}`"
            return TypeError(
                f"{name} must be something that pickle can send to a worker ({error}). "
                f"Received: {type(part).__name__}. Give arrays, or make it in `HyperModel.fit`."
            )
    return TypeError("The arguments of `search` must be something that pickle can send to a worker.")

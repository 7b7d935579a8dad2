"""A search whose trials run on the workers of a cluster; its oracle stays in the process that started it."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import pickle
import random
import sys
import threading
import uuid
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from keras_tuner import errors
from keras_tuner.engine import trial as trials

from dlkeras.tuning.memory import read_mark
from dlkeras.tuning.progress import withdraw
from dlkeras.tuning.trial_run import TrialResult, TrialSpec, freeze_garbage
from dlkeras.tuning.trials import EPOCHS

SECONDS = 1.0  # between two looks at how many workers there are
LOOPBACK = "127.0.0.1"
DEATHS = 3  # of the workers of one trial, after which the trial fails
THREADS = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS")
# What a worker does first. Ctrl-C goes to all processes of a terminal; the one that started the search ends
# its workers. TensorFlow greets on file descriptor 2 before any log level applies.
AT_START = """
import os, signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
kept, hidden = os.dup(2), os.open(os.devnull, os.O_WRONLY)
os.dup2(hidden, 2)
try:
    import keras
finally:
    os.dup2(kept, 2)
    os.close(kept)
    os.close(hidden)
"""
_one_at_a_time = threading.Lock()  # Keras has one seed and one graph in a process


class WorkerSearch:
    """Asks the oracle for trials as long as there are any, has them run, and tells it the results.

    What all trials need, the data among it, is sent once, and kept by the scheduler, so that a worker that
    comes later gets it too: the job, which is a tuner and the arguments of `search`. A trial whose worker
    dies is run again by the scheduler.
    """

    def __init__(self, client, tuner, job: tuple, num_at_once: int | None):
        self.client = client
        self.tuner = tuner
        self.num_at_once = num_at_once  # None for one on each worker there is
        self._job = self._sent(job)
        self._running: dict[Any, tuple[int, trials.Trial]] = {}  # future -> place, trial
        self._begun: dict[str, list[int]] = {}  # trial -> how often it had begun, each time it was handed out
        self._folder_is_seen = True

    def run(self, tell: Callable[[], None]) -> None:
        """Runs the search to its end, and tells how far it is."""
        try:
            self._hand_out()
            while self._running:
                tell()
                for future in self._ended():
                    self._take(future)
                self._hand_out()
            tell()
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

    def _hand_out(self) -> None:
        """Starts trials until all workers have one or the oracle has no more."""
        taken = {place for place, _ in self._running.values()}
        workers = self.num_at_once or len(self.client.scheduler_info(n_workers=-1)["workers"])
        for place in sorted(set(range(workers or 1)) - taken):
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
        """Waits a moment for trials to end, and gives those that did, in the order of their start."""
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
                text = (
                    f"What the workers write to {self.tuner.project_dir} is not seen here: weights and "
                    "epochs stay with them, and a trial whose worker dies starts anew. Use a folder that all "
                    "share."
                )
                warnings.warn(text, RuntimeWarning, stacklevel=2)

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
    """Runs a trial in a worker, unless it has used up the memory of one before."""
    import distributed

    with _one_at_a_time:
        worker = distributed.get_worker()
        worker.log_event(worker.get_current_task(), "begun")
        _give_dask_its_own_generator()
        freeze_garbage()
        if reason := read_mark(Path(spec.folder)):
            return TrialResult("FAILED", spec.hyperparameters, reason=reason)
        tuner, args, kwargs = job
        return tuner.run_sent(spec, args, kwargs)


def _give_dask_its_own_generator() -> None:
    """Has dask's thread leave the generator alone that a trial has seeded and Keras draws its seeds from."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("dask.", "distributed.", "tornado.")) and vars(module).get("random") is random:
            module.random = random.Random()


def _unpicklable(job: tuple) -> TypeError:
    """Makes the error that names what cannot be sent."""
    import cloudpickle

    tuner, args, kwargs = job
    parts: Mapping[str, Any] = {"hypermodel": tuner.hypermodel, **dict(enumerate(args)), **kwargs}
    parts = {**parts, type(tuner).__name__: tuner}
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


# The cluster


@contextlib.contextmanager
def connected(workers: int | None, scheduler: Any = None) -> Iterator[Any]:
    """Connects to a cluster, or starts one on this machine and ends it afterwards.

    A cluster that is started here has one process for each worker, each with its share of the cores. All of
    it listens on the loopback address alone, and has no dashboard. A client that is given stays open.
    """
    from distributed import Client

    if isinstance(scheduler, Client):
        yield scheduler
    elif scheduler is not None:
        with Client(_checked(scheduler), set_as_default=False) as client:
            yield client
    else:
        with _local(workers) as cluster, Client(cluster, set_as_default=False) as client:
            yield client


def _checked(scheduler: Any) -> str:
    if not isinstance(scheduler, str):
        raise TypeError(
            "`scheduler` must be an address, such as 'tls://10.0.0.1:8786', or a distributed.Client. "
            f"Received: scheduler={scheduler!r}"
        )
    parts = urlsplit(scheduler)
    if parts.scheme == "tls" or (parts.scheme == "tcp" and _is_loopback(parts.hostname)):
        return scheduler
    raise ValueError(
        "`scheduler` must be a tls:// address, or a tcp:// address of this machine: whoever sees or reaches "
        f"plain tcp can run code on the workers. Received: scheduler={scheduler!r}. Give the cluster "
        "certificates, forward its port with ssh, or pass a distributed.Client of your own."
    )


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _local(workers: int):
    from dask.system import CPU_COUNT
    from distributed import LocalCluster

    threads = max(1, CPU_COUNT // workers)
    try:
        return LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host=LOOPBACK,
            protocol="tcp://",
            dashboard_address=f"{LOOPBACK}:0",  # where dask always listens for questions after its health
            scheduler_kwargs={"dashboard": False, "allowed_failures": DEATHS - 1},
            memory_limit=0,  # dask would pause a worker for good whose memory TensorFlow keeps
            env=dict.fromkeys(THREADS, str(threads)),
            preload=[AT_START],
            silence_logs=logging.CRITICAL,
        )
    except RuntimeError as error:
        raise RuntimeError(
            "The workers could not be started. Each of them imports the script that starts the search: call "
            '`search` under `if __name__ == "__main__":`.'
        ) from error

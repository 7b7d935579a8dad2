"""A trial fails for the deaths of the workers that ran it, and not of those at which it waited."""

import multiprocessing

import dask
import pytest
import tuning_search
from test_tuning_workers import KillWorker, names, search

from dlkeras.tuning import load_trials
from dlkeras.tuning.workers import DEATHS, connected

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras


def test_a_trial_that_waits_at_a_dying_worker_is_run_again(tmp_path):
    search(tmp_path / "alone", max_trials=4)
    for number in range(DEATHS):
        (tmp_path / f"bullet{number}").touch()
    killer = KillWorker(tmp_path, names(tmp_path / "alone")[0], at=0)
    tuning_search.processes()
    multiprocessing.forkserver.ensure_running()
    quick = dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"})
    with quick, connected(workers=1) as client:  # two trials at a time: one runs, the other waits behind it
        search(tmp_path, [killer], max_trials=4, on={"scheduler": client, "workers": 2})
    records = load_trials(tmp_path / "search")
    assert [record.status for record in records] == ["FAILED", *3 * ["COMPLETED"]]
    assert records[0].reason == f"The worker that ran the trial died {DEATHS} times"
    assert list(tmp_path.glob("bullet*")) == []  # and not run again beyond that

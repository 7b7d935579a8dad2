"""A search on workers: who runs what, who dies, who listens."""

import ast
import ipaddress
import multiprocessing
import os
import signal
import time
from pathlib import Path

import dask
import keras
import keras_tuner
import psutil
import pytest
import tuning_search
from distributed import LocalCluster, Security
from refusals import refuses

from dlkeras import tuning
from dlkeras.tuning import CoarseToFine, load_trials
from dlkeras.tuning.progress import Progress
from dlkeras.tuning.workers import DEATHS, connected

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras


class KillWorker(tuning_search.Named):
    """Kills the process before an epoch of one trial, as often as there are files to remove."""

    def __init__(self, folder, trial, at):
        super().__init__()
        self.folder, self.victim, self.at = folder, trial, at

    def on_epoch_begin(self, epoch, logs=None):
        bullets = sorted(self.folder.glob("bullet*"))
        if (self.trial, epoch) == (self.victim, self.at) and bullets:
            bullets[0].unlink()
            os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture(scope="module")
def client():
    """Two workers that come, and come again, in a moment: from a server that has imported TensorFlow."""
    tuning_search.processes()
    multiprocessing.forkserver.ensure_running()
    with (
        dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"}),
        connected(workers=2) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("alone")
    search(folder)
    return folder


def search(folder, callbacks=(), on=None, **options):
    return tuning_search.search(folder, folder / "log", on=on, callbacks=callbacks, **options)


def rows(folder):
    """What has to be the same: all but times."""
    return [
        (t.number, t.status, t.stage, t.values, t.scores, t.epochs, t.best_epoch, t.box)
        for t in load_trials(folder / "search")
    ]


def names(folder):
    return [tuning_search.name_of(record.values) for record in load_trials(folder / "search")]


def epochs_run(folder):
    return (folder / "log").read_text().splitlines()


def test_two_workers_run_each_trial_once(client, tmp_path):
    tuner = search(tmp_path, on={"scheduler": client})
    records = load_trials(tmp_path / "search")
    assert [record.number for record in records] == list(range(tuning_search.NUM_TRIALS))
    for record in records:
        trial = tuner.oracle.trials[record.trial_id]
        assert (record.status, record.values) == ("COMPLETED", trial.hyperparameters.values)
        assert record.scores == (trial.score,) == (min(record.epochs[0]["val_loss"]),)
    assert {record.worker for record in records} == {"worker0", "worker1"}
    each = [f"{name} {epoch}" for name in names(tmp_path) for epoch in range(tuning_search.NUM_EPOCHS)]
    assert sorted(epochs_run(tmp_path)) == sorted(each)
    assert tuner.get_best_models()[0].evaluate(*tuning_search.data(1), verbose=0) == pytest.approx(
        min(record.score for record in records), rel=1e-5
    )


def test_a_killed_worker_costs_time_alone(client, tmp_path, alone):
    (tmp_path / "bullet").touch()
    killer = KillWorker(tmp_path, names(alone)[1], at=2)
    search(tmp_path, [killer], on={"scheduler": client, "workers": 1})
    assert not list(tmp_path.glob("bullet*"))
    assert rows(tmp_path) == rows(alone)
    assert epochs_run(tmp_path).count(f"{names(alone)[1]} 2") == 2  # the epoch in which it died
    assert sorted({*epochs_run(tmp_path)}) == sorted(epochs_run(alone))
    assert len(epochs_run(tmp_path)) == len(epochs_run(alone)) + 1


def test_a_trial_that_always_kills_its_worker_fails(client, tmp_path, alone):
    for number in range(DEATHS):
        (tmp_path / f"bullet{number}").touch()
    killer = KillWorker(tmp_path, names(alone)[1], at=0)
    search(tmp_path, [killer], max_trials=4, on={"scheduler": client})
    records = load_trials(tmp_path / "search")
    assert [record.status for record in records] == ["COMPLETED", "FAILED", "COMPLETED", "COMPLETED"]
    assert records[1].reason == f"The worker that ran the trial died {DEATHS} times"


def test_a_search_that_is_killed_goes_on_with_workers(client, tmp_path):
    address = client.scheduler.address
    arguments = (str(tmp_path), str(tmp_path / "log"))
    process = tuning_search.processes().Process(
        target=tuning_search.search, args=arguments, kwargs={"on": {"scheduler": address}}
    )
    process.start()
    deadline = time.monotonic() + 120
    while len(list(tmp_path.glob("search/trial_*/epochs.json"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.kill()
    process.join()
    done = [row for row in rows(tmp_path) if row[1] == "COMPLETED"]
    assert 0 < len(done) < tuning_search.NUM_TRIALS
    before = len(epochs_run(tmp_path))
    search(tmp_path, on={"scheduler": address})
    after = rows(tmp_path)
    assert [row[:2] for row in after] == [(i, "COMPLETED") for i in range(tuning_search.NUM_TRIALS)]
    assert all(row in after for row in done)
    again = {line.split()[0] for line in epochs_run(tmp_path)[before:]}
    assert not again & {tuning_search.name_of(row[3]) for row in done}


def test_failures_in_a_row_stop_workers_too(client, tmp_path):
    limits = {"max_trials": 9, "max_consecutive_failed_trials": 2}
    place = {"directory": tmp_path, "project_name": "search"}
    tuner = CoarseToFine(tuning_search.build_what_fails, "val_loss", **limits, **place)
    with pytest.raises(RuntimeError) as error:
        tuner.search(*tuning_search.data(), epochs=1, verbose=0, scheduler=client)
    assert str(error.value).splitlines()[0] == (
        "Number of consecutive failures exceeded the limit of 2: the search stops. "
        "The last trial failed for: ValueError: no such thing"
    )
    records = load_trials(tmp_path / "search")
    states = [record.status for record in records]
    assert states.count("FAILED") >= 2  # not always the first two: one of them may still be running
    assert len(states) <= 3


def test_threads_are_shared_and_only_the_loopback_address_listens(client):
    threads = client.run(lambda: os.environ["TF_NUM_INTRAOP_THREADS"])
    assert set(threads.values()) == {str(max(1, dask.system.CPU_COUNT // 2))}
    process = psutil.Process()
    connections = [
        connection
        for one in [process, *process.children(recursive=True)]
        for connection in one.net_connections()
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len(connections) >= 3  # the scheduler and two workers
    assert all(ipaddress.ip_address(connection.laddr.ip).is_loopback for connection in connections)


def test_an_encrypted_cluster_is_joined_by_its_address(tmp_path, alone):
    security = Security.temporary()
    names = {"ca-file": "tls_ca_file", "client.cert": "tls_client_cert", "client.key": "tls_client_key"}
    for attribute in names.values():
        (tmp_path / attribute).write_text(getattr(security, attribute))
    tls = {f"distributed.comm.tls.{key}": str(tmp_path / name) for key, name in names.items()}
    cluster = LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        protocol="tls://",
        security=security,
        dashboard_address="127.0.0.1:0",
        memory_limit=0,
        host="127.0.0.1",
    )
    with cluster:
        assert cluster.scheduler_address.startswith("tls://")
        with dask.config.set(tls):
            search(tmp_path, on={"scheduler": cluster.scheduler_address})
        assert rows(tmp_path) == rows(alone)
        with pytest.raises(TypeError, match="TLS"):
            search(tmp_path, max_trials=7, on={"scheduler": cluster.scheduler_address})


def test_what_cannot_be_is_refused(tmp_path):
    with refuses("`workers` must be at least 1. Received: workers=0"):
        search(tmp_path, on={"workers": 0})
    with refuses("`workers` must be an integer. Received: workers='two'", TypeError):
        search(tmp_path, on={"workers": "two"})
    with refuses(
        "`scheduler` must be a tls:// address, or a tcp:// address of this machine: whoever sees or reaches "
        "plain tcp can run code on the workers. Received: scheduler='tcp://10.0.0.1:8786'. Give the cluster "
        "certificates, forward its port with ssh, or pass a distributed.Client of your own."
    ):
        search(tmp_path, on={"scheduler": "tcp://10.0.0.1:8786"})
    with refuses(
        "`scheduler` must be an address, such as 'tls://10.0.0.1:8786', or a distributed.Client. "
        "Received: scheduler=8786",
        TypeError,
    ):
        search(tmp_path, on={"scheduler": 8786})


def test_a_run_trial_of_ones_own_runs_on_workers(client, tmp_path, alone):
    """Its results are those without workers, and so are metrics that it tells itself."""

    def own(run, name, on):
        class Own(CoarseToFine):
            def run_trial(self, trial, *args, **kwargs):
                return run(self, trial, *args, **kwargs)

        place = {"directory": tmp_path, "project_name": name}
        tuner = Own(tuning_search.build_model, "val_loss", max_trials=2, **place)
        kwargs = {"validation_data": tuning_search.data(1), "epochs": 2, "verbose": 0}
        tuner.search(*tuning_search.data(), **kwargs, **on)
        return [(r.status, r.values, r.scores, r.epochs, r.best_epoch) for r in load_trials(tmp_path / name)]

    def fewer(tuner, trial, *args, **kwargs):
        return CoarseToFine.run_trial(tuner, trial, *args, **{**kwargs, "epochs": 1})

    def tells(tuner, trial, *args, **kwargs):
        for step in range(3):
            tuner.oracle.update_trial(trial.trial_id, {"val_loss": abs(step - 1.0)}, step=step)

    on = {"scheduler": client, "workers": 1}
    assert own(fewer, "b", on) == own(fewer, "a", {})
    assert [row[4] for row in own(tells, "c", on)] == [1, 1]


def test_what_pickle_cannot_send_is_named(client, tmp_path):
    class Locked(keras.callbacks.Callback):
        lock = None

        def __init__(self):
            super().__init__()
            self.lock = multiprocessing.Lock()

    with pytest.raises(TypeError) as error:
        search(tmp_path, [Locked()], on={"scheduler": client})
    text = str(error.value)
    assert text.startswith("`callbacks` must be something that pickle can send to a worker (")
    assert text.endswith("). Received: list. Give arrays, or make it in `HyperModel.fit`.")


def test_what_a_worker_cannot_import_is_said(client, tmp_path):
    with pytest.raises(RuntimeError) as error:
        search(tmp_path, [tuning_search.Nowhere()], on={"scheduler": client})
    assert str(error.value) == (
        "A worker could not run a trial: ModuleNotFoundError: No module named 'nowhere'. dlkeras, and what "
        "the model imports, must be installed there in the versions that are here."
    )


def test_a_trial_has_one_runner(tmp_path):
    first = Progress(tmp_path)
    first.check_runner()
    second = Progress(tmp_path)
    second.check_runner()
    with refuses(
        f"{tmp_path} was taken up by another process, so this one stops. "
        "One search at a time can use a folder.",
        keras_tuner.errors.FatalError,
    ):
        first.check_runner()


def test_distributed_is_imported_only_when_there_are_workers():
    for path in Path(tuning.__file__).parent.glob("*.py"):
        names = [
            alias.name if isinstance(node, ast.Import) else node.module
            for node in ast.parse(path.read_text()).body
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        ]
        assert not {name.split(".")[0] for name in names} & {"dask", "distributed", "cloudpickle"}

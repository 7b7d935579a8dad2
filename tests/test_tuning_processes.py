"""Searches in processes of their own: Ctrl-C, kills, deaths of workers, keras-tuner's chief and workers."""

import json
import multiprocessing
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import dask
import psutil
import pytest
import tuning_search
from test_tuning_workers import KillWorker, names, rows, search

from dlkeras.tuning import CoarseToFine, load_trials
from dlkeras.tuning.workers import DEATHS, connected

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras
FOLDER = str(Path(__file__).parent)
NUM_KILLS = 20


def as_tuner(tuner_id, port, folder):
    """What a user's script does in each process of keras-tuner's own way to have workers."""
    os.environ.update(
        KERASTUNER_TUNER_ID=tuner_id, KERASTUNER_ORACLE_IP="127.0.0.1", KERASTUNER_ORACLE_PORT=str(port)
    )
    tuning_search.search(folder, folder / "log")


def test_chief_and_workers_of_keras_tuner(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    start = tuning_search.processes().Process
    processes = [start(target=as_tuner, args=(name, port, tmp_path)) for name in ("chief", "a", "b")]
    for process in processes:
        process.start()
    deadline = time.monotonic() + 120
    for process in processes:
        process.join(max(0.0, deadline - time.monotonic()))
        process.kill()  # one alone would wait for the others for an hour
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    records = load_trials(tmp_path / "search")
    assert [(r.number, r.status) for r in records] == [
        (i, "COMPLETED") for i in range(tuning_search.NUM_TRIALS)
    ]
    assert {record.worker for record in records} == {"a", "b"}
    names = [tuning_search.name_of(record.values) for record in records]
    each = [f"{name} {epoch}" for name in names for epoch in range(tuning_search.NUM_EPOCHS)]
    assert sorted((tmp_path / "log").read_text().splitlines()) == sorted(each)


def test_a_trial_that_waits_at_a_dying_worker_is_run_again(tmp_path):
    """It fails for the deaths of the workers that ran it, and not of those at which it waited."""
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


SCRIPT = """
import signal
import sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background starts with it ignored
sys.path.insert(0, {folder!r})
import tuning_search

if __name__ == "__main__":
    tuning_search.search({out!r}, {out!r} + "/log", max_trials=40, verbose=1, on={{"workers": 2}})
"""


@pytest.mark.slow
def test_an_interrupted_search_ends_with_its_workers(tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT.format(folder=FOLDER, out=str(tmp_path)))
    process = subprocess.Popen(
        [sys.executable, "script.py"], cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    deadline = time.monotonic() + 300
    while len(list(tmp_path.glob("search/trial_*/epochs.json"))) < 2 and time.monotonic() < deadline:
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.1)
    children = psutil.Process(process.pid).children(recursive=True)
    assert len(children) >= 2
    os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C on a terminal does, to all of them
    _, text = process.communicate(timeout=120)
    assert process.returncode != 0
    assert text.strip().splitlines()[-1] == "KeyboardInterrupt"
    ignored = text.count("Exception ignored in")  # where a file was being opened
    chained = text.count("During handling of the above exception")  # in Python's own except clauses
    assert text.count("Traceback") - ignored - chained == 1, text
    assert " of 40 trials done, 2 running" in text
    assert psutil.wait_procs(children, timeout=60)[1] == []
    assert "RUNNING" in {record.status for record in load_trials(tmp_path / "search")}
    tuner = CoarseToFine(tuning_search.build_model, "val_loss", 40, directory=tmp_path, project_name="search")
    assert tuner.oracle.create_trial("w").trial_id == next(
        record.trial_id for record in load_trials(tmp_path / "search") if record.status == "RUNNING"
    )


# A search that is killed at random moments ends as one that was left alone


def start(folder):
    process = tuning_search.processes().Process(
        target=tuning_search.search, args=(str(folder), str(folder / "log"))
    )
    process.start()
    return process


def finished(folder):
    states = [json.loads(path.read_text()) for path in folder.glob("search/trial_*/trial.json")]
    return {
        tuning_search.name_of(state["hyperparameters"]["values"])
        for state in states
        if state["status"] == "COMPLETED"
    }


def check_whole(folder):
    """Every file that is there can be read."""
    for path in folder.rglob("*.json"):
        json.loads(path.read_text())
    for path in folder.glob("search/trials.csv"):
        assert path.read_text().endswith("\n")


def kill_and_check(folder, chance):
    """Starts the search, kills it at a random moment, and checks what it left."""
    before = finished(folder)
    log = folder / "log"
    lines = len(log.read_text().splitlines()) if log.exists() else 0
    process = start(folder)
    process.join(chance.uniform(0.2, 2.5))
    was_running = process.is_alive()
    process.kill()
    process.join()
    assert process.exitcode in ({-9, 0} if was_running else {0})  # it may end before the kill
    check_whole(folder)
    assert before <= finished(folder)  # none lost
    new = log.read_text().splitlines()[lines:] if log.exists() else []
    assert not before & {line.split()[0] for line in new}  # none run twice
    return process.exitcode == -9


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("alone")
    process = start(folder)
    process.join()
    assert process.exitcode == 0
    return folder


@pytest.mark.slow
def test_a_search_killed_at_random_moments_ends_as_an_undisturbed_one(tmp_path, alone):
    chance = random.Random(0)
    killed, kills = tmp_path / "0", 0
    while kills < NUM_KILLS:
        if len(finished(killed)) == tuning_search.NUM_TRIALS:  # over before the last kill: one more search
            assert rows(killed) == rows(alone)
            killed = tmp_path / str(kills)
        killed.mkdir(exist_ok=True)
        kills += kill_and_check(killed, chance)
    last = start(killed)
    last.join()
    assert last.exitcode == 0
    assert rows(killed) == rows(alone)
    assert not list(killed.rglob(".tmp-*"))


@pytest.mark.slow
def test_the_comparison_sees_another_score(tmp_path, alone):
    shutil.copytree(alone, tmp_path / "other")
    path = tmp_path / "other" / "search" / "trial_0003" / "trial.json"
    state = json.loads(path.read_text())
    state["metrics"]["metrics"]["val_loss"]["observations"][0]["value"][0] += 1e-6
    path.write_text(json.dumps(state))
    assert rows(tmp_path / "other") != rows(alone)

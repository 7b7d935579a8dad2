"""A search that is killed at 20 random moments ends as one that was left alone."""

import json
import random
import shutil

import pytest
import tuning_search

from dlkeras.tuning import load_trials

pytestmark = pytest.mark.slow

NUM_KILLS = 20


def start(folder):
    process = tuning_search.processes().Process(
        target=tuning_search.search, args=(str(folder), str(folder / "log"))
    )
    process.start()
    return process


def rows(folder):
    """What has to be the same: all but times."""
    return [
        (t.number, t.status, t.stage, t.values, t.scores, t.best_epoch, t.box, t.epochs)
        for t in load_trials(folder / "search")
    ]


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


def test_the_comparison_sees_another_score(tmp_path, alone):
    shutil.copytree(alone, tmp_path / "other")
    path = tmp_path / "other" / "search" / "trial_0003" / "trial.json"
    state = json.loads(path.read_text())
    state["metrics"]["metrics"]["val_loss"]["observations"][0]["value"][0] += 1e-6
    path.write_text(json.dumps(state))
    assert rows(tmp_path / "other") != rows(alone)

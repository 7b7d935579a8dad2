"""What a search does about interruptions, damaged files, full disks, failures and want of memory."""

import errno
import json
import os
import time

import keras
import keras_tuner
import numpy as np
import pytest
import tuning_search

from dlkeras.base import files
from dlkeras.tuning import CoarseToFine, TrialSpec, load_trials, memory, run_trial

OBJECTIVE = keras_tuner.Objective("val_loss", "min")
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras


class Killed(BaseException):
    """Stands for the end of the process."""


class Kill(keras.callbacks.Callback):
    """Ends the process before an epoch, once."""

    at = None

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == Kill.at:
            Kill.at = None
            raise Killed


class Patience(keras.callbacks.Callback):
    """Has a state of its own, and ends training by it."""

    def __init__(self):
        super().__init__()
        self.seen = 0

    def on_epoch_end(self, epoch, logs=None):
        self.seen += 1
        self.model.stop_training = self.seen == 3


def spec(folder, **options):
    hp = keras_tuner.HyperParameters()
    hp.Float("learning_rate", 1e-3, 0.3, sampling="log", default=0.02)
    hp.values.update(units=5, optimizer="adam")
    return TrialSpec("0000", str(folder), hp.get_config(), OBJECTIVE, **options)


def run(folder, callbacks=(), fit=None, **options):
    hypermodel = keras_tuner.engine.hypermodel.HyperModel()
    kwargs = {"validation_data": tuning_search.data(1), "batch_size": 16, "epochs": 5, "verbose": 0}
    kwargs["callbacks"] = [Kill(), *callbacks]
    options = spec(folder, **options)
    return run_trial(options, tuning_search.build_model, fit or hypermodel.fit, tuning_search.data(), kwargs)


def epochs(folder):
    return json.loads((folder / "epochs.json").read_text())


@pytest.mark.parametrize(("at", "executions"), [(0, 1), (3, 1), (2, 2)])
def test_a_trial_goes_on_from_its_last_epoch(tmp_path, at, executions):
    undisturbed = run(tmp_path / "a", executions=executions)
    Kill.at = at
    with pytest.raises(Killed):
        run(tmp_path / "b", executions=executions)
    log = []

    class Count(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            log.append(epoch)

    Count.__deepcopy__ = lambda self, memo: self
    resumed = run(tmp_path / "b", [Count()], executions=executions)
    assert log[: 5 - at] == list(range(at, 5))
    assert resumed == undisturbed
    assert epochs(tmp_path / "b") == epochs(tmp_path / "a")
    weights = [(tmp_path / name / "checkpoint.weights.h5") for name in "ab"]
    models = [
        tuning_search.build_model(keras_tuner.HyperParameters.from_config(resumed.hyperparameters))
        for _ in weights
    ]
    for model, path in zip(models, weights, strict=True):
        model.optimizer.build(model.trainable_variables)
        model.load_weights(path)
    for a, b in zip(models[0].get_weights(), models[1].get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_epochs_of_one_seed_would_differ_without_their_own_order(tmp_path):
    """The check above can fail: other batches give other losses."""
    run(tmp_path / "a", seed=(0, 0))
    run(tmp_path / "b", seed=(0, 1))
    assert epochs(tmp_path / "a")[0]["loss"] != epochs(tmp_path / "b")[0]["loss"]


def test_callbacks_go_on_too(tmp_path):
    Kill.at = 2
    with pytest.raises(Killed):
        run(tmp_path, [Patience()])
    run(tmp_path, [Patience()])
    assert len(epochs(tmp_path)[0]["loss"]) == 3
    (tmp_path / "epochs.json").unlink()
    run(tmp_path, [Patience()])  # as if the process had ended before the result was told
    assert len(epochs(tmp_path)[0]["loss"]) == 3  # what a callback ended stays ended


def test_damaged_progress_is_named_and_the_trial_starts_again(tmp_path):
    Kill.at = 3
    with pytest.raises(Killed):
        run(tmp_path)
    path = tmp_path / "progress.npz"
    path.write_bytes(path.read_bytes()[:500])
    with pytest.warns(RuntimeWarning, match=r"progress\.npz is damaged \(.*\); the trial starts again\."):
        assert run(tmp_path).status == "COMPLETED"
    assert len(epochs(tmp_path)[0]["loss"]) == 5


def test_a_fit_of_ones_own_is_called_as_keras_tuner_calls_it(tmp_path):
    def fit(hp, model, x, y, **kwargs):
        return {"val_loss": float(hp.get("units"))}

    result = run(tmp_path, fit=fit)
    assert result.metrics == ({"val_loss": 5.0},)


def test_what_a_trial_raises_is_its_reason(tmp_path):
    def fit(hp, model, *args, **kwargs):
        raise MemoryError("no room for 40 GB")

    result = run(tmp_path, fit=fit)
    assert result.status == "INVALID"
    assert result.reason.strip().splitlines()[-1] == "MemoryError: no room for 40 GB"
    with pytest.raises(keras_tuner.errors.FatalTypeError):
        run(tmp_path, fit=lambda *args, **kwargs: None)


# Whole searches


def start(folder, **options):
    return tuning_search.search(folder, folder / "log", **options)


def tuner_of(folder, max_trials):
    """Takes up the search of a folder."""
    place = {"directory": folder, "project_name": "search"}
    tuner = CoarseToFine(tuning_search.build_model, OBJECTIVE, max_trials, **place)
    tuner.oracle.verbose = 0
    return tuner


def scores(folder):
    return [(t.number, t.status, t.values, t.scores) for t in load_trials(folder / "search")]


def test_more_trials_on_a_search_that_has_ended(tmp_path):
    start(tmp_path, max_trials=3)
    first = scores(tmp_path)
    lines = len((tmp_path / "log").read_text().splitlines())
    start(tmp_path, max_trials=3)
    assert len((tmp_path / "log").read_text().splitlines()) == lines  # nothing was run
    start(tmp_path, max_trials=5)
    assert scores(tmp_path)[:3] == first
    assert len(scores(tmp_path)) == 5


def test_a_range_that_was_widened_is_searched(tmp_path):
    def build(high, kinds):
        def model(hp):
            hp.Choice("kind", kinds)
            return tuning_search.build_model(hp, dropout=hp.Float("dropout", 0.0, high))

        return model

    start(tmp_path, max_trials=4, build=build(0.1, ["a", "b"]))
    tuner = start(tmp_path, max_trials=10, build=build(0.9, ["b", "c"]))
    values = [trial.hyperparameters.values for trial in tuner.oracle.trials.values()]
    assert max(value["dropout"] for value in values[:4]) <= 0.1 < max(value["dropout"] for value in values)
    assert "c" in {value["kind"] for value in values[4:]} <= {"b", "c"}


@pytest.mark.parametrize("name", ["oracle.json", "trial_0001/trial.json"])
def test_a_damaged_file_is_named_and_nothing_is_lost(tmp_path, name):
    start(tmp_path, max_trials=3)
    before = scores(tmp_path)
    path = tmp_path / "search" / name
    path.write_text(path.read_text()[:40])
    with pytest.warns(RuntimeWarning) as warned:
        tuner = tuner_of(tmp_path, 4)
    then = {
        "oracle.json": "the search goes on from the files of its trials",
        "trial_0001/trial.json": "its copy in oracle.json is used",
    }[name]
    message = str(warned[0].message)
    assert message.startswith(f"{path} is damaged (")
    assert message.endswith(f"); {then}.")
    assert len(warned) == 1
    assert tuner.oracle.create_trial("w").trial_id == "0003"
    tuner.oracle.save()
    again = [t for t in tuner.oracle.trials.values() if t.trial_id != "0003"]
    assert sorted(t.score for t in again) == sorted(row[3][0] for row in before)


def test_a_trial_without_any_copy_is_run_again(tmp_path):
    start(tmp_path, max_trials=3)
    before = scores(tmp_path)
    for name in ("oracle.json", "trial_0001/trial.json"):
        (tmp_path / "search" / name).write_text("")
    with pytest.warns(RuntimeWarning, match="is damaged"):
        tuner = tuner_of(tmp_path, 3)
    trial = tuner.oracle.create_trial("w")
    assert trial.trial_id == "0001"
    assert trial.hyperparameters.values not in [row[2] for row in (before[0], before[2])]


def test_a_full_disk_fails_trials_and_ends_the_search(tmp_path, monkeypatch):
    start(tmp_path, max_trials=2)
    replace = os.replace

    def full(source, target):
        if "progress" in str(target) or "weights" in str(target):
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(files.os, "replace", full)
    tuner = tuner_of(tmp_path, 9)
    with pytest.raises(RuntimeError, match=r"the limit of 3: the search stops\..*No space left on device"):
        tuner.search(*tuning_search.data(), validation_data=tuning_search.data(1), epochs=2, verbose=0)
    rows = load_trials(tmp_path / "search")
    assert [row.status for row in rows] == ["COMPLETED"] * 2 + ["FAILED"] * 3
    assert rows[-1].reason == "OSError: [Errno 28] No space left on device"
    assert len(tuner.get_best_hyperparameters(9)) == 2
    monkeypatch.undo()  # room again
    assert not list(tmp_path.rglob(".tmp-*"))


def test_a_search_goes_on_when_its_own_files_cannot_be_written(tmp_path, monkeypatch):
    def full(source, target):
        raise OSError(errno.ENOSPC, "No space left on device")

    start(tmp_path, max_trials=1)
    tuner = tuner_of(tmp_path, 9)
    monkeypatch.setattr(files.os, "replace", full)
    with pytest.warns(RuntimeWarning) as warned:
        trial = tuner.oracle.create_trial("w")
    assert str(warned[0].message) == (
        f"{tmp_path / 'search' / 'trial_0001' / 'trial.json'} could not be written "
        "([Errno 28] No space left on device); the search goes on, and tries again after the next trial."
    )
    monkeypatch.undo()
    tuner.oracle.update_trial(trial.trial_id, {"val_loss": 1.0})
    trial.status = "COMPLETED"
    tuner.oracle.end_trial(trial)
    assert [row[1] for row in scores(tmp_path)] == ["COMPLETED"] * 2


def test_a_trial_that_used_up_the_memory_fails_when_the_search_starts_again(tmp_path, monkeypatch):
    tuner = tuner_of(tmp_path, 3)
    trial = tuner.oracle.create_trial("w")
    folder = tmp_path / "search" / "trial_0000"
    monkeypatch.setattr(memory, "free_share", lambda: 0.013)
    watch = memory.watched_memory(folder)
    watch.__enter__()
    time.sleep(0.5)  # a few looks; then the system kills the process
    assert (folder / memory.MARK).exists()
    again = tuner_of(tmp_path, 3)
    assert again.oracle.trials[trial.trial_id].status == "FAILED"
    row = load_trials(tmp_path / "search")[0]
    assert row.reason == "The process was killed when 1.3% of the memory was free"
    watch.__exit__(None, None, None)
    assert not (folder / memory.MARK).exists()
    monkeypatch.undo()
    assert 0 < memory.free_share() <= 1


def test_a_file_is_whole_or_as_it_was(tmp_path):
    path = tmp_path / "file.txt"
    files.write(path, "old")
    with pytest.raises(NotADirectoryError), files.replacing(path) as temporary:
        (temporary.write_text("half"), (temporary / "inside").write_text("no"))
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["file.txt"]

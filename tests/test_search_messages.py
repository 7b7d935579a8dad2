"""What the search command says when something is wrong: a sentence, and a traceback with --debug alone."""

import warnings

import numpy as np
import pytest
import tuning_search  # quiet TensorFlow

from dlkeras.search import __main__ as entrance
from dlkeras.tuning import CoarseToFine, load_trials
from dlkeras.tuning.progress import Progress

BUILD = """
import keras

def build_model(hp):
    {begin}
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 1, 9))])
    {end}
    return model
"""
COMPILED = 'model.compile("sgd", "mse", run_eagerly=True)'
SEE = "With --debug, the same command shows where."
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras


@pytest.fixture
def command(tmp_path, capsys):
    """Runs the command on a model, and gives what it said last."""
    x, y = tuning_search.data()
    np.savez(tmp_path / "data.npz", x_train=x, y_train=y)
    made = []

    def run(model, *words):
        file = tmp_path / f"{tmp_path.name}_{len(made)}.py"
        made.append(file)
        file.write_text(model)
        argv = [f"{file}:build_model", tmp_path / "data.npz", "--epochs", 1, "--name", "it", *words]
        argv = [*argv, *(() if "--out" in words else ("--out", tmp_path))]
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)  # Keras
            status = entrance.main([str(word) for word in argv])
        return status, capsys.readouterr().err.splitlines()[-1], file

    return run


def source(begin="", end=COMPILED):
    return BUILD.format(begin=begin, end=end)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("import nowhere", "could not be imported: ModuleNotFoundError: No module named 'nowhere'. " + SEE),
        (
            "def build_model(hp:",
            "could not be imported: SyntaxError: '(' was never closed ({name}, line 1). " + SEE,
        ),
        ("raise SystemExit", "could not be imported: SystemExit: no reason given. " + SEE),
        (
            source("hp.no"),
            ":build_model could not build a model: AttributeError: 'HyperParameters' object has no "
            "attribute 'no'. " + SEE,
        ),
    ],
)
def test_a_model_that_fails_at_once(command, model, message):
    status, told, file = command(model)
    assert status == 1
    sep = "" if message.startswith(":") else " "
    assert told == f"error: {file}{sep}{message.replace('{name}', file.name)}"


def test_a_traceback_is_shown_on_request(command):
    with pytest.raises(Exception, match="could not be imported") as error:
        command("import nowhere", "--debug")
    assert isinstance(error.value.__cause__, ModuleNotFoundError)


def test_trials_that_fail(command, tmp_path):
    status, told, _ = command(source(end=""), "--trials", 9)
    assert status == 1
    assert told.startswith(
        "error: Number of consecutive failures exceeded the limit of 3: the search stops. The last trial "
        "failed for: ValueError: You must call `compile()`"
    )
    assert told.endswith(" No trial has a score, so there is no page. Received: 3 trials")


def test_some_trials_that_fail_leave_a_page(command, tmp_path):
    late = 'COUNT.append(1)\n    if len(COUNT) > 4: raise OSError("no file")'
    status, told, _ = command("COUNT = []\n" + source(late), "--trials", 9)
    page = tmp_path / "search-it" / "index.html"
    assert (status, page.exists()) == (1, True)
    assert told == (
        "error: Number of consecutive failures exceeded the limit of 3: the search stops. The last trial "
        f"failed for: OSError: no file. The page of the trials that there are: {page}"
    )


def test_objectives(command):
    assert command(source(), "--objective", "f1")[:2] == (
        1,
        "error: --objective must be a metric of which it is known whether more is better, such as val_loss, "
        "val_accuracy or val_auc. Received: f1",
    )
    assert command(source(), "--objective", "val_accuracy")[:2] == (
        1,
        "error: `objective` must be one of the metrics of the model, which are: loss, val_loss. Received: "
        "objective='val_accuracy'. Give one of them as the objective, or compile the model with that metric.",
    )


def test_folders(command, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    status, told, _ = command(source(), "--out", tmp_path / "file")
    assert (status, told) == (
        1,
        f"error: {tmp_path / 'file' / 'search-it'} could not be read or written: Not a directory. "
        "Give a folder that can be written with --out DIR, and files that can be read.",
    )


def test_another_search_in_the_folder(command, tmp_path, monkeypatch):
    run = CoarseToFine.run_trial

    def taken_up(self, trial, *args, **kwargs):
        class Second(tuning_search.keras.callbacks.Callback):
            def on_epoch_begin(self, epoch, logs=None):
                Progress(tmp_path / "search-it" / "trials" / "trial_0000")

        return run(self, trial, *args, **{**kwargs, "callbacks": [Second()]})

    monkeypatch.setattr(CoarseToFine, "run_trial", taken_up)
    status, told, _ = command(source())
    assert (status, told) == (
        1,
        f"error: {tmp_path}/search-it/trials/trial_0000 was taken up by another process, so this one stops. "
        "One search at a time can use a folder. Give one of them a --name of its own.",
    )
    assert load_trials(tmp_path / "search-it" / "trials")[0].status == "RUNNING"

"""The search command: what it takes, a search from the first trial to the page, and the trials of others."""

import base64
import csv
import io
import re
import subprocess
import sys
import warnings
from pathlib import Path

import keras_tuner
import numpy as np
import pytest
from refusals import refuses
from report_samples import Reader
from rich.console import Console
from search_samples import plain, staged, trial

from dlkeras.search import __main__ as entrance
from dlkeras.search import command, figures, live
from dlkeras.search.__main__ import read_flags
from dlkeras.tuning import importance, load_trials
from dlkeras.tuning.trials import record_of

ROOT = Path(__file__).parent.parent
MODEL = """
import keras


def build_model(hp):
    rate = hp.Float("learning_rate", 1e-3, 0.3, sampling="log")
    hidden = [keras.layers.Dense(hp.Int("units", 2, 9), "tanh") for _ in range(hp.Int("depth", 0, 2))]
    model = keras.Sequential([keras.Input((4,)), *hidden, keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(rate), "mse", run_eagerly=True)
    return model


class Hyper:
    def build(self, hp):
        return build_model(hp)


nothing = None
"""
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras


def write_inputs(folder, name):
    """A model and data; each model of this process has a name of its own, as modules must."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, 4)).astype("float32")
    np.savez(folder / "data.npz", x_train=x, y_train=x @ rng.normal(size=(4, 1)).astype("float32"))
    (folder / f"{name}.py").write_text(MODEL)
    return str(folder / f"{name}.py"), str(folder / "data.npz")


def test_the_flags_are_read_without_tensorflow():
    code = "import sys, dlkeras.search.__main__ as m; m.read_flags(['a.py:b', 'digits'])"
    code += "; sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_flags():
    flags = read_flags(["labs/lab_14.py:build_model", "digits"])
    assert (flags.trials, flags.epochs, flags.seed, flags.workers) == (30, 10, 0, None)
    assert flags.name == "lab-14-digits"
    assert read_flags(["a.py:b", "x/my data.npz", "--quick"]).name == "a-my-data"
    assert read_flags(["a.py:b", "digits", "--quick", "--trials", "9"]).trials == 9
    assert read_flags(["--trials-from", "some/where"]).name == "where"


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["a.py:b"], "MODEL and DATA are needed, or --trials-from DIR"),
        (["a.py:b", "digits", "--trials-from", "x"], "--trials-from goes without MODEL and DATA"),
        (["a.py:b", "digits", "--trials", "0"], "must be a whole number of at least 1, not '0'"),
        (["a.py:b", "digits", "--confirm", "1"], "--confirm takes at least 2, and goes with MODEL and DATA"),
        (["a.py:b", "digits", "--seed", "x"], "must be a whole number of at least 0, not 'x'"),
        (["a.py:b", "digits", "--name", "../x"], "must be letters, digits, - and _, not '../x'"),
    ],
)
def test_wrong_flags_are_refused(argv, message, capsys):
    with pytest.raises(SystemExit) as error:
        read_flags(argv)
    assert error.value.code == 2
    assert capsys.readouterr().err.rstrip().endswith(message)


def test_models_come_out_of_files(tmp_path):
    file, _ = write_inputs(tmp_path, "model_out_of_a_file")
    hp = keras_tuner.HyperParameters()
    assert command.load_model(f"{file}:build_model")(hp).layers[-1].units == 1
    assert callable(command.load_model(f"{file}:Hyper").build)  # a class gives its object
    with refuses("MODEL must have the form path/to/file.py:build_model. Received: file.py"):
        command.load_model("file.py")
    with refuses("MODEL must name a Python file that is there. Received: gone.py:build_model"):
        command.load_model("gone.py:build_model")
    with refuses(f"MODEL must name a function, or a HyperModel, that is in {file}. Received: nothing"):
        command.load_model(f"{file}:nothing")
    (tmp_path / "csv.py").write_text(MODEL)
    with refuses("MODEL must be in a file whose name no other module has. Received: csv.py"):
        command.load_model(f"{tmp_path}/csv.py:build_model")


def test_samples_are_held_out_at_random(tmp_path):
    x = np.arange(50.0)
    np.savez(tmp_path / "sorted.npz", x_train=x, y_train=np.repeat([0, 1], 25))
    split = command.load_data(str(tmp_path / "sorted.npz"), seed=0)
    assert split.has_classes
    assert len(split.x_val) == len(split.y_val) == 10
    assert set(split.y_val) == {0, 1}  # the file was sorted by class
    np.testing.assert_array_equal(np.sort(np.append(split.x_train, split.x_val)), x)
    np.testing.assert_array_equal(split.y_train, split.x_train >= 25)
    other = command.load_data(str(tmp_path / "sorted.npz"), seed=1)
    assert not np.array_equal(split.x_val, other.x_val)
    np.savez(tmp_path / "both.npz", x_train=x, y_train=x, x_val=x[:3], y_val=x[:3])
    assert len(command.load_data(str(tmp_path / "both.npz"), seed=0).x_val) == 3
    assert not command.load_data("diabetes", seed=0).has_classes


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x": 3, "y": 3}, "hold x_train and y_train, and x_val and y_val or neither. Received: x, y"),
        ({"x_train": 5, "y_train": 4}, "have as many x_train as y_train. Received: 5 and 4"),
        ({"x_train": 1, "y_train": 1}, "have samples to train on and to hold out. Received: 1 samples"),
        (None, "be a file that is there. Received: data.npz"),
    ],
)
def test_wrong_data_are_refused(arrays, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if arrays is not None:
        np.savez("data.npz", **{name: np.zeros(count) for name, count in arrays.items()})
    with refuses(f"DATA must {message}"):
        command.load_data("data.npz", seed=0)


def test_what_are_no_data_is_refused(tmp_path):
    (tmp_path / "no.npz").write_text("no arrays")
    for source, message in (
        (f"{tmp_path}/no.npz", r"^DATA must be an .npz file of arrays of numbers\. Received: "),
        ("digit", r"^DATA must be an .npz file or one of: digits, .* Received: digit$"),
    ):
        with pytest.raises(ValueError, match=message):
            command.load_data(source, seed=0)


def run(*argv):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)  # Keras
        return entrance.main([str(word) for word in argv])


def test_a_search_writes_its_page_and_goes_on(tmp_path, capsys):
    file, data = write_inputs(tmp_path, "model_of_a_search")
    words = [f"{file}:build_model", data, "--epochs", "2", "--out", tmp_path, "--name", "small"]
    assert run(*words, "--trials", "3") == 0
    folder = tmp_path / "search-small"
    told = capsys.readouterr()
    assert told.out.rstrip().endswith(f"Page: {folder / 'index.html'}")
    assert [line.split("  ")[0] for line in told.err.splitlines()] == ["trial 0", "trial 1", "trial 2"]
    before = load_trials(folder / "trials")
    assert {record.objective for record in before} == {"val_loss"}

    assert run(*words, "--trials", "4") == 0
    assert capsys.readouterr().err.startswith("trial 3  ")
    after = load_trials(folder / "trials")
    assert after[:3] == before
    assert len(after) == 4
    check_page(folder, after)

    assert run(*words, "--trials", "4", "--epochs", "3") == 1
    assert capsys.readouterr().err == (
        f"error: {folder} holds a search with epochs 2. Received: epochs 3. "
        "Give this one a --name of its own, or start anew with --overwrite.\n"
    )
    assert run(*words, "--trials", "1", "--epochs", "1", "--overwrite") == 0
    assert len(load_trials(folder / "trials")) == 1


def test_the_best_are_confirmed_on_the_page_and_in_the_table(tmp_path, capsys):
    file, data = write_inputs(tmp_path, "model_to_confirm")
    words = [f"{file}:build_model", data, "--epochs", "1", "--out", tmp_path, "--name", "sure"]
    assert run(*words, "--trials", "3", "--confirm", "2") == 0
    folder = tmp_path / "search-sure"
    sentence = capsys.readouterr().out.splitlines()[-2]  # before that of the page
    assert re.fullmatch(r"Trial \d: .+ over 10 trainings\); the search said .+", sentence)
    assert sentence in Reader((folder / "index.html").read_text()).text
    records = load_trials(folder / "trials")
    check_page(folder, records)
    anew = {str(record.values): record.score for record in load_trials(folder / "trials" / "confirmation")}
    rows = list(csv.DictReader(io.StringIO((folder / "trials.csv").read_text())))
    expected = [str(anew.get(str(record.values), "")) for record in records]
    assert [row["expected"] for row in rows] == expected
    assert len(anew) == len(list(filter(None, expected))) == 2


def check_page(folder, records):
    """The page holds all that it shows, and the trials."""
    text = (folder / "index.html").read_text()
    page = Reader(text)
    images = page.all("img")
    assert len(images) == len(list(folder.glob("*.png"))) == len(list(folder.glob("*.svg"))) > 1
    assert all(
        image["src"].startswith("data:image/png;base64,") and len(image["alt"]) > 20 for image in images
    )
    assert not re.search(r'(src|href)="https?:', text)
    best = live.best_of(records)
    assert f"{len(records)} trials. The best {best.objective or 'score'} is {best.score:.4g}" in page.text
    (link,) = [a["href"] for a in page.all("a") if a.get("download") == "trials.csv"]
    table = base64.b64decode(link.partition(",")[2])
    assert table == (folder / "trials.csv").read_bytes()
    rows = list(csv.DictReader(io.StringIO(table.decode())))
    assert [float(row["score"]) for row in rows] == [record.score for record in records]


@pytest.mark.filterwarnings("ignore::DeprecationWarning:keras_tuner.src.engine.oracle")
def test_trials_of_other_tuners_get_a_page_too(tmp_path, capsys):
    hp = keras_tuner.HyperParameters()
    hp.Float("learning_rate", 1e-4, 1.0, sampling="log")
    hp.Choice("way", ["a", "b"])
    oracle = keras_tuner.oracles.RandomSearchOracle(
        keras_tuner.Objective("val_accuracy", "max"), max_trials=12, seed=3, hyperparameters=hp
    )
    oracle._set_project_dir(tmp_path, "others")
    for _ in range(12):
        made = oracle.create_trial("tuner0")
        score = 0.5 + made.hyperparameters.values["learning_rate"] / 4
        oracle.update_trial(made.trial_id, {"val_accuracy": score})
        made.status = "COMPLETED"
        oracle.end_trial(made)
    assert run("--trials-from", tmp_path / "others", "--out", tmp_path) == 0
    assert "Best val_accuracy: " in capsys.readouterr().out
    records = load_trials(tmp_path / "others")
    check_page(tmp_path / "search-others", records)
    assert not (tmp_path / "search-others" / "timeline.png").exists()
    assert "learning_rate" in Reader((tmp_path / "search-others" / "index.html").read_text()).text
    assert run("--trials-from", tmp_path / "gone", "--out", tmp_path) == 1


def test_figures_are_made_of_what_the_trials_have():
    everything = ["history", "importance", "slices", "contour", "parallel-coordinates"]
    assert list(figures.exhibits(plain(), importance(plain()), [])) == everything
    some = [*everything, "intermediate-values", "timeline"]
    assert list(figures.exhibits(staged(), importance(staged()), [])) == some
    few = plain(3)
    assert list(figures.exhibits(few, importance(few), [])) == ["history", "slices", "parallel-coordinates"]


def test_the_live_table():
    records = staged(8)
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(live.table_of(records, 30, now=1e9 + 75, began=1e9, num_rows=5))
    title, _, _, *rows = console.export_text().splitlines()
    best = live.best_of(records)
    assert title.split() == (
        f"7 of 30 trials, 1 running, 1 failed, best {best.score:.4g} in trial {best.number} 1:15".split()
    )
    assert [row.split()[0] for row in rows] == ["3", "4", "5", "6", "7"]
    assert re.search(r"failed\s+│ no luck", rows[0])
    assert "running 0:05" in rows[-1]
    assert "units=" in rows[1]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (None, ""),
        ("`val_loss` must be finite. Received: nan", "`val_loss` must be finite. Received: nan"),
        ("Traceback:\n  File x\n    f()\nKeyError: 'a'\n", "KeyError: 'a'"),
        (
            "Traceback:\n  File x\nkeras.ValueError: Exception when calling.\n\n\x1b[1mInput 0 is bad\x1b[0m"
            "\n\nArguments received by call():\n  • kwargs=<class 'inspect._empty'>",
            "keras.ValueError: Exception when calling. Input 0 is bad",
        ),
    ],
)
def test_the_reason_of_a_failure_is_the_error(message, reason):
    state = {"trial_id": "0", "status": "FAILED", "score": None, "best_step": 0, "message": message}
    state |= {"hyperparameters": {"space": [], "values": {}}, "metrics": {"metrics": {}}}
    assert record_of(state).reason == reason


def test_make_runs_the_search_with_what_it_is_given():
    words = ["make", "-n", "search", "MODEL=my.py:build", "DATA=my.npz", "ARGS=--trials 3"]
    told = subprocess.run(words, cwd=ROOT, capture_output=True, text=True).stdout
    assert "python -m dlkeras search my.py:build my.npz --trials 3" in told
    told = subprocess.run(words[:3], cwd=ROOT, capture_output=True, text=True).stdout
    model, data = re.search(r"dlkeras search (\S+) (\S+)", told).groups()
    assert (ROOT / model.split(":")[0]).exists()
    assert data == "digits"


def test_of_equal_trials_the_first_is_the_best():
    values = plain(1)[0].values
    records = [trial(i, score, values) for i, score in enumerate([0.5, 0.7, 0.7])]
    assert live.best_of(records).number == 1
    assert live.best_of([trial(0, None, values)]) is None

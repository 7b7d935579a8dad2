"""The tuner as users of keras-tuner know it, and the records of its trials and of others'."""

import csv
import gc

import keras
import keras_tuner
import numpy as np
import pytest
import tuning_search
from refusals import refuses

from dlkeras.tuning import CoarseToFine, CoarseToFineOracle, TrialRecord, load_trials, write_table
from dlkeras.tuning.batches import in_epoch_order, over_arrays

OBJECTIVE = keras_tuner.Objective("val_loss", "min")
FIT = {"validation_data": tuning_search.data(1), "epochs": 3, "verbose": 0}
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras


def make(folder, build=tuning_search.build_model, **options):
    options = {"max_trials": 4, **options}
    return CoarseToFine(build, "val_loss", directory=folder, project_name="search", **options)


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    tuner = make(tmp_path_factory.mktemp("search"), executions_per_trial=2)
    tuner.search(*tuning_search.data(), **FIT)
    return tuner


def test_the_best_model_has_the_score_of_its_trial(searched):
    best = searched.oracle.get_best_trials()[0]
    model = searched.get_best_models()[0]
    x, y = tuning_search.data(1)
    record = next(r for r in load_trials(searched.project_dir) if r.trial_id == best.trial_id)
    lowest = min(min(epochs["val_loss"]) for epochs in record.epochs)
    assert model.evaluate(x, y, verbose=0) == pytest.approx(lowest, rel=1e-5)
    assert searched.get_best_hyperparameters()[0].values == best.hyperparameters.values
    assert len(searched.get_best_hyperparameters(9)) == 4


def test_what_is_printed(searched, capsys):
    searched.results_summary(2)
    text = capsys.readouterr().out
    assert "Showing 2 best trials" in text
    assert text.count("Score: ") == 2


def test_the_records(searched):
    records = load_trials(searched.project_dir)
    assert [record.number for record in records] == [0, 1, 2, 3]
    for record in records:
        trial = searched.oracle.trials[record.trial_id]
        assert record.values == trial.hyperparameters.values
        assert record.score == trial.score == np.mean(record.scores)
        assert (record.objective, record.direction, record.worker) == ("val_loss", "min", "tuner0")
        assert record.started < record.ended
        assert [sorted(epochs) for epochs in record.epochs] == [["loss", "val_loss"]] * 2
        assert list(record.scores) == [min(epochs["val_loss"]) for epochs in record.epochs]
        kinds = {hp["name"]: hp["kind"] for hp in record.space}
        assert kinds == {"learning_rate": "Float", "units": "Int", "optimizer": "Choice"}
    assert records[0].stage == "coarse"


def test_the_table(searched):
    with open(f"{searched.project_dir}/trials.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [
        *("trial", "status", "stage", "score", "score 1", "score 2", "best epoch", "started", "ended"),
        *("seconds", "worker", "reason", "box", "learning_rate", "units", "optimizer"),
    ]
    for row, record in zip(rows, load_trials(searched.project_dir), strict=True):
        assert float(row["score 2"]) == record.scores[1]
        assert float(row["learning_rate"]) == record.values["learning_rate"]
        assert (row["status"], row["worker"], row["reason"]) == ("COMPLETED", "tuner0", "")
        assert float(row["seconds"]) > 0


def test_the_same_seed_gives_the_same_search(searched, tmp_path):
    tuner = make(tmp_path, executions_per_trial=2)
    tuner.search(*tuning_search.data(), **FIT)
    a, b = load_trials(searched.project_dir), load_trials(tuner.project_dir)
    assert [(r.values, r.scores) for r in a] == [(r.values, r.scores) for r in b]


def test_a_trial_that_fails_says_why_and_the_search_goes_on(tmp_path):
    def build(hp):
        model = tuning_search.build_model(hp)
        if hp.get("optimizer") == "sgd":
            raise keras_tuner.errors.FailedTrialError("no sgd here")
        return model

    tuner = make(tmp_path, build, max_trials=6, max_consecutive_failed_trials=6)
    tuner.search(*tuning_search.data(), **FIT)
    records = load_trials(tuner.project_dir)
    assert {(r.values["optimizer"], r.status) for r in records} == {("sgd", "FAILED"), ("adam", "COMPLETED")}
    assert {r.reason for r in records if r.status == "FAILED"} == {
        "keras_tuner.src.errors.FailedTrialError: no sgd here"
    }


def test_good_values_start_the_search(tmp_path):
    tuner = make(tmp_path, max_trials=2)
    tuner.enqueue({"learning_rate": 0.01, "units": 7})
    tuner.search(*tuning_search.data(), **FIT)
    first = load_trials(tuner.project_dir)[0]
    assert first.values == {"learning_rate": 0.01, "units": 7, "optimizer": "adam"}
    assert first.stage == "given"


def test_overwrite_begins_anew(searched, tmp_path):
    make(tmp_path, max_trials=1).search(*tuning_search.data(), **FIT)
    tuner = make(tmp_path, max_trials=2, overwrite=True)
    assert tuner.oracle.trials == {}


def test_executions_are_checked(tmp_path):
    with refuses("`executions_per_trial` must be at least 1. Received: executions_per_trial=0"):
        make(tmp_path, executions_per_trial=0)


def test_a_plain_tuner_runs_the_oracle(tmp_path):
    class Plain(keras_tuner.Tuner):
        def run_trial(self, trial, *args, **kwargs):
            hp = trial.hyperparameters
            return (hp.Float("x", -1.0, 1.0) - 0.3) ** 2

    oracle = CoarseToFineOracle(max_trials=12)
    tuner = Plain(oracle, directory=tmp_path, project_name="plain")
    tuner.search(verbose=0)
    records = load_trials(tmp_path / "plain")
    assert len(records) == 12
    assert records[0].objective == "default_objective"
    assert min(record.score for record in records) < 0.01


def test_a_folder_without_trials_is_refused(tmp_path):
    with refuses(
        "`directory` must hold the trials of a search, in folders trial_*. "
        f"Received: directory={str(tmp_path)!r}",
        FileNotFoundError,
    ):
        load_trials(tmp_path)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:keras_tuner.src.engine.oracle")
@pytest.mark.parametrize("name", ["RandomSearch", "BayesianOptimization", "GridSearch", "Hyperband"])
def test_records_of_other_oracles(tmp_path, name):
    class Plain(getattr(keras_tuner, name)):
        def run_trial(self, trial, *args, **kwargs):
            value = trial.hyperparameters.Float("x", -1.0, 1.0, step=0.25)
            return {"val_loss": value**2 + trial.hyperparameters.get("depth"), "other": value}

    hp = keras_tuner.HyperParameters()
    hp.Int("depth", 1, 3)
    limit = {"max_epochs": 4} if name == "Hyperband" else {"max_trials": 11}
    place = {"directory": tmp_path, "project_name": "plain"}
    tuner = Plain(objective=OBJECTIVE, hyperparameters=hp, seed=3, **place, **limit)
    tuner.search(verbose=0)
    records = load_trials(tmp_path / "plain")
    assert len(records) == (10 if name == "Hyperband" else 11)
    assert [record.number for record in records] == list(range(len(records)))
    if name != "Hyperband":
        assert [record.trial_id for record in records] == [f"{i:02d}" for i in range(11)]
    assert {(r.objective, r.direction, r.stage) for r in records} == {("val_loss", "min", "")}
    best = min(records, key=lambda record: record.score)
    assert best.values == tuner.get_best_hyperparameters()[0].values
    for record in records:
        assert record.scores == (record.score,) == (record.values["x"] ** 2 + record.values["depth"],)
        assert {hp["name"] for hp in record.space} >= {"x", "depth"}
    write_table(tmp_path / "table.csv", records)
    assert len((tmp_path / "table.csv").read_text().splitlines()) == len(records) + 1


@pytest.mark.filterwarnings("ignore::DeprecationWarning:keras_tuner.src.engine.oracle")
def test_a_search_of_another_oracle_goes_on_from_coarse_to_fine(tmp_path):
    random = keras_tuner.RandomSearch(
        tuning_search.build_model, OBJECTIVE, max_trials=2, directory=tmp_path, project_name="search"
    )
    random._configure_tensorboard_dir = lambda *args: None  # it is not installed
    random.search(*tuning_search.data(), **FIT)
    tuner = make(tmp_path, max_trials=4)
    tuner.search(*tuning_search.data(), **FIT)
    assert [r.number for r in load_trials(tuner.project_dir)] == [0, 1, 2, 3]


def test_an_unfinished_table_has_empty_cells(tmp_path):
    write_table(tmp_path / "t.csv", [TrialRecord("0000", 0, "RUNNING", {"a": 1})])
    assert (tmp_path / "t.csv").read_text() == (
        "trial,status,stage,score,best epoch,started,ended,seconds,worker,reason,box,a\n"
        "0,RUNNING,,,,,,,,,,1\n"
    )


# The order of batches


def batches(x, epochs, seed, **options):
    call = in_epoch_order({"x": x, "y": x, "batch_size": 4, **options}, seed)
    order, data = call["callbacks"][0], call["x"].get_tf_dataset()
    seen = []
    for epoch in epochs:
        order.on_epoch_begin(epoch)
        seen.append(np.concatenate([batch[0].numpy() for batch in data]).tolist())
    return seen


def held(**options):
    call = in_epoch_order({"x": np.arange(10), "y": np.arange(10), "batch_size": 2, **options}, 0)
    assert "validation_batch_size" not in call
    data = call["validation_data"].get_tf_dataset()
    return [[part.numpy().tolist() for part in batch] for batch in data]


def test_the_order_of_an_epoch_does_not_depend_on_those_before():
    x = np.arange(10)
    first, second, third = batches(x, [0, 1, 2], 0)
    assert batches(x, [2], 0) == [third]
    assert sorted(first) == sorted(second) == sorted(third) == list(range(10))
    assert first != second != third
    assert batches(x, [0], 1) != [first]
    assert batches(x, [0], 0, shuffle=False) == [list(range(10))]


def test_validation_split_holds_out_the_end():
    assert held(validation_split=0.3) == [[[7, 8]] * 2, [[9]] * 2]
    assert len(batches(np.arange(10), [0], 0, validation_split=0.3)[0]) == 7


def test_validation_data_come_in_their_order_with_their_weights():
    x = np.arange(5)
    assert held(validation_batch_size=3, validation_data=(x, x + 10, x / 2)) == [
        [[0, 1, 2], [10, 11, 12], [0.0, 0.5, 1.0]],
        [[3, 4], [13, 14], [1.5, 2.0]],
    ]


def test_validation_data_that_are_no_arrays_stay_as_they_are():
    x, held = np.arange(5), keras.utils.PyDataset()
    call = in_epoch_order({"x": x, "y": x, "batch_size": 2, "validation_data": held}, 0)
    assert call["validation_data"] is held
    assert call["validation_batch_size"] == 2


def test_garbage_of_before_is_looked_at_again_after_the_search(tmp_path):
    gc.unfreeze()  # what the tests before have frozen
    frozen = []

    def count(hp):
        frozen.append(gc.get_freeze_count())
        return tuning_search.build_model(hp)

    make(tmp_path, count, max_trials=1).search(*tuning_search.data(), **FIT)
    assert frozen[0] == 0 < frozen[-1]  # the first call asks for the hyperparameters
    assert gc.get_freeze_count() == 0


def test_other_data_are_left_alone():
    x, fit = np.arange(10), keras_tuner.HyperModel.fit
    model = keras.Sequential()
    assert over_arrays(fit, model, (x, x), {"epochs": 2}) == {"x": x, "y": x, "epochs": 2}
    for args, kwargs in (
        ((x, x), {"shuffle": "batch"}),
        ((x, x), {"steps_per_epoch": 2}),
        ((x, x), {"no": "argument"}),
        ((x, x[:5]), {}),
        (([1.0, 2.0], x), {}),
        ((keras.utils.PyDataset(),), {}),
    ):
        assert over_arrays(fit, model, args, kwargs) is None
    assert over_arrays(lambda *args: None, model, (x, x), {}) is None

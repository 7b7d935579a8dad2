"""A folder of `CoarseToFine`, opened again by it or by a tuner of keras-tuner."""

import keras_tuner
import pytest
import tuning_search
from refusals import refuses

from dlkeras.tuning import CoarseToFine, CoarseToFineOracle

X, Y = tuning_search.data()
FIT = {"validation_data": tuning_search.data(1), "epochs": 1, "verbose": 0}
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras


class Parabola(CoarseToFine):
    def run_trial(self, trial):
        return {"loss": (trial.hyperparameters.Float("x", -1.0, 1.0) - 0.3) ** 2}


def test_another_tuner_does_not_begin_anew_in_the_folder_of_this_one(tmp_path):
    CoarseToFine(tuning_search.build_model, "val_loss", max_trials=1, directory=tmp_path).search(X, Y, **FIT)
    folder = tmp_path / "untitled_project"
    message = (
        "Error reloading `Oracle` from existing project. If you did not mean to reload from an existing "
        "project, change the `project_name` or pass `overwrite=True` when creating the `Tuner`. Found "
        f"existing project at: {folder}"
    )
    with refuses(message, RuntimeError):
        keras_tuner.BayesianOptimization(tuning_search.build_model, "val_loss", directory=tmp_path)
    other = keras_tuner.RandomSearch(tuning_search.build_model, "val_loss", max_trials=2, directory=tmp_path)
    assert list(other.oracle.trials) == ["0000"]  # it goes on with what there is


def test_a_search_is_taken_up_with_the_ranges_of_now(tmp_path, capsys):
    def make(greatest):
        hp = keras_tuner.HyperParameters()
        hp.Float("x", 0.0, greatest)
        oracle = CoarseToFineOracle("loss", max_trials=2, hyperparameters=hp)
        return Parabola(oracle=oracle, directory=tmp_path)

    make(1.0).search(verbose=0)
    second = make(2.0)
    assert "Reloading Tuner from" in capsys.readouterr().out  # keras-tuner's words
    assert len(second.oracle.trials) == 2
    assert second.oracle.hyperparameters.space[0].max_value == 2.0

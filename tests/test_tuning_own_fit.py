"""A `HyperModel.fit` of one's own, objectives, and searches where all trials fail."""

import keras
import keras_tuner
import numpy as np
import pytest
import tuning_search
from keras_tuner import errors
from refusals import refuses

from dlkeras.tuning import CoarseToFine, load_trials

X, Y = tuning_search.data()
FIT = {"validation_data": tuning_search.data(1), "epochs": 3, "verbose": 0}
pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras
    pytest.mark.filterwarnings("ignore:currentThread|getName:DeprecationWarning"),  # keras-tuner
]


def history(**metrics):
    made = keras.callbacks.History()
    made.history = metrics
    return made


class Hyper(keras_tuner.HyperModel):
    """Builds the model of the tests, and fits it as it is told."""

    def __init__(self, fit):
        super().__init__()
        self.own_fit = fit

    def build(self, hp):
        return tuning_search.build_model(hp)

    def fit(self, hp, model, *args, **kwargs):
        return self.own_fit(hp, model, *args, **kwargs)


def searched(folder, fit, objective, **options):
    tuner = CoarseToFine(Hyper(fit), objective, max_trials=2, directory=folder, **options)
    tuner.search(X, Y, **FIT)
    return load_trials(tuner.project_dir)


def test_a_fit_that_returns_a_number_needs_no_objective(tmp_path):
    records = searched(tmp_path, lambda hp, model, *a, **k: hp.Float("x", 0.0, 1.0), None)
    assert [record.score for record in records] == [record.values["x"] for record in records]
    with pytest.raises(errors.FatalTypeError, match=r"HyperModel\.fit\(\) to be a single float"):
        searched(tmp_path / "b", lambda hp, model, *a, **k: {"val_loss": 1.0}, None)
    with pytest.raises(errors.FatalTypeError, match=r"HyperModel\.fit\(\) to be one of"):
        searched(tmp_path / "c", lambda hp, model, *a, **k: "a", "val_loss")


def test_a_fit_that_adds_a_metric_to_its_history(tmp_path):
    def fit(hp, model, *args, **kwargs):
        made = model.fit(*args, **kwargs)
        made.history["cost"] = [value + model.count_params() for value in made.history["val_loss"]]
        return made

    for record in searched(tmp_path, fit, keras_tuner.Objective("cost", "min"), executions_per_trial=2):
        size = 7 * record.values["units"] - record.values["units"] * 1 + 1
        lowest = [min(epochs["val_loss"]) + size for epochs in record.epochs]
        assert record.scores == pytest.approx(lowest)


def test_several_objectives_from_a_dict_and_a_history(tmp_path):
    for number, fit in enumerate(
        (
            lambda hp, model, *a, **k: {"loss": 1.0, "accuracy": 0.25, "other": 3.0},
            lambda hp, model, *a, **k: history(loss=[2.0, 1.0], accuracy=[0.25, 0.25]),
        )
    ):
        for record in searched(tmp_path / str(number), fit, ["loss", "accuracy"]):
            assert record.score == 0.75


def test_validation_at_some_epochs(tmp_path):
    for name, fit in (("plain", None), ("own", lambda hp, model, *a, **k: model.fit(*a, **k))):
        model = Hyper(fit) if fit else tuning_search.build_model
        tuner = CoarseToFine(model, "val_loss", max_trials=1, directory=tmp_path, project_name=name)
        tuner.search(X, Y, **{**FIT, "epochs": 5, "validation_freq": 2})
        (record,) = load_trials(tuner.project_dir)
        val = record.epochs[0]["val_loss"]
        assert np.isnan(val).tolist() == [True, False, True, False, True]
        assert record.score == np.nanmin(val)
        assert record.best_epoch == np.nanargmin(val)
        weights = tuner.get_best_models()[0]
        assert weights.evaluate(*FIT["validation_data"], verbose=0) == pytest.approx(record.score, rel=1e-5)


def test_an_objective_that_there_is_not_ends_the_search_at_its_first_epoch(tmp_path):
    tuner = CoarseToFine(
        tuning_search.build_model, keras_tuner.Objective("val_acc", "max"), directory=tmp_path
    )
    words = (
        "`objective` must be one of the metrics of the model, which are: {}. Received: objective={}. Give "
        "one of them as the objective, or compile the model with that metric{}."
    )
    with refuses(words.format("loss, val_loss", "'val_acc'", ""), errors.FatalValueError):
        tuner.search(X, Y, **FIT)
    assert len(load_trials(tuner.project_dir)) == 1
    tuner = CoarseToFine(tuning_search.build_model, "val_loss", directory=tmp_path / "b")
    more = "; those that begin with val_ need `validation_data` or `validation_split`"
    with refuses(words.format("loss", "'val_loss'", more), errors.FatalValueError):
        tuner.search(X, Y, epochs=1, verbose=0)


def test_a_search_where_all_failed_says_so(tmp_path):
    def build(hp):
        return tuning_search.build_what_fails(hp)

    tuner = CoarseToFine(build, "val_loss", max_trials=9, directory=tmp_path)
    assert tuner.get_best_models() == []
    with pytest.raises(RuntimeError) as error:
        tuner.search(X, Y, **FIT)
    first, *rest = str(error.value).splitlines()
    assert first == (
        "Number of consecutive failures exceeded the limit of 3: the search stops. "
        "The last trial failed for: ValueError: no such thing"
    )
    assert rest[0] == "Traceback (most recent call last):"
    for get in (tuner.get_best_models, tuner.get_best_hyperparameters):
        with refuses(
            "No trial has a score. Received: 3 trials that failed, the last one for: ValueError: no such "
            "thing. Mend that, and search again in another folder or with `overwrite=True`.",
            RuntimeError,
        ):
            get()
    assert tuner.oracle.get_best_trials() == []

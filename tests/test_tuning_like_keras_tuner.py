"""What users of keras-tuner's own tuners write, with `CoarseToFine` in their place."""

import keras
import keras_tuner
import numpy as np
import pytest
import tuning_search
from keras_tuner import errors
from refusals import refuses

from dlkeras.tuning import CoarseToFine, CoarseToFineOracle, load_trials

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


def parabola(trial):
    return (trial.hyperparameters.Float("x", -1.0, 1.0) - 0.3) ** 2


def own(run, base=CoarseToFine):
    """A tuner with a `run_trial` of its own."""

    class Own(base):
        def run_trial(self, trial, *args, **kwargs):
            return run(self, trial, *args, **kwargs)

    return Own


def scores(tuner):
    return [record.score for record in load_trials(tuner.project_dir)]


def returns(kind):
    """`run_trial` of keras-tuner's guide, by what it returns; the score is the same."""
    return {
        "float": lambda tuner, trial, **_: float(parabola(trial)),
        "numpy": lambda tuner, trial, **_: np.float32(parabola(trial)),
        "dict": lambda tuner, trial, **_: {"val_loss": parabola(trial), "other": 1.0},
        "history": lambda tuner, trial, **_: history(
            val_loss=[3.0, parabola(trial), 2.0], loss=[1.0, 2.0, 3.0]
        ),
        "floats": lambda tuner, trial, **_: [parabola(trial) - 0.5, parabola(trial) + 0.5],
        "histories": lambda tuner, trial, **_: [history(val_loss=[parabola(trial)])] * 2,
    }[kind]


@pytest.mark.parametrize("kind", ["float", "numpy", "dict", "history", "floats", "histories"])
def test_run_trial_of_ones_own_gives_the_scores_that_keras_tuner_gives(tmp_path, kind):
    place = {"directory": tmp_path, "objective": "val_loss", "max_trials": 4}
    tuner = own(returns(kind))(project_name="ours", **place)
    tuner.search(verbose=0)
    plain = own(returns(kind), keras_tuner.RandomSearch)(project_name="theirs", **place)
    plain.search(verbose=0)
    for record in (*load_trials(tmp_path / "ours"), *load_trials(tmp_path / "theirs")):
        assert record.status == "COMPLETED"
        assert record.score == pytest.approx((record.values["x"] - 0.3) ** 2, abs=1e-6)
        assert record.best_epoch == (1 if kind == "history" else 0)
    assert len(scores(tuner)) == 4
    if kind == "floats":
        record = load_trials(tmp_path / "ours")[0]
        assert record.scores == pytest.approx((record.score - 0.5, record.score + 0.5))


def test_metrics_that_run_trial_tells_itself(tmp_path):
    def run(tuner, trial, **kwargs):
        for step, more in enumerate([1.0, 0.0, 0.5]):
            tuner.oracle.update_trial(trial.trial_id, {"val_loss": parabola(trial) + more}, step=step)

    tuner = own(run)(objective="val_loss", max_trials=2, directory=tmp_path)
    with pytest.deprecated_call(match="Please remove the call, and return the metrics"):
        tuner.search(verbose=0)
    for record in load_trials(tuner.project_dir):
        assert record.score == (record.values["x"] - 0.3) ** 2
        assert record.best_epoch == 1


def test_run_trial_changes_the_arguments_and_calls_that_of_the_tuner(tmp_path):
    seen = []

    def run(tuner, trial, *args, **kwargs):
        kwargs["epochs"] = trial.hyperparameters.Int("epochs", 1, 3)
        results = CoarseToFine.run_trial(tuner, trial, *args, **kwargs)
        seen.extend(results)
        return results

    tuner = own(run)(tuning_search.build_model, "val_loss", max_trials=3, directory=tmp_path)
    tuner.search(X, Y, **{**FIT, "epochs": 9})
    for record, result in zip(load_trials(tuner.project_dir), seen, strict=True):
        assert len(record.epochs[0]["val_loss"]) == record.values["epochs"]
        assert result.history == record.epochs[0]
        assert record.score == min(result.history["val_loss"])


def test_a_second_training_in_one_trial_is_not_taken_for_the_first(tmp_path):
    def run(tuner, trial, x, y, **kwargs):
        halves = ((x[:24], y[:24]), (x[24:], y[24:]))
        return [CoarseToFine.run_trial(tuner, trial, *half, **kwargs)[0] for half in halves]

    tuner = own(run)(tuning_search.build_model, "val_loss", max_trials=1, directory=tmp_path)
    tuner.search(X, Y, **FIT)
    (record,) = load_trials(tuner.project_dir)
    assert len(set(record.scores)) == 2


def test_a_tuner_without_a_hypermodel_needs_a_run_trial(tmp_path):
    with refuses("Received `hypermodel=None`. Give a function that builds a model, or override `run_trial`."):
        CoarseToFine(objective="val_loss", directory=tmp_path)


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (None, r"The return value of Tuner\.run_trial\(\) is None"),
        ("good", r"Tuner\.run_trial\(\) to be one of float, dict"),
        ({"loss": 1.0}, r"returned dictionary from Tuner\.run_trial\(\) to have the specified objective"),
    ],
)
def test_what_is_no_result_ends_the_search_as_in_keras_tuner(tmp_path, result, message):
    for base in (CoarseToFine, keras_tuner.RandomSearch):
        tuner = own(lambda *_, **__: result, base)(objective="val_loss", max_trials=2, directory=tmp_path)
        with pytest.raises(errors.FatalError, match=message):
            tuner.search(verbose=0)


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


def test_a_custom_training_loop(tmp_path):
    """The loop of keras-tuner's guide: a model without `compile`, callbacks that are called by hand."""

    class Loop(keras_tuner.HyperModel):
        def build(self, hp):
            hidden = keras.layers.Dense(hp.Int("units", 2, 9), "tanh")
            return keras.Sequential([keras.Input((4,)), hidden, keras.layers.Dense(1)])

        def fit(self, hp, model, x, y, validation_data, callbacks=None, **kwargs):
            optimizer = keras.optimizers.SGD(hp.Float("rate", 1e-3, 0.1, sampling="log"))
            optimizer.build(model.trainable_variables)
            for callback in callbacks:
                callback.set_model(model)
            lowest = float("inf")
            for epoch in range(3):
                model.set_weights([weight * 0.9 for weight in model.get_weights()])
                loss = float(np.mean((np.asarray(model(validation_data[0])) - validation_data[1]) ** 2))
                for callback in callbacks:
                    callback.on_epoch_end(epoch, logs={"my_metric": loss, "table": np.ones(3)})
                lowest = min(lowest, loss)
            return lowest

    tuner = CoarseToFine(Loop(), keras_tuner.Objective("my_metric", "min"), 3, directory=tmp_path)
    tuner.search(X, Y, **FIT)
    for record in load_trials(tuner.project_dir):
        assert record.status == "COMPLETED"
        assert record.score == min(record.epochs[0]["my_metric"])
    best = tuner.get_best_models()[0]
    x, y = FIT["validation_data"]
    assert np.mean((np.asarray(best(x)) - y) ** 2) == pytest.approx(min(scores(tuner)), rel=1e-5)


def test_the_methods_of_a_tuner_for_epochs_and_models(tmp_path):
    calls = []

    class Own(CoarseToFine):
        def on_epoch_end(self, trial, model, epoch, logs=None):
            calls.append((trial.trial_id, epoch, "val_loss" in logs))

        def _build_and_fit_model(self, trial, *args, **kwargs):
            calls.append(trial.trial_id)
            return super()._build_and_fit_model(trial, *args, **kwargs)

    tuner = Own(tuning_search.build_model, "val_loss", max_trials=1, directory=tmp_path)
    tuner.search(X, Y, **FIT)
    assert calls == ["0000", *(("0000", epoch, True) for epoch in range(3))]
    assert scores(tuner)[0] == min(load_trials(tuner.project_dir)[0].epochs[0]["val_loss"])


def test_callbacks_that_cannot_be_copied_end_the_search(tmp_path):
    tuner = CoarseToFine(tuning_search.build_model, "val_loss", max_trials=1, directory=tmp_path)
    with pytest.raises(
        errors.FatalValueError, match="callbacks used during a search should be deep-copyable"
    ):
        tuner.search(X, Y, callbacks=[keras], **FIT)


def test_a_model_that_is_none_of_keras_ends_the_search(tmp_path):
    tuner = CoarseToFine(lambda hp: None, "val_loss", max_trials=1, directory=tmp_path)
    with pytest.raises(errors.FatalTypeError, match="to return a valid Keras Model instance"):
        tuner.search(X, Y, **FIT)


def test_oversized_models_end_the_search_as_in_keras_tuner(tmp_path):
    tuner = CoarseToFine(tuning_search.build_model, "val_loss", max_model_size=3, directory=tmp_path)
    with pytest.raises(RuntimeError, match=r"(?s)Number of consecutive failures.*Oversized model: \d+"):
        tuner.search(X, Y, **FIT)


def test_a_trial_is_ended_by_its_id(tmp_path):
    hp = keras_tuner.HyperParameters()
    hp.Float("x", 0.0, 1.0)
    oracle = CoarseToFineOracle("val_loss", max_trials=2, hyperparameters=hp)
    for status in ("COMPLETE", "COMPLETED"):
        trial = oracle.create_trial("a")
        oracle.update_trial(trial.trial_id, {"val_loss": 1.0})
        oracle.end_trial(trial.trial_id, status)
        assert (trial.status, trial.score) == ("COMPLETED", 1.0)


def test_reload_takes_up_what_there_is(tmp_path):
    def make():
        return CoarseToFine(tuning_search.build_model, "val_loss", max_trials=2, directory=tmp_path)

    make().search(X, Y, **FIT)
    tuner = make()
    tuner.reload()
    tuner.reload()
    assert len(tuner.oracle.trials) == 2
    assert tuner.get_best_models()[0].built
    tuner.search(X, Y, **FIT)
    assert len(tuner.oracle.trials) == 2

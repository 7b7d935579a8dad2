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
        "lists of a history": lambda tuner, trial, **_: {"val_loss": [3.0, parabola(trial), 2.0]},
        "floats": lambda tuner, trial, **_: [parabola(trial) - 0.5, parabola(trial) + 0.5],
        "histories": lambda tuner, trial, **_: [history(val_loss=[parabola(trial)])] * 2,
    }[kind]


def test_the_lists_of_a_history_count_as_the_history(tmp_path):
    """keras-tuner takes the mean over the epochs for their metric, which no epoch has."""
    tuner = own(returns("lists of a history"))(objective="val_loss", max_trials=2, directory=tmp_path)
    tuner.search(verbose=0)
    for record in load_trials(tuner.project_dir):
        assert (record.score, record.best_epoch) == ((record.values["x"] - 0.3) ** 2, 1)


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


def test_a_trial_that_is_about_to_be_scored_is_not_among_the_best():
    hp = keras_tuner.HyperParameters()
    hp.Float("x", 0.0, 1.0)
    oracle = CoarseToFineOracle("val_loss", max_trials=2, hyperparameters=hp)
    trial = oracle.create_trial("a")
    trial.status = "COMPLETED"  # by the thread of its worker, which has not come to `end_trial` yet
    assert oracle.get_best_trials() == []
    oracle.create_trial("b")  # tells the best one so far
    oracle.update_trial(trial.trial_id, {"val_loss": 1.0})
    oracle.end_trial(trial)
    assert oracle.get_best_trials(2) == [trial]


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


def test_arguments_of_other_tuners(tmp_path):
    with pytest.warns(UserWarning, match="no effect") as warned:
        tuner = CoarseToFine(
            tuning_search.build_model, "val_loss", max_epochs=2, factor=3, max_trials=1, directory=tmp_path
        )
    assert [str(warning.message) for warning in warned] == [
        "`factor`: no effect in CoarseToFine, which has nothing to set but the number of trials."
    ]
    tuner.search(X, Y, validation_split=0.25, verbose=0)
    assert len(load_trials(tuner.project_dir)[0].epochs[0]["loss"]) == 2


def test_an_oracle_that_is_given(tmp_path):
    oracle = CoarseToFineOracle("val_loss", max_trials=2)
    tuner = own(returns("dict"))(oracle=oracle, directory=tmp_path)
    tuner.search(verbose=0)
    assert len(oracle.trials) == 2
    other = keras_tuner.oracles.RandomSearchOracle("val_loss")
    with refuses(
        "Expected `oracle` argument to be an instance of `CoarseToFineOracle`. Received: "
        f"oracle={other!r}. With other oracles, use `keras_tuner.Tuner`."
    ):
        own(returns("dict"))(oracle=other, directory=tmp_path / "b")

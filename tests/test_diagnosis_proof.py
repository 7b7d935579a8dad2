"""Changes are made in a model of their own, and only what gains for certain is recommended."""

import keras
import numpy as np
import pytest
from refusals import refuses

from dlkeras import data
from dlkeras.diagnosis import Diagnosis
from dlkeras.diagnosis.__main__ import main
from dlkeras.diagnosis.proving import proof
from dlkeras.diagnosis.proving.applying import changed_fit, changed_model, changed_samples
from dlkeras.diagnosis.telling.page import advice
from dlkeras.diagnosis.watching.data_facts import target_facts


def model_of(*layers):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), *layers])
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9, clipnorm=1e-3), "mean_squared_error")
    return model


X = np.zeros((8, 4), "float32")


def dense(units=3, activation=None, **options):
    return keras.layers.Dense(units, activation, **options)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ["sigmoid", "sigmoid", "softmax"]),
        ({"hidden_activation": "relu"}, ["relu", "relu", "softmax"]),
        ({"output_activation": "linear"}, ["sigmoid", "sigmoid", "linear"]),
    ],
)
@pytest.mark.parametrize("apart", [False, True])  # activations as layers of their own
def test_activations(settings, expected, apart):
    names = ["sigmoid", "sigmoid", "softmax"]
    together = [dense(3, name) for name in names]
    separate = [layer for name in names for layer in (dense(), keras.layers.Activation(name))]
    model = model_of(*(separate if apart else together))
    new = changed_model(model, settings, X)
    kind = keras.layers.Activation if apart else keras.layers.Dense
    assert [each.activation.__name__ for each in new.layers if type(each) is kind] == expected
    assert [each.activation.__name__ for each in model.layers if type(each) is kind] == names  # left alone


def test_what_else_can_be_changed():
    model = model_of(dense(3, "relu", kernel_regularizer="l2"), keras.layers.Dropout(0.9), dense(1))
    settings = {"learning_rate": 0.5, "clip": 1.0, "penalty": 0.0, "dropout": 0.2, "initializer": "he_normal"}
    new = changed_model(model, {**settings, "loss": "mean_absolute_error"}, X)
    assert (new.optimizer.learning_rate.numpy(), new.optimizer.clipnorm) == (0.5, 1.0)
    assert (new.optimizer.momentum, new.loss) == (0.9, "mean_absolute_error")
    assert (new.layers[0].kernel_regularizer, new.layers[1].rate) == (None, 0.2)
    assert type(new.layers[0].kernel_initializer).__name__ == "HeNormal"
    assert model.optimizer.learning_rate.numpy() == np.float32(0.1)


def own_loss(y, p):
    return keras.ops.mean(keras.ops.abs(y - p), axis=-1)


def test_weights_and_a_loss_of_ones_own_are_kept():
    inputs = keras.Input((4,))
    model = keras.Model(inputs, dense(2)(dense(3, "relu")(inputs)))
    for each in (model, model_of(dense(3, "relu"), dense(2))):
        each.compile("adam", own_loss)
        new = changed_model(each, {"learning_rate": 0.5}, X)
        assert new.loss is own_loss
        for old, copied in zip(each.get_weights(), new.get_weights(), strict=True):
            np.testing.assert_array_equal(old, copied)


def test_batch_norm_between_the_layers():
    model = model_of(dense(3, "relu"), dense(3, "relu"), dense(1))
    new = changed_model(model, {"batch_norm": True}, X)
    kinds = [type(layer).__name__ for layer in new.layers]
    assert kinds == ["Dense", "BatchNormalization", "Dense", "BatchNormalization", "Dense"]


def test_samples_are_scaled_by_numbers_of_the_training():
    rng = np.random.default_rng(0)
    train, held_out = (
        (rng.normal(5, 3, (50, 2)), rng.normal(size=(50, 1))),
        (np.full((2, 2), 5.0), np.zeros((2, 1))),
    )
    (x, y), (x_val, y_val) = changed_samples({"x": "standard", "y": "standard"}, train, held_out)
    for scaled in (x, y):
        np.testing.assert_allclose(
            [scaled.mean(0), scaled.std(0)], [0 * scaled[0], 0 * scaled[0] + 1], atol=1e-5
        )
    np.testing.assert_allclose(x_val, (5 - train[0].mean(0)) / train[0].std(0) * np.ones((2, 1)), rtol=1e-5)
    np.testing.assert_allclose(y_val, np.full((2, 1), -train[1].mean() / train[1].std()), rtol=1e-5)


def test_missing_values_are_dropped_and_classes_weighed():
    x, y = np.array([[1.0], [np.nan], [3.0], [4.0]]), np.array([0, 0, 0, 1])
    (x, y), _ = changed_samples({"drop_nonfinite": True}, (x, y), (x, y))
    np.testing.assert_array_equal(x, [[1], [3], [4]])
    new = changed_fit({"class_weight": "balanced", "epochs": 7}, {"epochs": 1, "batch_size": 2}, y)
    assert new == {"epochs": 7, "batch_size": 2, "class_weight": {0: 0.75, 1: 1.5}}


def too_slow(seed):
    keras.utils.set_random_seed(seed)
    layers = [keras.Input((64,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(10, "softmax")]
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.Adam(1e-6), "sparse_categorical_crossentropy")
    return model


@pytest.mark.slow
def test_a_change_is_proved():
    digits, diagnosis = data.load("digits"), Diagnosis()
    x, y = digits.x_train[:400], digits.y_train[:400]
    too_slow(0).fit(x, y, epochs=3, callbacks=[diagnosis], verbose=0)
    trials = diagnosis.try_changes(too_slow, x, y, seeds=5)
    assert trials[0].is_recommended
    assert trials[0].before.shape == trials[0].after.shape == (5,)
    assert trials[0].finding.effect == pytest.approx(np.mean(trials[0].after - trials[0].before))
    assert advice(trials) == f"Recommended: {trials[0].change.words}"
    with refuses("`seeds` must be at least 1. Received: seeds=0"):
        diagnosis.try_changes(too_slow, x, y, seeds=0)
    (first,) = diagnosis.try_changes(too_slow, x, y, seeds=1, most=1)
    assert first.change == diagnosis.problems[0].change
    with refuses("`most` must be at least 1. Received: most=0"):
        diagnosis.try_changes(too_slow, x, y, most=0)


@pytest.mark.slow
def test_what_no_population_can_be_made_of_is_trained_one_by_one(monkeypatch):
    digits, diagnosis = data.load("digits"), Diagnosis()
    x, y = digits.x_train[:400], digits.y_train[:400]
    too_slow(0).fit(x, y, epochs=3, callbacks=[diagnosis], verbose=0)
    together = diagnosis.try_changes(too_slow, x, y, seeds=2)

    def refused(*_):
        raise TypeError

    monkeypatch.setattr(proof, "Population", refused)
    one_by_one = diagnosis.try_changes(too_slow, x, y, seeds=2)
    for a, b in zip(
        together, one_by_one, strict=True
    ):  # other orders of the samples, the same weights to begin with
        assert a.change == b.change
        np.testing.assert_allclose(a.after, b.after, atol=0.1)


def test_no_change_is_recommended_where_none_was_tried():
    assert advice([]) == "No change is recommended: none has gained for certain."


@pytest.mark.slow
def test_the_command_writes_a_page(tmp_path, capsys):
    model = "dlkeras/diagnosis/example.py:build"
    assert main([model, "digits", "--epochs", "3", "--out", str(tmp_path)]) == 0
    page = tmp_path / "diagnosis-example-digits" / "index.html"
    assert "hidden_activation" in page.read_text()
    assert "hidden_activation" in capsys.readouterr().out


def test_the_command_says_what_is_wrong(tmp_path, capsys):
    assert main(["nowhere.py:build", "digits", "--out", str(tmp_path)]) == 1
    expected = "error: MODEL must name a Python file that is there. Received: nowhere.py:build\n"
    assert capsys.readouterr().err == expected


def test_targets_say_what_they_are():
    assert target_facts(np.array([0, 1, 2]), "sparse_categorical_crossentropy", 3).kind == "classes"
    assert target_facts(np.eye(3), "categorical_crossentropy", 3).kind == "one_hot"
    assert target_facts(np.array([[0.0], [1.0]]), "binary_crossentropy", 1).kind == "binary"
    assert target_facts(np.array([-1, 1]), "hinge", 1).kind == "signs"
    assert target_facts(np.array([[1, 1], [0, 1]]), "binary_crossentropy", 2).kind == "multilabel"
    assert target_facts(np.array([[0.5], [3]]), "mean_squared_error", 1).kind == "real"

"""check_model finds every planted bug, blames the right tensors, and passes correct models of many kinds."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from gradcheck_bugs import IN_MODELS, LAYERS, X, Y, model_with, of
from gradcheck_models import KINDS, random_model

from dlkeras.gradcheck import check_model
from dlkeras.scratch import cost_and_gradients, cross_entropy

L = keras.layers
METHODS = ("full", "directional")


@pytest.mark.parametrize("bug", IN_MODELS, ids=lambda bug: bug.name)
def test_planted_bugs_are_found_and_blamed(bug):
    model = model_with(bug)
    for method in METHODS:
        result = check_model(model, X, Y, method=method)
        assert result.wrong == bug.blamed
        with pytest.raises(AssertionError) as error:
            result.assert_passed()
        assert str(error.value) == str(result)


@pytest.mark.parametrize("dtype", ["float32", "float64", "mixed_float16"])
def test_the_same_model_without_a_bug_passes(dtype):
    for method in METHODS:
        result = check_model(model_with(None, dtype), X, Y, method=method)
        result.assert_passed()
        assert [tensor.name for tensor in result.tensors] == of(*LAYERS)
        assert result.relative_difference < 1e-8


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_correct_models_pass(kind):
    """Twenty of the two hundred of the benchmark, and five along directions."""
    first = KINDS.index(kind)
    for seed in range(first, 4 * len(KINDS), len(KINDS)):
        check_model(*random_model(seed)).assert_passed()
    check_model(*random_model(100 + first), method="directional").assert_passed()


def test_numerical_gradients_are_those_of_a_network_by_hand():
    keras.utils.set_random_seed(1)
    x, y = np.random.default_rng(0).normal(size=(8, 4)), np.eye(3)[[0, 1, 2, 0, 1, 2, 0, 1]]
    inputs = keras.Input((4,))
    model = keras.Model(inputs, L.Dense(3, name="out")(L.Dense(5, "tanh", name="in")(inputs)))
    model.compile("sgd", keras.losses.CategoricalCrossentropy(from_logits=True))
    result = check_model(model, x, y)
    W1, b1, W2, b2 = (weight.astype(np.float64) for weight in model.get_weights())
    parameters = {"W1": W1.T, "b1": b1[:, None], "W2": W2.T, "b2": b2[:, None]}
    J, gradients = cost_and_gradients(x.T, y.T, parameters, ["tanh", "linear"], cross_entropy)
    assert abs(result.loss - J) < 1e-14
    for tensor, gradient in zip(result.tensors, gradients.values(), strict=True):
        expected = gradient.T if tensor.name.endswith("kernel") else gradient[:, 0]
        np.testing.assert_allclose(tensor.numerical, expected, atol=1e-9)
        np.testing.assert_allclose(tensor.analytic, expected, atol=1e-15)


def compiled(model, loss="mse", **options):
    model.compile("adam", loss, **options)
    return model


def sequential(*layers, shape=(4,)):
    return compiled(keras.Sequential([keras.Input(shape), *layers]))


RNG = np.random.default_rng(0)
X4, Y1 = RNG.normal(size=(6, 4)), RNG.normal(size=(6, 1))


def test_a_frozen_layer_is_not_checked():
    model = sequential(
        L.Dense(3, "tanh", name="a"), L.Dense(3, "tanh", trainable=False), L.Dense(1, name="b")
    )
    result = check_model(model, X4, Y1)
    result.assert_passed()
    assert [tensor.name for tensor in result.tensors] == ["a/kernel", "a/bias", "b/kernel", "b/bias"]


def test_evaluation_leaves_dropout_out():
    model = sequential(L.Dense(3, "tanh"), L.Dropout(0.5, seed=1), L.Dense(1))
    training, evaluation = (check_model(model, X4, Y1, training=t) for t in (True, False))
    training.assert_passed()
    evaluation.assert_passed()
    assert training.loss != evaluation.loss
    np.testing.assert_allclose(evaluation.loss, model.evaluate(X4, Y1, verbose=0), rtol=1e-5)


def test_a_regularizer_is_part_of_the_loss():
    def build(l2):
        keras.utils.set_random_seed(0)
        regularizer = keras.regularizers.L2(l2)
        return sequential(
            L.Dense(3, "tanh", kernel_regularizer=regularizer), L.BatchNormalization(), L.Dense(1)
        )

    plain, regularized = (check_model(build(l2), X4, Y1) for l2 in (0.0, 0.5))
    regularized.assert_passed()
    kernel = build(0.5).get_weights()[0]
    difference = regularized.tensors[0].numerical - plain.tensors[0].numerical
    np.testing.assert_allclose(difference, kernel, atol=1e-8)  # 2 l2 W


def test_several_inputs_outputs_and_losses():
    a, b = keras.Input((4,), name="a"), keras.Input((2,), name="b")
    hidden = L.Concatenate()([L.Dense(3, "tanh")(a), b])
    outputs = {"first": L.Dense(1, name="first")(hidden), "second": L.Dense(2, name="second")(hidden)}
    model = keras.Model({"a": a, "b": b}, outputs)
    model.compile("sgd", {"first": "mse", "second": "mae"}, loss_weights={"first": 2.0, "second": 0.5})
    x = {"a": X4, "b": RNG.normal(size=(6, 2))}
    check_model(model, x, {"first": Y1, "second": RNG.normal(size=(6, 2))}).assert_passed()


class Subclassed(keras.Model):
    """Adds a loss of its own, computes another in place of the compiled one, and keeps a metric."""

    def __init__(self):
        super().__init__(name="subclassed")
        self.hidden, self.out = L.Dense(3, "gelu"), L.Dense(1)
        self.own = self.add_weight(shape=(1,), initializer="ones", name="own")
        self.tracker = keras.metrics.Mean()

    def call(self, x):
        self.add_loss(keras.ops.sum(self.own**4))
        return self.out(self.hidden(x)) * self.own

    def compute_loss(self, x, y, y_pred, sample_weight=None, training=True):
        loss = keras.ops.mean((y - y_pred) ** 4) + sum(self.losses)
        self.tracker.update_state(loss)
        return loss


def test_a_subclassed_model():
    model = compiled(Subclassed())
    model(X4)
    result = check_model(model, X4, Y1)
    result.assert_passed()
    assert result.tensors[0].name == "own"
    assert float(model.tracker.result()) == 0


def test_a_model_whose_layers_add_all_the_loss():
    model = keras.Sequential([keras.Input((4,)), L.Dense(3, "tanh", activity_regularizer="l2")])
    model.compile("sgd")
    check_model(model, X4).assert_passed()


class OnlyEager(L.Layer):
    def call(self, x):
        return x * float(tf.reduce_mean(tf.abs(x)).numpy() > 0) if tf.executing_eagerly() else x


def test_a_model_that_runs_eagerly():
    model = keras.Sequential([keras.Input((4,)), L.Dense(2, "tanh"), OnlyEager(), L.Dense(1)])
    check_model(compiled(model, run_eagerly=True), X4, Y1).assert_passed()


def test_weights_that_do_not_matter_are_zero_to_rounding():
    model = sequential(L.Dense(3, name="before"), L.BatchNormalization(), L.Dense(1))
    result = check_model(model, X4, Y1)
    result.assert_passed()
    assert [tensor.name for tensor in result.tensors if tensor.is_zero] == ["before/bias"]
    assert "before/bias" in str(result)
    assert "ok, zero to rounding" in str(result)


def test_dead_units_and_ties_of_maxima_are_no_alarm():
    dead = keras.initializers.Constant(-9.0)
    model = sequential(
        *(L.Conv1D(2, 2, activation="relu"), L.MaxPooling1D(2), L.Flatten()),
        *(L.Dense(3, "relu", bias_initializer=dead), L.Dense(2, "relu"), L.Dense(1)),
        shape=(4, 1),
    )
    check_model(model, X4[..., None], Y1).assert_passed()


def test_a_large_model_is_checked_in_few_passes():
    passes = []

    class Counted(L.Layer):
        def call(self, x):
            passes.append(1)
            return x

    model = compiled(
        keras.Sequential([keras.Input((4,)), L.Dense(400, "tanh"), Counted(), L.Dense(1)]), run_eagerly=True
    )
    passes.clear()
    check_model(model, X4, Y1, method="directional", num_directions=3).assert_passed()
    assert len(passes) == 3 + 2 * 3 * 4  # loss, loss and gradient, start; both sides, directions, tensors


@pytest.mark.slow
def test_a_published_network_passes_in_inference():
    """One of hard sigmoids, which have kinks, and batch normalization of untrained moments."""
    keras.utils.set_random_seed(0)
    model = keras.applications.MobileNetV3Small((32, 32, 3), weights=None, classes=4)
    model.compile("sgd", "sparse_categorical_crossentropy")
    x = np.random.default_rng(0).uniform(0, 255, (4, 32, 32, 3)).astype("float32")
    result = check_model(model, x, np.arange(4), training=False, method="directional", num_directions=1)
    result.assert_passed()
    assert len(result.tensors) == len(model.trainable_variables)

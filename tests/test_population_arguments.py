"""What `fit`, `evaluate` and `predict` of Keras take besides x and y, against plain `fit` of each replica."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from slow_cases import some_now

from dlkeras.population import Population

L = keras.layers
RNG = np.random.default_rng(0)
X = RNG.normal(size=(22, 6)).astype("float32")
Y, WEIGHTS = RNG.integers(0, 3, size=22), RNG.uniform(0, 3, 22).astype("float32")
SEEDS = (1, 2)
CLOSE = {"rtol": 2e-4, "atol": 2e-5}  # float32, two programs
SPARSE = keras.losses.SparseCategoricalCrossentropy
CLASSES = {0: 3.0, 2: 0.25}
ROWS = tf.data.Dataset.from_tensor_slices


def build(seed):
    keras.utils.set_random_seed(seed)
    return keras.Sequential([keras.Input((6,)), L.Dense(5, "tanh"), L.Dense(3)])


def with_lora(seed):
    model = build(seed)
    model.layers[0].enable_lora(2, lora_alpha=3)
    return model


def by_name(y):
    return np.eye(3, dtype="float32")[y]


FIT = {  # loss, y, what `fit` is given
    "class weights": (SPARSE(True), Y, {"class_weight": CLASSES}),
    "class weights, one-hot": ("mse", by_name(Y), {"class_weight": CLASSES}),
    "class weights, a column": (SPARSE(True), Y[:, None], {"class_weight": CLASSES}),
    "weights": (SPARSE(True), Y, {"sample_weight": WEIGHTS}),
    "weights, summed": (SPARSE(True, reduction="sum"), Y, {"sample_weight": WEIGHTS}),
    "weights, by their mean": (
        SPARSE(True, reduction="mean_with_sample_weight"),
        Y,
        {"sample_weight": WEIGHTS},
    ),
    "weights, another loss": (keras.losses.CosineSimilarity(), by_name(Y), {"sample_weight": WEIGHTS}),
    "split": (SPARSE(True), Y, {"sample_weight": WEIGHTS, "validation_split": 0.3}),
    "weights in validation": (SPARSE(True), Y, {"validation_data": (X[:9], Y[:9], WEIGHTS[:9])}),
    "some epochs": (SPARSE(True), Y, {"validation_data": (X, Y), "validation_freq": [1, 3]}),
}


def fit(model, loss, y, options, metrics):
    # Without XLA, which lacks an operation of metrics' weights on this backend.
    model.compile(keras.optimizers.SGD(0.1), loss, metrics=metrics, **model_options(model))
    return model.fit(X, y, 8, 3, 0, shuffle=False, **options).history


def model_options(model):
    return {} if isinstance(model, Population) else {"jit_compile": False}


def assert_follows(make, loss, y, options, metrics=("accuracy",)):
    population = Population(make, SEEDS)
    together = fit(population, loss, y, options, list(metrics))
    for replica, seed in enumerate(SEEDS):
        model = make(seed)
        history = fit(model, loss, y, options, list(metrics))
        assert set(history) == set(together)
        for name, values in history.items():
            np.testing.assert_allclose(np.array(together[name])[:, replica], values, **CLOSE, err_msg=name)
        for ours, weights in zip(population.member(replica).get_weights(), model.get_weights(), strict=True):
            np.testing.assert_allclose(ours, weights, **CLOSE)
    return population


NOW = ("class weights", "weights", "weights, another loss", "split", "weights in validation", "some epochs")


@pytest.mark.parametrize("name", some_now(FIT, *NOW))
def test_fit(name):
    assert_follows(build, *FIT[name])


def test_low_rank_adaptation():
    population = assert_follows(with_lora, SPARSE(True), Y, {})
    assert len(population.trainable_variables) == 5  # a, b and bias, and the logits' two
    (kernel,) = [w for w in population.get_weights() if w.shape == (2, 6, 5)]  # it is frozen
    np.testing.assert_array_equal(kernel[0], build(SEEDS[0]).get_weights()[0])


def convolution(seed):
    keras.utils.set_random_seed(seed)
    layers = L.Reshape((6, 1)), keras.Sequential([L.Conv1D(2, 3)]), L.Flatten(), L.Dense(3)
    return keras.Sequential([keras.Input((6,)), *layers])


def compiled(metrics="accuracy"):
    population = Population(build, SEEDS)
    population.compile("sgd", SPARSE(True), metrics=metrics, jit_compile="auto", weighted_metrics=[])
    return population


def test_one_metric_needs_no_list():
    for metric in ("accuracy", keras.metrics.SparseCategoricalAccuracy("accuracy")):
        assert list(compiled(metric).evaluate(X, Y, verbose=0, return_dict=True)) == ["loss", "accuracy"]


def test_what_is_compiled_by_xla(monkeypatch):
    convolutions = Population(convolution, SEEDS)
    convolutions.compile("sgd", SPARSE(True))
    assert compiled().jit_compile
    assert not convolutions.jit_compile
    convolutions.compile("sgd", SPARSE(True), jit_compile=True)
    assert convolutions.jit_compile
    monkeypatch.setattr(Population, "jit_by_default", False)
    assert not compiled().jit_compile


def test_weights_in_a_data_set():
    by_array, by_data, by_class = compiled(), compiled(), compiled()
    by_array.fit(X, Y, 8, sample_weight=WEIGHTS, shuffle=False, verbose=0)
    by_data.fit(ROWS((X, Y, WEIGHTS)).batch(8), verbose=0)
    for a, b in zip(by_array.get_weights(), by_data.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, **CLOSE)
    expected = by_array.evaluate(X, Y, sample_weight=WEIGHTS, verbose=0)
    found = by_data.evaluate(ROWS((X, Y, WEIGHTS)).batch(8), verbose=0)
    np.testing.assert_allclose(found, expected, **CLOSE)
    by_array.fit(X, Y, 8, class_weight=CLASSES, shuffle=False, verbose=0)
    by_class.set_weights(by_data.get_weights())
    by_class.fit(ROWS((X, Y)).batch(8), class_weight=CLASSES, verbose=0)
    for a, b in zip(by_array.get_weights(), by_class.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, **CLOSE)


def test_weights_of_one_batch():
    by_fit, by_batch = compiled(), compiled()
    by_fit.fit(X, Y, len(X), sample_weight=WEIGHTS, shuffle=False, verbose=0)
    by_batch.train_on_batch(X, Y, sample_weight=WEIGHTS)
    for a, b in zip(by_fit.get_weights(), by_batch.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, **CLOSE)
    found = by_batch.test_on_batch(X, Y, WEIGHTS)
    np.testing.assert_allclose(found, by_fit.evaluate(X, Y, sample_weight=WEIGHTS, verbose=0), **CLOSE)


def test_predictions_over_a_data_set():
    population = compiled()
    expected = population.predict(X, verbose=0)
    for batches in (ROWS(X), ROWS((X, Y)), ROWS((X, Y, WEIGHTS))):
        np.testing.assert_allclose(population.predict(batches.batch(8)), expected, **CLOSE)

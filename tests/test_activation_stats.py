"""ActivationStats against a NumPy forward pass, on all kinds of models, and no trace on training."""

import csv
import sys

import keras
import numpy as np
import pytest
from keras import layers

from dlkeras.callbacks.activation_stats import ActivationStats

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 6)).astype(np.float32)
Y = RNG.normal(size=(40, 3)).astype(np.float32)
# float32 forward pass and mean against float64
TOLERANCE = {"rtol": 1e-5, "atol": 1e-6}
FUNCTIONS = {
    "linear": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
}
SLOPES = {"tanh": lambda z: 1 / np.cosh(z) ** 2, "sigmoid": lambda z: 1 / (2 + np.exp(z) + np.exp(-z))}


def stack(*activations, width=8, scale=1.0):
    hidden = [layers.Dense(width, a, name=f"{a}_{i}") for i, a in enumerate(activations)]
    model = keras.Sequential([keras.Input((6,)), *hidden, layers.Dense(3, name="out")])
    for layer in hidden:
        layer.kernel.assign(layer.kernel * scale)
    return compiled(model)


def compiled(model, **options):
    model.compile(keras.optimizers.SGD(0.05), loss="mse", **options)
    return model


def fit(model, *callbacks, x=X, y=Y, epochs=2, batch_size=16):
    model.fit(x, y, epochs=epochs, batch_size=batch_size, shuffle=False, verbose=0, callbacks=list(callbacks))
    return callbacks[0]


def recomputed(model, x):
    """The four statistics of each Dense layer of a stack, in float64 from its weights."""
    rows, a = [], x.astype(np.float64)
    for layer in model.layers:
        name = layer.activation.__name__
        kernel, bias = (w.astype(np.float64) for w in layer.get_weights())
        z = a @ kernel + bias
        a = FUNCTIONS[name](z)
        slope = SLOPES[name](z) if name in SLOPES else None
        saturated = np.nan if slope is None else np.mean(slope < 0.05 * SLOPES[name](0.0))
        rows.append([a.mean(), np.sqrt(((a - a.mean()) ** 2).mean()), saturated, np.mean((a == 0).all(0))])
    return np.array(rows)


def statistics(stats, row):
    return np.stack([s[row] for s in (stats.mean, stats.std, stats.saturated_rate, stats.dead_rate)], axis=1)


class Snapshots(keras.callbacks.Callback):
    """The recomputed statistics before training and after each epoch."""

    def on_train_begin(self, logs=None):
        self.rows = [recomputed(self.model, X)]

    def on_epoch_end(self, epoch, logs=None):
        self.rows.append(recomputed(self.model, X))


def test_equals_a_recomputation_at_every_epoch():
    model, snapshots = stack("sigmoid", "tanh", "relu", scale=4.0), Snapshots()
    stats = fit(model, ActivationStats(X), snapshots, epochs=3)
    assert stats.layer_names == ["sigmoid_0", "tanh_1", "relu_2", "out"]
    assert stats.activation_names == ["sigmoid", "tanh", "relu", "linear"]
    assert stats.epochs.tolist() == [0, 1, 2, 3]
    assert stats.steps.tolist() == [0, 3, 6, 9]
    for array in (stats.mean, stats.std, stats.saturated_rate, stats.dead_rate):
        assert (array.shape, array.dtype) == ((4, 4), np.float32)
    for row, expected in enumerate(snapshots.rows):
        np.testing.assert_allclose(statistics(stats, row), expected, **TOLERANCE)
    assert np.all(stats.saturated_rate[0, :2] > 0.05)  # so that something was there to be counted
    assert np.all(np.isnan(stats.saturated_rate[:, 2:]))
    assert np.all(stats.mean[0] != stats.mean[-1])


def test_comparison_rejects_another_batch():
    model, snapshots = stack("tanh"), Snapshots()
    stats = fit(model, ActivationStats(X[:20]), snapshots)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(statistics(stats, 0), snapshots.rows[0], **TOLERANCE)


@pytest.mark.parametrize(
    ("activation", "slope"),
    [
        ("sigmoid", SLOPES["sigmoid"]),
        ("tanh", SLOPES["tanh"]),
        ("softsign", lambda z: 1 / (1 + np.abs(z)) ** 2),
        ("hard_sigmoid", lambda z: np.where(np.abs(z) < 3, 1 / 6, 0)),
        ("hard_tanh", lambda z: np.where(np.abs(z) < 1, 1, 0)),
    ],
)
def test_saturated_means_a_slope_below_five_percent(activation, slope):
    z = np.linspace(-9, 9, 1000, dtype=np.float32).reshape(-1, 1)
    model = compiled(keras.Sequential([keras.Input((1,)), layers.Activation(activation), layers.Dense(3)]))
    stats = fit(model, ActivationStats(z), x=z[:40])
    expected = np.mean(slope(z.astype(np.float64)) < 0.05 * slope(0.0))
    assert 0.1 < expected < 0.9
    np.testing.assert_allclose(stats.saturated_rate[0, 0], expected, atol=0.0021)  # a point at each border


def test_planted_dead_units_are_counted():
    model = stack("relu", width=8)
    bias = np.array([-1e3, -1e3, -1e3, 1e3, 1e3, 1e3, 1e3, 0], np.float32)  # three dead, four always on
    model.layers[0].bias.assign(bias)
    stats = fit(model, ActivationStats(X))
    np.testing.assert_array_equal(stats.dead_rate[0], [3 / 8, 0])


def test_a_unit_that_lives_on_one_sample_is_not_dead():
    x = np.zeros((40, 6), np.float32)
    x[7, 0] = 1
    model = stack("relu", width=8)
    model.layers[0].kernel.assign(np.eye(6, 8))
    np.testing.assert_array_equal(fit(model, ActivationStats(x)).dead_rate[0, 0], np.float32(7 / 8))


def test_a_filter_is_dead_when_it_is_zero_at_every_position():
    x = RNG.normal(size=(10, 6, 6, 1)).astype(np.float32)
    conv = layers.Conv2D(4, 3, activation="relu")
    model = compiled(keras.Sequential([keras.Input((6, 6, 1)), conv, layers.Flatten(), layers.Dense(3)]))
    conv.bias.assign([-1e3, 0, 0, 0])
    stats = fit(model, ActivationStats(x), x=x, y=Y[:10])
    a = model.layers[0](x).numpy()  # after training; the dead filter has no gradient and stays
    assert stats.dead_rate[-1, 0] == np.float32(1 / 4) == np.mean((a == 0).all((0, 1, 2)))
    np.testing.assert_allclose(stats.mean[-1, 0], a.mean(), **TOLERANCE)


def test_nested_shared_and_separate_activation_layers():
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(4, "tanh", name="dense")], name="inner")
    inputs = keras.Input((6,))
    h = layers.ReLU(name="rectified")(layers.BatchNormalization()(layers.Dense(4, name="first")(inputs)))
    model = compiled(keras.Model(inputs, layers.Dense(3, name="out")(inner(inner(h)))))
    stats = fit(model, ActivationStats(X))
    assert stats.layer_names == ["first", "rectified", "inner/dense", "inner/dense (2)", "out"]
    assert stats.activation_names == ["linear", "relu", "tanh", "tanh", "linear"]
    views = keras.Model(inputs, [model.get_layer("first").output, h])
    first, rectified = (a.numpy() for a in views(X, training=False))
    once = inner(rectified).numpy()
    for column, a in enumerate([first, rectified, once, inner(once).numpy(), model(X).numpy()]):
        np.testing.assert_allclose(stats.mean[-1, column], a.mean(), **TOLERANCE)
        np.testing.assert_allclose(stats.std[-1, column], a.std(), **TOLERANCE)


class Residual(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = layers.Dense(6, "relu")
        self.second = layers.Dense(6, "tanh")
        self.out = layers.Dense(3)

    def call(self, x, training=False):
        return self.out(x + self.second(self.first(x)))


def test_subclassed_model_that_is_not_built_yet():
    model = compiled(Residual())
    stats = fit(model, ActivationStats(X))
    assert stats.layer_names == [layer.name for layer in (model.first, model.second, model.out)]
    for column, a in enumerate((model.first(X), model.second(model.first(X)), model(X))):
        np.testing.assert_allclose(stats.mean[-1, column], a.numpy().mean(), **TOLERANCE)


def test_sequential_without_input_stays_free_in_its_batch_size():
    model = compiled(keras.Sequential([layers.Dense(4, "relu"), layers.Dense(3)]))
    fit(model, ActivationStats(X[:7]))
    assert model.input_shape == (None, 6)


def test_several_inputs():
    a, b = keras.Input((6,), name="a"), keras.Input((2,), name="b")
    model = compiled(keras.Model({"a": a, "b": b}, layers.Dense(3, "tanh")(layers.Concatenate()([a, b]))))
    x = {"a": X, "b": X[:, :2]}
    stats = fit(model, ActivationStats(x), x=x)
    np.testing.assert_allclose(stats.mean[-1, 0], model(x).numpy().mean(), **TOLERANCE)


def test_recurrent_layers_are_left_out():
    model = keras.Sequential([keras.Input((3, 2)), layers.LSTM(4), layers.Dense(3, name="out")])
    x = X.reshape(40, 3, 2)
    assert fit(compiled(model), ActivationStats(x), x=x).layer_names == ["out"]


def test_mixed_precision_counts_in_float32():
    dense = layers.Dense(400, "relu", dtype="mixed_float16", kernel_initializer="ones")
    model = compiled(keras.Sequential([keras.Input((6,)), dense, layers.Dense(3, dtype="float32")]))
    x = np.full((400, 6), 100, np.float32)  # the sum of 160,000 times 600 is beyond float16
    np.testing.assert_array_equal(fit(model, ActivationStats(x)).mean[0, 0], 600)


def test_training_goes_on_as_without_it():
    def trained(*callbacks):
        keras.utils.set_random_seed(3)
        model = keras.Sequential(
            [
                layers.Dense(8, "relu", activity_regularizer="l2"),
                layers.BatchNormalization(),
                layers.Dropout(0.5),
                layers.Dense(3),
            ]
        )
        history = keras.callbacks.History()
        fit(compiled(model), history, *callbacks, epochs=3)
        return history.history["loss"], [*model.get_weights(), *(v.numpy() for v in model.variables)]

    loss, weights = trained()
    for options in ({}, {"unit": "step"}):
        loss_with, weights_with = trained(ActivationStats(X, **options))
        assert loss_with == loss
        for a, b in zip(weights, weights_with, strict=True):
            np.testing.assert_array_equal(a, b)


def test_layers_are_left_as_they_were():
    model = stack("relu")
    before = [set(vars(layer)) for layer in model.layers]
    fit(model, ActivationStats(X), ActivationStats(X[:5]))
    assert [set(vars(layer)) for layer in model.layers] == before


@pytest.mark.parametrize(
    ("every", "unit", "options", "epochs", "steps"),
    [
        (2, "epoch", {}, [0, 2, 4], [0, 6, 12]),
        (9, "epoch", {}, [0], [0]),
        (1, "step", {}, [0, 0, 0, 0, 1, 1, 1], [0, 1, 2, 3, 4, 5, 6]),
        (4, "step", {}, [0, 1], [0, 4]),
        (2, "step", {"steps_per_execution": 2}, [0, 0, 1, 1], [0, 2, 5, 6]),
        (5, "step", {"steps_per_execution": 3}, [0, 1], [0, 6]),
    ],
)
def test_cadence(every, unit, options, epochs, steps):
    model = compiled(stack("relu"), **options)
    num_epochs = 5 if unit == "epoch" else 2  # of three steps: batches of 16, 16 and 8
    stats = fit(model, ActivationStats(X, every, unit), epochs=num_epochs)
    assert (stats.epochs.tolist(), stats.steps.tolist()) == (epochs, steps)


def test_second_fit_starts_afresh():
    stats = ActivationStats(X)
    fit(stack("relu", "relu"), stats, epochs=3)
    model = stack("tanh")
    expected = recomputed(model, X)
    fit(model, stats, epochs=1)
    assert (stats.epochs.tolist(), stats.steps.tolist()) == ([0, 1], [0, 3])
    assert stats.layer_names == ["tanh_0", "out"]
    np.testing.assert_allclose(statistics(stats, 0), expected, **TOLERANCE)


def test_empty_before_training():
    stats = ActivationStats(X)
    assert (stats.mean.shape, stats.steps.shape, stats.layer_names) == ((0, 0), (0,), [])


COLUMNS = ["epoch", "step", "layer", "activation", "mean", "std", "saturated_rate", "dead_rate"]


@pytest.mark.parametrize("pandas", [True, False])
def test_frame_and_csv_have_a_row_for_each_measurement_and_layer(pandas, tmp_path, monkeypatch):
    if pandas:
        pytest.importorskip("pandas")
    else:
        monkeypatch.setitem(sys.modules, "pandas", None)  # makes `import pandas` fail
    stats = fit(stack("tanh"), ActivationStats(X), epochs=1)
    frame = stats.to_frame()
    assert isinstance(frame, dict) is not pandas
    assert list(frame) == COLUMNS
    assert list(frame["epoch"]) == [0, 0, 1, 1]
    assert list(frame["step"]) == [0, 0, 3, 3]
    assert list(frame["layer"]) == ["tanh_0", "out"] * 2
    assert list(frame["activation"]) == ["tanh", "linear"] * 2
    np.testing.assert_array_equal(frame["std"], stats.std.ravel())

    stats.to_csv(tmp_path / "stats.csv")
    with open(tmp_path / "stats.csv", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == COLUMNS
    assert [row[2] for row in rows] == ["tanh_0", "out"] * 2
    np.testing.assert_array_equal(np.float32([row[4] for row in rows]), stats.mean.ravel())
    np.testing.assert_array_equal(np.float32([row[6] for row in rows]), stats.saturated_rate.ravel())


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (
            {"x_probe": X[:0]},
            ValueError,
            "`x_probe` must hold at least one sample. Received: x_probe of shape (0, 6) and dtype float32",
        ),
        (
            {"x_probe": np.array([["a"]])},
            TypeError,
            "`x_probe` must be an array of numbers. Received: x_probe of shape (1, 1) and dtype <U1",
        ),
        (
            {"x_probe": None},
            TypeError,
            "`x_probe` must be an array of numbers. Received: x_probe of shape () and dtype object",
        ),
        ({"every": 0}, ValueError, "`every` must be at least 1. Received: every=0"),
        ({"every": 0.5}, TypeError, "`every` must be an integer. Received: every=0.5"),
        ({"every": True}, TypeError, "`every` must be an integer. Received: every=True"),
        ({"unit": "batch"}, ValueError, "`unit` must be 'epoch' or 'step'. Received: unit='batch'"),
    ],
)
def test_bad_arguments(arguments, error, message):
    with pytest.raises(error) as raised:
        ActivationStats(**{"x_probe": X, **arguments})
    assert str(raised.value) == message


class InALoop(keras.Layer):
    def __init__(self):
        super().__init__(name="in_a_loop")
        self.dense = layers.Dense(3, "relu", name="dense")

    def build(self, input_shape):
        self.dense.build(input_shape)

    def call(self, x):
        return keras.ops.map(lambda row: self.dense(row[None])[0], x)


@pytest.mark.parametrize(
    ("stack_of_layers", "x_probe", "message"),
    [
        (
            [layers.Dense(4, "relu"), layers.Dense(3)],
            X[:, :5],
            "`x_probe` must fit the inputs of the model 'bad'. Received: x_probe=float32(40, 5)",
        ),
        (
            [layers.Reshape((2, 3), name="reshape"), layers.GlobalAveragePooling1D(name="pooled")],
            X,
            "The model must call a layer that has an activation. "
            "Received: model='bad' with layers ['reshape', 'pooled']",
        ),
        (
            [InALoop()],
            X,
            "The outputs of all layers must be in reach of the model's own call, and that of "
            "'in_a_loop/dense' exists only inside a loop or a tf.function. Received: model='bad'. "
            "Call the layer outside of it",
        ),
    ],
)
def test_models_that_cannot_be_measured(stack_of_layers, x_probe, message):
    model = compiled(keras.Sequential([keras.Input((6,)), *stack_of_layers], name="bad"))
    with pytest.raises(ValueError, match="model") as raised:
        fit(model, ActivationStats(x_probe))
    assert str(raised.value) == message

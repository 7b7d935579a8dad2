"""Models whose training is their own, in a search: a GAN, several devices, several outputs."""

import keras
import keras_tuner
import numpy as np
import pytest
import tensorflow as tf

from dlkeras.tuning import CoarseToFine, load_trials

L = keras.layers
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(16, 5)).astype("float32"), RNG.integers(0, 4, 16)
pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras
    pytest.mark.filterwarnings("ignore:.*:UserWarning:keras"),
]


class Gan(keras.Model):
    """As in Keras's guide: two networks, an optimizer for each, and no `call`."""

    def __init__(self, units):
        super().__init__()
        self.generator = keras.Sequential([L.Dense(units, "tanh"), L.Dense(5)])
        self.discriminator = keras.Sequential([L.Dense(units, "tanh"), L.Dense(1)])
        self.loss_mean = keras.metrics.Mean("g_loss")

    @property
    def metrics(self):
        return [self.loss_mean]

    def compile(self, d_optimizer, g_optimizer):
        super().compile(run_eagerly=True)
        self.d_optimizer, self.g_optimizer = d_optimizer, g_optimizer
        self.cost = keras.losses.BinaryCrossentropy(from_logits=True)

    def train_step(self, real):
        count = tf.shape(real)[0]
        noise = tf.random.normal((count, 2))
        labels = tf.concat([tf.ones((count, 1)), tf.zeros((count, 1))], 0)
        with tf.GradientTape() as tape:
            both = tf.concat([self.generator(noise), real], 0)
            loss = self.cost(labels, self.discriminator(both))
        variables = self.discriminator.trainable_weights
        self.d_optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        with tf.GradientTape() as tape:
            loss = self.cost(tf.zeros((count, 1)), self.discriminator(self.generator(noise)))
        variables = self.generator.trainable_weights
        self.g_optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        self.loss_mean.update_state(loss)
        return {"g_loss": self.loss_mean.result()}


def build_gan(hp):
    gan = Gan(hp.Int("units", 2, 6))
    rate = hp.Float("rate", 1e-3, 1e-1, sampling="log")
    gan.compile(keras.optimizers.Adam(rate), keras.optimizers.Adam(rate))
    return gan


def completed(tuner, *args, **kwargs):
    tuner.search(*args, epochs=2, batch_size=8, verbose=0, **kwargs)
    records = load_trials(tuner.project_dir)
    assert [(record.status, record.reason) for record in records] == [("COMPLETED", "")] * 2
    return records


def test_a_gan(tmp_path):
    tuner = CoarseToFine(build_gan, keras_tuner.Objective("g_loss", "min"), 2, directory=tmp_path)
    records = completed(tuner, X)
    assert min(records[0].epochs[0]["g_loss"]) == records[0].score
    best = tuner.get_best_models()[0]
    assert best.generator(np.zeros((1, 2))).shape == (1, 5)


def test_several_outputs(tmp_path):
    def build(hp):
        x = keras.Input((5,))
        hidden = L.Dense(hp.Int("units", 2, 6), "tanh")(x)
        model = keras.Model(x, [L.Dense(1, name="a")(hidden), L.Dense(2, name="b")(hidden)])
        model.compile("sgd", ["mse", "mse"], run_eagerly=True)
        return model

    targets = [X[:, :1], X[:, 1:3]]
    tuner = CoarseToFine(build, "val_loss", max_trials=2, directory=tmp_path)
    completed(tuner, X, targets, validation_split=0.25)
    assert tuner.get_best_models()[0].evaluate(X[12:], [t[12:] for t in targets], verbose=0)[
        0
    ] == pytest.approx(tuner.oracle.get_best_trials()[0].score, rel=1e-5)


def test_several_devices(tmp_path):
    strategy = tf.distribute.MirroredStrategy(["/cpu:0"])

    def build(hp):
        model = keras.Sequential([L.Dense(hp.Int("units", 2, 6), "tanh"), L.Dense(4)])
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model

    tuner = CoarseToFine(build, "loss", max_trials=2, distribution_strategy=strategy, directory=tmp_path)
    completed(tuner, X, Y)
    assert tuner.get_best_models()[0].predict(X, verbose=0).shape == (16, 4)


def test_a_fit_of_the_models_own_gets_what_was_given(tmp_path):
    seen = []

    class Own(keras.Sequential):
        def fit(self, *args, **kwargs):
            seen.append((args, {name: value for name, value in kwargs.items() if name != "callbacks"}))
            return super().fit(*args, **kwargs)

    def build(hp):
        model = Own([keras.Input((5,)), L.Dense(hp.Int("units", 1, 6))])
        model.compile("sgd", "mse", run_eagerly=True)
        return model

    completed(CoarseToFine(build, "loss", max_trials=2, directory=tmp_path), X, X[:, :1])
    (args, kwargs), _ = seen
    assert args[0] is X
    assert kwargs == {"epochs": 2, "batch_size": 8, "verbose": 0}


def test_a_model_whose_build_leaves_layers_to_its_first_call(tmp_path):
    class Lazy(keras.Model):
        def __init__(self, units):
            super().__init__()
            self.units = units

        def build(self, shape):
            self.hidden, self.out = L.Dense(self.units, "tanh"), L.Dense(4)

        def call(self, x):
            return self.out(self.hidden(x))

    def build(hp):
        model = Lazy(hp.Int("units", 2, 6))
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model

    tuner = CoarseToFine(build, "loss", max_trials=2, directory=tmp_path)
    tuner.search(X, Y, validation_data=(X, Y), epochs=2, batch_size=16, verbose=0)
    trial, model = tuner.oracle.get_best_trials()[0], tuner.get_best_models()[0]
    assert len(model.weights) == 4
    validated = load_trials(tuner.project_dir)[int(trial.trial_id)].epochs[0]["val_loss"]
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(validated[trial.best_step], rel=1e-5)

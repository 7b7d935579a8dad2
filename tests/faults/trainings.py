"""Small trainings of digits, each broken in one way, beside the same repaired, and what may be its cause.

The faults are those that people ask about: of 57 that were collected from public benchmarks and question
sites, each kind of cause is here once or twice, written anew for one small set of images.
"""

import keras
import numpy as np
from keras import layers

from dlkeras import data


def stack(*hidden, out=10, last="softmax", initializer=None):
    """Dense layers of digits, from (units, activation) or ready-made layers."""
    options = {} if initializer is None else {"kernel_initializer": initializer}
    made = [layers.Dense(*each, **options) if isinstance(each, tuple) else each for each in hidden]
    return keras.Sequential([keras.Input((64,)), *made, layers.Dense(out, last)])


def twice(model):
    """The same with a second softmax."""
    return keras.Sequential([keras.Input((64,)), *model.layers, layers.Activation("softmax")])


def compiled(model, optimizer=None, loss="sparse_categorical_crossentropy"):
    """Compiles with Adam's usual rate for a short training."""
    model.compile(optimizer or keras.optimizers.Adam(0.003), loss)
    return model


def samples():
    """Normalized digits, as (x, y)."""
    digits = data.load("digits")
    return digits.x_train, digits.y_train


def some_missing(x):
    """NaN in three samples."""
    x = x.copy()
    x[[5, 100, 300], 20] = np.nan
    return x


def sorted_by_class(pair):
    """Samples of 0 first, samples of 9 last."""
    order = np.argsort(pair[1], kind="stable")
    return tuple(each[order] for each in pair)


def one_hot(y):
    """Vectors of 0 and 1."""
    return np.eye(10, dtype="float32")[y]


def summed(y, p):
    """A loss summed over the batch."""
    return keras.ops.sum(keras.losses.sparse_categorical_crossentropy(y, p)) * keras.ops.ones_like(p[:, 0])


def risen(y, p):
    """A loss of the wrong sign."""
    return -keras.losses.categorical_crossentropy(y, p)


def unguarded(y, p):
    """Cross-entropy with a logarithm of 0."""
    return -keras.ops.sum(y * keras.ops.log(p), axis=-1)


def in_halves(x, factor=1):
    """The images as two inputs, the second of them scaled."""
    return [x[:, :32], factor * x[:, 32:]]


def of_halves():
    """A model of two inputs, which meet behind a layer each."""
    inputs = [keras.Input((32,)), keras.Input((32,))]
    h = layers.Concatenate()([layers.Dense(16, "relu")(each) for each in inputs])
    return keras.Model(inputs, layers.Dense(10, "softmax")(h))


RELU = ((32, "relu"),)
LOGITS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
SGD, ADAM = keras.optimizers.SGD, keras.optimizers.Adam
same = None  # the samples as they are


def at(x=lambda x: x, y=lambda y: y):
    """Changes the samples."""
    return lambda pair: (x(pair[0]), y(pair[1]))


# Name: (causes, faulty model, changes of samples, fit), and (repaired model, changes of samples, fit).
FAULTS = {
    "sigmoid after sigmoid": (
        {"hidden_activation"},
        (lambda: compiled(stack(*[(32, "sigmoid")] * 10)), same, {}),
        (lambda: compiled(stack(*[(32, "relu")] * 4)), same, {}),
    ),
    "softmax inside": (
        {"hidden_activation"},
        (lambda: compiled(stack((64, "softmax"), (32, "softmax")), ADAM(0.001)), same, {}),
        (lambda: compiled(stack((64, "relu"), (32, "relu"))), same, {}),
    ),
    "softmax twice": (
        {"output_activation", "loss_choice"},
        (lambda: compiled(twice(stack(*RELU)), SGD(0.05)), same, {}),
        (lambda: compiled(stack(*RELU), SGD(0.1)), same, {"epochs": 10}),
    ),
    "no softmax": (
        {"output_activation", "loss_choice"},
        (lambda: compiled(stack(*RELU, last=None)), same, {}),
        (lambda: compiled(stack(*RELU)), same, {}),
    ),
    "rate far too high": (
        {"learning_rate_high"},
        (lambda: compiled(stack((32, "relu"), (32, "relu")), ADAM(1.0)), same, {}),
        (lambda: compiled(stack((32, "relu"), (32, "relu"))), same, {}),
    ),
    "rate far too low": (
        {"learning_rate_low"},
        (lambda: compiled(stack(*RELU), ADAM(1e-5)), same, {}),
        (lambda: compiled(stack(*RELU)), same, {}),
    ),
    "all weights equal": (
        {"weight_init"},
        (lambda: compiled(stack((32, "relu"), (32, "relu"), initializer="zeros")), same, {}),
        (lambda: compiled(stack((32, "relu"), (32, "relu"))), same, {}),
    ),
    "weights far too wide": (
        {"weight_init"},
        (
            lambda: compiled(
                stack(*[(32, "relu")] * 3, initializer=keras.initializers.RandomNormal(stddev=3.0)), SGD(0.1)
            ),
            same,
            {},
        ),
        (lambda: compiled(stack(*[(32, "relu")] * 3, initializer="he_normal"), SGD(0.1)), same, {}),
    ),
    "inputs far too large": (
        {"input_scale"},
        (lambda: compiled(stack((32, "relu"), (32, "relu")), SGD(0.1)), at(x=lambda x: 3000 * x), {}),
        (lambda: compiled(stack((32, "relu"), (32, "relu")), SGD(0.1)), same, {"epochs": 8}),
    ),
    "one of two inputs far too large": (
        {"input_scale"},
        (lambda: compiled(of_halves(), SGD(0.1)), at(x=lambda x: in_halves(x, 3000)), {}),
        (lambda: compiled(of_halves(), SGD(0.1)), at(x=in_halves), {"epochs": 8}),
    ),
    "logits behind ReLU": (
        {"output_activation"},
        (lambda: compiled(stack((8, "relu"), last="relu"), loss=LOGITS), same, {}),
        (lambda: compiled(stack((32, "relu"), last=None), loss=LOGITS), same, {}),
    ),
    "labels scaled as inputs are": (
        {"labels"},
        (lambda: compiled(stack(*RELU)), at(y=lambda y: y / 255.0), {}),
        (lambda: compiled(stack(*RELU)), same, {}),
    ),
    "loss summed": (
        {"loss_choice", "learning_rate_high"},
        (lambda: compiled(stack((32, "relu"), (32, "relu")), SGD(0.3), summed), same, {}),
        (lambda: compiled(stack((32, "relu"), (32, "relu")), SGD(0.3)), same, {}),
    ),
    "sign of the loss": (
        {"loss_choice"},
        (lambda: compiled(stack(*RELU), loss=risen), at(y=one_hot), {}),
        (lambda: compiled(stack(*RELU), loss="categorical_crossentropy"), at(y=one_hot), {}),
    ),
    "missing value": (
        {"data_nan"},
        (lambda: compiled(stack(*RELU)), at(x=some_missing), {}),
        (lambda: compiled(stack(*RELU)), same, {}),
    ),
    "everything clipped away": (
        {"optimizer", "learning_rate_low"},
        (lambda: compiled(stack(*RELU), SGD(0.1, clipnorm=1e-4)), same, {}),
        (lambda: compiled(stack(*RELU), SGD(0.1, clipnorm=1.0)), same, {"epochs": 8}),
    ),
    "one batch": (
        {"batch_size", "epochs"},
        (lambda: compiled(stack(*RELU), ADAM(0.001)), same, {"batch_size": 2000}),
        (lambda: compiled(stack(*RELU)), same, {}),
    ),
    "sorted by class": (
        {"split"},
        (lambda: compiled(stack(*RELU)), sorted_by_class, {"shuffle": False}),
        (lambda: compiled(stack(*RELU)), same, {}),
    ),
}


def trained(name, is_faulty, callback, seed=0):
    """Trains a fault, or the same repaired, with a callback."""
    _, faulty, repaired = FAULTS[name]
    make, change, fit = faulty if is_faulty else repaired
    keras.utils.set_random_seed(seed)
    order = np.random.default_rng(0).permutation(len(samples()[1]))
    pair = tuple(each[order] for each in samples())
    train, held_out = tuple(each[:1000] for each in pair), tuple(each[1000:] for each in pair)
    if change is not None:
        train, held_out = change(train), change(held_out)
    options = {"epochs": 5, "batch_size": 32, "verbose": 0, **fit}
    make().fit(*train, validation_data=held_out, callbacks=[callback], **options)

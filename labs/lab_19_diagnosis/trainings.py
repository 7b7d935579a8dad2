"""Eleven trainings that do not learn what they could, each with one fault, and the same without it.

Each function takes a seed and whether the fault is in, and gives the compiled model, the training samples
and those held out. What differs between the broken and the repaired one stands behind `if broken`.
"""

import functools
from typing import NamedTuple

import keras
import numpy as np
from keras.layers import Dense

from dlkeras import data

ADAM, SGD = keras.optimizers.Adam, keras.optimizers.SGD
MOST, HELD_OUT = 700, 250  # samples: what a few seconds are enough for
load = functools.cache(data.load)


class OwnSquaredError(keras.losses.Loss):
    """The mean squared error, as one writes it oneself."""

    def call(self, y_true, y_pred):
        return keras.ops.mean((y_true - y_pred) ** 2)


def stack(seed, inputs, *layers, is_zero=False):
    """Makes a network of Dense layers, each (units, activation), whose first weights follow from a seed."""
    starts = [
        keras.initializers.Zeros() if is_zero else keras.initializers.GlorotUniform(seed=1000 * seed + i)
        for i in range(len(layers))
    ]
    made = [Dense(*layer, kernel_initializer=own) for layer, own in zip(layers, starts, strict=True)]
    return keras.Sequential([keras.Input(inputs), *made])


def samples(name, seed, normalize=True):
    """Loads a data set, some training samples in an order of the seed, and some held-out ones."""
    table = load(name, normalize=normalize)
    order = np.random.default_rng(seed).permutation(len(table.x_train))[:MOST]
    return (table.x_train[order], table.y_train[order]), (table.x_test[:HELD_OUT], table.y_test[:HELD_OUT])


def classifier(name, seed, hidden, optimizer, last="softmax", is_zero=False):
    """Makes a classifier of a data set, compiled for labels and probabilities."""
    table = load(name)
    layers = [*hidden, (table.num_classes, last)]
    model = stack(seed, table.x_train.shape[1:], *layers, is_zero=is_zero)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    return model


def many_sigmoids(seed, broken, name):
    """Eight sigmoid layers behind each other."""
    activation = "sigmoid" if broken else "relu"
    return classifier(name, seed, 8 * [(32, activation)], ADAM(0.003)), *samples(name, seed)


def rate_too_high(seed, broken, name):
    """Steps that are far too long."""
    rate = 1.0 if broken else 0.003
    return classifier(name, seed, 2 * [(32, "relu")], ADAM(rate)), *samples(name, seed)


def rate_too_low(seed, broken, name):
    """Steps that are far too short."""
    rate = 0.00001 if broken else 0.003
    return classifier(name, seed, [(32, "relu")], ADAM(rate)), *samples(name, seed)


def no_softmax(seed, broken, name):
    """Numbers of any size for a loss that takes probabilities."""
    last = None if broken else "softmax"
    return classifier(name, seed, [(32, "relu")], ADAM(0.003), last), *samples(name, seed)


def equal_weights(seed, broken, name):
    """All weights start at 0."""
    return classifier(name, seed, 2 * [(32, "relu")], ADAM(0.003), is_zero=broken), *samples(name, seed)


def labels_shuffled(seed, broken, name):
    """The images are shuffled, and their labels are left where they were."""
    model, ((x, y), held_out) = classifier(name, seed, [(32, "relu")], ADAM(0.003)), samples(name, seed)
    order = np.random.default_rng(seed).permutation(len(x))
    return model, (x[order], y if broken else y[order]), held_out


def raw_columns(seed, broken, name):
    """The columns of a table as they were measured, some up to a thousand."""
    table = samples("wine", seed, normalize=not broken)
    return classifier("wine", seed, [(16, "relu")], SGD(0.1)), *table


def no_activation(seed, broken, name):
    """Layers with nothing between them."""
    activation = None if broken else "relu"
    return classifier("spirals", seed, 2 * [(32, activation)], ADAM(0.01)), *samples("spirals", seed)


def missing_value(seed, broken, name):
    """One number of the table is missing."""
    model, ((x, y), held_out) = (
        classifier("breast_cancer", seed, [(16, "relu")], ADAM(0.003)),
        samples("breast_cancer", seed),
    )
    if broken:
        x[100, 3] = np.nan
    return model, (x, y), held_out


def relu_at_the_end(seed, broken, name):
    """A last layer that never goes below 0, for targets that do."""
    model = stack(seed, (10,), (16, "relu"), (1, "relu" if broken else None))
    model.compile(ADAM(0.01), "mean_squared_error")
    return model, *samples("diabetes", seed)


def own_loss(seed, broken, name):
    """Targets (n,) less predictions (n, 1), which NumPy's rules make a table of n times n."""
    model = stack(seed, (10,), (16, "relu"), (1, None))
    model.compile(ADAM(0.01), OwnSquaredError())
    (x, y), (x_test, y_test) = samples("diabetes", seed)
    if not broken:
        y, y_test = y[:, None], y_test[:, None]
    return model, (x, y), (x_test, y_test)


class Fault(NamedTuple):
    """What a page calls a fault, and what of the words of `dlkeras.diagnosis` counts as its cause."""

    words: str
    causes: set


FAULTS = {
    "many_sigmoids": Fault("eight sigmoid layers", {"hidden_activation"}),
    "rate_too_high": Fault("rate far too high", {"learning_rate_high"}),
    "rate_too_low": Fault("rate far too low", {"learning_rate_low"}),
    "no_softmax": Fault("no softmax", {"output_activation", "loss_choice"}),
    "equal_weights": Fault("all weights 0", {"weight_init"}),
    "labels_shuffled": Fault("labels of other rows", {"labels"}),
    "raw_columns": Fault("columns not scaled", {"input_scale"}),
    "no_activation": Fault("no activation inside", {"hidden_activation"}),
    "missing_value": Fault("one NaN in a column", {"data_nan"}),
    "relu_at_the_end": Fault("ReLU at the end", {"output_activation"}),
    "own_loss": Fault("own loss, (n,) less (n, 1)", {"shape"}),
}

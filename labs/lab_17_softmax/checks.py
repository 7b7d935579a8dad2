"""Softmax without training: its rows, where powers overflow, its gradients; and two classes, both ways."""

import keras
import numpy as np
import tensorflow as tf

from dlkeras import data
from dlkeras.layers import Softmax
from dlkeras.population import Population
from dlkeras.runs import by_replica

GAPS = np.linspace(0, 120, 121)  # logits by which a wrong class is ahead of the right one
CROSS_ENTROPY = keras.losses.SparseCategoricalCrossentropy
RATE, PENALTY = 0.1, 0.01  # of the two classes: learning rate, and L2 in Keras' form, without a 1/2


def naive_softmax(z):
    """Softmax as it is written first, without subtracting the largest logit: powers overflow."""
    return keras.ops.exp(z) / keras.ops.sum(keras.ops.exp(z), axis=-1, keepdims=True)


def rows(seeds):
    """Draws logits, and says how far rows are from 1, and from those of the same logits moved by 100."""
    for seed in seeds:
        logits = np.random.default_rng(seed).normal(0, 10, (1000, 10)).astype("float32")
        drawn, moved = (Softmax()(own).numpy() for own in (logits, logits + np.float32(100)))
        apart = {"sum": np.abs(drawn.sum(axis=1) - 1).max(), "moved": np.abs(drawn - moved).max()}
        yield {"part": "rows", "seed": seed, **apart}


def overflows():
    """Looks for the first whole logit of which the naive softmax is not a number, beside theory."""
    for precision in ("float16", "float32", "float64"):
        logits = np.arange(1.0, 1000).astype(precision)
        naive = naive_softmax(tf.constant(np.c_[logits, np.zeros_like(logits)])).numpy()
        largest = np.log(float(np.finfo(precision).max))
        first = float(logits[np.isnan(naive).any(axis=1).argmax()])
        both = np.array([[1e4, 0], [-1e4, -1e4]], precision)
        exact = np.array([[1, 0], [0.5, 0.5]])
        off = np.abs(Softmax(dtype=precision)(both).numpy() - exact).max()
        yield {"part": "overflow", "precision": precision, "first": first, "theory": largest, "off": off}


def gradients_by_gap():
    """Takes loss and gradient of a sample whose wrong class is ahead by a gap, in four ways."""
    z, y = tf.constant(np.c_[GAPS, np.zeros_like(GAPS)], tf.float32), tf.ones(len(GAPS), tf.int32)

    def squared(y, a):
        return tf.reduce_sum((a - tf.one_hot(y, 2)) ** 2, axis=-1)

    ways = {
        "logits": (lambda z: z, CROSS_ENTROPY(from_logits=True, reduction=None)),
        "Keras’ softmax": (keras.activations.softmax, CROSS_ENTROPY(reduction=None)),
        "own softmax": (Softmax(), CROSS_ENTROPY(reduction=None)),
        "naive softmax": (naive_softmax, CROSS_ENTROPY(reduction=None)),
        "squared error": (Softmax(), squared),
    }
    for way, (between, loss) in ways.items():
        with tf.GradientTape() as tape:
            tape.watch(z)
            losses = loss(y, between(z))
        gradient = tape.gradient(losses, z)[:, 0].numpy()  # for the logit of the wrong class
        yield {"part": "gap", "way": way, "loss_by_gap": losses.numpy(), "gradient_by_gap": gradient}


def two_classes(seeds, epochs=20):
    """Trains a softmax of two classes, and logistic regression with and without the factors of two.

    The difference of the two logits takes steps twice as long as logistic regression does, and its penalty
    is shared by two weights.
    """
    table = data.load("breast_cancer")
    x, y = table.x_train[:416], table.y_train[:416]  # 13 whole batches

    def build(units, penalty, seed):
        start = keras.initializers.RandomNormal(stddev=0.1, seed=seed)
        shrink = keras.regularizers.L2(penalty)
        last = keras.layers.Dense(units, kernel_initializer=start, kernel_regularizer=shrink)
        return keras.Sequential([keras.Input(x.shape[1:]), last])

    def train(units, rate, penalty, loss, start=None):
        population = Population(lambda seed: build(units, penalty, seed), seeds)
        population.compile(keras.optimizers.SGD(rate), loss)
        if start is not None:
            population.set_weights(start)
        first = population.get_weights()
        population.fit(x, y[:, None] if units == 1 else y, 32, epochs, verbose=0)
        return first, population.get_weights()[0].astype("float64")

    (kernel, biases), softmax = train(2, RATE, PENALTY, CROSS_ENTROPY(from_logits=True))
    start = [np.diff(kernel, axis=-1), np.diff(biases, axis=-1)]
    binary = keras.losses.BinaryCrossentropy(from_logits=True)
    same = train(1, RATE, PENALTY, binary, start)[1]
    halved = train(1, 2 * RATE, PENALTY / 2, binary, start)[1]
    apart = [
        np.abs(np.diff(softmax, axis=-1) - own).max(axis=(1, 2)) / np.abs(own).max(axis=(1, 2))
        for own in (same, halved)
    ]
    cases = [{"seed": seed} for seed in seeds]
    yield from by_replica(cases, {"part": "two classes"}, same=apart[0], halved=apart[1])

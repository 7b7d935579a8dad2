"""Backward passes with bugs planted in them, and the tensors that a gradient check has to blame."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from dlkeras.scratch import (
    backward,
    cost_and_gradients,
    cross_entropy,
    dropout_masks,
    forward,
    frobenius,
    initialize,
)

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(8, 5)), RNG.integers(0, 3, 8)
WIDTH = 5  # as many as the inputs, so that a transposed product fits
LAYERS = ("first", "second", "third", "logits")


class Planted(keras.layers.Layer):
    """A layer with a backward pass by hand, in which a bug can be planted."""

    def __init__(self, bug="", **options):
        super().__init__(**options)
        self.bug = bug


class ByHand(Planted):
    """tanh(x W + b)."""

    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], WIDTH), name="kernel")
        self.bias = self.add_weight(shape=(WIDTH,), initializer="random_normal", name="bias")

    def call(self, x):
        @tf.custom_gradient
        def layer(x, W, b):
            a = tf.tanh(x @ W + b)
            return a, lambda da: self.backward(da, x, W, a)

        return layer(x, tf.convert_to_tensor(self.kernel), tf.convert_to_tensor(self.bias))

    def backward(self, da, x, W, a):
        dz = da if self.bug == "forgets the derivative" else da * (1 - a**2)
        dW, db, dx = tf.transpose(x) @ dz, tf.reduce_sum(dz, axis=0), dz @ tf.transpose(W)
        if self.bug == "wrong sign":
            dW = -dW
        if self.bug == "one wrong entry":
            db *= tf.constant([1, 1, 1.001, 1, 1], db.dtype)
        if self.bug == "transposed":
            dW = tf.transpose(dW)
        if self.bug == "transposed on the way back":
            dx = dz @ W
        if self.bug == "detached":
            dW, db, dx = (tf.zeros_like(g) for g in (dW, db, dx))
        return dx, dW, db


class HandDropout(Planted):
    """Inverted dropout with a fixed mask whose backward pass may forget the scale."""

    def call(self, x):
        @tf.custom_gradient
        def layer(x):
            mask = tf.constant([1, 0, 1, 0, 1], x.dtype)
            return 2 * x * mask, lambda da: da * mask * (1 if self.bug else 2)

        return layer(x)


class HandL2(keras.regularizers.Regularizer):
    """0.1 times the sum of squares, whose gradient may be left out."""

    def __init__(self, bug=""):
        self.bug = bug

    def __call__(self, w):
        return 0.1 * tf.reduce_sum(tf.square(tf.stop_gradient(w) if self.bug else w))


class HandLoss(keras.losses.Loss):
    """Cross-entropy from logits, a mean whose gradient may forget to divide by m."""

    def __init__(self, bug=""):
        super().__init__()
        self.bug = bug

    def call(self, y_true, y_pred):
        @tf.custom_gradient
        def samples(z):
            y = tf.one_hot(tf.cast(y_true, tf.int32), 3, dtype=z.dtype)
            losses = tf.nn.softmax_cross_entropy_with_logits(y, z)
            factor = len(X) if self.bug else 1
            return losses, lambda d: factor * d[:, None] * (tf.nn.softmax(z) - y)

        return samples(y_pred)


class Bug(NamedTuple):
    """A bug in one of the parts of the network, and whose gradients come out wrong."""

    name: str
    blamed: list[str]
    part: str = "second"


def of(*layers, weights=("kernel", "bias")):
    return [f"{layer}/{weight}" for layer in layers for weight in weights]


IN_MODELS = (
    Bug("wrong sign", ["second/kernel"]),
    Bug("forgets the derivative", of("first", "second")),
    Bug("one wrong entry", ["second/bias"]),
    Bug("transposed", ["second/kernel"]),
    Bug("transposed on the way back", of("first")),
    Bug("detached", of("first", "second")),
    Bug("dropout without its scale", of("first", "second"), "dropout"),
    Bug("L2 left out", ["third/kernel"], "l2"),
    Bug("forgets 1/m", of(*LAYERS), "loss"),
)


def model_with(bug: Bug | None, dtype=None):
    """Returns a compiled model of layers by hand, with a bug in it or none."""
    keras.utils.set_random_seed(0)

    def planted(part):
        return bug.name if bug and bug.part == part else ""

    model = keras.Sequential(
        [
            keras.Input((5,)),
            ByHand(name="first", dtype=dtype),
            ByHand(planted("second"), name="second", dtype=dtype),
            HandDropout(planted("dropout"), name="dropout", dtype=dtype),
            keras.layers.Dense(
                WIDTH, "sigmoid", kernel_regularizer=HandL2(planted("l2")), name="third", dtype=dtype
            ),
            keras.layers.Dense(3, name="logits", dtype=dtype),
        ]
    )
    model.compile("sgd", HandLoss(planted("loss")))
    return model


# The same network in NumPy, where a gradient by hand is handed over as it is.

SIZES, ACTIVATIONS = [5, WIDTH, WIDTH, 3], ["tanh", "sigmoid", "linear"]
LAMBD, MASKS = 0.8, dropout_masks(SIZES, m=8, keep_prob=0.5, seed=1)
PARAMETERS = initialize(SIZES, seed=0)
COLUMNS, ONE_HOT = X.T, np.eye(3)[Y].T


def cost(parameters):
    """Returns the cost of the NumPy network, with L2 and dropout."""
    return cost_and_gradients(COLUMNS, ONE_HOT, parameters, ACTIVATIONS, cross_entropy, LAMBD, MASKS)[0]


def by_hand(activations=ACTIVATIONS, masks=MASKS, lambd=LAMBD, factor=1.0):
    """Returns the gradients of that network, or something like them."""
    cache = forward(COLUMNS, PARAMETERS, ACTIVATIONS, MASKS) | masks
    gradients = backward(factor * cross_entropy(cache["A3"], ONE_HOT)[1], cache, PARAMETERS, activations)
    penalty = frobenius(PARAMETERS, lambd, m=8)[1]
    return {name: gradient + penalty.get(name, 0) for name, gradient in gradients.items()}


def changed(name: str, change: Callable):
    """Returns the gradients with one of them changed."""
    gradients = by_hand()
    return gradients | {name: change(gradients[name])}


ONE_ENTRY = np.array([[1], [1], [1.001], [1], [1]])
_MASKS_ALONE = {name: (mask > 0).astype(float) for name, mask in MASKS.items()}
IN_NUMPY = (
    ("wrong sign", lambda: changed("W2", np.negative), ["W2"]),
    ("forgets the derivative", lambda: by_hand(["tanh", "linear", "linear"]), ["W1", "W2", "b1", "b2"]),
    ("one wrong entry", lambda: changed("b1", lambda db: db * ONE_ENTRY), ["b1"]),
    ("transposed", lambda: changed("W1", np.transpose), ["W1"]),
    ("detached", lambda: changed("W1", np.zeros_like), ["W1"]),
    ("dropout without its scale", lambda: by_hand(masks=_MASKS_ALONE), ["W1", "W2", "b1", "b2"]),
    ("L2 left out", lambda: by_hand(lambd=0.0), ["W1", "W2", "W3"]),
    ("forgets 1/m", lambda: by_hand(factor=8.0), ["W1", "W2", "W3", "b1", "b2", "b3"]),
)

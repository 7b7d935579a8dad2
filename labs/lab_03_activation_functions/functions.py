"""The seven functions, in Keras and by hand in NumPy, and what their slopes let through."""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from dlkeras.scratch import ACTIVATIONS


def binary_step(z):
    """1 above zero, else 0; its gradient is zero, and not missing."""
    return ops.relu(ops.sign(z))


def leaky_relu(z):
    """The course's: 0.01 z below zero."""
    return keras.activations.leaky_relu(z, negative_slope=0.01)


def softmax_of_three(z):
    """The first of three probabilities; the other two logits are zero."""
    return ops.softmax(ops.stack([z, 0 * z, 0 * z], axis=-1))[..., 0]


FUNCTIONS = {
    "binary_step": binary_step,
    "linear": keras.activations.linear,
    "sigmoid": keras.activations.sigmoid,
    "tanh": keras.activations.tanh,
    "relu": keras.activations.relu,
    "leaky_relu": leaky_relu,
    "softmax": softmax_of_three,
}
HIDDEN = [name for name in FUNCTIONS if name != "softmax"]
BY_HAND = {name: ACTIVATIONS[name.removeprefix("binary_")] for name in FUNCTIONS}
FLAT = 0.05  # of the largest slope: below it hardly any gradient comes through


def by_tape(name, z):
    """Differentiates an activation with GradientTape, at every point of z."""
    z = tf.constant(z, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(z)
        a = FUNCTIONS[name](z)
    return tape.gradient(a, z).numpy()


def by_hand(name, z):
    """Computes an activation and its derivative by their closed forms, in float64."""
    Z = np.stack([z, 0 * z, 0 * z]) if name == "softmax" else z[None]
    first = np.zeros_like(Z)
    first[0] = 1
    return BY_HAND[name].forward(Z)[0], BY_HAND[name].backward(first, Z)[0]


def check_functions(seed):
    """Measures what the course says of the functions, on 1,000 random inputs; arrays of one number."""
    z = np.random.default_rng(seed).normal(0, 3, 1000).astype(np.float32)
    sigmoid, tanh = keras.activations.sigmoid, keras.activations.tanh
    gaps = [np.abs(by_tape(name, z) - by_hand(name, z.astype(float))[1]).max() for name in FUNCTIONS]
    found = {
        "gap": max(gaps),
        "scaled": np.abs(tanh(z) - (2 * sigmoid(2 * z) - 1)).max(),
        "odd": np.abs(tanh(-z) + tanh(z)).max(),
        **{f"slope of {name}": by_tape(name, z).max() for name in ("sigmoid", "tanh")},
    }
    return {name: np.array([value]) for name, value in found.items()}


def hidden_layers(activation, weights, x):
    """Follows samples through the hidden layers of many networks: z and a, (networks, samples, units)."""
    a = x
    for kernel, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        z = a @ kernel + bias[:, None]
        a = BY_HAND[activation].forward(z)
        yield z, a


def share_silent(activation, weights, x):
    """Share of a layer's outputs that are zero, (layers, networks)."""
    return np.array([np.mean(a == 0, axis=(1, 2)) for _, a in hidden_layers(activation, weights, x)])


def share_flat(activation, weights, x):
    """Share of a layer's outputs where the slope is below 5 % of the largest, (layers, networks)."""
    top, shares = (0.25 if activation == "sigmoid" else 1.0), []
    for z, _ in hidden_layers(activation, weights, x):
        shares.append(np.mean(BY_HAND[activation].backward(np.ones_like(z), z) < FLAT * top, axis=(1, 2)))
    return np.array(shares)

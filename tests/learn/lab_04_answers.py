"""Lab 4: mistakes, as pieces of our solutions replaced, and right answers of other forms."""

import itertools

import keras
import numpy as np
import tensorflow as tf


def norm_by_loop(gradient):
    total = 0.0
    for entry in gradient.flat:
        total += entry * entry
    return total**0.5


def back_by_einsum(dA, A, W):
    return np.einsum("ij,im,im,im->jm", W, dA, A, 1 - A)


def back_by_sample(dA, A, W):
    dZ = np.float32(dA) * np.float32(A - A**2)
    return np.stack([dZ[:, k] @ np.float32(W) for k in range(dZ.shape[1])], axis=1)


def norms_recursively(X, weights, dA):
    def back(X, weights):
        A = 1 / (1 + np.exp(-(weights[0] @ X)))
        dA_here, norms = back(A, weights[1:]) if len(weights) > 1 else (dA, [])
        dZ = dA_here * (A - A * A)
        return weights[0].T @ dZ, [np.linalg.norm(dZ @ np.ones(dZ.shape[1])), *norms]

    return back(X, weights)[1]


def norms_into_an_array(X, weights, dA):
    A = {0: X}
    for layer in range(1, len(weights) + 1):
        A[layer] = (np.tanh(weights[layer - 1] @ A[layer - 1] / 2) + 1) / 2
    norms = np.zeros(len(weights))
    for layer in range(len(weights), 0, -1):
        dZ = dA * A[layer] * (1 - A[layer])
        norms[layer - 1] = np.sqrt(np.sum(dZ.sum(axis=1) ** 2))
        dA = weights[layer - 1].T @ dZ
    return norms


def norms_by_tape(X, weights, dA):
    biases = [tf.Variable(tf.zeros((len(W), 1), "float64")) for W in weights]
    with tf.GradientTape() as tape:
        A = tf.constant(X)
        for W, b in zip(weights, biases, strict=True):
            A = tf.sigmoid(W @ A + b)
        value = tf.reduce_sum(A * dA)
    return [float(tf.norm(g)) for g in tape.gradient(value, biases)]


def uneven_by_loop(norms):
    logs = [np.log(after) - np.log(before) for before, after in itertools.pairwise(norms)]
    mean = sum(logs) / len(logs)
    return np.sqrt(sum((log - mean) ** 2 for log in logs) / len(logs)) / np.sqrt(mean**2)


def stack_by_add(depth, width, activation, num_inputs, num_classes):
    model = keras.Sequential()
    model.add(keras.Input(shape=(num_inputs,)))
    for _ in range(depth):
        model.add(keras.layers.Dense(width, activation=activation))
    model.add(keras.layers.Dense(num_classes))
    return model


def stack_of_activations(depth, width, activation, num_inputs, num_classes):
    layers = [keras.layers.InputLayer(shape=(num_inputs,))]
    for _ in range(depth):
        layers += [keras.layers.Dense(width), keras.layers.Activation(activation)]
    return keras.Sequential([*layers, keras.layers.Dense(num_classes, "linear")])


def stack_built(depth, width, activation, num_inputs, num_classes):
    units = [*itertools.repeat(width, depth), num_classes]
    names = [*itertools.repeat(activation, depth), None]
    model = keras.Sequential([keras.layers.Dense(n, a) for n, a in zip(units, names, strict=True)])
    model.build((None, num_inputs))
    return model


class Recorder(keras.callbacks.Callback):
    def __init__(self, x, y, loss):
        super().__init__()
        self.x, self.y, self.loss, self.norms = x, y, loss, []

    def on_epoch_end(self, epoch, logs=None):
        variables = self.model.trainable_variables
        with tf.GradientTape() as tape:
            value = self.loss(self.y, self.model(self.x, training=False))
        squares = [tf.reduce_sum(g**2) for g in tape.gradient(value, variables)]
        self.norms += [tf.sqrt(tf.add_n(squares)).numpy()]


def recorder_by_lambda(x, y, loss):
    def at_end(epoch, logs):
        with tf.GradientTape() as tape:
            value = loss(y, callback.model(x))
        gradients = tape.gradient(value, callback.model.trainable_weights)
        flat = np.concatenate([np.ravel(g) for g in gradients])
        callback.norms.append(np.linalg.norm(flat))

    callback = keras.callbacks.LambdaCallback(on_epoch_end=at_end)
    callback.norms = []
    return callback


def recorder_from_the_start(x, y, loss):
    class Own(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.norms = []

        def on_epoch_end(self, epoch, logs=None):
            with tf.GradientTape() as tape:
                value = tf.reduce_mean((self.model(x) - y) ** 2)
            g = tape.gradient(value, self.model.trainable_variables)
            self.norms.append(np.sqrt(sum(np.sum(np.float64(own) ** 2) for own in g)))

    return Own()


ANSWERS = {
    "gradient_norm": (
        [("gradient**2", "gradient"), ("gradient**2", "gradient**4"), ("np.sqrt(", "np.cbrt(")],
        [
            norm_by_loop,
            lambda g: np.linalg.norm(g.ravel()),
            lambda g: np.sqrt(np.vdot(np.float32(g), np.float32(g))),
        ],
    ),
    "back_through_sigmoid": (
        [("W.T @ (dA", "-W.T @ (dA"), ("(1 - A)", "(1 + A)")],
        [back_by_einsum, back_by_sample, lambda dA, A, W: (((1 - A) * A * dA).T @ W).T],
    ),
    "norms_by_layer": (
        [("exp(-W", "exp(W"), ("np.linalg.norm(dZ", "np.sum(dZ")],
        [norms_recursively, norms_into_an_array, norms_by_tape],
    ),
    "unevenness": (
        [("abs(np.mean(logs))", "np.mean(logs)**2"), ("np.std(logs) /", "np.std(logs) *")],
        [
            uneven_by_loop,
            lambda norms: np.std(logs := np.log2(norms[1:] / norms[:-1])) / abs(logs.mean()),
            lambda norms: (
                np.diff(np.log(np.float32(norms))).std()
                * (len(norms) - 1)
                / abs(np.log(norms[-1] / norms[0]))
            ),
        ],
    ),
    "depth_stack": (
        [
            ("range(depth)", "range(depth + 1)"),
            ("Dense(width, activation)", "Dense(width, activation, use_bias=False)"),
        ],
        [stack_by_add, stack_of_activations, stack_built],
    ),
    "norm_recorder": (
        [("on_epoch_end", "on_train_batch_begin"), ("loss(y, self.model(x))", "loss(y, 0 * self.model(x))")],
        [Recorder, recorder_by_lambda, recorder_from_the_start],
    ),
}

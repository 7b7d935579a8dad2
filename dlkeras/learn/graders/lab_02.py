"""Lab 2: what backpropagation computes."""

import numpy as np

from dlkeras import scratch
from dlkeras.learn.exercise import Exercise
from dlkeras.learn.solutions.lab_02 import chain_rule, forward, hidden_gradient, layer_backward, neuron


def _network(draw):
    n_0, n_1, n_2, m = (draw.dim() for _ in range(4))
    shapes = [(n_0, m), (n_1, n_0), (n_1, 1), (n_2, n_1), (n_2, 1)]
    return tuple(draw.normal(*shape) for shape in shapes)


def _trained(draw):
    X, W1, b1, W2, b2 = _network(draw)
    return X, draw.normal(len(W2), X.shape[1]), W1, b1, W2, b2


def _by_scratch(X, W1, b1, W2, b2):
    cache = scratch.forward(X, {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, ["tanh", "linear"])
    return cache["A1"], cache["A2"]


def _by_differences(X, Y, W1, b1, W2, b2):
    def cost(W1):
        return np.sum((_by_scratch(X, W1, b1, W2, b2)[1] - Y) ** 2) / X.shape[1]

    step, gradient = 1e-5, np.zeros_like(W1)
    for at in np.ndindex(W1.shape):
        aside = np.zeros_like(W1)
        aside[at] = step
        gradient[at] = (cost(W1 + aside) - cost(W1 - aside)) / (2 * step)
    return gradient


def _vector_inputs(draw):
    n = draw.dim()
    return draw.normal(n), draw.normal(n, scale=3), draw.number(-1, 1)


def _chain_inputs(draw):
    return (*(draw.number(-2, 2) for _ in range(5)), draw.number(0, 1))


def _chain_oracle(w1, b1, w2, b2, x, y):
    d = scratch.two_neurons(w1, b1, w2, b2, x=x, y=y)[1]
    return d["w1"], d["b1"], d["w2"], d["b2"]


def _layer_inputs(draw):
    n, n_before, m = draw.dim(), draw.dim(), draw.dim()
    return draw.normal(n, m), draw.normal(n_before, m), draw.normal(n, n_before)


EXERCISES = [
    Exercise(
        neuron,
        _vector_inputs,
        lambda w, x, b: float(scratch.ACTIVATIONS["sigmoid"].forward(np.array(sum(w * x) + b))),
        "graph",
        (
            "`w @ x` is the sum of the products.",
            "`np.exp(-z)` is e^-z.",
            "z first, then 1 / (1 + np.exp(-z)).",
        ),
        {
            "The bias is missing.": (" + b", ""),
            "This is z, before the sigmoid.": ("1 / (1 + np.exp(-z))", "z"),
            "The sign of z in the exponent is lost: this is sigmoid(-z).": ("exp(-z)", "exp(z)"),
            "This is tanh, not the sigmoid.": ("1 / (1 + np.exp(-z))", "np.tanh(z)"),
            "The products are not summed.": ("w @ x", "w * x"),
        },
    ),
    Exercise(
        forward,
        _network,
        _by_scratch,
        "graph",
        (
            "`@` multiplies matrices: (n_1, n_0) @ (n_0, m) is (n_1, m).",
            "NumPy repeats b1, (n_1, 1), for all m columns.",
        ),
        {
            "The hidden layer has lost its bias.": (" + b1", ""),
            "The output has lost its bias.": (" + b2", ""),
            "The output is put through tanh too; Z2 is without an activation.": (
                "W2 @ A1 + b2",
                "np.tanh(W2 @ A1 + b2)",
            ),
            "The hidden layer has no activation.": ("np.tanh(W1 @ X + b1)", "W1 @ X + b1"),
            "The bias is added behind tanh.": ("np.tanh(W1 @ X + b1)", "np.tanh(W1 @ X) + b1"),
        },
    ),
    Exercise(
        chain_rule,
        _chain_inputs,
        _chain_oracle,
        "chain",
        (
            "Go forward first and keep a1 and a2.",
            "dz2 = 2 (a2 - y) a2 (1 - a2). That of b2 is the same, since dz2/db2 = 1.",
            "dz1 = dz2 · w2 · a1 (1 - a1), and then dE/dw1 = dz1 · x.",
        ),
        {
            "The 2 of the square is lost.": ("2 * (a2 - y)", "(a2 - y)"),
            "The error is y - a2: the sign of all is the other way round.": ("(a2 - y)", "(y - a2)"),
            "The slope of the first sigmoid is missing.": (" * w2 * a1 * (1 - a1)", " * w2"),
            "The slope of the second sigmoid is missing.": (" * a2 * (1 - a2)", ""),
            "The way back through w2 is missing.": ("dz2 * w2 *", "dz2 *"),
            "The way back goes through w1, not w2.": ("dz2 * w2 *", "dz2 * w1 *"),
        },
    ),
    Exercise(
        layer_backward,
        _layer_inputs,
        lambda dZ, A, W: (
            np.einsum("im,jm->ij", dZ, A),
            np.array([[sum(row)] for row in dZ]),
            np.einsum("ij,im->jm", W, dZ),
        ),
        "graph",
        (
            "Let the shapes help: (n, m) times what is (n, n_before)?",
            "`dZ.sum(axis=1, keepdims=True)` adds up the samples of each unit, and stays a column.",
        ),
        {
            "db is the mean over the batch, not its sum; the 1/m is in dZ already.": ("dZ.sum(", "dZ.mean("),
            "dW is divided by m once more; the 1/m is in dZ already.": (
                "dZ @ A_before.T",
                "dZ @ A_before.T / dZ.shape[1]",
            ),
            "db is the sum over the units, not over the samples.": ("axis=1", "axis=0"),
            "db has lost an axis: it must stay a column.": (", keepdims=True", ""),
            "dW is the transpose.": ("dZ @ A_before.T", "A_before @ dZ.T"),
            "dA_before is the transpose.": ("W.T @ dZ", "dZ.T @ W"),
        },
    ),
    Exercise(
        hidden_gradient,
        _trained,
        _by_differences,
        "curvature",
        (
            "Forward, as in the second exercise; keep A1.",
            "dZ2 is the derivative of the square: 2/m times the error.",
            "1 - A1² is the slope of tanh; it is multiplied entry by entry.",
        ),
        {
            "This is of the sum over the batch, not its mean.": ("2 / X.shape[1] *", "2 *"),
            "The 2 of the square is lost.": ("2 / X.shape[1]", "1 / X.shape[1]"),
            "The slope of tanh is missing.": (" * (1 - A1**2)", ""),
            "This is the slope of the sigmoid, not of tanh.": ("(1 - A1**2)", "A1 * (1 - A1)"),
            "m is the number of samples, not of inputs.": ("X.shape[1]", "X.shape[0]"),
            "The targets are missing in the error.": (" - Y", ""),
        },
    ),
]

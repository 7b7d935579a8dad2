"""The NumPy network against published numbers, TensorFlow's tape and central differences, all in float64."""

import ast
import doctest
import math
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

import dlkeras.scratch
from dlkeras.scratch import (
    ACTIVATIONS,
    backward,
    binary_cross_entropy,
    cost_and_gradients,
    costs,
    cross_entropy,
    dropout_masks,
    forward,
    initialize,
    network,
    squared_error,
    train_step,
    training,
)
from dlkeras.scratch.activations import LEAKY_SLOPE

SMOOTH = ("linear", "sigmoid", "tanh", "softmax")
EXACT = {"rtol": 1e-11, "atol": 1e-13}  # the same sums in another order
DIFFERENCES = {"rtol": 1e-6, "atol": 1e-9}  # two-sided with a step of 1e-5

TF_ACTIVATIONS = {
    "step": lambda z: tf.cast(z >= 0, z.dtype),
    "linear": tf.identity,
    "sigmoid": tf.sigmoid,
    "tanh": tf.tanh,
    "relu": tf.nn.relu,
    "leaky_relu": lambda z: tf.where(z > 0, z, LEAKY_SLOPE * z),  # that of tf.nn rounds its slope to float32
    "softmax": tf.nn.softmax,
}
COSTS = {
    squared_error: lambda a, y: tf.reduce_mean((a - y) ** 2),
    cross_entropy: lambda z, y: tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(y, z)),
    binary_cross_entropy: lambda z, y: tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(y, z)),
}


def tape(X, Y, parameters, activations, cost, lambd=0.0, masks=None):
    """Cost and gradients by TensorFlow, with samples in rows as Keras has them."""
    variables = {name: tf.Variable(p.T) for name, p in parameters.items()}
    with tf.GradientTape() as recorder:
        a = tf.constant(X.T)
        for layer, name in enumerate(activations, start=1):
            a = TF_ACTIVATIONS[name](a @ variables[f"W{layer}"] + variables[f"b{layer}"])
            if masks and f"D{layer}" in masks:
                a *= masks[f"D{layer}"].T
        loss = COSTS[cost](a, Y.T)
        loss += (
            lambd / (2 * X.shape[1]) * sum(tf.reduce_sum(v**2) for n, v in variables.items() if n[0] == "W")
        )
    gradients = recorder.gradient(loss, variables, unconnected_gradients="zero")
    return float(loss), {name: g.numpy().T for name, g in gradients.items()}


def problem(seed, sizes, m):
    rng = np.random.default_rng(seed)
    parameters = initialize(sizes, seed)
    parameters |= {n: rng.normal(size=p.shape) for n, p in parameters.items() if n[0] == "b"}
    return rng.normal(size=(sizes[0], m)), np.eye(sizes[-1])[rng.integers(0, sizes[-1], m)].T, parameters


@pytest.mark.parametrize("seed", range(18))
def test_cost_and_gradients_equal_the_tape(seed):
    rng = np.random.default_rng(seed)
    depth, cost = 1 + seed % 6, list(COSTS)[seed % 3]
    sizes = [*rng.integers(1, 6, depth).tolist(), 3]
    activations = [*rng.choice(list(ACTIVATIONS), depth - 1).tolist(), "linear"]
    X, Y, parameters = problem(seed, sizes, m=1 if seed == 0 else 7)
    masks = dropout_masks(sizes, X.shape[1], 0.7, seed) if seed % 2 else None
    settings = (X, Y, parameters, activations, cost, 0.3, masks)
    J, gradients = cost_and_gradients(*settings)
    expected_J, expected = tape(*settings)
    np.testing.assert_allclose(J, expected_J, **EXACT)
    for name in parameters:
        np.testing.assert_allclose(gradients[name], expected[name], **EXACT, err_msg=name)


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("activation", SMOOTH)
def test_gradients_equal_central_differences(activation, cost):
    sizes, activations, step = [3, 4, 3], [activation, "linear"], 1e-5
    X, Y, parameters = problem(3, sizes, m=5)
    masks = dropout_masks(sizes, 5, 0.5, seed=0)

    def cost_at(name, index, by):
        moved = {key: p.copy() for key, p in parameters.items()}
        moved[name][index] += by
        return cost_and_gradients(X, Y, moved, activations, cost, 0.3, masks)[0]

    gradients = cost_and_gradients(X, Y, parameters, activations, cost, 0.3, masks)[1]
    for name, gradient in gradients.items():
        differences = [
            (cost_at(name, i, step) - cost_at(name, i, -step)) / (2 * step)
            for i in np.ndindex(gradient.shape)
        ]
        np.testing.assert_allclose(gradient.ravel(), differences, **DIFFERENCES, err_msg=name)


def test_the_comparison_with_the_tape_can_fail():
    X, Y, parameters = problem(0, [3, 4, 3], m=5)
    cache = forward(X, parameters, ["tanh", "linear"])
    dA = cross_entropy(cache["A2"], Y)[1]
    without_derivative = backward(dA, cache, parameters, ["linear", "linear"])
    expected = tape(X, Y, parameters, ["tanh", "linear"], cross_entropy)[1]
    np.testing.assert_allclose(without_derivative["W2"], expected["W2"], **EXACT)
    assert np.abs(without_derivative["W1"] - expected["W1"]).max() > 0.01


def test_a_published_step_by_step_example():
    # Mazur, 2015, A Step by Step Backpropagation Example: one sample, sum of (target - out)^2 / 2, which for
    # two outputs is the mean of squares. The nine digits are the page's. Its biases are shared and kept.
    X, Y = np.array([[0.05], [0.10]]), np.array([[0.01], [0.99]])
    parameters = {
        "W1": np.array([[0.15, 0.20], [0.25, 0.30]]),
        "b1": np.full((2, 1), 0.35),
        "W2": np.array([[0.40, 0.45], [0.50, 0.55]]),
        "b2": np.full((2, 1), 0.60),
    }
    activations = ["sigmoid", "sigmoid"]
    cache = forward(X, parameters, activations)
    np.testing.assert_allclose(cache["A1"].ravel(), [0.593269992, 0.596884378], atol=1e-9)
    np.testing.assert_allclose(cache["A2"].ravel(), [0.75136507, 0.772928465], atol=1e-9)
    after, J = train_step(X, Y, parameters, activations, squared_error, learning_rate=0.5)
    assert math.isclose(J, 0.298371109, abs_tol=1e-9)
    np.testing.assert_allclose(after["W2"], [[0.35891648, 0.408666186], [0.51130127, 0.561370121]], atol=1e-9)
    np.testing.assert_allclose(after["W1"], [[0.149780716, 0.19956143], [0.24975114, 0.29950229]], atol=1e-8)


def test_the_chain_of_two_neurons_by_hand():
    x, w1, b1, w2, b2, t = 0.1, 0.15, 0.4, 0.45, 0.65, 0.25
    a1 = 1 / (1 + math.exp(-(w1 * x + b1)))
    a2 = 1 / (1 + math.exp(-(w2 * a1 + b2)))
    dz2 = 2 * (a2 - t) * a2 * (1 - a2)
    expected = {"W2": dz2 * a1, "b2": dz2, "W1": dz2 * w2 * a1 * (1 - a1) * x, "b1": dz2 * w2 * a1 * (1 - a1)}
    parameters = {"W1": [[w1]], "b1": [[b1]], "W2": [[w2]], "b2": [[b2]]}
    parameters = {name: np.array(p) for name, p in parameters.items()}
    X, Y = np.array([[x]]), np.array([[t]])
    J, gradients = cost_and_gradients(X, Y, parameters, ["sigmoid"] * 2, squared_error)
    assert math.isclose(J, (a2 - t) ** 2, rel_tol=1e-14)
    for name, value in expected.items():
        assert gradients[name].shape == (1, 1)
        assert math.isclose(gradients[name].item(), value, rel_tol=1e-13), name


def test_five_steps_equal_keras_sgd():
    X, Y, parameters = problem(1, [4, 5, 3], m=8)
    layers = [keras.layers.Dense(n, a, dtype="float64") for n, a in ((5, "tanh"), (3, "linear"))]
    model = keras.Sequential([keras.Input((4,), dtype="float64"), *layers])
    model.set_weights(
        [parameters["W1"].T, parameters["b1"][:, 0], parameters["W2"].T, parameters["b2"][:, 0]]
    )
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, dtype="float64")
    model.compile(keras.optimizers.SGD(0.5), loss)
    for _ in range(5):
        model.train_on_batch(X.T, Y.T)
        parameters, _ = train_step(X, Y, parameters, ["tanh", "linear"], cross_entropy, learning_rate=0.5)
    for layer, dense in enumerate(layers, start=1):
        # Keras holds the learning rate in float32, where 0.5 is exact.
        np.testing.assert_allclose(dense.kernel.numpy().T, parameters[f"W{layer}"], **EXACT)
        np.testing.assert_allclose(dense.bias.numpy(), parameters[f"b{layer}"][:, 0], **EXACT)


def test_xor_is_learned():
    X, Y = np.array([[0.0, 0, 1, 1], [0, 1, 0, 1]]), np.array([[0.0, 1, 1, 0]])
    parameters = initialize([2, 2, 1], seed=0, gain=3)
    for _ in range(2000):
        parameters, J = train_step(X, Y, parameters, ["sigmoid"] * 2, squared_error, learning_rate=4)
    assert J < 1e-3
    assert (np.round(forward(X, parameters, ["sigmoid"] * 2)["A2"]) == Y).all()


def test_a_step_leaves_its_arguments():
    X, Y, parameters = problem(2, [3, 4, 3], m=5)
    before = {name: p.copy() for name, p in parameters.items()}
    train_step(
        X, Y, parameters, ["relu", "linear"], cross_entropy, 0.1, 0.5, dropout_masks([3, 4, 3], 5, 0.5)
    )
    for name, p in before.items():
        np.testing.assert_array_equal(parameters[name], p)


def test_initial_weights_have_the_variance_of_the_formula():
    parameters = initialize([400, 300, 2], seed=0, gain=2.0)
    # relative standard error of a variance of 120,000 draws: sqrt(2 / 120,000) = 0.004
    np.testing.assert_allclose(parameters["W1"].var(), 4 / 400, rtol=0.02)
    assert {p.dtype for p in parameters.values()} == {np.dtype(np.float64)}
    assert not np.any(parameters["b1"])
    np.testing.assert_array_equal(parameters["W1"], initialize([400, 300, 2], seed=0, gain=2.0)["W1"])


def test_inverted_dropout_keeps_the_expectation():
    mask = dropout_masks([1, 500, 1], m=400, keep_prob=0.8, seed=0)
    assert list(mask) == ["D1"]
    assert set(np.unique(mask["D1"])) == {0.0, 1.25}
    # standard error of the mean of 200,000 values of variance 0.25
    assert abs(mask["D1"].mean() - 1) < 5 * math.sqrt(0.25 / 200_000)
    assert (dropout_masks([1, 5, 1], 3, 1.0)["D1"] == 1).all()


def test_the_examples_run():
    for module in (costs, network, training):
        assert doctest.testmod(module).failed == 0


def test_scratch_imports_numpy_alone():
    for path in Path(dlkeras.scratch.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            allowed = {"numpy", "__future__", "collections", "typing", "dlkeras"}
            assert {name.split(".")[0] for name in names} <= allowed, path
            assert all(n.startswith("dlkeras.scratch") for n in names if n.startswith("dlkeras"))

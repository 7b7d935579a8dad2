"""Activations and costs against SciPy, Keras and differences, also where they saturate; Hessian; errors."""

import keras
import numpy as np
import pytest
import scipy.special
import tensorflow as tf
from refusals import refused, refuses

from dlkeras.scratch import (
    ACTIVATIONS,
    binary_cross_entropy,
    cross_entropy,
    dropout_masks,
    forward,
    frobenius,
    hessian,
    initialize,
    squared_error,
    two_neurons,
)
from dlkeras.scratch import activations as act

Z = np.linspace(-8, 8, 81)  # 0 is among them
FAR = np.array([-1e307, -1e4, -750.0, -40.0, 0.0, 40.0, 750.0, 1e4, 1e307])
ORACLES = {
    "step": lambda z: np.heaviside(z, 1),
    "linear": lambda z: z,
    "sigmoid": scipy.special.expit,
    "tanh": np.tanh,
    "relu": lambda z: z * (z > 0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
}
DERIVATIVES = {
    "step": act.step_derivative,
    "linear": act.linear_derivative,
    "sigmoid": act.sigmoid_derivative,
    "tanh": act.tanh_derivative,
    "relu": act.relu_derivative,
    "leaky_relu": act.leaky_relu_derivative,
}


def test_there_are_seven():
    assert list(ACTIVATIONS) == [*ORACLES, "softmax"]


def test_values():
    for name, oracle in ORACLES.items():
        for z in (Z, FAR):
            np.testing.assert_allclose(
                ACTIVATIONS[name].forward(z), oracle(z), rtol=1e-15, atol=0, err_msg=name
            )


def test_derivatives_equal_central_differences():
    z = Z[Z != 0]  # where all of them have a derivative
    for name, oracle in ORACLES.items():
        derivative, differences = DERIVATIVES[name](z), (oracle(z + 1e-5) - oracle(z - 1e-5)) / 2e-5
        np.testing.assert_allclose(derivative, differences, rtol=1e-7, atol=1e-10, err_msg=name)
        np.testing.assert_array_equal(ACTIVATIONS[name].backward(3 * z, z), 3 * z * derivative)


def test_derivatives_keep_their_digits_where_functions_saturate():
    z = np.array([-300.0, -40.0, 40.0, 300.0])
    np.testing.assert_allclose(act.sigmoid_derivative(z), np.exp(-np.abs(z)), rtol=1e-14)
    np.testing.assert_allclose(act.tanh_derivative(z), 4 * np.exp(-2 * np.abs(z)), rtol=1e-14)
    assert np.isfinite(act.sigmoid_derivative(FAR)).all()
    assert np.isfinite(act.tanh_derivative(FAR)).all()


def test_what_the_course_says_of_slopes():
    assert act.sigmoid_derivative(np.zeros(1)) == 0.25 == act.sigmoid_derivative(Z).max()
    assert act.tanh_derivative(np.zeros(1)) == 1 == act.tanh_derivative(Z).max()
    np.testing.assert_allclose(act.tanh(Z), 2 * act.sigmoid(2 * Z) - 1, rtol=1e-14, atol=1e-15)
    assert (act.relu_derivative(np.zeros(1)), act.step(np.zeros(1))) == (0, 1)


def test_softmax():
    z = np.column_stack([Z[:9], FAR, np.zeros(9)])  # columns are samples
    np.testing.assert_allclose(act.softmax(z), scipy.special.softmax(z, axis=0), rtol=1e-14)
    np.testing.assert_allclose(act.softmax(z).sum(axis=0), 1, rtol=1e-15)
    np.testing.assert_allclose(
        act.log_sum_exp(z), scipy.special.logsumexp(z, axis=0, keepdims=True), rtol=1e-15
    )
    dA = np.random.default_rng(0).normal(size=(9, 1))
    a = scipy.special.softmax(Z[:9, None], axis=0)
    jacobian = np.diagflat(a) - a @ a.T
    np.testing.assert_allclose(act.softmax_backward(dA, Z[:9, None]), jacobian @ dA, rtol=1e-12)
    np.testing.assert_array_equal(act.softmax(np.full((1, 3), 5.0)), np.ones((1, 3)))


@pytest.mark.parametrize(
    ("cost", "loss"),
    [
        (squared_error, keras.losses.MeanSquaredError(dtype="float64")),
        (cross_entropy, keras.losses.CategoricalCrossentropy(from_logits=True, dtype="float64")),
        (binary_cross_entropy, keras.losses.BinaryCrossentropy(from_logits=True, dtype="float64")),
    ],
)
def test_costs_equal_those_of_keras(cost, loss):
    rng = np.random.default_rng(0)
    for m in (1, 6):
        outputs, Y = 3 * rng.normal(size=(4, m)), np.eye(4)[rng.integers(0, 4, m)].T
        np.testing.assert_allclose(cost(outputs, Y)[0], float(loss(Y.T, outputs.T)), rtol=1e-13)


def test_costs_from_logits_do_not_overflow():
    right, wrong = np.array([[1e5, -1e5], [-1e5, 1e5]]), np.array([[-1e5, 1e5], [1e5, -1e5]])
    assert cross_entropy(right, np.eye(2))[0] == 0
    assert cross_entropy(wrong, np.eye(2))[0] == 2e5
    np.testing.assert_array_equal(cross_entropy(wrong, np.eye(2))[1], [[-0.5, 0.5], [0.5, -0.5]])
    assert binary_cross_entropy(wrong, np.eye(2))[0] == 1e5


def test_frobenius_is_the_penalty_of_keras():
    parameters = initialize([3, 4, 2], seed=0) | {"b1": np.ones((4, 1))}
    l2 = keras.regularizers.L2(0.25)  # a power of two: Keras rounds the factor to float32
    penalty, gradients = frobenius(parameters, lambd=0.25 * 2 * 10, m=10)
    expected = sum(float(l2(keras.ops.convert_to_tensor(parameters[name]))) for name in ("W1", "W2"))
    np.testing.assert_allclose(penalty, expected, rtol=1e-14)
    assert list(gradients) == ["W1", "W2"]
    np.testing.assert_allclose(gradients["W1"], 0.5 * parameters["W1"], rtol=1e-15)


ATOL = 1e-9  # central differences in float64 of steps of 1e-5


def taped_hessian(X, Y, parameters):
    flat = tf.Variable(np.concatenate([p.ravel() for p in parameters.values()]))
    sizes = [p.size for p in parameters.values()]
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            parts = tf.split(flat, sizes)
            W1, b1, W2, b2 = (tf.reshape(q, p.shape) for q, p in zip(parts, parameters.values(), strict=True))
            A2 = tf.sigmoid(W2 @ tf.sigmoid(W1 @ X + b1) + b2)
            loss = tf.reduce_mean(tf.square(A2 - Y))
        gradient = inner.gradient(loss, flat)
    return outer.jacobian(gradient, flat).numpy(), gradient.numpy()


def test_hessian_is_that_of_the_tape():
    X, Y = np.array([[0.0, 0, 1, 1], [0, 1, 0, 1]]), np.array([[0.0, 1, 1, 0]])
    parameters = initialize([2, 3, 1], seed=1, gain=2)
    parameters["b1"] = np.array([[0.3], [-0.7], [1.1]])
    H, gradient = hessian(X, Y, parameters, ["sigmoid", "sigmoid"], squared_error)
    expected, expected_gradient = taped_hessian(X, Y, parameters)
    np.testing.assert_allclose(H, expected, rtol=0, atol=ATOL)
    np.testing.assert_allclose(gradient, expected_gradient, rtol=1e-12)
    assert np.abs(expected).max() > 1e6 * ATOL  # the comparison says something
    np.testing.assert_array_equal(H, H.T)


def test_every_gradient_is_that_of_the_tape():
    names = ("w1", "b1", "w2", "b2", "x", "y")
    drawn = dict(zip(names, np.random.default_rng(0).normal(0, 2, (6, 20)), strict=True))
    tensors = {name: tf.constant(value) for name, value in drawn.items()}
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        t = dict(tensors)
        t["z1"] = t["w1"] * t["x"] + t["b1"]
        t["a1"] = tf.sigmoid(t["z1"])
        t["z2"] = t["w2"] * t["a1"] + t["b2"]
        t["a2"] = tf.sigmoid(t["z2"])
        t["E"] = tf.square(t["a2"] - t["y"])
    expected = tape.gradient(t["E"], t)
    values, gradients = two_neurons(**drawn)
    assert set(values) == set(gradients) == set(t)
    for name in t:
        np.testing.assert_allclose(values[name], t[name], rtol=1e-13, err_msg=name)
        np.testing.assert_allclose(gradients[name], expected[name], rtol=1e-12, err_msg=name)


PARAMETERS = initialize([2, 3, 1], seed=0)
WRONG_VALUES = {
    "`sizes` must be two or more numbers of units, each at least 1. Received: sizes=[3]": lambda: initialize(
        [3]
    ),
    "`sizes` must be two or more numbers of units, each at least 1. Received: sizes=[3, 0, 1]": lambda: (
        initialize([3, 0, 1])
    ),
    "`keep_prob` must be above 0 and at most 1. Received: keep_prob=0.0": lambda: dropout_masks(
        [2, 3, 1], 4, 0.0
    ),
    "`activations` must name one of step, linear, sigmoid, tanh, relu, leaky_relu, softmax for each of the 2 "
    "layers. Received: "
    "activations=['sigmoid', 'swish']": lambda: forward(np.ones((2, 5)), PARAMETERS, ["sigmoid", "swish"]),
    "`activations` must name one of step, linear, sigmoid, tanh, relu, leaky_relu, softmax for each of the 2 "
    "layers. Received: activations=['sigmoid']": lambda: forward(np.ones((2, 5)), PARAMETERS, ["sigmoid"]),
    "`X` must have the shape (2, m), a column for each sample. Received: X of shape (5, 2)": lambda: forward(
        np.ones((5, 2)), PARAMETERS, ["sigmoid"] * 2
    ),
    "`Y` must have the shape of the network's output, (n_L, m). Received: Y of shape (5, 1), output of shape "
    "(1, 5)": lambda: squared_error(np.ones((1, 5)), np.ones((5, 1))),
    "`Y` must have columns that sum to 1. Received: columns with the sums [1. 2.]": lambda: cross_entropy(
        np.ones((2, 2)), np.array([[1.0, 1], [0, 1]])
    ),
}


@refused(WRONG_VALUES)
def test_errors(given, message, kind):
    with refuses(message, kind):
        given()

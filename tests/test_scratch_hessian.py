"""The Hessian by differences, against the tape's second derivatives."""

import numpy as np
import tensorflow as tf

from dlkeras.scratch import hessian, initialize, squared_error

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

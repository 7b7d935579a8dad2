"""Every optimizer finds the minimum of a parabola, and the way through Rosenbrock's valley."""

import keras
import pytest
import tensorflow as tf
from optimizer_table import OPTIMIZERS

from dlkeras import schedules


def parabola(w):
    return w[0] ** 2 + 10 * w[1] ** 2


def rosenbrock(w):
    return (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2


def minimized(cost, start, optimizer, num_steps):
    variable = keras.Variable(start, dtype="float64")
    optimizer.build([variable])

    @tf.function(jit_compile=True)
    def run():
        for _ in tf.range(num_steps):
            with tf.GradientTape() as tape:
                value = cost(variable.value)
            optimizer.apply([tape.gradient(value, variable.value)], [variable])

    run()
    return float(cost(variable.value))


# The rate falls, or those that divide by the size of the gradient stay a rate away from the minimum.
def rate(start, num_steps):
    return schedules.exponential_decay(start, 0.9, steps_per_epoch=num_steps // 100)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_parabola(name):
    start = 0.05 if "Keras" not in name else 0.02
    optimizer = OPTIMIZERS[name].make(rate(start, 2000))
    assert minimized(parabola, [1.0, -0.7], optimizer, 2000) < 1e-4


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_rosenbrock(name):
    steep = name in ("gradient descent", "momentum", "momentum, nesterov")
    start = 2e-3 if steep else 1e-3 if "Keras" in name else 0.1
    optimizer = OPTIMIZERS[name].make(rate(start, 20000) if start == 0.1 else start)
    assert minimized(rosenbrock, [-1.0, 1.0], optimizer, 20000) < 1e-3


def test_a_rate_that_is_too_large_does_not_converge():
    assert not minimized(parabola, [1.0, -0.7], OPTIMIZERS["gradient descent"].make(0.2), 200) < 1e-4

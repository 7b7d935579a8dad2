"""Two neurons in a chain, against the tape."""

import numpy as np
import tensorflow as tf

from dlkeras.scratch import two_neurons


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

"""What changes nothing: the bias and the scale of the weights before batch normalization."""

import keras
import numpy as np
import tensorflow as tf

from dlkeras.layers import BatchNorm


def invariances(seeds):
    """A layer of sixteen units with batch normalization behind it: what its bias and its scale do."""
    for seed in seeds:
        rng = np.random.default_rng(seed)
        x, target = rng.normal(size=(32, 8)).astype("float32"), rng.normal(size=(32, 16)).astype("float32")
        dense, norm = keras.layers.Dense(16), BatchNorm(epsilon=1e-9)
        theirs = keras.layers.BatchNormalization(epsilon=1e-9)
        dense.build(x.shape)
        kernel = rng.normal(size=(8, 16)).astype("float32")
        dense.set_weights([kernel, rng.normal(size=16)])
        with tf.GradientTape() as tape:
            output = norm(dense(x), training=True)
            cost = tf.reduce_mean((output - target) ** 2)
        of_kernel, of_bias = (g.numpy() for g in tape.gradient(cost, [dense.kernel.value, dense.bias.value]))
        cosine = (kernel * of_kernel).sum(axis=0) / np.sqrt(
            (kernel**2).sum(axis=0) * (of_kernel**2).sum(axis=0)
        )
        keras_output = theirs(dense(x), training=True)
        dense.set_weights([10 * kernel, dense.bias])
        scaled = norm(dense(x), training=True)
        yield {
            **{"part": "invariance", "seed": seed, "cosine": float(np.abs(cosine).max())},
            "bias": float(np.abs(of_bias).max() / np.abs(of_kernel).max()),
            "scaled": float(np.abs(scaled - output).max()),
            "single": float(np.abs(norm(dense(x[:1]), training=True)).max()),  # β is 0
            "keras": float(np.abs(keras_output - output).max()),
        }

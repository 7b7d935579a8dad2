"""How far the gradients of an epoch's batches are from that of all samples."""

import keras
import numpy as np
import tensorflow as tf

LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def gradients_of_samples(model, x, y):
    """Compiles a function of nothing: the gradient of every sample by itself, (samples, weights)."""

    def gradient(sample):
        with tf.GradientTape() as tape:
            loss = LOSS(sample[1][None], model(sample[0][None]))
        return tf.concat([tf.reshape(g, [-1]) for g in tape.gradient(loss, model.trainable_variables)], 0)

    return tf.function(lambda: tf.vectorized_map(gradient, (x, y)), jit_compile=True)


def noise_by_size(gradients, sizes, seed):
    """Yields batch sizes with the RMS distance of their gradients from that of all, over its norm.

    Each size is a divisor of the number of samples; four epochs of each are drawn.
    """
    gradients, rng = gradients.copy(), np.random.default_rng(seed)
    mean = gradients.mean(axis=0)
    for size in sorted(set(sizes)):
        squares = []
        for _ in range(4):
            rng.shuffle(gradients)  # the gradient of a batch is the mean of its samples'
            batches = gradients.reshape(-1, size, len(mean)).mean(axis=1)
            squares.append(np.square(batches - mean).sum(axis=1).mean())
        yield size, float(np.sqrt(np.mean(squares)) / np.linalg.norm(mean))

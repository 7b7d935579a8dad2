"""Keras' Adam and ours, given the same gradients: how far apart do two equal networks come to lie?"""

import keras
import numpy as np
import tensorflow as tf

from dlkeras.optimizers import Adam

loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def same_steps(model, seed, images, settings):
    """Trains a network with the built-in Adam; ours takes its gradients for a network of its own.

    Yields:
        The losses of both, and the largest distance of a weight after each step.
    """
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    built_in, ours = keras.optimizers.Adam(), Adam()
    built_in.build(model.trainable_variables)
    ours.build(copy.trainable_variables)
    rows, losses, apart = np.random.default_rng(seed), [], []
    for _ in range(settings.compared_steps):
        batch = rows.integers(0, len(images.x_train), settings.batch_size)
        both = step(model, copy, built_in, ours, images.x_train[batch], images.y_train[batch])
        losses.append([float(own) for own in both])
        apart.append(distance(model.get_weights(), copy.get_weights()))
    for optimizer, own in zip(("built-in", "ours"), np.transpose(losses).tolist(), strict=True):
        about = {"optimizer": optimizer, "problem": "side by side", "rate": 0.001, "seed": seed}
        yield {**about, "loss": own, "apart": apart}


@tf.function
def step(model, copy, built_in, ours, x, y):
    """Takes a step with both optimizers; returns both losses before it."""
    with tf.GradientTape() as tape:
        first = loss(y, model(x))
    second = loss(y, copy(x))
    gradients = tape.gradient(first, model.trainable_variables)
    built_in.apply(gradients, model.trainable_variables)
    ours.apply(gradients, copy.trainable_variables)
    return first, second


def distance(weights, others):
    """Computes the largest distance of a weight, in units of the last place of its tensor's largest entry."""
    pairs = zip(weights, others, strict=True)
    return max(float(np.max(np.abs(a - b) / np.spacing(np.abs(a).max()))) for a, b in pairs)

"""What passes through a network before any training: activations on their way forward, gradients back."""

import keras
import tensorflow as tf


@tf.function
def mean_squares(model, x, y):
    """Measures the mean square of each hidden layer's activations, and of the loss's gradient by them.

    Args:
        model: Dense layers, a `keras.Sequential` that ends in logits.
        x: Inputs, (n, d).
        y: Labels, (n,).

    Returns:
        Forward and backward, from the first hidden layer to the last: tensor (2, layers), float64.
    """
    outputs = [x]
    with tf.GradientTape() as tape:
        for layer in model.layers:
            outputs.append(layer(outputs[-1]))
            tape.watch(outputs[-1])
        cost = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(y, outputs[-1])
    hidden = outputs[1:-1]
    both = hidden, tape.gradient(cost, hidden)
    return tf.stack([[tf.reduce_mean(tf.cast(v, "float64") ** 2) for v in values] for values in both])

"""What passes through a network before any training: activations on their way forward, gradients back."""

import keras
import tensorflow as tf

SLOPES = {  # as a share of the largest slope, from the activations
    "sigmoid": lambda a: 4 * a * (1 - a),
    "tanh": lambda a: 1 - a**2,
    "relu": lambda a: tf.cast(a > 0, a.dtype),
}


@tf.function
def signals(model, x, y):
    """Measures the mean square of each hidden layer's activations and of the loss's gradient by them.

    Args:
        model: Dense layers, a `keras.Sequential` that ends in logits.
        x: Inputs, (n, d).
        y: Labels, (n,).

    Returns:
        Forward, backward, and the share of the activations that let hardly any gradient through, because
        their slope is below 5 % of the largest: sigmoid and tanh saturated, ReLU silent. From the first
        hidden layer to the last: tensor (3, layers), float64.
    """
    outputs = [x]
    with tf.GradientTape() as tape:
        for layer in model.layers:
            outputs.append(layer(outputs[-1]))
            tape.watch(outputs[-1])
        cost = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(y, outputs[-1])
    hidden = outputs[1:-1]
    both = hidden, tape.gradient(cost, hidden)
    squares = [[tf.reduce_mean(tf.cast(v, "float64") ** 2) for v in values] for values in both]
    slopes = [SLOPES[layer.activation.__name__](a) for layer, a in zip(model.layers, hidden, strict=False)]
    return tf.stack([*squares, [tf.reduce_mean(tf.cast(slope < 0.05, "float64")) for slope in slopes]])

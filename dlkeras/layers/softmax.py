"""Softmax, written out."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="dlkeras")
class Softmax(keras.layers.Layer):
    """Turns the logits of a sample into probabilities of its classes.

        a_k = e^(z_k - c) / Σ_j e^(z_j - c)        c = max_j z_j

    Any c gives the same a; with the largest logit no power is above 1, so none overflows, and the sum is at
    least 1. Unlike the output of `keras.layers.Softmax`, this one does not carry its logits along, so a loss
    of it sees probabilities alone: where they round to 0, the loss is cut off and its gradient is 0.

    Call arguments:
        z: Logits, (..., classes).

    Example:
        >>> Softmax()(np.array([[0.0, 1.0, 1.0]])).numpy().round(2)
        array([[0.16, 0.42, 0.42]], dtype=float32)

    References:
        Bishop (2006), Pattern Recognition and Machine Learning, eq. 4.62.
    """

    def call(self, z):
        c = ops.stop_gradient(ops.max(z, axis=-1, keepdims=True))  # does not change a, nor its gradient
        t = ops.exp(z - c)
        return t / ops.sum(t, axis=-1, keepdims=True)

    def compute_output_shape(self, input_shape):
        return input_shape

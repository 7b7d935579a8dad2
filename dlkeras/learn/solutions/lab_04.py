"""Lab 4: why the early layers of a deep network learn slowest."""

import numpy as np

from dlkeras.learn.lazily import keras, tf


def gradient_norm(gradient):
    """Computes how large a gradient is, in one number.

        norm = √(the sum of all squared entries)

    Args:
        gradient: An array of any shape.

    Returns:
        The L2 norm, a number.
    """
    return np.sqrt(np.sum(gradient**2))


def back_through_sigmoid(dA, A, W):
    """Goes back through one sigmoid layer, from its outputs to its inputs.

        A = sigmoid(Z),  Z = W A_before + b
        dA_before = W^T (dA * A (1 - A))

    The slope A (1 - A) is at most 1/4: with weights that are not large, less comes out than went in.

    Args:
        dA: Derivative of the cost by A, (n, m): units by samples.
        A: Outputs of the layer, (n, m).
        W: Weights, (n, n_before).

    Returns:
        dA_before, (n_before, m).
    """
    return W.T @ (dA * A * (1 - A))


def norms_by_layer(X, weights, dA):
    """Follows the gradient of the biases back through a stack of sigmoid layers.

        forward:  A_0 = X,  A_l = sigmoid(W_l A_(l-1)),   l = 1, ..., L
        backward: dZ_l = dA_l * A_l (1 - A_l),  dA_(l-1) = W_l^T dZ_l,   l = L, ..., 1
        db_l = the sum of dZ_l over the samples,  norm_l = ‖db_l‖

    Args:
        X: Samples in columns, (n_0, m).
        weights: W_1, ..., W_L, a list of arrays, (n_l, n_(l-1)); biases are zero.
        dA: Derivative of the cost by the last outputs, (n_L, m).

    Returns:
        norm_1, ..., norm_L, from the first layer to the last, (L,).
    """
    outputs = [X]
    for W in weights:
        outputs.append(1 / (1 + np.exp(-W @ outputs[-1])))
    norms = []
    for W, A in zip(weights[::-1], outputs[:0:-1], strict=True):
        dZ = dA * A * (1 - A)
        norms.append(np.linalg.norm(dZ.sum(axis=1)))
        dA = W.T @ dZ
    return np.array(norms[::-1])


def unevenness(norms):
    """Measures whether gradients shrink exponentially: by the same factor in every layer.

        factor_l = norm_(l+1) / norm_l,   l = 1, ..., L - 1
        unevenness = the standard deviation of log(factor_l) / |the mean of log(factor_l)|

    It is 0 where all factors are the same. The standard deviation is divided by the number of factors.

    Args:
        norms: Gradient norm of each layer, (L,), above 0, L at least 3.

    Returns:
        The unevenness, at least 0.
    """
    logs = np.diff(np.log(norms))
    return np.std(logs) / abs(np.mean(logs))


def depth_stack(depth, width, activation, num_inputs, num_classes):
    """Builds a stack of Dense layers in Keras.

        keras.Input((num_inputs,))
        depth times: Dense with `width` units and the activation
        Dense with num_classes units and no activation: logits

    Args:
        depth: Number of hidden layers, at least 1.
        width: Units of each.
        activation: Its name, such as "sigmoid".
        num_inputs: Columns of the data.
        num_classes: Number of classes.

    Returns:
        A `keras.Sequential`, not compiled.
    """
    hidden = [keras.layers.Dense(width, activation) for _ in range(depth)]
    return keras.Sequential([keras.Input((num_inputs,)), *hidden, keras.layers.Dense(num_classes)])


def norm_recorder(x, y, loss):
    """Writes a Keras callback that records how large the gradient is after each epoch.

        at the end of each epoch: g = the gradient of loss(y, model(x)) by all trainable variables
        norms gets √(the sum of all squared entries of all of them)

    Args:
        x: Samples, (m, n).
        y: Targets, (m, 1).
        loss: From targets and predictions to a number, such as `keras.losses.MeanSquaredError()`.

    Returns:
        A `keras.callbacks.Callback` with a list `norms`, a number for each epoch. Keras sets `self.model`.
    """

    class Recorder(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.norms = []

        def on_epoch_end(self, epoch, logs=None):
            with tf.GradientTape() as tape:
                value = loss(y, self.model(x))
            gradients = tape.gradient(value, self.model.trainable_variables)
            self.norms.append(float(tf.linalg.global_norm(gradients)))

    return Recorder()

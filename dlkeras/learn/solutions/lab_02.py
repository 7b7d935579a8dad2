"""Lab 2: what backpropagation computes."""

import numpy as np


def neuron(w, x, b):
    """Computes what one sigmoid neuron puts out.

        z = w · x + b
        a = 1 / (1 + e^-z)

    Args:
        w: Weights, (n,).
        x: Inputs, (n,).
        b: Bias, a number.

    Returns:
        a, a number.
    """
    z = w @ x + b
    return 1 / (1 + np.exp(-z))


def forward(X, W1, b1, W2, b2):
    """Propagates samples forward through a network with one hidden layer.

        A1 = tanh(W1 X + b1)
        Z2 = W2 A1 + b2

    Args:
        X: Samples in columns, (n_0, m).
        W1: Weights of the hidden layer, (n_1, n_0).
        b1: Its biases, (n_1, 1).
        W2: Weights of the output, (n_2, n_1).
        b2: Its biases, (n_2, 1).

    Returns:
        A1, (n_1, m), and Z2, (n_2, m).
    """
    A1 = np.tanh(W1 @ X + b1)
    return A1, W2 @ A1 + b2


def chain_rule(w1, b1, w2, b2, x, y):
    """Goes back through two neurons in a chain, by hand.

        z1 = w1 x + b1,  a1 = sigmoid(z1),  z2 = w2 a1 + b2,  a2 = sigmoid(z2),  E = (a2 - y)²
        dE/dw2 = 2 (a2 - y) · a2 (1 - a2) · a1
        dE/dw1 = 2 (a2 - y) · a2 (1 - a2) · w2 · a1 (1 - a1) · x

    Args:
        w1: Weight of the first neuron, a number, as all of them.
        b1: Its bias.
        w2: Weight of the second neuron.
        b2: Its bias.
        x: Input.
        y: Target.

    Returns:
        dE/dw1, dE/db1, dE/dw2, dE/db2. The two for the biases are yours to find: what is dz/db?
    """
    a1 = 1 / (1 + np.exp(-(w1 * x + b1)))
    a2 = 1 / (1 + np.exp(-(w2 * a1 + b2)))
    dz2 = 2 * (a2 - y) * a2 * (1 - a2)
    dz1 = dz2 * w2 * a1 * (1 - a1)
    return dz1 * x, dz1, dz2 * a1, dz2


def layer_backward(dZ, A_before, W):
    """Goes back through one layer Z = W A_before + b, for all samples at once.

        dW = dZ A_before^T
        db = the sum of dZ over the samples
        dA_before = W^T dZ

    dZ is the derivative of a cost that is a mean over the samples: the 1/m is in it already.

    Args:
        dZ: Derivative of the cost by Z, (n, m): units by samples.
        A_before: What came into the layer, (n_before, m).
        W: Weights, (n, n_before).

    Returns:
        dW, (n, n_before), db, (n, 1), and dA_before, (n_before, m).
    """
    dW = dZ @ A_before.T
    db = dZ.sum(axis=1, keepdims=True)
    return dW, db, W.T @ dZ


def hidden_gradient(X, Y, W1, b1, W2, b2):
    """Computes the gradient of the first weights of a network with one hidden layer.

        A1 = tanh(W1 X + b1),  Z2 = W2 A1 + b2,  J = 1/m · the sum of (Z2 - Y)² over outputs and samples
        dZ2 = 2/m (Z2 - Y)
        dZ1 = W2^T dZ2 * (1 - A1²)
        dW1 = dZ1 X^T

    Args:
        X: Samples in columns, (n_0, m).
        Y: Targets, (n_2, m).
        W1: Weights of the hidden layer, (n_1, n_0).
        b1: Its biases, (n_1, 1).
        W2: Weights of the output, (n_2, n_1).
        b2: Its biases, (n_2, 1).

    Returns:
        dW1, (n_1, n_0).
    """
    A1 = np.tanh(W1 @ X + b1)
    dZ2 = 2 / X.shape[1] * (W2 @ A1 + b2 - Y)
    dZ1 = W2.T @ dZ2 * (1 - A1**2)
    return dZ1 @ X.T

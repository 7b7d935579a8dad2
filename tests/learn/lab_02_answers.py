"""Lab 2: mistakes, as pieces of our solutions replaced, and right answers of other forms."""

import numpy as np


def neuron_by_loop(w, x, b):
    total = b
    for i in range(len(w)):
        total += w[i] * x[i]
    return np.exp(total) / (1 + np.exp(total))


def neuron_by_tanh(w, x, b):
    return (np.tanh((np.dot(x, w) + b) / 2) + 1) / 2


def neuron_in_float32(w, x, b):
    z = np.sum(np.float32(w) * np.float32(x)) + np.float32(b)
    return 1 / (1 + np.exp(-z))


def forward_by_einsum(X, W1, b1, W2, b2):
    hidden = np.tanh(np.einsum("ij,jm->im", W1, X) + b1)
    return hidden, np.einsum("ij,jm->im", W2, hidden) + b2


def forward_by_sample(X, W1, b1, W2, b2):
    A1 = np.zeros((len(W1), X.shape[1]))
    Z2 = np.zeros((len(W2), X.shape[1]))
    for i in range(X.shape[1]):
        A1[:, i] = np.tanh(W1.dot(X[:, i]) + b1[:, 0])
        Z2[:, i] = W2.dot(A1[:, i]) + b2[:, 0]
    return [A1, Z2]


def forward_in_rows(X, W1, b1, W2, b2):
    A1 = np.tanh(X.T.astype("float32") @ W1.T + b1.T)
    return A1.T, (A1 @ W2.T + b2.T).T


def chain_in_one_go(w1, b1, w2, b2, x, y):
    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    a1 = sigmoid(w1 * x + b1)
    z2 = w2 * a1 + b2
    common = -2 * (y - sigmoid(z2)) * sigmoid(z2) * sigmoid(-z2)
    return common * w2 * a1 * (1 - a1) * x, common * w2 * a1 * (1 - a1), common * a1, common


def chain_by_complex_step(w1, b1, w2, b2, x, y):
    def error(w1, b1, w2, b2):
        a1 = 1 / (1 + np.exp(-(w1 * x + b1)))
        return (1 / (1 + np.exp(-(w2 * a1 + b2))) - y) ** 2

    at = [w1, b1, w2, b2]
    return [error(*[p + 1e-20j * (i == j) for j, p in enumerate(at)]).imag / 1e-20 for i in range(4)]


def chain_in_float32(w1, b1, w2, b2, x, y):
    w1, b1, w2, b2, x, y = (np.float32(v) for v in (w1, b1, w2, b2, x, y))
    a1 = 1 / (1 + np.exp(-(w1 * x + b1)))
    a2 = 1 / (1 + np.exp(-(w2 * a1 + b2)))
    db2 = (a2 - y) * 2 * (a2 - a2**2)
    db1 = db2 * w2 * (a1 - a1**2)
    return db1 * x, db1, db2 * a1, db2


def layer_by_einsum(dZ, A_before, W):
    return (
        np.einsum("im,jm->ij", dZ, A_before),
        np.einsum("im->i", dZ)[:, None],
        np.einsum("ij,im->jm", W, dZ),
    )


def layer_by_sample(dZ, A_before, W):
    dW, db, dA = np.zeros_like(W), np.zeros((len(W), 1)), []
    for i in range(dZ.shape[1]):
        dW += np.outer(dZ[:, i], A_before[:, i])
        db += dZ[:, [i]]
        dA.append(dZ[:, i] @ W)
    return dW, db, np.array(dA).T


def layer_with_ones(dZ, A_before, W):
    dZ = dZ.astype(np.float32)
    return (A_before @ dZ.T).T, dZ @ np.ones((dZ.shape[1], 1)), np.dot(dZ.T, W).T


def hidden_by_sample(X, Y, W1, b1, W2, b2):
    dW1, m = 0, X.shape[1]
    for i in range(m):
        x, y = X[:, [i]], Y[:, [i]]
        a = np.tanh(W1 @ x + b1)
        dW1 = dW1 + (W2.T @ (W2 @ a + b2 - y)) * (1 - a * a) @ x.T
    return 2 * dW1 / m


def hidden_by_einsum(X, Y, W1, b1, W2, b2):
    A = np.tanh(W1 @ X + b1)
    error = W2 @ A + b2 - Y
    return 2 * np.einsum("om,oh,hm,im->hi", error, W2, 1 / np.cosh(np.arctanh(A)) ** 2, X) / X.shape[1]


def hidden_in_float32(X, Y, W1, b1, W2, b2):
    X, Y, W1, b1, W2, b2 = (np.float32(v) for v in (X, Y, W1, b1, W2, b2))
    A1 = np.tanh(W1 @ X + b1)
    return (W2.T @ (W2 @ A1 + b2 - Y) * (1 - A1) * (1 + A1)) @ (2 * X.T) / X.shape[1]


ANSWERS = {
    "neuron": (
        [
            ("w @ x + b", "w @ x - b"),
            ("(1 + np", "(2 + np"),
            ("1 / (1 +", "1 / (1 -"),
            ("return ", "return -"),
        ],
        [neuron_by_loop, neuron_by_tanh, neuron_in_float32],
    ),
    "forward": (
        [
            ("W1 @ X", "W1.T @ X"),
            ("W2 @ A1", "W2 @ np.tanh(A1)"),
            ("tanh", "sinh"),
            ("A1, W2 @ A1 + b2", "W2 @ A1 + b2"),
        ],
        [forward_by_einsum, forward_by_sample, forward_in_rows],
    ),
    "chain_rule": (
        [
            ("dz1 * x", "dz1"),
            ("dz2 * a1,", "dz2 * x,"),
            ("a1 * (1 - a1)", "(1 - a1)"),
            ("dz1, dz2 * a1", "0, dz2 * a1"),
        ],
        [chain_in_one_go, chain_by_complex_step, chain_in_float32],
    ),
    "layer_backward": (
        [
            ("W.T @ dZ", "W.T @ np.abs(dZ)"),
            ("dZ @ A_before.T", "-dZ @ A_before.T"),
            ("dW, db, W", "db, dW, W"),
        ],
        [layer_by_einsum, layer_by_sample, layer_with_ones],
    ),
    "hidden_gradient": (
        [
            ("1 - A1**2", "1 + A1**2"),
            ("W2.T @", "-W2.T @"),
            ("dZ1 @ X.T", "X @ dZ1.T"),
            (" + b1", ""),
            (" + b2", ""),
        ],
        [hidden_by_sample, hidden_by_einsum, hidden_in_float32],
    ),
}

"""A backward pass by hand, in which a bug can be planted; columns are samples."""

import numpy as np

from dlkeras import scratch
from dlkeras.gradcheck import relative_difference

LAMBDA, KEEP, ACTIVATIONS = 0.2, 0.5, ["tanh", "tanh", "linear"]
TENSORS = ["W1", "b1", "W2", "b2", "W3", "b3"]
BUGS = {  # and the tensors whose gradients it makes wrong
    "none": [],
    "wrong sign": ["W2"],
    "1/m forgotten": TENSORS,
    "tanh′ forgotten": ["W1", "b1"],
    "one entry 1 % off": ["b2"],
    "L2 left out": ["W1", "W2", "W3"],
    "dropout not scaled": ["W1", "b1"],
    "W2 not transposed": ["W1", "b1"],
    "first layer detached": ["W1", "b1"],
}


def starting_point(images, width, batch_size, seed):
    """Draws a batch of each fourth pixel, a network of two hidden layers, and the masks of dropout.

    Args:
        images: A `dlkeras.data.Dataset` with classes.
        width: Units of each hidden layer.
        batch_size: m.
        seed: Of the draws.

    Returns:
        Parameters, X (n, m), Y (classes, m), masks.
    """
    x, y = images.x_train[:, ::4], np.eye(images.num_classes)[images.y_train]
    rows = np.random.default_rng(seed).permutation(len(x))[:batch_size]
    sizes = [x.shape[1], width, width, images.num_classes]
    masks = {"D1": scratch.dropout_masks(sizes, len(rows), KEEP, seed)["D1"]}
    return scratch.initialize(sizes, seed), np.float64(x[rows].T), y[rows].T, masks


class Loss:
    """Mean cross-entropy of softmax, with L2, as a function of the parameters; it counts its calls.

    Args:
        X: Inputs, (n, m).
        Y: Labels, (classes, m).
        masks: Of dropout behind the first layer.
        rng: Where given, each call draws masks of its own from it, as a plain forward pass would.
    """

    def __init__(self, X, Y, masks, rng=None):
        self.X, self.Y, self.masks, self.rng, self.calls = X, Y, masks, rng, 0

    def __call__(self, p):
        self.calls += 1
        masks = self.masks
        if self.rng is not None:
            masks = {"D1": (self.rng.random(masks["D1"].shape) < KEEP) / KEEP}
        Z = scratch.forward(self.X, p, ACTIVATIONS, masks)["Z3"]
        return scratch.cross_entropy(Z, self.Y)[0] + scratch.frobenius(p, LAMBDA, self.X.shape[1])[0]


def gradients_by_hand(p, X, Y, masks, bug="none"):
    """The chain rule, from the loss back to the first layer."""
    m, D1 = X.shape[1], masks["D1"]
    A1 = np.tanh(p["W1"] @ X + p["b1"])
    A2 = np.tanh(p["W2"] @ (A1 * D1) + p["b2"])
    probabilities = scratch.ACTIVATIONS["softmax"].forward(p["W3"] @ A2 + p["b3"])
    dZ3 = (probabilities - Y) / (1 if bug == "1/m forgotten" else m)
    dZ2 = p["W3"].T @ dZ3 * (1 - A2**2)
    back = p["W2"] if bug == "W2 not transposed" else p["W2"].T  # it is square, so both fit
    dA1 = back @ dZ2 * (D1 > 0 if bug == "dropout not scaled" else D1)
    dZ1 = dA1 * (1 if bug == "tanh′ forgotten" else 1 - A1**2) * (bug != "first layer detached")
    g = {"W1": dZ1 @ X.T, "W2": dZ2 @ (A1 * D1).T, "W3": dZ3 @ A2.T}
    g |= {f"b{i}": dZ.sum(axis=1, keepdims=True) for i, dZ in enumerate((dZ1, dZ2, dZ3), start=1)}
    if bug == "wrong sign":
        g["W2"] = -g["W2"]
    if bug == "one entry 1 % off":
        g["b2"][0] *= 1.01
    penalty = 0 if bug == "L2 left out" else LAMBDA / m
    return {name: g[name] + penalty * p[name] * (name[0] == "W") for name in p}


def redrawn(p, X, Y, masks, seed, epsilon=1e-5):
    """Relative difference for W2 where dropout draws new masks for every loss."""
    loss, W2 = Loss(X, Y, masks, np.random.default_rng(seed)), p["W2"]
    numerical = np.zeros_like(W2)
    for place in np.ndindex(W2.shape):
        step = np.zeros_like(W2)
        step[place] = epsilon
        above, below = loss(p | {"W2": W2 + step}), loss(p | {"W2": W2 - step})
        numerical[place] = (above - below) / (2 * epsilon)
    return relative_difference(gradients_by_hand(p, X, Y, masks)["W2"], numerical)

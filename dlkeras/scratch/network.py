"""A feed-forward network in NumPy, forward and backward, as the course writes it.

Columns are samples: X is (n_0, m), and layer l maps A[l-1], (n_(l-1), m), to

    Z[l] = W[l] A[l-1] + b[l]        W (n_l, n_(l-1)), b (n_l, 1), Z (n_l, m)
    A[l] = g(Z[l])                   with dropout A[l] = g(Z[l]) * D[l]

Keras has samples in rows, so its kernel is W transposed. Parameters are a dict of W1, b1, W2, b2, ...; a
gradient has the same names: `gradients["W1"]` is what the course calls dW1. All is float64.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlkeras.scratch.activations import ACTIVATIONS

Arrays = dict[str, np.ndarray]


def initialize(sizes: Sequence[int], seed: int | None = None, gain: float = 1.0) -> Arrays:
    """Draws weights from a normal distribution of variance gain^2 / n_(l-1); biases are zero.

    Args:
        sizes: Units by layer, the input first: n_0, n_1, ..., n_L; at least two numbers, each at least 1.
        seed: Seed of the draw; None draws anew each time.
        gain: Factor on the standard deviation: 1 is LeCun's choice, sqrt(2) He's for ReLU.

    Returns:
        The parameters W1, b1, ..., W_L, b_L.

    Raises:
        ValueError: If there are fewer than two sizes or one is below 1.

    Example:
        >>> {name: parameter.shape for name, parameter in initialize([2, 3, 1], seed=0).items()}
        {'W1': (3, 2), 'b1': (3, 1), 'W2': (1, 3), 'b2': (1, 1)}

    References:
        He et al., 2015, Delving Deep into Rectifiers, eq. 10; LeCun et al., 1998, Efficient BackProp, eq. 16.
    """
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(
            f"`sizes` must be two or more numbers of units, each at least 1. Received: sizes={list(sizes)}"
        )
    rng = np.random.default_rng(seed)
    parameters = {}
    for layer in range(1, len(sizes)):
        n_in, n_out = sizes[layer - 1], sizes[layer]
        parameters[f"W{layer}"] = rng.normal(0, gain / np.sqrt(n_in), (n_out, n_in))
        parameters[f"b{layer}"] = np.zeros((n_out, 1))
    return parameters


def dropout_masks(sizes: Sequence[int], m: int, keep_prob: float, seed: int | None = None) -> Arrays:
    """Draws masks of inverted dropout for the hidden layers.

    A unit is kept with probability keep_prob and then divided by it, so its expected activation is unchanged.

    Args:
        sizes: Units by layer, the input first, as for `initialize`.
        m: Number of samples; each has masks of its own.
        keep_prob: Probability to keep a unit, in (0, 1].
        seed: Seed of the draw; None draws anew each time.

    Returns:
        D1, ..., D_(L-1), each (n_l, m), of values 0 and 1 / keep_prob.

    Raises:
        ValueError: If `keep_prob` is not in (0, 1].

    Example:
        >>> dropout_masks([2, 3, 1], m=4, keep_prob=0.5, seed=0)["D1"].shape
        (3, 4)
    """
    if not 0 < keep_prob <= 1:
        raise ValueError(f"`keep_prob` must be above 0 and at most 1. Received: keep_prob={keep_prob}")
    rng = np.random.default_rng(seed)
    return {f"D{i}": (rng.random((n, m)) < keep_prob) / keep_prob for i, n in enumerate(sizes[1:-1], start=1)}


def forward(
    X: np.ndarray, parameters: Arrays, activations: Sequence[str], masks: Arrays | None = None
) -> Arrays:
    """Propagates the inputs forward and keeps what the way back needs.

    Args:
        X: Inputs, (n_0, m).
        parameters: W1, b1, ..., W_L, b_L.
        activations: A name of `ACTIVATIONS` for each of the L layers.
        masks: Dropout masks D1, ..., as `dropout_masks` draws them; a layer without one drops nothing.

    Returns:
        The cache: A0, Z1, A1, ..., Z_L, A_L and the masks. A_L is the output of the network.

    Raises:
        ValueError: If there is not one known activation for each layer, or X has not n_0 rows.

    Example:
        >>> parameters = initialize([2, 2, 1], seed=0)
        >>> forward(np.eye(2), parameters, ["sigmoid", "sigmoid"])["A2"].shape
        (1, 2)
    """
    _check(X, parameters, activations)
    cache = {"A0": np.asarray(X, np.float64), **(masks or {})}
    for layer, name in enumerate(activations, start=1):
        Z = parameters[f"W{layer}"] @ cache[f"A{layer - 1}"] + parameters[f"b{layer}"]  # (n_l, m)
        A = ACTIVATIONS[name].forward(Z)
        if f"D{layer}" in cache:
            A = A * cache[f"D{layer}"]
        cache[f"Z{layer}"], cache[f"A{layer}"] = Z, A
    return cache


def backward(dA: np.ndarray, cache: Arrays, parameters: Arrays, activations: Sequence[str]) -> Arrays:
    """Propagates the derivative of the cost back through the network.

    For every layer from the last to the first, with the 1/m of the mean in dA from the start:

        dZ = dA * g'(Z)                (n_l, m); with dropout dA * D * g'(Z)
        dW = dZ A[l-1]^T               (n_l, n_(l-1))
        db = the sum of dZ by row      (n_l, 1)
        dA[l-1] = W^T dZ               (n_(l-1), m)

    Args:
        dA: Derivative of the cost with respect to the output A_L, (n_L, m).
        cache: What `forward` returned.
        parameters: The parameters that `forward` had.
        activations: The activations that `forward` had.

    Returns:
        The derivative of the cost with respect to every parameter, under the parameter's name.

    Example:
        >>> parameters, activations = initialize([2, 2, 1], seed=0), ["tanh", "linear"]
        >>> cache = forward(np.eye(2), parameters, activations)
        >>> gradients = backward(cache["A2"] - 1, cache, parameters, activations)
        >>> gradients["W1"].shape
        (2, 2)
    """
    gradients = {}
    for layer in range(len(activations), 0, -1):
        if f"D{layer}" in cache:
            dA = dA * cache[f"D{layer}"]
        dZ = ACTIVATIONS[activations[layer - 1]].backward(dA, cache[f"Z{layer}"])
        gradients[f"W{layer}"] = dZ @ cache[f"A{layer - 1}"].T
        gradients[f"b{layer}"] = dZ.sum(axis=1, keepdims=True)
        dA = parameters[f"W{layer}"].T @ dZ
    return gradients


def _check(X: np.ndarray, parameters: Arrays, activations: Sequence[str]) -> None:
    num_layers = sum(name.startswith("W") for name in parameters)
    if len(activations) != num_layers or not set(activations) <= set(ACTIVATIONS):
        raise ValueError(
            f"`activations` must name one of {', '.join(ACTIVATIONS)} for each of the {num_layers} layers. "
            f"Received: activations={activations}"
        )
    n_0 = parameters["W1"].shape[1]
    if np.ndim(X) != 2 or len(X) != n_0:
        raise ValueError(
            f"`X` must have the shape ({n_0}, m), a column for each sample. "
            f"Received: X of shape {np.shape(X)}"
        )

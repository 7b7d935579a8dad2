"""Lab 5: how the weights of a network start."""

import numpy as np


def start_spreads(n_in, n_out):
    """Computes how wide the first weights of a layer are spread, by Glorot and by He.

        Glorot: variance 2 / (n_in + n_out)
        He:     variance 2 / n_in

    Args:
        n_in: Number of inputs of the layer.
        n_out: Number of its units.

    Returns:
        The standard deviation by Glorot, and that by He: two numbers.
    """
    return np.sqrt(2 / (n_in + n_out)), np.sqrt(2 / n_in)


def he_layer(n_in, n_out, rng):
    """Draws the first weights and biases of a ReLU layer as He does.

        W: drawn from a normal distribution with the mean 0 and the variance 2 / n_in
        b: 0

    Args:
        n_in: Number of inputs.
        n_out: Number of units.
        rng: A `numpy.random.Generator`; draw with `rng.normal` or `rng.standard_normal`.

    Returns:
        W, (n_out, n_in), and b, (n_out, 1).
    """
    return rng.normal(0, np.sqrt(2 / n_in), (n_out, n_in)), np.zeros((n_out, 1))


def glorot_uniform(n_in, n_out, rng):
    """Draws the first weights of a layer from a uniform distribution, as Glorot and Bengio do.

        limit = √(6 / (n_in + n_out))
        each weight is drawn between -limit and limit, all values equally likely

    That has the variance limit² / 3 = 2 / (n_in + n_out).

    Args:
        n_in: Number of inputs.
        n_out: Number of units.
        rng: A `numpy.random.Generator`; draw with `rng.uniform` or `rng.random`.

    Returns:
        W, (n_out, n_in).
    """
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, (n_out, n_in))


def initialize(sizes, rng):
    """Draws the first weights of all layers of a ReLU network, each with the scale of its own inputs.

        W_l: normal, mean 0, variance 2 / n_(l-1), for l = 1, ..., L
        b_l: 0

    Args:
        sizes: Units by layer, the input first: n_0, n_1, ..., n_L.
        rng: A `numpy.random.Generator`.

    Returns:
        A dict of W1, (n_1, n_0), b1, (n_1, 1), W2, (n_2, n_1), b2, and so on.
    """
    parameters = {}
    for layer in range(1, len(sizes)):
        n_in, n_out = sizes[layer - 1], sizes[layer]
        parameters[f"W{layer}"] = rng.normal(size=(n_out, n_in)) * np.sqrt(2 / n_in)
        parameters[f"b{layer}"] = np.zeros((n_out, 1))
    return parameters


def mean_squares(X, weights):
    """Follows how large activations are, layer by layer, in a network of ReLU layers without biases.

        A_0 = X
        A_l = relu(W_l A_(l-1))
        q_l = the mean of A_l² over units and samples

    Args:
        X: Samples in columns, (n_0, m).
        weights: W_1, ..., W_L, a list of arrays, (n_l, n_(l-1)).

    Returns:
        q_1, ..., q_L, an array (L,).
    """
    found = []
    for W in weights:
        X = np.maximum(0, W @ X)
        found.append(np.mean(X**2))
    return np.array(found)


def factor_per_layer(q):
    """Computes by what a layer multiplies the mean square of activations.

        log q_l is fitted by a straight line of the layer l = 1, ..., L, with least squares
        factor = e^slope

    Args:
        q: Mean squares by layer, (L,), all above 0, L at least 2.

    Returns:
        The factor per layer, a number.
    """
    slope = np.polyfit(np.arange(len(q)), np.log(q), 1)[0]
    return np.exp(slope)

"""Lab 9: how many samples a step of gradient descent should see."""

import numpy as np


def steps_per_epoch(num_samples, batch_size):
    """Counts the steps of an epoch, a partial last batch included.

        steps = num_samples / batch_size, rounded up

    Args:
        num_samples: Number of samples, at least 1.
        batch_size: Samples of a batch, at least 1.

    Returns:
        The number of steps, a whole number.
    """
    return -(-num_samples // batch_size)


def mini_batches(X, Y, batch_size):
    """Cuts data into mini-batches, in their order, with a partial last one.

        batch t holds the columns from t · batch_size up to (t + 1) · batch_size, the last one what is left

    Args:
        X: Samples in columns, (n, m).
        Y: Targets, (k, m).
        batch_size: Samples of a batch, at least 1; it may be above m.

    Returns:
        A list of pairs (X_t, Y_t); all samples are in it, once.
    """
    starts = range(0, X.shape[1], batch_size)
    return [(X[:, i : i + batch_size], Y[:, i : i + batch_size]) for i in starts]


def shuffled_batches(X, Y, batch_size, rng):
    """Cuts data into mini-batches in a random order; targets stay with their samples.

        order = a random permutation of 0, ..., m - 1, the same for X and Y
        then as without shuffling

    Args:
        X: Samples in columns, (n, m). They stay in their order.
        Y: Targets, (k, m). They stay in their order.
        batch_size: Samples of a batch, at least 1.
        rng: A `numpy.random.Generator`; `rng.permutation(m)` draws an order.

    Returns:
        A list of pairs (X_t, Y_t), the last one with what is left.
    """
    order = rng.permutation(X.shape[1])
    X, Y = X[:, order], Y[:, order]
    starts = range(0, X.shape[1], batch_size)
    return [(X[:, i : i + batch_size], Y[:, i : i + batch_size]) for i in starts]


def epoch_cost(costs, sizes):
    """Computes the mean cost of an epoch over its samples, from the mean costs of its batches.

        J = the sum of cost_t · size_t / the sum of size_t

    A partial last batch counts less: it has fewer samples.

    Args:
        costs: Mean cost of each batch, (T,).
        sizes: Number of samples of each batch, (T,), whole numbers.

    Returns:
        J, a number.
    """
    return np.sum(costs * sizes) / np.sum(sizes)


def gradient_noise(gradients, batch_size):
    """Measures how far the gradients of mini-batches are from that of all samples.

        g = the mean of the gradients of all samples
        g_t = the mean of the gradients of batch t
        noise = √(the mean of ‖g_t - g‖² over the batches) / ‖g‖

    Args:
        gradients: Gradient of each sample, (m, n).
        batch_size: A divisor of m: batch t is the rows from t · batch_size on.

    Returns:
        The noise, a number: at 1 it is as large as the gradient.
    """
    g = gradients.mean(axis=0)
    batches = gradients.reshape(-1, batch_size, len(g)).mean(axis=1)
    return np.sqrt(np.mean(np.sum((batches - g) ** 2, axis=1))) / np.linalg.norm(g)

"""Lab 6: what helps where the training error is low and the test error is not."""

import numpy as np


def l2_penalty(weights, lambd, m):
    """Computes what L2 regularization adds to the cost.

        penalty = λ / (2m) · the sum of all squared weights of all layers

    Args:
        weights: W_1, ..., W_L, a list of arrays; biases are not among them.
        lambd: λ, the strength, at least 0.
        m: Number of samples.

    Returns:
        The penalty, a number.
    """
    return lambd / (2 * m) * sum(np.sum(W**2) for W in weights)


def l2_gradient(dW, W, lambd, m):
    """Adds to a gradient what L2 regularization contributes.

        the derivative of λ / (2m) · W² by W is λ/m · W
        dW_new = dW + λ/m · W

    Args:
        dW: Gradient of the cost without the penalty, (n, n_before). It stays as it is.
        W: Weights, of the same shape.
        lambd: λ, the strength, at least 0.
        m: Number of samples.

    Returns:
        dW_new, of the same shape.
    """
    return dW + lambd / m * W


def decay_step(W, dW, rate, lambd, m):
    """Takes a step of gradient descent with L2, written as weight decay.

        W_new = (1 - rate · λ/m) W - rate · dW

    Args:
        W: Weights, of any shape. They stay as they are.
        dW: Gradient of the cost without the penalty, of the same shape.
        rate: Learning rate.
        lambd: λ, the strength of L2.
        m: Number of samples.

    Returns:
        W_new, of the same shape.
    """
    return (1 - rate * lambd / m) * W - rate * dW


def inverted_dropout(A, keep_prob, rng):
    """Takes units away at random, and makes up for it.

        D: 1 with the probability keep_prob, else 0, drawn for each unit and sample
        A_new = A * D / keep_prob

    Dividing keeps the expected activation, so that a test needs neither D nor a factor.

    Args:
        A: Activations, (n, m). They stay as they are.
        keep_prob: Probability that a unit is kept, above 0 and at most 1.
        rng: A `numpy.random.Generator`; `rng.random(shape)` draws numbers from 0 to 1.

    Returns:
        A_new, (n, m), and D, (n, m).
    """
    D = rng.random(A.shape) < keep_prob
    return A * D / keep_prob, D


def dropout_backward(dA, D, keep_prob):
    """Goes back through inverted dropout.

        forward:  A_new = A * D / keep_prob
        backward: dA_old = dA * D / keep_prob

    Args:
        dA: Gradient of the cost by A_new, (n, m). It stays as it is.
        D: The mask of the way forward, (n, m), 0 and 1.
        keep_prob: Probability that a unit was kept.

    Returns:
        dA_old, the gradient by A, (n, m).
    """
    return dA * D / keep_prob


def bias_and_variance(answers, truth):
    """Takes the error of many networks apart.

        mean answer = the mean of the answers over the networks
        squared bias = the mean over samples of (mean answer - truth)²
        variance = the mean over networks and samples of (answer - mean answer)²

    Their sum is the mean squared error, if the variance is divided by the number of networks.

    Args:
        answers: Of each network to each sample, (networks, samples).
        truth: Right answers, (samples,).

    Returns:
        The squared bias and the variance, two numbers.
    """
    middle = answers.mean(axis=0)
    return np.mean((middle - truth) ** 2), np.mean((answers - middle) ** 2)

"""Lab 16: batch normalization."""

import numpy as np


def batch_moments(Z):
    """Computes the mean and the variance of each unit over a batch.

        μ = 1/m · the sum of z over the samples
        σ² = 1/m · the sum of (z - μ)² over the samples

    Args:
        Z: Sums of units, (m, units): samples in rows, as in Keras.

    Returns:
        μ, (units,), and σ², (units,).
    """
    return Z.mean(axis=0), Z.var(axis=0)


def batch_norm(Z, gamma, beta, epsilon):
    """Normalizes each unit over the batch, and gives it a mean and a spread of its own choice.

        z_norm = (z - μ) / √(σ² + ε)
        z_new = γ z_norm + β

    Args:
        Z: Sums of units, (m, units). They stay as they are.
        gamma: γ, (units,).
        beta: β, (units,).
        epsilon: ε, added to the variance; large here, so that its place can be seen.

    Returns:
        z_new, (m, units).
    """
    mu, variance = Z.mean(axis=0), Z.var(axis=0)
    return gamma * (Z - mu) / np.sqrt(variance + epsilon) + beta


def running_moments(mean, variance, Z, momentum):
    """Takes the moments of a batch into the averages that stand in for it in a test.

        mean_new = momentum · mean + (1 - momentum) · μ
        variance_new = momentum · variance + (1 - momentum) · σ²

    Args:
        mean: Average of the batches' μ so far, (units,). It stays as it is.
        variance: Average of their σ², (units,). It stays as it is.
        Z: The new batch, (m, units); σ² is divided by m.
        momentum: What an average keeps in a step, from 0 up to 1.

    Returns:
        mean_new, (units,), and variance_new, (units,).
    """
    new_mean = momentum * mean + (1 - momentum) * Z.mean(axis=0)
    return new_mean, momentum * variance + (1 - momentum) * Z.var(axis=0)


def batch_norm_in_a_test(Z, gamma, beta, mean, variance, epsilon):
    """Normalizes test samples by the averages from training; there may be a single one.

        z_new = γ (z - mean) / √(variance + ε) + β

    Args:
        Z: Sums of units, (m, units), m at least 1.
        gamma: γ, (units,).
        beta: β, (units,).
        mean: Average of the batches' means, (units,).
        variance: Average of their variances, (units,).
        epsilon: ε, added to the variance.

    Returns:
        z_new, (m, units): each sample by itself, whatever the others are.
    """
    return gamma * (Z - mean) / np.sqrt(variance + epsilon) + beta


def batch_norm_backward(dOut, Z, gamma, epsilon):
    """Goes back through batch normalization.

        with z_norm = (z - μ) / √(σ² + ε) and z_new = γ z_norm + β:
        dγ = the sum over the samples of dOut * z_norm
        dβ = the sum over the samples of dOut
        dN = dOut * γ
        dZ = (dN - the mean of dN - z_norm * the mean of dN * z_norm) / √(σ² + ε)

    The two means are over the samples: μ and σ² depend on every sample of the batch.

    Args:
        dOut: Derivative of the cost by z_new, (m, units).
        Z: What came in, (m, units).
        gamma: γ, (units,).
        epsilon: ε, added to the variance.

    Returns:
        dZ, (m, units), dγ, (units,), and dβ, (units,).
    """
    root = np.sqrt(Z.var(axis=0) + epsilon)
    z_norm = (Z - Z.mean(axis=0)) / root
    dN = dOut * gamma
    dZ = (dN - dN.mean(axis=0) - z_norm * np.mean(dN * z_norm, axis=0)) / root
    return dZ, np.sum(dOut * z_norm, axis=0), np.sum(dOut, axis=0)

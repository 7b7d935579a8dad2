"""Lab 16: batch normalization."""

import numpy as np

from dlkeras.learn.exercise import Exercise
from dlkeras.learn.solutions.lab_16 import (
    batch_moments,
    batch_norm,
    batch_norm_backward,
    batch_norm_in_a_test,
    running_moments,
)


def _batch(draw):
    units = draw.dim()
    return draw.normal(draw.size, units, scale=2) + 10 * draw.normal(units)


def _moments(Z):
    mu = np.array([sum(column) / len(column) for column in Z.T])
    return mu, np.array(
        [sum((z - c) ** 2 for z in column) / len(column) for column, c in zip(Z.T, mu, strict=True)]
    )


def _norm_inputs(draw):
    Z = _batch(draw)
    return Z, draw.normal(Z.shape[1]), draw.normal(Z.shape[1]), draw.number(0.1, 2)


def _by_formula(Z, gamma, beta, epsilon):
    return _in_a_test(Z, gamma, beta, *_moments(Z), epsilon)


def _in_a_test(Z, gamma, beta, mean, variance, epsilon):
    columns = [
        [g * (z - c) * (v + epsilon) ** -0.5 + b for z in column]
        for column, g, b, c, v in zip(Z.T, gamma, beta, mean, variance, strict=True)
    ]
    return np.array(columns).T


def _running_inputs(draw):
    Z = _batch(draw)
    return draw.normal(Z.shape[1]), np.abs(draw.normal(Z.shape[1])), Z, draw.number(0.3, 0.99)


def _running(mean, variance, Z, momentum):
    mu, own = _moments(Z)
    return mu + momentum * (mean - mu), own + momentum * (variance - own)


def _test_inputs(draw):
    Z, gamma, beta, epsilon = _norm_inputs(draw)
    return Z, gamma, beta, draw.normal(Z.shape[1]), np.abs(draw.normal(Z.shape[1])) + 0.1, epsilon


def _backward_inputs(draw):
    m, units = draw.size, 1 + draw.size % 4
    return draw.normal(m, units), draw.normal(m, units, scale=2), draw.normal(units), draw.number(0.1, 1)


def _by_differences(dOut, Z, gamma, epsilon):
    def cost(Z, gamma, beta):
        return np.sum(dOut * _by_formula(Z, gamma, beta, epsilon))

    at, found = [Z, gamma, np.zeros(len(gamma))], []
    for place, value in enumerate(at):
        gradient = np.zeros(value.shape)
        for entry in np.ndindex(value.shape):
            costs = []
            for step in (1e-5, -1e-5):
                moved = value.copy()
                moved[entry] += step
                costs.append(cost(*at[:place], moved, *at[place + 1 :]))
            gradient[entry] = (costs[0] - costs[1]) / 2e-5
        found.append(gradient)
    return tuple(found)


EXERCISES = [
    Exercise(
        batch_moments,
        lambda draw: (_batch(draw),),
        _moments,
        "tests",
        ("`axis=0` goes over the samples, which are rows here.", "`Z.mean(axis=0)` and `Z.var(axis=0)`."),
        {
            "These are of the samples, not of the units.": (
                "Z.mean(axis=0), Z.var(axis=0)",
                "Z.mean(axis=1), Z.var(axis=1)",
            ),
            "The second is the standard deviation, not the variance.": ("Z.var(", "Z.std("),
            "The variance is divided by m - 1; here it is by m.": (
                "Z.var(axis=0)",
                "Z.var(axis=0) * len(Z) / max(len(Z) - 1, 1)",
            ),
            "The second is a mean of squares: the mean is not subtracted.": (
                "Z.var(axis=0)",
                "np.mean(Z**2, axis=0)",
            ),
            "These are of all numbers together.": ("Z.mean(axis=0), Z.var(axis=0)", "Z.mean(), Z.var()"),
            "The first is a sum.": ("Z.mean(", "Z.sum("),
        },
    ),
    Exercise(
        batch_norm,
        _norm_inputs,
        _by_formula,
        "rates",
        ("Moments first, over the samples.", "γ and β, (units,), are repeated for all rows."),
        {
            "ε stands outside of the root: it is added to the variance.": (
                "np.sqrt(variance + epsilon)",
                "(np.sqrt(variance) + epsilon)",
            ),
            "The root is missing.": ("np.sqrt(variance + epsilon)", "(variance + epsilon)"),
            "ε is missing.": ("variance + epsilon", "variance + 1e-12"),
            "β is multiplied by γ as well.": (
                "gamma * (Z - mu) / np.sqrt(variance + epsilon) + beta",
                "gamma * ((Z - mu) / np.sqrt(variance + epsilon) + beta)",
            ),
            "The mean is not subtracted.": ("(Z - mu)", "Z"),
            "γ is missing.": ("gamma * (Z", "(Z"),
            "β is missing.": (" + beta", ""),
        },
    ),
    Exercise(
        running_moments,
        _running_inputs,
        _running,
        "tests",
        ("An exponentially weighted average, as in lab 10.", "momentum is the share of the old average."),
        {
            "Old and new are the other way round.": (
                "new_mean = momentum * mean + (1 - momentum) * Z.mean(axis=0)\n"
                "    return new_mean, momentum * variance + (1 - momentum) * Z.var(axis=0)",
                "new_mean = (1 - momentum) * mean + momentum * Z.mean(axis=0)\n"
                "    return new_mean, (1 - momentum) * variance + momentum * Z.var(axis=0)",
            ),
            "The variance is divided by m - 1; here it is by m.": (
                "Z.var(axis=0)",
                "Z.var(axis=0) * len(Z) / max(len(Z) - 1, 1)",
            ),
            "Standard deviations are averaged, not variances.": ("Z.var(", "Z.std("),
            "The averages are those of the batch alone.": (
                "new_mean = momentum * mean + (1 - momentum) * Z.mean(axis=0)\n"
                "    return new_mean, momentum * variance + (1 - momentum) * Z.var(axis=0)",
                "return Z.mean(axis=0), Z.var(axis=0)",
            ),
            "The new moments are not weighted by 1 - momentum.": ("(1 - momentum) * Z.mean", "Z.mean"),
            "The variance is about the average, not about the batch's own mean.": (
                "Z.var(axis=0)",
                "np.mean((Z - mean) ** 2, axis=0)",
            ),
        },
    ),
    Exercise(
        batch_norm_in_a_test,
        _test_inputs,
        _in_a_test,
        "tests",
        ("As in training, with other moments.", "Nothing is computed from Z but z itself."),
        {
            "These are the moments of the test's own batch.": (
                "(Z - mean) / np.sqrt(variance + epsilon)",
                "(Z - Z.mean(axis=0)) / np.sqrt(Z.var(axis=0) + epsilon)",
            ),
            "The mean is that of the test's own batch.": ("(Z - mean)", "(Z - Z.mean(axis=0))"),
            "The variance is that of the test's own batch.": (
                "variance + epsilon",
                "Z.var(axis=0) + epsilon",
            ),
            "ε stands outside of the root.": ("np.sqrt(variance + epsilon)", "(np.sqrt(variance) + epsilon)"),
            "`variance` is a variance: its root is missing.": (
                "np.sqrt(variance + epsilon)",
                "(variance + epsilon)",
            ),
            "γ and β are missing.": (
                "gamma * (Z - mean) / np.sqrt(variance + epsilon) + beta",
                "(Z - mean) / np.sqrt(variance + epsilon)",
            ),
        },
    ),
    Exercise(
        batch_norm_backward,
        _backward_inputs,
        _by_differences,
        "small",
        (
            "Compute √(σ² + ε) and z_norm first, as on the way forward.",
            "dγ and dβ are sums over the samples: `axis=0`.",
            "The two means that are subtracted are rows, (units,).",
        ),
        {
            "μ and σ² are taken for constants: the two means are missing.": (
                "(dN - dN.mean(axis=0) - z_norm * np.mean(dN * z_norm, axis=0)) / root",
                "dN / root",
            ),
            "σ² is taken for a constant: the second mean is missing.": (
                " - z_norm * np.mean(dN * z_norm, axis=0)",
                "",
            ),
            "μ is taken for a constant: the first mean is missing.": (" - dN.mean(axis=0)", ""),
            "dγ is a mean over the samples, not a sum.": ("np.sum(dOut * z_norm", "np.mean(dOut * z_norm"),
            "dβ is a mean over the samples, not a sum.": ("np.sum(dOut, axis=0)", "np.mean(dOut, axis=0)"),
            "γ is missing in dZ.": ("dOut * gamma", "dOut"),
            "dγ is taken of z, not of z_norm.": ("np.sum(dOut * z_norm", "np.sum(dOut * Z"),
        },
    ),
]

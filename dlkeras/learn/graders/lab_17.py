"""Lab 17: how a network chooses among several classes."""

import numpy as np

from dlkeras import scratch
from dlkeras.learn.exercise import Exercise
from dlkeras.learn.solutions.lab_17 import (
    choices,
    cross_entropy,
    logits_gradient,
    overconfidence,
    softmax_backward,
    stable_softmax,
)


def _logits(draw):
    m, classes = draw.dim() + draw.size // 3, 1 + draw.dim()
    Z = draw.normal(m, classes, scale=900 if draw.extreme else 2)
    return Z + 0.003 * np.arange(classes)  # no two of two digits are the same


def _with_labels(draw):
    Z = _logits(draw)
    return Z, draw.rng.integers(0, Z.shape[1], len(Z))


def _one_hot(Z, labels):
    return np.array([[1.0 * (k == own) for own in labels] for k in range(Z.shape[1])])


def _backward_inputs(draw):
    A = scratch.ACTIVATIONS["softmax"].forward(draw.normal(1 + draw.dim(), draw.dim())).T
    return draw.normal(*A.shape), A


def _by_jacobian(dA, A):
    return np.array([(np.diag(a) - np.outer(a, a)) @ own for own, a in zip(dA, A, strict=True)])


def _overconfident(Z, labels, temperature):
    A = scratch.ACTIVATIONS["softmax"].forward(Z.T / temperature)
    right = [float(list(z).index(max(z)) == own) for z, own in zip(Z, labels, strict=True)]
    return sum(A.max(axis=0)) / len(Z) - sum(right) / len(Z)


EXERCISES = [
    Exercise(
        choices,
        _with_labels,
        lambda Z, labels: (
            np.array([max(range(Z.shape[1]), key=list(z).__getitem__) for z in Z]),
            sum(z[own] == max(z) for z, own in zip(Z, labels, strict=True)) / len(Z),
        ),
        "regions",
        (
            "`np.argmax(Z, axis=1)` is the place of the largest in each row.",
            "The mean of True and False is a share.",
        ),
        {
            "This is the largest of each class, not of each sample.": ("axis=1", "axis=0"),
            "The smallest logit is chosen.": ("argmax", "argmin"),
            "These are the logits, not the classes.": ("return chosen", "return Z.max(axis=1)"),
            "This counts the right ones, without dividing.": ("np.mean(", "np.sum("),
            "This is the share of errors.": ("chosen == labels", "chosen != labels"),
            "Classes are counted from 1.": ("return chosen", "return chosen + 1"),
        },
    ),
    Exercise(
        stable_softmax,
        lambda draw: (_logits(draw),),
        lambda Z: scratch.ACTIVATIONS["softmax"].forward(Z.T).T,
        "gradient",
        (
            "`Z.max(axis=1, keepdims=True)` is the largest of each row, as a column.",
            "Subtract it before `np.exp`; the sums need `keepdims=True` as well.",
        ),
        {
            "e^z overflows for large logits: take the largest out first.": (
                "np.exp(Z - Z.max(axis=1, keepdims=True))",
                "np.exp(Z)",
            ),
            "The columns add up to 1, not the rows.": ("power.sum(axis=1", "power.sum(axis=0"),
            "The largest of the whole array is taken out: small rows vanish.": (
                "Z.max(axis=1, keepdims=True)",
                "Z.max()",
            ),
            "All numbers together add up to 1.": ("power.sum(axis=1, keepdims=True)", "power.sum()"),
            "The smallest is taken out, so that powers overflow all the same.": ("Z.max(", "Z.min("),
            "This is softmax of -z.": ("np.exp(Z - Z.max(", "np.exp(-Z + Z.min("),
            "The largest is taken out, and the powers are not divided by their sum.": (
                "power / power.sum(axis=1, keepdims=True)",
                "power",
            ),
        },
    ),
    Exercise(
        cross_entropy,
        _with_labels,
        lambda Z, labels: scratch.cross_entropy(Z.T, _one_hot(Z, labels))[0],
        "losses",
        (
            "`Z[np.arange(m), labels]` picks the logit of each sample's label.",
            "log of the sum: top + np.log(np.exp(Z - top[:, None]).sum(axis=1)).",
        ),
        {
            "This is the sum over the batch, not its mean.": ("np.mean(", "np.sum("),
            "Powers overflow for large logits: take the largest out first.": (
                "top = Z.max(axis=1)",
                "top = 0 * Z[:, 0]",
            ),
            "The sign is lost: -log a is above 0.": (
                "log_sum - Z[np.arange(len(Z)), labels]",
                "Z[np.arange(len(Z)), labels] - log_sum",
            ),
            "The largest logit is taken out and not put back.": ("top + np.log", "np.log"),
            "This is of the class that the network chooses, not of the label.": (
                "Z[np.arange(len(Z)), labels]",
                "top",
            ),
            "The logarithm of base 2.": ("np.mean(", "1 / np.log(2) * np.mean("),
            "This is divided by the classes too.": ("np.mean(", "1 / Z.shape[1] * np.mean("),
        },
    ),
    Exercise(
        logits_gradient,
        _with_labels,
        lambda Z, labels: scratch.cross_entropy(Z.T, _one_hot(Z, labels))[1].T,
        "gradient",
        (
            "Softmax first, as two exercises ago.",
            "`A[np.arange(m), labels] -= 1` subtracts Y without making it.",
        ),
        {
            "This is of the sum over the batch, not its mean.": ("dZ / len(Z)", "dZ"),
            "It is divided by the classes, not by the samples.": ("dZ / len(Z)", "dZ / Z.shape[1]"),
            "Y is added, not subtracted.": ("-= 1", "+= 1"),
            "Y is missing: this is the softmax over m.": ("    dZ[np.arange(len(Z)), labels] -= 1\n", ""),
            "Whole columns are lowered, not one entry of each row.": (
                "dZ[np.arange(len(Z)), labels]",
                "dZ[:, labels]",
            ),
            "Powers overflow for large logits.": ("np.exp(Z - Z.max(axis=1, keepdims=True))", "np.exp(Z)"),
            "The columns add up to 1, not the rows.": ("power.sum(axis=1", "power.sum(axis=0"),
        },
    ),
    Exercise(
        softmax_backward,
        _backward_inputs,
        _by_jacobian,
        "gradient",
        (
            "Multiply dA and A, and sum over the classes of a row.",
            "Keep the sums as a column: `keepdims=True`.",
        ),
        {
            "The sum is missing: every class depends on every logit.": (
                "(dA - np.sum(dA * A, axis=1, keepdims=True))",
                "dA",
            ),
            "This is the sigmoid's slope: a (1 - a).": (
                "A * (dA - np.sum(dA * A, axis=1, keepdims=True))",
                "dA * A * (1 - A)",
            ),
            "The sum is over the samples, not over the classes.": ("axis=1", "axis=0"),
            "The sum is of dA alone, without A.": ("dA * A, axis", "dA, axis"),
            "The factor a is missing.": ("A * (dA", "(dA"),
            "The sum is added, not subtracted.": ("dA - np.sum", "dA + np.sum"),
        },
    ),
    Exercise(
        overconfidence,
        lambda draw: (*_with_labels(draw), draw.number(0.3, 4)),
        _overconfident,
        "calibration",
        (
            "Divide the logits by the temperature, then softmax, then the largest of each row.",
            "The temperature changes no choice.",
        ),
        {
            "The sign is the other way round.": (
                "np.mean(confidence) - np.mean(Z.argmax(axis=1) == labels)",
                "np.mean(Z.argmax(axis=1) == labels) - np.mean(confidence)",
            ),
            "The logits are multiplied by the temperature, not divided.": ("/ temperature", "* temperature"),
            "The temperature is missing.": (" / temperature)", ")"),
            "This is the confidence alone.": (" - np.mean(Z.argmax(axis=1) == labels)", ""),
            "The probability of the label is no confidence: it is that of the choice.": (
                "1 / power.sum(axis=1)",
                "power[np.arange(len(Z)), labels] / power.sum(axis=1)",
            ),
            "It is the error that is subtracted, not the accuracy.": ("== labels", "!= labels"),
        },
    ),
]

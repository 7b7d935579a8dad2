"""Lab 9: how many samples a step of gradient descent should see."""

import numpy as np

from dlkeras.learn.exercise import Exercise
from dlkeras.learn.solutions.lab_09 import (
    epoch_cost,
    gradient_noise,
    mini_batches,
    shuffled_batches,
    steps_per_epoch,
)


def _counts(draw):
    return int(draw.rng.integers(1, 40)), draw.dim() + draw.size // 2


def _count(num_samples, batch_size):
    steps = 0
    while num_samples > 0:
        num_samples -= batch_size
        steps += 1
    return steps


def _data(draw):
    m = draw.dim() + draw.size
    X = draw.normal(draw.dim(), m)
    X[0] = np.arange(m)  # who is who
    return X, np.stack([10.0 * np.arange(m)]), draw.dim() + draw.size // 4


def _cut(X, Y, batch_size):
    batches, left = [], list(range(X.shape[1]))
    while left:
        own, left = left[:batch_size], left[batch_size:]
        batches.append((X[:, own], Y[:, own]))
    return batches


def _observe_batches(function, X, Y, batch_size, rng):
    """What does not depend on the order, and whether there is one."""
    batches = function(X, Y, batch_size, rng)
    again = function(X, Y, batch_size, rng)
    seen, targets = (np.concatenate([np.asarray(pair[i]) for pair in batches], axis=1) for i in (0, 1))
    order = np.argsort(seen[0])
    return {
        "samples of the batches": [np.shape(own)[1] for own, _ in batches],
        "samples, put in order again": seen[:, order],
        "targets, put in order with them": targets[:, order],
        "it is shuffled": str(X.shape[1] < 8 or not np.array_equal(seen, X)),
        "a second epoch has another order": str(
            X.shape[1] < 8 or not np.array_equal(np.concatenate([own for own, _ in again], axis=1), seen)
        ),
    }


def _batches_expected(X, Y, batch_size, rng):
    return {
        "samples of the batches": [own.shape[1] for own, _ in _cut(X, Y, batch_size)],
        "samples, put in order again": X,
        "targets, put in order with them": Y,
        "it is shuffled": "True",
        "a second epoch has another order": "True",
    }


def _costs(draw):
    steps, size = draw.dim(), draw.dim() + 1
    sizes = np.full(steps, size)
    sizes[-1] = draw.rng.integers(1, size)
    return np.abs(draw.normal(steps)), sizes


def _sample_gradients(draw):
    batches, size = draw.dim(), draw.dim()
    return draw.normal(batches * size, draw.dim()) + 0.5, size


def _noise(gradients, batch_size):
    mean, squares = sum(gradients) / len(gradients), []
    for start in range(0, len(gradients), batch_size):
        off = sum(gradients[start : start + batch_size]) / batch_size - mean
        squares.append(off @ off)
    return (sum(squares) / len(squares) / (mean @ mean)) ** 0.5


EXERCISES = [
    Exercise(
        steps_per_epoch,
        _counts,
        _count,
        "trade",
        ("`a // b` rounds down.", "`-(-a // b)` rounds up; `math.ceil(a / b)` does too."),
        {
            "The partial last batch is missing: this rounds down.": (
                "-(-num_samples // batch_size)",
                "num_samples // batch_size",
            ),
            "One step too many where the batches come out even.": (
                "-(-num_samples // batch_size)",
                "num_samples // batch_size + 1",
            ),
            "This is not a whole number.": ("-(-num_samples // batch_size)", "num_samples / batch_size"),
            "This rounds to the nearest: less than half a batch is lost.": (
                "-(-num_samples // batch_size)",
                "round(num_samples / batch_size)",
            ),
            "This is the size of the last batch, not the number of steps.": (
                "-(-num_samples // batch_size)",
                "num_samples % batch_size",
            ),
        },
    ),
    Exercise(
        mini_batches,
        _data,
        _cut,
        "cost",
        (
            "`range(0, m, batch_size)` goes through the first columns of the batches.",
            "A slice that ends beyond the last column stops there: `X[:, i : i + batch_size]`.",
        ),
        {
            "The partial last batch is missing.": (
                "range(0, X.shape[1], batch_size)",
                "range(0, X.shape[1] - batch_size + 1, batch_size)",
            ),
            "Samples are columns; these are rows.": (
                "(X[:, i : i + batch_size], Y[:, i : i + batch_size])",
                "(X[i : i + batch_size], Y[i : i + batch_size])",
            ),
            "The batches overlap by a sample.": ("Y[:, i : i + batch_size]", "Y[:, i : i + batch_size + 1]"),
            "The first batch is missing.": ("range(0,", "range(batch_size,"),
            "Batches begin at every sample.": ("X.shape[1], batch_size)", "X.shape[1])"),
            "The targets are those of the first batch, each time.": (
                "Y[:, i : i + batch_size]",
                "Y[:, :batch_size]",
            ),
        },
    ),
    Exercise(
        shuffled_batches,
        lambda draw: (*_data(draw), draw.generator()),
        _batches_expected,
        "noise",
        (
            "One permutation, used for both: `X[:, order]` and `Y[:, order]`.",
            "Then cut as before.",
        ),
        {
            "The targets are shuffled in an order of their own.": (
                "Y[:, order]",
                "Y[:, rng.permutation(X.shape[1])]",
            ),
            "The targets stay where they were.": ("X, Y = X[:, order], Y[:, order]", "X = X[:, order]"),
            "Nothing is shuffled.": ("rng.permutation(X.shape[1])", "np.arange(X.shape[1])"),
            "Samples are drawn again and again: with replacement some are missing.": (
                "rng.permutation(X.shape[1])",
                "rng.integers(0, X.shape[1], X.shape[1])",
            ),
            "The partial last batch is missing.": (
                "range(0, X.shape[1], batch_size)",
                "range(0, X.shape[1] - batch_size + 1, batch_size)",
            ),
            "The order is the same in every epoch: draw from rng.": (
                "rng.permutation(X.shape[1])",
                "np.random.default_rng(1).permutation(X.shape[1])",
            ),
        },
        _observe_batches,
    ),
    Exercise(
        epoch_cost,
        _costs,
        lambda costs, sizes: np.mean(np.repeat(costs, sizes)),
        "cost",
        ("A batch's mean times its size is its sum.", "`np.average(costs, weights=sizes)` does it too."),
        {
            "The partial batch counts as much as the others.": (
                "np.sum(costs * sizes) / np.sum(sizes)",
                "np.mean(costs)",
            ),
            "It is divided by the number of batches, not of samples.": ("np.sum(sizes)", "len(sizes)"),
            "This is the sum over the samples, not their mean.": (" / np.sum(sizes)", ""),
            "The last batch is left out.": (
                "np.sum(costs * sizes) / np.sum(sizes)",
                "np.mean(costs[:-1]) if len(costs) > 1 else 0.0",
            ),
            "All batches are taken for as large as the first.": ("np.sum(sizes)", "(sizes[0] * len(sizes))"),
            "The costs are not weighted by the sizes.": ("costs * sizes", "costs"),
        },
    ),
    Exercise(
        gradient_noise,
        _sample_gradients,
        _noise,
        "noise",
        (
            "`gradients.reshape(-1, batch_size, n).mean(axis=1)` has a row for each batch.",
            "‖v‖² is the sum of squares along the row: `axis=1`.",
            "The mean of the squares over the batches first, then the root.",
        ),
        {
            "The mean of norms is not the root of the mean square.": (
                "np.sqrt(np.mean(np.sum((batches - g) ** 2, axis=1)))",
                "np.mean(np.linalg.norm(batches - g, axis=1))",
            ),
            "The squares are not summed over the weights before their mean.": ("np.sum(", "np.mean("),
            "The root is missing.": ("np.sqrt(np.mean(", "(np.mean("),
            "It is not divided by the gradient's norm.": (" / np.linalg.norm(g)", ""),
            "These are norms of the gradients, not of their distance from that of all.": (
                "(batches - g)",
                "batches",
            ),
            "This is the noise of single samples, whatever the batch.": (
                "gradients.reshape(-1, batch_size, len(g)).mean(axis=1)",
                "gradients",
            ),
        },
    ),
]

"""Lab 3: activation functions and their slopes."""

import numpy as np

from dlkeras import scratch
from dlkeras.learn.exercise import Exercise
from dlkeras.learn.solutions.lab_03 import (
    bent_slopes,
    dead_and_saturated,
    relu,
    sigmoid,
    slopes_of_lines,
    softmax_of_columns,
)


def _any_shape(draw, scale=2.0):
    shape = [draw.dim() for _ in range(1 + draw.size % 2)]
    Z = draw.normal(*shape, scale=scale)
    if draw.size > 2:
        Z.flat[0] = 0.0
    return (Z,)


def _large(draw):
    return _any_shape(draw, scale=800 if draw.size % 2 == 0 else 2)


def _without_overflow(function, Z):
    with np.errstate(over="raise", invalid="raise"):
        return function(Z)


def _slope(name, Z):
    return scratch.ACTIVATIONS[name].backward(np.ones(Z.shape), Z)


def _units(draw):
    Z = draw.normal(draw.dim() + draw.size // 2, draw.dim(), scale=5)
    offsets = np.array([0.0, -30, 12, 0, 30])[np.arange(len(Z)) % 5]
    Z = Z + offsets[:, None]
    if draw.size > 2:
        Z[0] = 0.0  # a sum of zero is silent too
    if draw.size > 5:
        Z[1] = 4.48  # the slope is 0.011, a little below the limit
    return (Z,)


def _count(Z):
    dead = [max(row) <= 0 for row in Z]
    flat = [all(_slope("sigmoid", z[None])[0] < 0.0125 for z in row) for row in Z]
    return sum(dead) / len(Z), sum(flat) / len(Z)


EXERCISES = [
    Exercise(
        relu,
        _any_shape,
        lambda Z: np.array([z if z > 0 else 0.0 for z in Z.ravel()]).reshape(Z.shape),
        "functions",
        ("`np.maximum(a, b)` takes the larger one, entry by entry.", "np.maximum(0, Z)"),
        {
            "This keeps the negative ones: it is min(0, z).": ("np.maximum", "np.minimum"),
            "This is the slope, not the function.": ("np.maximum(0, Z)", "(Z > 0) * 1.0"),
            "This is |z|.": ("np.maximum(0, Z)", "np.abs(Z)"),
            "This is leaky ReLU.": ("np.maximum(0, Z)", "np.maximum(0.01 * Z, Z)"),
            "This is the largest of all, one number.": ("np.maximum(0, Z)", "max(0, Z.max())"),
        },
    ),
    Exercise(
        slopes_of_lines,
        _any_shape,
        lambda Z: tuple(_slope(name, Z) for name in ("step", "linear", "relu", "leaky_relu")),
        "functions",
        (
            "`np.where(Z > 0, a, b)` takes a where z is above zero and b elsewhere.",
            "`np.zeros(Z.shape)` and `np.ones(Z.shape)` have the shape of Z.",
        ),
        {
            "At zero ReLU's slope is 0 here.": ("Z > 0", "Z >= 0"),
            "Below zero leaky ReLU's slope is 0.01, not -0.01.": ("1.0, 0.01", "1.0, -0.01"),
            "Below zero leaky ReLU's slope is 0.01, not 0.1.": ("1.0, 0.01", "1.0, 0.1"),
            "This is leaky ReLU itself at its place, not its slope.": (
                "np.where(positive, 1.0, 0.01)",
                "np.where(positive, Z, 0.01 * Z)",
            ),
            "The slope of the linear function is 1, not z.": ("np.ones(Z.shape)", "Z * 1.0"),
            "The slope of the step is 0: it is flat on both sides.": ("np.zeros(Z.shape)", "positive * 1.0"),
        },
    ),
    Exercise(
        sigmoid,
        _large,
        lambda Z: scratch.ACTIVATIONS["sigmoid"].forward(Z),
        "functions",
        (
            "e^-|z| never overflows.",
            "`np.where(Z >= 0, first, second)` computes both sides for all z, so both must be harmless.",
            "With p = e^-|z| it is 1 / (1 + p) where z >= 0, and p / (1 + p) elsewhere.",
        ),
        {
            "This is sigmoid(-z).": ("Z >= 0", "Z < 0"),
            "This is tanh.": ("np.where(Z >= 0, 1.0, power) / (1 + power)", "np.tanh(Z)"),
            "This is sigmoid(|z|): the negative side is lost.": ("np.where(Z >= 0, 1.0, power)", "1"),
            "The minus sign of the denominator is wrong: it is 1 + the power.": (
                "(1 + power)",
                "(1 - power)",
            ),
        },
        observe=_without_overflow,
    ),
    Exercise(
        bent_slopes,
        lambda draw: _any_shape(draw, 3.0),
        lambda Z: (_slope("sigmoid", Z), _slope("tanh", Z)),
        "functions",
        ("Compute a first, then its slope.", "`np.tanh(Z)` is there; the sigmoid is 1 / (1 + np.exp(-Z))."),
        {
            "The first is sigmoid itself, not its slope.": ("a * (1 - a)", "a"),
            "The slope of the sigmoid is taken of z, not of a.": ("a * (1 - a)", "Z * (1 - Z)"),
            "The slope of tanh is taken of z: 1 - z².": ("np.tanh(Z) ** 2", "Z**2"),
            "The square is missing: this is 1 - tanh.": ("np.tanh(Z) ** 2", "np.tanh(Z)"),
            "The two are the other way round.": (
                "a * (1 - a), 1 - np.tanh(Z) ** 2",
                "1 - np.tanh(Z) ** 2, a * (1 - a)",
            ),
            "The first is 1 - a², which is for tanh.": ("a * (1 - a)", "1 - a**2"),
        },
    ),
    Exercise(
        softmax_of_columns,
        lambda draw: (draw.normal(draw.dim(), draw.dim(), scale=2),),
        lambda Z: np.array([[1 / sum(np.exp(Z[:, j] - z)) for j, z in enumerate(row)] for row in Z]),
        "functions",
        (
            "`np.exp(Z)` first.",
            "`axis=0` sums down a column, and `keepdims=True` keeps the sums as a row, (1, m).",
        ),
        {
            "The rows add up to 1, not the columns.": ("axis=0", "axis=1"),
            "All numbers together add up to 1, not each column.": (
                "power.sum(axis=0, keepdims=True)",
                "power.sum()",
            ),
            "Without the powers: z over the sum of the column.": ("np.exp(Z)", "Z"),
            "The powers are not divided by their sum.": ("power / power.sum(axis=0, keepdims=True)", "power"),
            "The largest is divided by, not the sum.": ("power.sum(", "power.max("),
            "This is softmax of -z.": ("np.exp(Z)", "np.exp(-Z)"),
        },
    ),
    Exercise(
        dead_and_saturated,
        _units,
        _count,
        "flat",
        (
            "`(Z <= 0).all(axis=1)` is True for the units that are silent for all samples.",
            "The mean of an array of True and False is the share of True.",
        ),
        {
            "These are units that are silent for some sample, not for all.": ("(Z <= 0).all", "(Z <= 0).any"),
            "Saturated for some sample is not saturated for all.": ("flat.all", "flat.any"),
            "This is by sample, not by unit: the axis is the other one.": (
                "(Z <= 0).all(axis=1)",
                "(Z <= 0).all(axis=0)",
            ),
            "This is the share of silent outputs, not of dead units.": ("(Z <= 0).all(axis=1)", "Z <= 0"),
            "A sum of exactly zero is silent too.": ("Z <= 0", "Z < 0"),
            "These are counts, not shares.": (
                "np.mean((Z <= 0).all(axis=1)), np.mean(flat.all(axis=1))",
                "np.sum((Z <= 0).all(axis=1)), np.sum(flat.all(axis=1))",
            ),
            "The limit is a twentieth of 1/4, not of 1.": ("0.05 / 4", "0.05"),
        },
    ),
]

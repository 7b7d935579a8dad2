"""Lab 3: activation functions and their slopes."""

import numpy as np

from dlkeras import scratch
from dlkeras.learn.exercise import Exercise


def relu(Z):
    """Computes ReLU, which lets positive sums through and silences the others.

        relu(z) = max(0, z)

    Args:
        Z: Sums of units, an array of any shape.

    Returns:
        ReLU of each number, of the same shape.
    """
    return np.maximum(0, Z)


def slopes_of_lines(Z):
    """Computes the slopes of the functions that are made of straight lines.

        binary step: 0 everywhere
        linear:      1 everywhere
        ReLU:        1 where z > 0, else 0
        leaky ReLU:  1 where z > 0, else 0.01

    Args:
        Z: Sums of units, an array of any shape.

    Returns:
        The four slopes in this order, each of the shape of Z.
    """
    positive = Z > 0
    return np.zeros(Z.shape), np.ones(Z.shape), np.where(positive, 1.0, 0.0), np.where(positive, 1.0, 0.01)


def sigmoid(Z):
    """Computes the sigmoid so that no power overflows.

        sigmoid(z) = 1 / (1 + e^-z)
                   = e^z / (1 + e^z), which is the same

    e^-z is infinite in floating point where z is below -710. In the first form that gives 0 and a warning, in
    the second e^z overflows for large z and gives infinity over infinity, NaN. Take for each z the form whose
    power is at most 1.

    Args:
        Z: Sums of units, an array of any shape.

    Returns:
        The sigmoid of each number, of the same shape, without an overflow: NumPy raises an error at one here.
    """
    power = np.exp(-np.abs(Z))
    return np.where(Z >= 0, 1.0, power) / (1 + power)


def bent_slopes(Z):
    """Computes the slopes of sigmoid and tanh.

        a = sigmoid(z),  sigmoid'(z) = a (1 - a)
        a = tanh(z),     tanh'(z) = 1 - a²

    Args:
        Z: Sums of units, an array of any shape.

    Returns:
        sigmoid'(z) and tanh'(z), each of the shape of Z.
    """
    a = 1 / (1 + np.exp(-Z))
    return a * (1 - a), 1 - np.tanh(Z) ** 2


def softmax_of_columns(Z):
    """Makes each column of numbers a distribution.

        a_i = e^z_i / the sum of e^z_j over the column

    Args:
        Z: Logits, (n, m): classes by samples. They are small here; lab 17 looks at large ones.

    Returns:
        A, (n, m), whose columns add up to 1.
    """
    power = np.exp(Z)
    return power / power.sum(axis=0, keepdims=True)


def dead_and_saturated(Z):
    """Counts the units of a layer that have gone dead as ReLU, or saturated as sigmoid.

        dead:      z <= 0 for all samples
        saturated: a (1 - a) < 0.05 · 1/4 for all samples, where a = sigmoid(z)

    1/4 is the largest slope of the sigmoid; below a twentieth of it hardly any gradient comes through.

    Args:
        Z: Sums of units, (n, m): units by samples.

    Returns:
        The share of dead units and the share of saturated ones, each from 0 to 1.
    """
    a = 1 / (1 + np.exp(-Z))
    flat = a * (1 - a) < 0.05 / 4
    return np.mean((Z <= 0).all(axis=1)), np.mean(flat.all(axis=1))


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

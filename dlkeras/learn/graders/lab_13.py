"""Lab 13: minima, saddles and plateaus."""

import numpy as np

from dlkeras.learn.exercise import Exercise
from dlkeras.learn.solutions.lab_13 import hessian, kind_of_point, negative_share, way_down


def _symmetric(draw, n=None):
    n = n or draw.dim()
    A = draw.normal(n, n)
    return A + A.T + np.diag(draw.normal(n, scale=3))


def _turned(draw, curvatures):
    turn = np.linalg.qr(draw.rng.normal(size=(len(curvatures), len(curvatures))))[0]
    H = turn @ np.diag(curvatures) @ turn.T
    return (H + H.T) / 2


def _count(H):
    """By the signs of pivots, which are as many as those of eigenvalues (Sylvester's law of inertia)."""
    H, negative = H.astype(float).copy(), 0
    for i in np.flatnonzero(np.any(H != 0, axis=0)):  # a direction without curvature has no pivot
        negative += H[i, i] < 0
        H[i + 1 :, i:] -= np.outer(H[i + 1 :, i] / H[i, i], H[i, i:])
    return negative / len(H)


def _with_a_flat_direction(draw):
    return (np.diag([0.0, 2.0, -1.0]) if draw.size == 5 else _symmetric(draw),)


EXACT = 2.0**-7  # a tolerance whose square and root are exact


def _points(draw):
    if draw.size in (2, 4):  # what is as large as the tolerance counts as zero
        return np.array([EXACT]), np.array([[EXACT if draw.size == 2 else -EXACT]]), EXACT
    n = 1 + draw.size // 3
    signs = [np.ones(n), np.append(-1.0, np.ones(n - 1)), np.append(0.0, np.ones(n - 1)), np.ones(n)][
        draw.size % 4
    ]
    if draw.size == 11:
        signs = np.append(1e-3, np.ones(n - 1))
    if draw.size == 9:
        signs = np.append(-2.0, 0.5 * np.ones(n - 1))
    curvatures = signs * draw.number(0.5, 3)
    gradient = draw.normal(n) if draw.size % 4 == 3 and draw.size != 11 else 1e-3 * np.ones(n) / n
    return gradient, _turned(draw, curvatures), EXACT


def _kind(gradient, H, tolerance):
    if sum(g * g for g in gradient) > tolerance**2:
        return "slope"
    n = np.eye(len(H))
    if _count(H + tolerance * n * 1.0000001) > 0:
        return "saddle"
    return "plateau" if _count(H - tolerance * n * 1.0000001) > 0 else "minimum"


def _cost_slope(draw):
    n = draw.dim()
    A, c = _symmetric(draw, n), draw.normal(n)

    def slope(w):
        return A @ w + c * np.cos(c * w) + w**2

    slope.curvature = lambda w: A + np.diag(2 * w - c**2 * np.sin(c * w))
    slope.__name__ = f"g(w) = A w + c cos(c w) + w², A = {A.round(3).tolist()}, c = {c.tolist()}"
    return slope, draw.normal(n), 1e-4


def _saddle(draw):
    if draw.size in (3, 4):  # the first axis has no part in the way down
        H = np.diag([3.0, 0.0, 0.0])
        H[1:, 1:] = _turned(draw, np.array([-2.0, 1.0]))
        return (H,)
    n = 1 + draw.size // 2
    return (_turned(draw, draw.rng.permutation(np.append(-2.5, np.linspace(-1, 4, n)[1:]))),)


def _by_power(H):
    """The power method on H shifted by its norm, whose largest eigenvalue is the smallest of H."""
    shifted = np.linalg.norm(H) * np.eye(len(H)) - H
    d = np.random.default_rng(0).normal(size=len(H))
    for _ in range(500):
        d = shifted @ d / np.linalg.norm(shifted @ d)
    return d @ H @ d, d * np.sign(d[np.argmax(np.abs(d) > 1e-9)])


EXERCISES = [
    Exercise(
        negative_share,
        _with_a_flat_direction,
        _count,
        "critical-points",
        (
            "`np.linalg.eigvalsh(H)` gives the eigenvalues of a symmetric matrix.",
            "The mean of True and False is a share.",
        ),
        {
            "This is the share of positive ones.": ("< 0", "> 0"),
            "This is a number of eigenvalues, not a share.": ("np.mean(", "np.sum("),
            "These are the entries of the diagonal, not the eigenvalues.": (
                "np.linalg.eigvalsh(H)",
                "np.diag(H)",
            ),
            "These are all entries of H, not the eigenvalues.": ("np.linalg.eigvalsh(H)", "H"),
            "This is the smallest eigenvalue.": (
                "np.mean(np.linalg.eigvalsh(H) < 0)",
                "np.linalg.eigvalsh(H)[0]",
            ),
            "These are singular values, which are never negative.": (
                "np.linalg.eigvalsh(H)",
                "np.linalg.svd(H, compute_uv=False)",
            ),
        },
    ),
    Exercise(
        kind_of_point,
        _points,
        _kind,
        "critical-points",
        (
            "Look at the gradient first: with a slope it is none of the others.",
            "The smallest eigenvalue decides between the other three.",
        ),
        {
            "The gradient is not looked at.": ("np.linalg.norm(gradient) > tolerance", "False"),
            "A flat direction is no minimum: it must be above the tolerance.": (
                "curvatures[0] > tolerance",
                "curvatures[0] > -tolerance",
            ),
            "The largest eigenvalue decides nothing: look at the smallest.": (
                "curvatures[0] < -tolerance",
                "curvatures[-1] < -tolerance",
            ),
            "Saddle and minimum are the other way round.": (
                '"saddle"\n    return "minimum"',
                '"minimum"\n    return "saddle"',
            ),
            "A tiny negative eigenvalue is rounding: compare with the tolerance.": (
                "curvatures[0] > tolerance",
                "curvatures[0] > 0",
            ),
            "The trace decides nothing: eigenvalues of both signs can add up to anything.": (
                "curvatures[0] < -tolerance",
                "np.trace(H) < -tolerance",
            ),
        },
    ),
    Exercise(
        hessian,
        _cost_slope,
        lambda slope, w, epsilon: slope.curvature(w),
        "steps-by-rate",
        (
            "As the numerical gradient of lab 8, only that `slope` gives a vector: a column for each weight.",
            "`np.stack(columns, axis=1)` puts the columns side by side.",
        ),
        {
            "The two places are 2ε apart, not ε.": ("(2 * epsilon)", "epsilon"),
            "This is one-sided.": (
                "(slope(w + aside) - slope(w - aside)) / (2 * epsilon)",
                "(slope(w + aside) - slope(w)) / epsilon",
            ),
            "All weights move at once.": ("aside[j] = epsilon", "aside[:] = epsilon"),
            "Only the diagonal is filled.": (
                "np.stack(columns, axis=1)",
                "np.diag(np.diag(np.array(columns)))",
            ),
            "The slope is taken at zero, not at w.": ("w + aside", "aside"),
            "The columns are added to one vector.": ("np.stack(columns, axis=1)", "np.sum(columns, axis=0)"),
        },
        tolerance=1e-6,
    ),
    Exercise(
        way_down,
        _saddle,
        _by_power,
        "costs",
        (
            "`np.linalg.eigh(H)` gives eigenvalues, the smallest first, and eigenvectors as columns.",
            "An eigenvector times -1 is one too: turn it so that its first entry is above 0.",
        ),
        {
            "Eigenvectors are columns of `vectors`, not rows.": ("vectors[:, 0]", "vectors[0]"),
            "This is the largest eigenvalue and its direction.": (
                "d = vectors[:, 0]\n    return values[0]",
                "d = vectors[:, -1]\n    return values[-1]",
            ),
            "The sign of d is left as it came.": (" * np.sign(d[np.argmax(np.abs(d) > 1e-9)])", ""),
            "The first entry is made negative.": ("d * np.sign", "-d * np.sign"),
            "This is the smallest in size, not the most negative.": (
                "d = vectors[:, 0]\n    return values[0]",
                "i = np.argmin(np.abs(values))\n    d = vectors[:, i]\n    return values[i]",
            ),
            "d has not the length 1.": ("d * np.sign(", "d / np.abs(d).max() * np.sign("),
        },
    ),
]

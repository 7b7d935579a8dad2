"""Lab 8: when a gradient can be trusted."""

import numpy as np

from dlkeras.learn.exercise import Exercise
from dlkeras.learn.solutions.lab_08 import numerical_gradient, relative_difference, two_sided, wrong_tensors


def _pair(draw):
    n = draw.dim()
    g = draw.normal(n)
    if draw.size == 4:
        return np.zeros(n), np.zeros(n)
    return g, g * 1.01 if draw.size % 2 else draw.normal(n)


def _relative(g, g_hat):
    off, own, other = (sum(v * v for v in values) ** 0.5 for values in (g - g_hat, g, g_hat))
    return off / (own + other) if own + other else 0.0


def _cubic(draw):
    a, b, c = (draw.number(-2, 2) for _ in range(3))

    def cubic(x):
        return a * x**3 + b * x**2 + c * x

    cubic.__name__ = f"J(x) = {a} x³ + {b} x² + {c} x"
    cubic.slope = lambda x, epsilon: 3 * a * x**2 + 2 * b * x + c + a * epsilon**2  # a cubic's, exactly
    return cubic, draw.number(-2, 2), draw.number(0.1, 0.5)


def _cost(draw):
    n = draw.dim()
    a, theta = draw.normal(n, scale=2), draw.normal(n)

    def cost(t):
        return float(np.sum(np.sin(a * t)) + np.prod(t) + np.sum(t) ** 2)

    def slope(t, epsilon):
        products = np.array([np.prod(np.delete(t, i)) for i in range(n)])
        return a * np.cos(a * t) + products + 2 * np.sum(t)

    cost.__name__ = f"J(θ) = sum of sin(aθ) + product of θ + (sum of θ)², a = {a.tolist()}"
    cost.slope = slope
    return cost, theta, 1e-5


def _tensors(draw):
    names = [f"{kind}{i}" for i in range(1, 2 + draw.size // 3) for kind in "Wb"]
    gradients, estimates = {}, {}
    for i, name in enumerate(names):
        scale = 10.0 ** -(2 * i % 7)  # a large one beside small ones
        g = draw.normal(draw.dim(), draw.dim()) * scale
        estimates[name] = g * (1 + 1e-9)
        factor = [1.0, 1.0, 2.0, -1.0, 1.003][(i + draw.size) % 5]
        gradients[name] = g * factor
    if draw.size > 2:
        gradients["b9"], estimates["b9"] = np.zeros((2, 1)), np.zeros((2, 1))
    return gradients, estimates, 1e-4


EXERCISES = [
    Exercise(
        relative_difference,
        _pair,
        _relative,
        "error-by-step",
        (
            "`np.linalg.norm(v)` is the root of the sum of squares.",
            "Look at the sum of norms before you divide.",
        ),
        {
            "The sum of norms below is a norm of the sum.": (
                "np.linalg.norm(g) + np.linalg.norm(g_hat)",
                "np.linalg.norm(g + g_hat)",
            ),
            "Below stands only one of the two norms.": (
                "np.linalg.norm(g) + np.linalg.norm(g_hat)",
                "np.linalg.norm(g)",
            ),
            "Where both are zero this is 0 over 0.": (" if scale > 0 else 0.0", ""),
            "The norms are squared.": (
                "np.linalg.norm(g - g_hat) / scale",
                "(np.linalg.norm(g - g_hat) / scale) ** 2",
            ),
            "This is the difference alone, without the scale.": (
                "np.linalg.norm(g - g_hat) / scale",
                "np.linalg.norm(g - g_hat)",
            ),
            "This compares the norms: vectors of one length in two directions differ too.": (
                "np.linalg.norm(g - g_hat)",
                "abs(np.linalg.norm(g) - np.linalg.norm(g_hat))",
            ),
        },
    ),
    Exercise(
        two_sided,
        _cubic,
        lambda J, theta, epsilon: J.slope(theta, epsilon),
        "error-by-step",
        ("Call J twice.", "The two places are 2ε apart. Mind the brackets: `/ (2 * epsilon)`."),
        {
            "The two places are 2ε apart, not ε.": ("(2 * epsilon)", "epsilon"),
            "`/ 2 * epsilon` divides by 2 and multiplies by ε.": ("(2 * epsilon)", "2 * epsilon"),
            "This is one-sided, from the right.": (
                "(J(theta + epsilon) - J(theta - epsilon)) / (2 * epsilon)",
                "(J(theta + epsilon) - J(theta)) / epsilon",
            ),
            "This is one-sided, from the left.": (
                "(J(theta + epsilon) - J(theta - epsilon)) / (2 * epsilon)",
                "(J(theta) - J(theta - epsilon)) / epsilon",
            ),
            "The values are added, not subtracted.": ("- J(", "+ J("),
            "The brackets around the difference are missing.": (
                "(J(theta + epsilon) - J(theta - epsilon)) / (2 * epsilon)",
                "J(theta + epsilon) - J(theta - epsilon) / (2 * epsilon)",
            ),
        },
    ),
    Exercise(
        numerical_gradient,
        _cost,
        lambda J, theta, epsilon: J.slope(theta, epsilon),
        "cost",
        (
            "A loop over the parameters; in each round only one of them moves.",
            "Make a vector of zeros with ε at the place i, and add it and subtract it.",
            "If you change θ itself, copy it first: the caller, and the next round, need it as it was.",
        ),
        {
            "Parameters stay aside once they were moved: each round must begin at θ.": (
                "aside = np.zeros(len(theta))\n",
                "aside = np.append(np.full(i, epsilon), np.zeros(len(theta) - i))\n",
            ),
            "All parameters move at once: this is the slope along all of them.": (
                "aside[i] = epsilon",
                "aside[:] = epsilon",
            ),
            "This is one-sided.": (
                "(J(theta + aside) - J(theta - aside)) / (2 * epsilon)",
                "(J(theta + aside) - J(theta)) / epsilon",
            ),
            "The two places are 2ε apart, not ε.": ("(2 * epsilon)", "epsilon"),
            "The last parameter is missing.": ("range(len(theta))", "range(len(theta) - 1)"),
            "In float32 the differences are rounding: compute in float64.": (
                "J(theta + aside) - J(theta - aside)",
                "np.float32(J(theta + aside)) - np.float32(J(theta - aside))",
            ),
        },
        tolerance=1e-7,
    ),
    Exercise(
        wrong_tensors,
        _tensors,
        lambda gradients, estimates, tolerance: [
            name for name, g in gradients.items() if _relative(g.ravel(), estimates[name].ravel()) > tolerance
        ],
        "blame",
        (
            "`for name, g in gradients.items():` goes through names and arrays.",
            "‖g - ĝ‖ > tolerance · (‖g‖ + ‖ĝ‖) is the same, and needs no division by zero.",
        ),
        {
            "These are the right ones.": ("g_hat) > tolerance", "g_hat) <= tolerance"),
            "The difference is not relative: small gradients are wrong by little.": (
                "tolerance * scale",
                "tolerance",
            ),
            "This compares the norms alone: a wrong sign goes unseen.": (
                "np.linalg.norm(g - g_hat)",
                "abs(np.linalg.norm(g) - np.linalg.norm(g_hat))",
            ),
            "If one is wrong all are named: judge each array by itself.": (
                "return wrong",
                "return list(gradients) if wrong else []",
            ),
            "Where both are zero the quotient is NaN, which is no mistake.": (
                "if np.linalg.norm(g - g_hat) > tolerance * scale",
                "if not np.linalg.norm(g - g_hat) / scale <= tolerance",
            ),
            "The order is another one.": ("return wrong", "return wrong[::-1]"),
        },
    ),
]

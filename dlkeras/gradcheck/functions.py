"""The check of a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from dlkeras.gradcheck.arguments import Settings, checked_gradients, checked_values, names_of
from dlkeras.gradcheck.check import at_point, run_check
from dlkeras.gradcheck.compiled import CompiledLoss
from dlkeras.gradcheck.plain import PlainLoss
from dlkeras.gradcheck.result import GradientCheck


def check_gradients(
    f: Callable[[Any], Any],
    variables: Any,
    gradients: Any = None,
    *,
    method: str = "full",
    epsilon: float = 1e-5,
    tolerance: float = 1e-6,
    num_directions: int = 4,
    seed: int = 0,
) -> GradientCheck:
    """Checks a gradient of a function against two-sided differences, in float64.

    Args:
        f: From values in the form of `variables` to a loss, one number of float64. Without `gradients` it
            gets tensors and is traced by `tf.function`, without AutoGraph; with them it gets arrays and is
            called as it is, so it may be NumPy.
        variables: Where to check: an array or variable, or a list or dict of them, also nested. They are read
            and never written.
        gradients: The gradient to check, in the form of `variables`; None takes it by `tf.GradientTape`.
        method: `"full"` steps along every entry, two losses for each. `"directional"` steps along
            `num_directions` random directions in each tensor, for large models.
        epsilon: Step of the differences, in (1e-9, 1). The default is near the best for values about 1: the
            error of a two-sided difference is least at the cube root of the rounding unit, 6e-6.
        tolerance: Relative difference ‖g − ĝ‖ / (‖g‖ + ‖ĝ‖) up to which a tensor passes, in (0, 1). Correct
            gradients come to 1e-8 and less.
        num_directions: Directions in each tensor, at least 1.
        seed: Seed of the directions, at least 0.

    Returns:
        The result; its text names tensor, entry and both values. A step over a kink is repeated with smaller
        steps, and an entry right on a kink is reported and not judged. Where a difference is no larger than
        what the rounding of the loss makes of it, it passes.

    Raises:
        TypeError: If `f` is not a function or a count not an integer.
        ValueError: If `f` does not return one number of float64, finite and the same each time, if
            `variables` are empty, complex or not finite, if `gradients` do not fit them, or if a setting is
            out of range.

    Example:
        >>> W = np.array([[1.0, 2.0], [3.0, 4.0]])
        >>> check_gradients(lambda W: (W**2).sum(), W, gradients=2 * W).passed
        True
        >>> wrong = {"W": 2 * W * [[1, 1], [-1, 1]]}
        >>> print(check_gradients(lambda p: (p["W"] ** 2).sum(), {"W": W}, wrong).worst(1)[0])
        W[1, 0]: analytic -6, numerical 6

    References:
        Improving Deep Neural Networks, week 1, gradient checking. Nocedal and Wright, 2006, Numerical
        Optimization, section 8.1, for the step. Baydin et al., 2018, Automatic Differentiation in Machine
        Learning, section 2.1 and figure 3, for the two errors of a difference.
    """
    settings = Settings(method, epsilon, tolerance, num_directions, seed).checked()
    loss = loss_of_function(f, variables, compiled=gradients is None)
    names = names_of(variables)
    given = None if gradients is None else checked_gradients(gradients, loss.values, names)
    return run_check(loss, *at_point(loss, "f", given), names, settings)


def loss_of_function(
    f: Callable[[Any], Any], variables: Any, *, compiled: bool, dtype: str = "float64"
) -> CompiledLoss | PlainLoss:
    """Makes a loss of a function and the structure that it takes."""
    if not callable(f):
        raise TypeError(f"`f` must be a function from values to a loss. Received: f={f!r}")
    values: list[np.ndarray] = checked_values(variables)

    def function(parts):
        return f(keras.tree.pack_sequence_as(variables, parts))

    return CompiledLoss(function, values, "f", dtype) if compiled else PlainLoss(function, values, dtype)

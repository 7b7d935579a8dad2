"""Checks a loss tensor by tensor."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Protocol

import numpy as np

from dlkeras.gradcheck.arguments import Settings
from dlkeras.gradcheck.differences import compare, rounding_noise
from dlkeras.gradcheck.result import GradientCheck, TensorCheck


class Loss(Protocol):
    """A loss that can be evaluated around a point."""

    values: list[np.ndarray]

    def loss(self) -> float:
        """Returns the loss at the point."""

    def changes_at(self, tensor: int, entries: np.ndarray, steps: np.ndarray) -> np.ndarray:
        """Returns how the loss changes, (k,), with `steps[i]` added to entry `entries[i]` of a tensor."""

    def changes_along(self, tensor: int, directions: np.ndarray, steps: np.ndarray) -> np.ndarray:
        """Returns how the loss changes, (k,), with `steps[i] * directions[i]` added; directions (k, n)."""


def at_point(loss: Loss, argument: str, gradients: list[np.ndarray] | None) -> tuple[float, list[np.ndarray]]:
    """Evaluates a loss at its point, twice.

    Args:
        loss: The loss.
        argument: What the caller called it, for errors.
        gradients: The gradient if the caller gave it; None takes that of a `CompiledLoss`.

    Returns:
        The loss, and the gradient for each tensor.

    Raises:
        ValueError: If the loss is not finite, or not twice the same.
    """
    first = loss.loss()
    if not np.isfinite(first):
        raise ValueError(f"`{argument}` must have a finite loss. Received: loss={first}")
    second, gradients = loss.loss_and_gradients() if gradients is None else (loss.loss(), gradients)
    if abs(first - second) > 1e-10 * abs(first):  # a sum in parallel may have an order of its own each time
        raise ValueError(
            f"`{argument}` must have the same loss each time. Received: losses {first} and {second}. "
            "Draw random numbers from a `keras.random.SeedGenerator`, or before the check."
        )
    return first, gradients


def run_check(
    loss: Loss, at: float, gradients: Sequence[np.ndarray], names: Sequence[str], settings: Settings
) -> GradientCheck:
    """Compares gradients with differences of a loss.

    Args:
        loss: The loss.
        at: Its value at the point.
        gradients: Analytic gradient for each tensor.
        names: Name of each tensor.
        settings: How to check.

    Returns:
        The result.
    """
    tensors = []
    with np.errstate(invalid="ignore", over="ignore"):  # a loss may turn infinite a step away; that fails
        for tensor, (name, gradient) in enumerate(zip(names, gradients, strict=True)):
            tensors.append(_check_tensor(loss, tensor, name, gradient, abs(at), settings))
    return GradientCheck(tuple(tensors), at, settings.method, settings.epsilon, settings.tolerance)


def _check_tensor(
    loss: Loss, tensor: int, name: str, gradient: np.ndarray, scale: float, settings: Settings
) -> TensorCheck:
    rng = np.random.default_rng([settings.seed, tensor])
    analytic, at, shape = gradient.ravel(), loss.values[tensor].ravel(), gradient.shape
    changes = partial(loss.changes_at, tensor)
    if settings.method == "directional":
        directions = rng.standard_normal((settings.num_directions, analytic.size))
        analytic, at, shape = directions @ analytic, np.zeros(len(directions)), (len(directions),)

        def changes(which, steps):
            return loss.changes_along(tensor, directions[which], steps)

    def changes_along_a_line(steps):
        line = rng.standard_normal(gradient.size)
        return loss.changes_along(tensor, np.broadcast_to(line, (len(steps), len(line))), steps)

    found = compare(
        changes,
        at,
        analytic,
        settings.epsilon,
        settings.tolerance,
        noise=np.finfo(np.float64).eps * scale,
        measure_noise=lambda: rounding_noise(changes_along_a_line),
    )
    return TensorCheck(
        name=name,
        size=gradient.size,
        analytic=analytic.reshape(shape),
        numerical=found.numerical.reshape(shape),
        kink=found.kink.reshape(shape),
        left=found.left.reshape(shape),
        right=found.right.reshape(shape),
        num_closer=int(found.closer.sum()),
        rounding=float(np.linalg.norm(found.floor[~found.kink])),
        passed=found.passes(analytic, settings.tolerance),
        along_directions=settings.method == "directional",
    )

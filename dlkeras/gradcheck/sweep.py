"""The error of differences over the step: the U-curve."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from dlkeras.base.checks import checked_choice, checked_integer
from dlkeras.gradcheck.arguments import checked_gradients, names_of
from dlkeras.gradcheck.check import loss_of_function, loss_of_model
from dlkeras.gradcheck.losses import Loss
from dlkeras.gradcheck.result import relative_difference

EPSILONS = tuple(10.0 ** (-i / 2) for i in range(2, 25))  # 1e-1 to 1e-12, two to the decade


@dataclass(frozen=True)
class EpsilonSweep:
    """How far differences are from the analytic gradient, by step.

    Args:
        epsilons: Steps, (n,).
        one_sided: Relative difference of (J(x + e) − J(x)) / e from the gradient, (n,).
        two_sided: Relative difference of (J(x + e) − J(x − e)) / 2e from the gradient, (n,).
        dtype: In which the loss was computed.
        num_entries: Over how many entries.
    """

    epsilons: np.ndarray
    one_sided: np.ndarray
    two_sided: np.ndarray
    dtype: str
    num_entries: int


def sweep_gradients(
    f: Callable[[Any], Any],
    variables: Any,
    gradients: Any = None,
    *,
    epsilons: Sequence[float] = EPSILONS,
    dtype: str = "float64",
    num_entries: int = 200,
    seed: int = 0,
) -> EpsilonSweep:
    """Measures the error of one-sided and two-sided differences of a function over the step.

    From large steps down, the error falls with the step for one side and with its square for two, until the
    rounding of the loss divided by the step takes over.

    Args:
        f: As for `check_gradients`, but the loss has to be of `dtype` where the values are.
        variables: As for `check_gradients`.
        gradients: The gradient to compare with; None takes it by `tf.GradientTape`, in `dtype`.
        epsilons: Steps, each above 0.
        dtype: `"float64"` or `"float32"`: in which the loss is computed.
        num_entries: How many entries, drawn from all tensors; all if there are fewer.
        seed: Seed of that draw.

    Returns:
        Steps and errors.

    Raises:
        TypeError: As for `check_gradients`.
        ValueError: As for `check_gradients`, or if `dtype` or a step is none of those.

    Example:
        >>> sweep = sweep_gradients(lambda x: np.sin(x).sum(), np.ones(3), np.cos(np.ones(3)))
        >>> print(sweep.two_sided.min() < 1e-9 < sweep.one_sided.min())
        True

    References:
        Baydin et al., 2018, Automatic Differentiation in Machine Learning, figure 3. Nocedal and Wright,
        2006, Numerical Optimization, section 8.1.
    """
    _check_settings(epsilons, dtype, num_entries, seed)
    loss = loss_of_function(f, variables, compiled=gradients is None, dtype=dtype)
    given = checked_gradients(gradients, loss.values, names_of(variables))
    return _sweep(loss, given, epsilons, dtype, num_entries, seed)


def sweep_model(
    model: keras.Model,
    x: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    training: bool = True,
    epsilons: Sequence[float] = EPSILONS,
    dtype: str = "float64",
    num_entries: int = 200,
    seed: int = 0,
) -> EpsilonSweep:
    """Measures the error of one-sided and two-sided differences of a model's loss over the step.

    Args:
        model: As for `check_model`.
        x: As for `check_model`.
        y: As for `check_model`.
        sample_weight: As for `check_model`.
        training: As for `check_model`.
        epsilons: As for `sweep_gradients`.
        dtype: As for `sweep_gradients`; the model computes in it whatever its dtype policy.
        num_entries: As for `sweep_gradients`.
        seed: As for `sweep_gradients`.

    Returns:
        Steps and errors.

    Raises:
        TypeError: As for `check_model`.
        ValueError: As for `check_model` and `sweep_gradients`.

    Example:
        >>> model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, "tanh")])
        >>> model.compile("sgd", "mse")
        >>> sweep = sweep_model(model, np.ones((5, 3)), np.zeros((5, 1)), dtype="float32")
        >>> print(sweep.epsilons[sweep.two_sided.argmin()] > 1e-4)
        True
    """
    _check_settings(epsilons, dtype, num_entries, seed)
    with loss_of_model(model, x, y, training, dtype, sample_weight) as (loss, _, _):
        return _sweep(loss, None, epsilons, dtype, num_entries, seed)


def _check_settings(epsilons: Sequence[float], dtype: str, num_entries: int, seed: int) -> None:
    if len(epsilons) == 0 or min(epsilons) <= 0:
        raise ValueError(f"`epsilons` must be steps above 0. Received: epsilons={list(epsilons)}")
    checked_choice("dtype", dtype, ("float32", "float64"))
    checked_integer("num_entries", num_entries)
    checked_integer("seed", seed, least=0)


def _sweep(
    loss: Loss,
    given: list[np.ndarray] | None,
    epsilons: Sequence[float],
    dtype: str,
    num_entries: int,
    seed: int,
) -> EpsilonSweep:
    _, gradients = loss.at_point(given)
    sizes = [gradient.size for gradient in gradients]
    rng = np.random.default_rng(seed)
    drawn = np.sort(rng.permutation(sum(sizes))[:num_entries])
    starts = np.cumsum([0, *sizes])
    groups = [drawn[(start <= drawn) & (drawn < end)] - start for start, end in itertools.pairwise(starts)]
    analytic = np.concatenate([g.ravel()[group] for g, group in zip(gradients, groups, strict=True)])
    errors = []
    for epsilon in epsilons:
        up, down = (
            np.concatenate(
                [loss.changes_at(t, group, np.full(len(group), step)) for t, group in enumerate(groups)]
            )
            for step in (epsilon, -epsilon)
        )
        differences = up / epsilon, (up - down) / (2 * epsilon)
        errors.append([relative_difference(analytic, difference) for difference in differences])
    one_sided, two_sided = np.transpose(errors)
    return EpsilonSweep(np.array(epsilons), one_sided, two_sided, dtype, len(drawn))

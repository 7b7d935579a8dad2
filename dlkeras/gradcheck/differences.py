"""Two-sided differences of a loss against analytic derivatives, with an eye on rounding and kinks.

A tensor is looked at along coordinates: its entries, or random directions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from dlkeras.gradcheck.arguments import Settings
from dlkeras.gradcheck.losses import Loss
from dlkeras.gradcheck.result import GradientCheck, TensorCheck

# From indices of coordinates (k,) and steps along them (k,) to changes of the loss (k,).
Changes = Callable[[np.ndarray, np.ndarray], np.ndarray]

CLOSER = (1e-1, 1e-2, 1e-3)  # steps for a second look, in units of epsilon
ROUNDING = 10.0  # a difference of two losses may be off by this many times the rounding of one


class Sides(NamedTuple):
    """Steps up and down from a point, (k,) each, and how they change the loss."""

    up: np.ndarray
    down: np.ndarray
    change_up: np.ndarray
    change_down: np.ndarray

    @classmethod
    def take(cls, changes: Changes, at: np.ndarray, which: np.ndarray, epsilon: float) -> Sides:
        """Goes a step up and a step down along the coordinates `which`, which are at `at`.

        The steps are those that floating-point numbers allow: (x + epsilon) − x is not quite epsilon.
        """
        x = at[which]
        up, down = (x + epsilon) - x, x - (x - epsilon)
        both = changes(np.concatenate([which, which]), np.concatenate([up, -down]))
        return cls(up, down, both[: len(which)], both[len(which) :])

    @property
    def two_sided(self) -> np.ndarray:
        """(J(x + e) − J(x − e)) / 2e."""
        return (self.change_up - self.change_down) / (self.up + self.down)

    @property
    def one_sided(self) -> tuple[np.ndarray, np.ndarray]:
        """(J(x) − J(x − e)) / e and (J(x + e) − J(x)) / e."""
        return -self.change_down / self.down, self.change_up / self.up


class Comparison(NamedTuple):
    """Numerical derivatives and what was met on the way, (k,) each; see `TensorCheck`."""

    numerical: np.ndarray
    kink: np.ndarray
    left: np.ndarray
    right: np.ndarray
    closer: np.ndarray  # which were judged at a smaller step
    floor: np.ndarray  # error that rounding alone may make

    def passes(self, analytic: np.ndarray, tolerance: float) -> bool:
        """Whether the norm of what rounding does not explain of g − ĝ is at most tolerance (‖g‖ + ‖ĝ‖).

        Kinks are left out. It never is with a NaN or an infinity.
        """
        g, g_hat = analytic[~self.kink], self.numerical[~self.kink]
        unexplained = np.maximum(np.abs(g - g_hat) - self.floor[~self.kink], 0)
        scale = np.linalg.norm(g) + np.linalg.norm(g_hat)
        return bool(np.isfinite(scale) and np.linalg.norm(unexplained) <= tolerance * scale)


def run_check(
    loss: Loss, at: float, gradients: Sequence[np.ndarray], names: Sequence[str], settings: Settings
) -> GradientCheck:
    """Compares gradients with differences of a loss that is `at` at its point, tensor by tensor."""
    with np.errstate(invalid="ignore", over="ignore"):  # a loss may turn infinite a step away; that fails
        tensors = [
            _check_tensor(loss, tensor, name, gradient, abs(at), settings)
            for tensor, (name, gradient) in enumerate(zip(names, gradients, strict=True))
        ]
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

    def rounding():
        """Standard deviation by which rounding scatters the loss: Moré and Wild, 2011, section 2.

        Third differences over steps of 1e-8 leave nothing of a smooth loss but its rounding.
        """
        line, steps = rng.standard_normal(gradient.size), np.arange(8) * 1e-8
        third = np.diff(loss.changes_along(tensor, [line] * 8, steps), n=3)
        return np.sqrt(np.mean(third**2) / 20)  # 20 = 1 + 9 + 9 + 1

    found = _compare(changes, at, analytic, settings, np.finfo(np.float64).eps * scale, rounding)
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


def _compare(
    changes: Changes,
    at: np.ndarray,
    analytic: np.ndarray,
    settings: Settings,
    noise: float,
    measure_noise: Callable[[], float],
) -> Comparison:
    """Compares analytic derivatives along coordinates that are at `at` with two-sided differences.

    Where the two disagree, the rounding of the loss, first guessed as `noise`, is measured, and the
    coordinates in question get a second look at smaller steps: there a kink inside the interval, or a sharp
    bend, falls out of it.
    """
    k, epsilon, tolerance = len(analytic), settings.epsilon, settings.tolerance
    sides = Sides.take(changes, at, np.arange(k), epsilon)
    never, unknown = np.zeros(k, bool), np.full(k, np.nan)
    floor = np.full(k, ROUNDING * noise / epsilon)
    found = Comparison(sides.two_sided, never, unknown, unknown, never, floor)
    if found.passes(analytic, tolerance):
        return found
    found = found._replace(floor=np.full(k, ROUNDING * max(noise, measure_noise()) / epsilon))
    if found.passes(analytic, tolerance):
        return found
    scale = np.linalg.norm(analytic) + np.linalg.norm(found.numerical)
    return _look_closer(changes, at, analytic, found, sides, epsilon, tolerance * scale / np.sqrt(k))


def _look_closer(
    changes: Changes,
    at: np.ndarray,
    analytic: np.ndarray,
    found: Comparison,
    sides: Sides,
    epsilon: float,
    slack: float,
) -> Comparison:
    """Looks at suspects at smaller and smaller steps, until each is cleared, found wrong, or on a kink."""
    numerical, kink, left, right, closer, floor = (a.copy() for a in found)
    suspects = np.flatnonzero(np.abs(analytic - numerical) > slack + floor)
    gap = np.ptp(sides.one_sided, axis=0)[suspects]
    for factor in CLOSER:
        if not len(suspects):
            break
        sides = Sides.take(changes, at, suspects, epsilon * factor)
        below, above = sides.one_sided
        two_sided, rounding = sides.two_sided, found.floor[suspects] / factor
        wide = slack + rounding
        agrees = np.abs(two_sided - analytic[suspects]) <= wide
        # The one-sided differences of a smooth loss meet as the step shrinks; those at a kink do not.
        last_gap, gap = gap, np.abs(above - below)
        split = (gap > last_gap / 3) & (gap > wide)
        wrong = ~agrees & ~split & (np.abs(two_sided - numerical[suspects]) <= wide)
        better = suspects[~wrong]  # what is wrong keeps the larger step, which rounds less
        numerical[better], floor[better], closer[better] = two_sided[~wrong], rounding[~wrong], agrees[~wrong]
        if factor == CLOSER[-1]:
            low, high = np.minimum(below, above) - wide, np.maximum(below, above) + wide
            on = split & ~agrees & (low <= analytic[suspects]) & (analytic[suspects] <= high)
            kink[suspects[on]], left[suspects[on]], right[suspects[on]] = True, below[on], above[on]
        suspects, gap = suspects[~(agrees | wrong)], gap[~(agrees | wrong)]
    numerical[kink] = np.nan
    return Comparison(numerical, kink, left, right, closer, floor)

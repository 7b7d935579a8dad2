"""Two-sided differences of a loss against analytic derivatives, with an eye on rounding and kinks.

A tensor is looked at along coordinates: its entries, or random directions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np

from dlkeras.gradcheck.arguments import Settings
from dlkeras.gradcheck.losses import Loss
from dlkeras.gradcheck.result import GradientCheck, TensorCheck

# From indices of coordinates (k,) and steps along them (k,) to changes of the loss (k,).
Changes = Callable[[np.ndarray, np.ndarray], np.ndarray]

CLOSER = (1e-1, 1e-2, 1e-3)  # steps for a second look, in units of epsilon
DISPLACEMENT = 1e-2  # of the second point from the first, in units of a tensor's root mean square
DISPLACED = 0xD15  # sets its draw apart from those of directions
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
    split: np.ndarray  # whose one-sided derivatives stayed apart
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
    loss: Loss,
    at: float,
    gradients: Sequence[np.ndarray],
    names: Sequence[str],
    settings: Settings,
    beside: Beside | None = None,
) -> GradientCheck:
    """Compares gradients with differences of a loss that is `at` at its point, tensor by tensor.

    Entries where the loss has a kink are compared once more, `beside` the point.
    """
    with np.errstate(invalid="ignore", over="ignore"):  # a loss may turn infinite a step away; that fails
        tensors = [
            _check_tensor(loss, tensor, name, gradient, abs(at), settings, beside)
            for tensor, (name, gradient) in enumerate(zip(names, gradients, strict=True))
        ]
    return GradientCheck(tuple(tensors), at, settings.method, settings.epsilon, settings.tolerance)


class Beside:
    """A loss at a point nearby where kinks of the first one are left behind, with the gradient that is there.

    Many units at their kink at once, such as those of a zero image border, put relu'(0) = 0 outside of both
    one-sided slopes. A kink is gone a step aside, in all weights at once; a bug in the gradient is not.

    Args:
        loss: The loss whose gradient is taken by tape.
        seed: Seed of the step aside.
    """

    def __init__(self, loss: Loss, seed: int):
        self._origin, self._seed = loss, seed

    @cached_property
    def found(self) -> tuple[Loss, list[np.ndarray]] | None:
        """The loss at the other point and the gradient there; None if it is not finite or not to be had."""
        rng = np.random.default_rng([self._seed, DISPLACED])
        scales = [max(float(np.sqrt(np.mean(v**2))), 0.1) if v.size else 0.1 for v in self._origin.values]
        aside = [
            DISPLACEMENT * scale * rng.standard_normal(v.shape)
            for scale, v in zip(scales, self._origin.values, strict=True)
        ]
        loss = self._origin.displaced(aside)
        if loss is None:
            return None
        at, gradients = loss.loss_and_gradients()
        return (loss, gradients) if np.isfinite(at) else None

    def agrees(
        self, tensor: int, lines: np.ndarray | None, which: np.ndarray, settings: Settings
    ) -> np.ndarray | None:
        """Says for which of some entries, or of some `lines` (k, n), both derivatives are the same there."""
        if self.found is None:
            return None
        loss, gradients = self.found
        gradient, at = gradients[tensor].ravel(), loss.values[tensor].ravel()
        noise = np.finfo(np.float64).eps * abs(loss.loss())
        if lines is None:
            analytic, at = gradient[which], at[which]

            def changes(places, steps):
                return loss.changes_at(tensor, which[places], steps)
        else:
            analytic, at = lines[which] @ gradient, np.zeros(len(which))

            def changes(places, steps):
                return loss.changes_along(tensor, lines[which][places], steps)

        found = _compare(changes, at, analytic, settings, noise, lambda: noise)
        whole = np.linalg.norm(gradient if lines is None else lines @ gradient)
        slack = 2 * settings.tolerance * whole / np.sqrt(gradient.size if lines is None else len(lines))
        small = np.abs(analytic - found.numerical) <= found.floor + np.maximum(
            slack, settings.tolerance * 2 * np.abs(analytic)
        )
        return small | found.kink


def _check_tensor(
    loss: Loss,
    tensor: int,
    name: str,
    gradient: np.ndarray,
    scale: float,
    settings: Settings,
    beside: Beside | None,
) -> TensorCheck:
    rng = np.random.default_rng([settings.seed, tensor])
    analytic, at, shape = gradient.ravel(), loss.values[tensor].ravel(), gradient.shape
    changes, directions = partial(loss.changes_at, tensor), None
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
    num_beside = 0
    if beside is not None and found.split.any():
        found, num_beside = _look_beside(
            found, analytic, settings, partial(beside.agrees, tensor, directions)
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
        num_beside=num_beside,
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
    found = Comparison(sides.two_sided, never, unknown, unknown, never, never, floor)
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
    numerical, kink, left, right, closer, apart, floor = (a.copy() for a in found)
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
        off = split & ~agrees  # what many kinks close by have split stays on a kink, if they part on the way
        here = suspects[off]
        apart[here], left[here], right[here] = True, below[off], above[off]
        low, high = np.minimum(below, above) - wide, np.maximum(below, above) + wide
        kink[here] = ((low <= analytic[suspects]) & (analytic[suspects] <= high))[off]
        has_slope = suspects[agrees | wrong | (gap <= wide)]
        apart[has_slope] = kink[has_slope] = False
        suspects, gap = suspects[~(agrees | wrong)], gap[~(agrees | wrong)]
    numerical[kink] = np.nan
    left[~kink & ~apart] = right[~kink & ~apart] = np.nan
    return Comparison(numerical, kink, left, right, closer, apart, floor)


def _look_beside(
    found: Comparison, analytic: np.ndarray, settings: Settings, agrees: Callable
) -> tuple[Comparison, int]:
    """Takes entries on a kink whose gradient is right beside it for kinks, others not; counts the first."""
    which = np.flatnonzero(found.split)
    agreed = agrees(which, settings)
    if agreed is None:
        return found, 0
    numerical, kink = found.numerical.copy(), found.kink.copy()
    numerical[which] = np.where(agreed, np.nan, (found.left[which] + found.right[which]) / 2)
    kink[which] = agreed
    return found._replace(numerical=numerical, kink=kink), int(agreed.sum())

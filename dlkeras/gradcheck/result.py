"""What a gradient check found: tensor by tensor, the worst entries, and the kinks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

NUM_WORST = 5  # how many entries the text names


def relative_difference(g: np.ndarray, g_hat: np.ndarray) -> float:
    """Returns the course's measure of how far two gradients are apart, ‖g − ĝ‖ / (‖g‖ + ‖ĝ‖).

    Args:
        g: A gradient, of any shape.
        g_hat: Another one, of the same shape.

    Returns:
        A number in [0, 1]; 0 where both are zero, NaN where one is not finite.

    Example:
        >>> relative_difference(np.array([3.0, 4.0]), np.array([-3.0, -4.0]))
        1.0

    References:
        Improving Deep Neural Networks, week 1, gradient checking.
    """
    with np.errstate(invalid="ignore"):  # NaN where a gradient is infinite
        apart, together = np.linalg.norm(g - g_hat), np.linalg.norm(g) + np.linalg.norm(g_hat)
        return float(apart / together) if together != 0 else 0.0


@dataclass(frozen=True)
class Entry:
    """An entry of a gradient, or a direction, with both its values.

    Args:
        tensor: Name of the tensor.
        place: `"[3, 5]"`, or `" along direction 2"`.
        analytic: Analytic derivative.
        numerical: Derivative by two-sided difference.
    """

    tensor: str
    place: str
    analytic: float
    numerical: float

    def __str__(self) -> str:
        return f"{self.tensor}{self.place}: analytic {self.analytic:.8g}, numerical {self.numerical:.8g}"


@dataclass(frozen=True)
class Kink:
    """An entry where the loss has a kink, so that it has no derivative to compare.

    Args:
        tensor: Name of the tensor.
        place: As for `Entry`.
        analytic: Analytic derivative, which lies between the one-sided ones.
        left: Derivative by one-sided difference from below.
        right: The same from above.
    """

    tensor: str
    place: str
    analytic: float
    left: float
    right: float

    def __str__(self) -> str:
        return (
            f"{self.tensor}{self.place}: analytic {self.analytic:.8g}, "
            f"from below {self.left:.8g}, from above {self.right:.8g}"
        )


@dataclass(frozen=True)
class TensorCheck:
    """The check of one tensor. Arrays have the tensor's shape or, for directions, (num_directions,).

    Args:
        name: Name of the tensor.
        size: Number of its entries.
        analytic: Analytic derivatives.
        numerical: Derivatives by two-sided differences; NaN where `kink` is set.
        kink: Where the loss has a kink, so that nothing was judged.
        left: Derivative from below where `kink` is set, else NaN.
        right: Derivative from above where `kink` is set, else NaN.
        num_beside: How many of the kinks were found right a step aside, where they are no kinks.
        num_closer: How many entries were judged at a smaller step, next to a kink or in a sharp bend.
        rounding: Norm that g − ĝ may have from the rounding of the loss alone.
        passed: Whether what rounding does not explain of g − ĝ has a norm of at most
            tolerance (‖g‖ + ‖ĝ‖).
        along_directions: Whether the arrays are along directions.
        stopped_by: The layer that stops the gradient on purpose, where that is why both differ; else empty.
    """

    name: str
    size: int
    analytic: np.ndarray
    numerical: np.ndarray
    kink: np.ndarray
    left: np.ndarray
    right: np.ndarray
    num_closer: int
    num_beside: int
    rounding: float
    passed: bool
    along_directions: bool
    stopped_by: str = ""

    @property
    def relative_difference(self) -> float:
        """‖g − ĝ‖ / (‖g‖ + ‖ĝ‖) of this tensor, without kinks."""
        return relative_difference(self.analytic[~self.kink], self.numerical[~self.kink])

    @property
    def scale(self) -> float:
        """‖g‖ + ‖ĝ‖ of this tensor, without kinks."""
        judged = ~self.kink
        return float(np.linalg.norm(self.analytic[judged]) + np.linalg.norm(self.numerical[judged]))

    @property
    def is_zero(self) -> bool:
        """Whether both gradients are zero, to rounding, where they were compared."""
        return self.passed and not self.is_kink and self.scale <= 2 * self.rounding

    @property
    def is_kink(self) -> bool:
        """Whether every entry lies on a kink."""
        return self.kink.size > 0 and bool(self.kink.all())

    def place(self, index: tuple[int, ...]) -> str:
        """Returns how an entry is called: `"[3, 5]"`, or `" along direction 2"`."""
        if self.along_directions:
            return f" along direction {index[0]}"
        return f"[{', '.join(map(str, index))}]" if index else ""

    def entry(self, index: tuple[int, ...]) -> Entry:
        """Returns the entry at an index, with both its values."""
        return Entry(self.name, self.place(index), float(self.analytic[index]), float(self.numerical[index]))


@dataclass(frozen=True)
class GradientCheck:
    """The result of a gradient check; its text says what is wrong, and where.

    Args:
        tensors: The check of each tensor.
        loss: The loss at the point of the check.
        method: `"full"` or `"directional"`.
        epsilon: Step of the differences.
        tolerance: Largest relative difference that passes.
    """

    tensors: tuple[TensorCheck, ...]
    loss: float
    method: str
    epsilon: float
    tolerance: float

    @property
    def passed(self) -> bool:
        """Whether every tensor passed, and at least one has a gradient that is not zero."""
        return all(tensor.passed for tensor in self.tensors) and not self.is_zero

    @property
    def is_zero(self) -> bool:
        """Whether both gradients are zero everywhere, so that nothing was compared."""
        return all(tensor.is_zero or (tensor.is_kink and not tensor.num_beside) for tensor in self.tensors)

    def with_stopped(self, layers: Mapping[str, str]) -> GradientCheck:
        """Returns the result with tensors that differ because a layer, by name, stops their gradient."""
        tensors = tuple(
            t if t.passed or t.name not in layers else replace(t, passed=True, stopped_by=layers[t.name])
            for t in self.tensors
        )
        return replace(self, tensors=tensors)

    @property
    def wrong(self) -> list[str]:
        """Names of the tensors that did not pass."""
        return [tensor.name for tensor in self.tensors if not tensor.passed]

    @cached_property
    def relative_difference(self) -> float:
        """‖g − ĝ‖ / (‖g‖ + ‖ĝ‖) over all tensors, without kinks."""
        analytic = np.concatenate([tensor.analytic[~tensor.kink] for tensor in self.tensors])
        numerical = np.concatenate([tensor.numerical[~tensor.kink] for tensor in self.tensors])
        return relative_difference(analytic, numerical)

    @cached_property
    def kinks(self) -> tuple[Kink, ...]:
        """The entries that lie on a kink of the loss; they are reported and not judged."""
        return tuple(
            Kink(t.name, t.place(index), *(float(a[index]) for a in (t.analytic, t.left, t.right)))
            for t in self.tensors
            for index in map(tuple, np.argwhere(t.kink).tolist())
        )

    def worst(self, n: int = NUM_WORST) -> list[Entry]:
        """Returns the entries with the largest differences, in units of their tensor's norm.

        Args:
            n: How many, at least 1.

        Returns:
            At most n entries, the worst first, those of tensors that did not pass before all others.
        """
        ranked = []
        for tensor in self.tensors:
            error = np.nan_to_num(np.abs(tensor.analytic - tensor.numerical), nan=np.inf)
            order = np.argsort(np.where(tensor.kink, -1, error), axis=None)[::-1][:n]
            for index in (np.unravel_index(int(flat), error.shape) for flat in order):
                if not tensor.kink[index]:
                    ranked.append((tensor.passed, -error[index] / (tensor.scale or 1), tensor, index))
        ranked.sort(key=lambda item: item[:2])
        return [tensor.entry(tuple(map(int, index))) for _, _, tensor, index in ranked[:n]]

    def assert_passed(self) -> None:
        """Raises an AssertionError with the text of the result unless the check passed."""
        if not self.passed:
            raise AssertionError(str(self))

    def __str__(self) -> str:
        lines = [self._headline(), *self._table()]
        if self.wrong:
            worst = [e for e in self.worst() if e.tensor in self.wrong and e.analytic != e.numerical]
            lines += ["Worst entries:", *(f"  {entry}" for entry in worst)]
        if self.kinks:
            lines.append(f"On a kink of the loss, not judged: {len(self.kinks):,}")
            if num_beside := sum(tensor.num_beside for tensor in self.tensors):
                lines[-1] += f", {num_beside:,} of them found right a step aside"
            lines += [f"  {kink}" for kink in self.kinks[:NUM_WORST]]
        if num_closer := sum(tensor.num_closer for tensor in self.tensors):
            lines.append(f"Next to a kink or in a sharp bend, judged at a smaller step: {num_closer:,}")
        return "\n".join(lines)

    def _headline(self) -> str:
        verdict = "passed" if self.passed else "failed"
        if self.wrong:
            verdict += f" for {', '.join(self.wrong)}"
        elif not self.passed:
            kinks = (
                "every entry is zero or lies on a kink"
                if self.kinks
                else "both gradients are zero everywhere"
            )
            verdict += f": {kinks}, so nothing was compared"
        counts = _count(sum(tensor.size for tensor in self.tensors), "entry", "entries")
        counts += f" in {_count(len(self.tensors), 'tensor', 'tensors')}"
        if self.method == "directional":
            counts += f", {_count(len(self.tensors[0].analytic), 'direction', 'directions')} in each"
        differs = f"relative difference {self.relative_difference:.1e} over all"
        return f"Gradient check {verdict}.\n{counts}; {differs}, tolerance {self.tolerance:.0e} for each:"

    def _table(self) -> list[str]:
        width, lines = max(len(tensor.name) for tensor in self.tensors), []
        for tensor in self.tensors:
            verdict = "ok, zero to rounding" if tensor.is_zero else "ok" if tensor.passed else "WRONG"
            if tensor.stopped_by:
                verdict = f"not judged: gradient stopped by {tensor.stopped_by}"
            elif tensor.is_kink:
                verdict = "ok, on kinks alone"
            lines.append(f"  {tensor.name:<{width}}  {tensor.relative_difference:.1e}  {verdict}")
        return lines


def _count(n: int, one: str, many: str) -> str:
    return f"{n:,} {one if n == 1 else many}"

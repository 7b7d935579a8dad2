"""A smooth fit through scores that may be noisy, with a length for each hyperparameter."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.linalg import lapack

LENGTH, LENGTH_SPREAD = 0.5, 1.0  # prior of a length: its median, and the standard deviation of its logarithm
NOISE, NOISE_SPREAD = 1e-2, 2.5  # of the noise's variance, in variances of the function
JITTER = 1e-8
LEAST_STEP, FIRST_STEP, MOST_STEP = 0.01, 0.1, 0.6  # of the logarithms
_ROOT5 = math.sqrt(5)


class SmoothFit:
    """A Gaussian process with the Matérn 5/2 kernel, one length for each axis, and noise.

    Along an axis with a short length the function changes fast: the hyperparameter matters. Lengths and noise
    climb the posterior density by a few steps of Rprop whenever `learn` is called, from where they are, so
    that no call takes long. The variance of the function is the best one for each set of lengths.

    A choice is a set of indicators, and any two of its values are one length unit apart. An axis that is
    inactive counts as in the middle, and one of a single value plays no part.

    References:
        Rasmussen and Williams (2006), algorithm 2.1 and equations 4.17 and 5.9. Riedmiller and Braun (1993),
        Rprop.
    """

    def __init__(self, columns: Sequence[tuple[int, float]]):  # as `Space.columns` has them
        axes = sorted({i for i, _ in columns})
        self.axes = np.array(axes, int)
        self._source = np.array([i for i, _ in columns], int)
        self._place = np.array([place for _, place in columns])
        self._is_choice = ~np.isnan(self._place)
        self._owner = np.array([axes.index(i) for i, _ in columns], int)  # column -> place in `axes`
        self._first = np.searchsorted(self._owner, np.arange(len(axes)))  # first column of each axis
        d = len(axes)
        median = math.log(LENGTH * max(1.0, math.sqrt(d / 3)))
        self._prior = np.array([*[median] * d, math.log(NOISE)])
        self._spread = np.array([*[LENGTH_SPREAD] * d, NOISE_SPREAD])
        self._low = np.array([*[math.log(0.05)] * d, math.log(1e-5)])
        self._high = np.array([*[math.log(20.0)] * d, math.log(2.0)])
        self._logs, self._step, self._slope = self._prior.copy(), np.full(d + 1, FIRST_STEP), np.zeros(d + 1)

    @property
    def lengths(self) -> np.ndarray:
        """Length of each axis in `axes`, in units of the axis."""
        return np.exp(self._logs[:-1])

    @property
    def noise(self) -> float:
        """Variance of the noise, in variances of the function."""
        return math.exp(self._logs[-1])

    def features(self, points: np.ndarray) -> np.ndarray:
        """Gives the numbers of points that distances are taken of, (m, d) -> (m, columns)."""
        features = points[:, self._source]
        if self._is_choice.any():
            same = features[:, self._is_choice] == self._place[self._is_choice]
            features[:, self._is_choice] = same * math.sqrt(0.5)
        return np.where(np.isnan(features), 0.5, features)

    def learn(self, features: np.ndarray, targets: np.ndarray, steps: int) -> None:
        """Takes over observations, (n, columns) and (n,), and improves lengths and noise by some steps."""
        n, d = len(features), len(self.axes)
        columns = np.ascontiguousarray(features.T)
        squares = np.square(columns[:, :, None] - columns[:, None, :])  # (columns, n, n)
        if self._is_choice.any():
            squares = np.add.reduceat(squares, self._first, axis=0)  # (d, n, n)
        squares = squares.reshape(d, n * n)
        for _ in range(steps):
            r, decay = self._decompose(features, targets, squares)
            self._climb(squares, r, decay)
        self._decompose(features, targets, squares)

    def smoothed(self) -> np.ndarray:
        """Gives the mean of the function at the observations that `learn` was given, (n,)."""
        return self._targets - (self.noise + JITTER) * self._weights

    def predict(self, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Gives mean and standard deviation of the function, without noise, each (m,)."""
        a, b = features * self._inverse, self._features * self._inverse
        distances = np.square(a).sum(axis=1)[:, None] + np.square(b).sum(axis=1) - 2 * a @ b.T
        r = _ROOT5 * np.sqrt(np.maximum(distances, 0.0))
        kernel = (1 + r + np.square(r) / 3) * np.exp(-r)
        solved, _ = lapack.dtrtrs(self._cholesky, np.asfortranarray(kernel.T), lower=1)
        left = np.maximum(1 - np.square(solved).sum(axis=0), 1e-10)
        return kernel @ self._weights, np.sqrt(left * self._variance)

    def _decompose(self, features, targets, squares) -> tuple[np.ndarray, np.ndarray]:
        n = len(features)
        lengths = self.lengths
        r = _ROOT5 * np.sqrt(lengths**-2 @ squares)
        decay = np.exp(-r)
        kernel = ((1 + r + np.square(r) / 3) * decay).reshape(n, n)
        kernel[np.diag_indices(n)] = 1 + self.noise + JITTER
        self._cholesky, _ = lapack.dpotrf(kernel, lower=1)
        self._weights, _ = lapack.dpotrs(self._cholesky, targets, lower=1)
        self._variance = max(float(targets @ self._weights) / n, 1e-12)
        self._targets, self._features, self._inverse = targets, features, 1 / lengths[self._owner]
        return r, decay

    def _climb(self, squares: np.ndarray, r: np.ndarray, decay: np.ndarray) -> None:
        # The inverse has zeros above its diagonal; twice the rest gives the sums over a symmetric matrix with
        # zeros on its own diagonal, such as the squares.
        inverse, _ = lapack.dpotri(self._cholesky, lower=1)  # (n, n)
        outer = np.outer(self._weights, self._weights) / self._variance
        gap = (2 * inverse - outer).ravel()
        trace = np.trace(inverse) - np.trace(outer)
        slope = (self._logs - self._prior) / self._spread**2
        slope[:-1] += squares @ (gap * (1 + r) * decay) * (5 / 6) / self.lengths**2
        slope[-1] += 0.5 * self.noise * trace
        agreement = np.sign(slope * self._slope)
        factor = np.where(agreement > 0, 1.3, np.where(agreement < 0, 0.5, 1.0))
        self._step = np.clip(self._step * factor, LEAST_STEP, MOST_STEP)
        self._logs = np.clip(self._logs - np.sign(slope) * self._step, self._low, self._high)
        self._slope = slope


def standardize(losses: np.ndarray) -> np.ndarray:
    """Makes losses fit for a smooth fit: mean 0, variance 1, and the worse half compressed.

    What lies above the median counts by its logarithm, so that a few trainings that exploded do not flatten
    the differences among the good ones. Those without a loss count as the worst.
    """
    losses = np.where(np.isnan(losses), np.nanmax(losses), losses)
    middle = np.median(losses)
    scale = middle - losses.min()
    if scale == 0:
        scale = losses.max() - middle or 1.0
    targets = (losses - middle) / scale
    targets = np.where(targets > 0, np.log1p(np.maximum(targets, 0)), targets)
    targets -= targets.mean()
    return targets / (targets.std() or 1.0)

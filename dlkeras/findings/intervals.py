"""Confidence intervals over few seeds: of a mean, of a difference of means, of a share."""

from __future__ import annotations

import math

import numpy as np
import scipy.stats

NUM_RESAMPLES = 10_000  # 250 of them lie beyond each end of a 95 % interval
_MAX_RESAMPLED = 10_000_000  # numbers in memory at a time
_LEAST_SPREAD = 0.2  # of the samples' own: what a resample of nearly equal numbers is taken to have


def mean_interval(
    samples: np.ndarray, baseline: np.ndarray | None = None, *, confidence: float = 0.95
) -> tuple[float, float]:
    """Gives the bootstrap-t interval of a mean, or of the difference of two independent samples' means.

    The samples are resampled 10,000 times. How far a resample's mean lies from theirs, in standard errors of
    the resample's own, stands for how far their mean lies from the true one. Percentile intervals leave the
    standard errors out and are too narrow for few seeds. Two guards make this one fit for five: a resample
    counts with at least a fifth of the samples' spread, so that ties do not make the interval infinite, and
    neither end is nearer than that of Student's interval (Welch's for two samples).

    So at the stated level no more than 2.5 % of intervals lie wholly above a true mean, and no more below it,
    for normal and uniform samples of 5, 10 and 20. On the worse side of samples of skewness 0.7 it is about
    3 %, and of skewness 1 up to 3.6 %.

    Args:
        samples: One number for each seed, (n,), or (experiments, n) for many intervals at once.
        baseline: The numbers of the second sample, (m,) or (experiments, m); None for the mean of the first.
        confidence: Level, in (0, 1).

    Returns:
        Low and high end, arrays (experiments,) for many. Both are the mean where all numbers of a sample are
        equal, and NaN for a sample of one. The same samples always give the same interval.

    Example:
        >>> low, high = mean_interval(np.array([0.93, 0.95, 0.94, 0.90, 0.96]))
        >>> round(low, 3), round(high, 3)
        (0.892, 0.965)

    References:
        Efron and Tibshirani (1993), section 12.5, but for the guards.
    """
    parts = [np.asarray(part, np.float64) for part in (samples, baseline) if part is not None]
    if min(part.shape[-1] for part in parts) < 2:
        return math.nan, math.nan
    firsts = [part[..., :1] for part in parts]
    parts = [part - first for part, first in zip(parts, firsts, strict=True)]  # equal numbers: zeros
    effect, error = _difference(*parts), _standard_error(*parts)
    least = np.where(error > 0, _LEAST_SPREAD * error, 1.0)

    def studentized(*resamples, axis):
        own = np.maximum(_standard_error(*resamples), least[..., None])
        return (_difference(*resamples) - effect[..., None]) / own

    found = scipy.stats.bootstrap(
        parts,
        studentized,
        confidence_level=confidence,
        n_resamples=NUM_RESAMPLES,
        batch=max(1, _MAX_RESAMPLED // max(part.size for part in parts)),
        method="percentile",
        vectorized=True,
        axis=-1,
        rng=np.random.default_rng(0),
    ).confidence_interval
    student = scipy.stats.t.ppf((1 + confidence) / 2, _degrees_of_freedom(*parts))
    effect = effect + _difference(*firsts)
    low = effect - error * np.maximum(found.high, student)
    high = effect - error * np.minimum(found.low, -student)
    return (low, high) if effect.ndim else (float(low), float(high))


def share_interval(successes: np.ndarray, *, confidence: float = 0.95) -> tuple[float, float]:
    """Gives the exact binomial interval of a share of seeds.

    Args:
        successes: Whether a seed has the property, (n,) bool.
        confidence: Level, in (0, 1).

    Returns:
        Low and high end, in [0, 1].

    Example:
        >>> low, high = share_interval(np.array([True] * 17 + [False] * 3))
        >>> round(low, 3), round(high, 3)
        (0.621, 0.968)

    References:
        Clopper and Pearson (1934).
    """
    test = scipy.stats.binomtest(int(np.sum(successes)), len(successes))
    low, high = test.proportion_ci(confidence, method="exact")
    return float(low), float(high)


def _difference(samples: np.ndarray, baseline: np.ndarray | None = None) -> np.ndarray:
    mean = samples.mean(axis=-1)
    return mean if baseline is None else mean - baseline.mean(axis=-1)


def _standard_error(*parts: np.ndarray) -> np.ndarray:
    return np.sqrt(sum(_squared_error(part) for part in parts))


def _squared_error(part: np.ndarray) -> np.ndarray:
    """Computes the square of the mean's standard error; several times faster than `ndarray.var`."""
    n = part.shape[-1]
    squares = np.einsum("...i,...i->...", part, part) / n - part.mean(axis=-1) ** 2
    return np.maximum(squares, 0) / (n - 1)


def _degrees_of_freedom(*parts: np.ndarray) -> np.ndarray:
    """Computes Welch's degrees of freedom; n - 1 for one sample."""
    squares = [_squared_error(part) for part in parts]
    total = np.maximum(sum(squares), np.finfo(float).tiny)
    shares = [(own / total) ** 2 / (part.shape[-1] - 1) for own, part in zip(squares, parts, strict=True)]
    return 1 / np.maximum(sum(shares), np.finfo(float).tiny)

"""Lab 14: ways to search hyperparameters."""

import numpy as np


def log_uniform(low, high, share):
    """Turns a share of the way into a value on a logarithmic scale.

        log(value) = log(low) + share · (log(high) - log(low))

    With shares drawn evenly from 0 to 1, each decade gets as many values as any other.

    Args:
        low: Least value, above 0.
        high: Greatest value.
        share: From 0 to 1; an array (k,).

    Returns:
        The values, (k,).
    """
    return low * (high / low) ** share


def betas(low, high, share):
    """Turns a share of the way into a β, so that 1 - β is on a logarithmic scale.

        log(1 - β) = log(1 - low) + share · (log(1 - high) - log(1 - low))

    0.9 averages over about 10 steps and 0.999 over about 1000, so that halfway between them is 0.99.

    Args:
        low: Least β, below `high`.
        high: Greatest β, below 1.
        share: From 0 to 1; an array (k,).

    Returns:
        The β, (k,).
    """
    return 1 - (1 - low) * ((1 - high) / (1 - low)) ** share


def random_search(score, low, high, trials, rng):
    """Tries values at random on a logarithmic scale and keeps the best.

        value = low · (high / low)^u,   u drawn evenly from 0 to 1, anew for each trial
        the best is the value with the least score

    Args:
        score: From a value, a number, to its error. It costs a training: call it once for each trial.
        low: Least value, above 0.
        high: Greatest value.
        trials: How many values are tried, at least 1.
        rng: A `numpy.random.Generator`.

    Returns:
        The best value, and its score.
    """
    values = low * (high / low) ** rng.random(trials)
    scores = [score(value) for value in values]
    best = np.argmin(scores)
    return values[best], scores[best]


def finer_box(points, scores, low, high, width):
    """Takes one step from coarse to fine: a box around the best point so far.

        centre = the point with the least score
        box = from centre - width · (high - low) to centre + width · (high - low), on each axis
        what lies outside of the ranges is cut off

    Args:
        points: What was tried, (trials, axes), on even scales: logarithms, where values span decades.
        scores: Their errors, (trials,).
        low: Least value of each axis, (axes,).
        high: Greatest value of each axis, (axes,).
        width: Half of the box, as a share of the range.

    Returns:
        The box: its least and its greatest values, (axes,) each.
    """
    centre = points[np.argmin(scores)]
    half = width * (high - low)
    return np.maximum(centre - half, low), np.minimum(centre + half, high)


def survivors(losses, factor):
    """Chooses the trials that go on, as Hyperband does at the end of a round.

        of k trials those with the least losses go on, k / factor of them, rounded down, but at least one

    Args:
        losses: Of each trial, (k,), all different.
        factor: 3 keeps the best third.

    Returns:
        The numbers of the trials that go on, from 0, in rising order.
    """
    keep = max(1, len(losses) // factor)
    return np.sort(np.argsort(losses)[:keep])

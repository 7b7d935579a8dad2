"""Lab 14: ways to search hyperparameters."""

import numpy as np

from dlkeras.base import scales
from dlkeras.learn.exercise import Exercise
from dlkeras.learn.solutions.lab_14 import betas, finer_box, log_uniform, random_search, survivors


def _range(draw):
    low = 10.0 ** -draw.rng.integers(1, 5)
    return float(low), float(low * 10 ** draw.rng.integers(1, 5)), np.round(draw.rng.random(draw.size), 2)


def _beta_range(draw):
    far, near = sorted(draw.rng.choice([0.5, 0.1, 0.05, 0.01, 0.001], 2, replace=False))[::-1]
    return 1 - float(far), 1 - float(near), np.round(draw.rng.random(draw.size), 2)


def _search_inputs(draw):
    low, high, _ = _range(draw)
    best = np.log(low) + draw.number(0.1, 0.9) * np.log(high / low)

    def error(value):
        return (np.log(value) - best) ** 2

    def score(value):
        score.tried.append(float(value))
        return error(value)

    score.tried, score.uncounted = [], error
    return score, low, high, [1, 3, 10, 60][draw.size % 4], draw.generator()


def _observe_search(function, score, low, high, trials, rng):
    """The best is exact; how values are spread over the decades is counted over many searches."""
    score.tried.clear()
    value, error = function(score, low, high, trials, rng)
    tried = list(score.tried)
    best = min(tried, key=score.uncounted, default=np.nan)
    for _ in range(1 + 600 // trials):
        function(score, low, high, trials, rng)
    places = np.log(np.array(score.tried) / low) / np.log(high / low)
    return {
        "number of calls": len(tried),
        "the value is the best that was tried": str(abs(float(value) - best) <= 1e-6 * abs(best)),
        "the score is its own": str(np.isclose(float(error), score.uncounted(best), rtol=1e-4)),
        "least and largest place in the range": [round(places.min() + 0.0, 1), round(places.max(), 1)],
        "half of the values are in the lower half of the decades": str(0.4 < np.mean(places < 0.5) < 0.6),
        "trials have values of their own": str(len(set(tried)) == trials),
        "two searches try different values": str(
            not set(tried) & set(score.tried[len(tried) : 2 * len(tried)])
        ),
    }


def _search_expected(score, low, high, trials, rng):
    return {
        "number of calls": trials,
        "the value is the best that was tried": "True",
        "the score is its own": "True",
        "least and largest place in the range": [0.0, 1.0],
        "half of the values are in the lower half of the decades": "True",
        "trials have values of their own": "True",
        "two searches try different values": "True",
    }


def _trials(draw):
    axes, trials = draw.dim(), draw.size
    low = draw.normal(axes)
    high = low + np.abs(draw.normal(axes)) + 0.5
    points = low + draw.rng.random((trials, axes)) * (high - low)
    return points, draw.rng.permutation(trials) + 0.5, low, high, [0.4, 0.25, 0.1][draw.size % 3]


def _box(points, scores, low, high, width):
    centre = points[list(scores).index(min(scores))]
    sides = [
        (max(c - width * (b - a), a), min(c + width * (b - a), b))
        for c, a, b in zip(centre, low, high, strict=True)
    ]
    return np.array([side[0] for side in sides]), np.array([side[1] for side in sides])


def _losses(draw):
    return draw.rng.permutation(draw.size * 2 - 1) / 10 + 0.1, 2 + draw.size % 2


EXERCISES = [
    Exercise(
        log_uniform,
        _range,
        lambda low, high, share: np.array([scales.to_value("log", low, high, own) for own in share]),
        "scales",
        (
            "e to the power of both sides: value = low · (high / low)^share.",
            "NumPy takes the power of an array.",
        ),
        {
            "This is a linear scale: most values are in the last decade.": (
                "low * (high / low) ** share",
                "low + share * (high - low)",
            ),
            "This is the logarithm of the value.": (
                "low * (high / low) ** share",
                "np.log(low) + share * np.log(high / low)",
            ),
            "It runs from high to low.": ("** share", "** (1 - share)"),
            "low is missing: this begins at 1.": ("low * (high", "(high"),
            "This begins at high.": ("low * (high", "high * (high"),
        },
    ),
    Exercise(
        betas,
        _beta_range,
        lambda low, high, share: np.array(
            [scales.to_value("one_minus_log", low, high, own) for own in share]
        ),
        "scales",
        ("Call 1 - β something, such as r: it is log-uniform between 1 - low and 1 - high.", "β = 1 - r."),
        {
            "This is a linear scale.": (
                "1 - (1 - low) * ((1 - high) / (1 - low)) ** share",
                "low + share * (high - low)",
            ),
            "β itself is on a log scale, not 1 - β.": (
                "1 - (1 - low) * ((1 - high) / (1 - low)) ** share",
                "low * (high / low) ** share",
            ),
            "This is 1 - β.": ("1 - (1 - low) * (", "(1 - low) * ("),
            "It runs from high to low.": ("** share", "** (1 - share)"),
            "The quotient is the other way round, so that β leaves the range.": (
                "((1 - high) / (1 - low))",
                "((1 - low) / (1 - high))",
            ),
            "It begins at high.": ("1 - (1 - low) * (", "1 - (1 - high) * ("),
        },
    ),
    Exercise(
        random_search,
        _search_inputs,
        _search_expected,
        "searches",
        (
            "`rng.random(trials)` draws all shares at once.",
            "Keep the scores in a list; `np.argmin` gives the place of the least.",
        ),
        {
            "The values are drawn on a linear scale: small ones hardly come up.": (
                "low * (high / low) ** rng.random(trials)",
                "rng.uniform(low, high, trials)",
            ),
            "The worst is kept, not the best.": ("np.argmin", "np.argmax"),
            "The last is kept, not the best.": ("np.argmin(scores)", "-1"),
            "Every trial has the same value: draw anew for each.": (
                "rng.random(trials)",
                "(rng.random() + np.zeros(trials))",
            ),
            "The score is asked for twice for the best: a training more.": (
                "scores[best]",
                "score(values[best])",
            ),
            "One trial is missing.": ("rng.random(trials)", "rng.random(max(trials - 1, 1))"),
            "This is a grid, not random.": ("rng.random(trials)", "np.linspace(0, 1, trials)"),
        },
        _observe_search,
    ),
    Exercise(
        finer_box,
        _trials,
        _box,
        "grid",
        (
            "`points[np.argmin(scores)]` is the best point.",
            "`np.maximum(..., low)` and `np.minimum(..., high)` cut.",
        ),
        {
            "The centre is the worst point.": ("np.argmin", "np.argmax"),
            "Nothing is cut off: the box leaves the ranges.": (
                "np.maximum(centre - half, low), np.minimum(centre + half, high)",
                "centre - half, centre + half",
            ),
            "`width` is half of the box, not all of it.": ("half = width", "half = width / 2"),
            "The width is a share of the range, not a length.": ("width * (high - low)", "width"),
            "The centre is the mean of all points.": ("points[np.argmin(scores)]", "points.mean(axis=0)"),
            "The box is moved into the ranges at one side only.": (
                "np.minimum(centre + half, high)",
                "centre + half",
            ),
        },
    ),
    Exercise(
        survivors,
        _losses,
        lambda losses, factor: np.array(
            sorted(losses.tolist().index(own) for own in sorted(losses)[: max(1, len(losses) // factor)])
        ),
        "searches",
        (
            "`np.argsort(losses)` gives the numbers of the trials, the best first.",
            "`len(losses) // factor` rounds down.",
        ),
        {
            "The worst go on.": ("np.argsort(losses)", "np.argsort(-losses)"),
            "The rest goes on: those that should end.": ("[:keep]", "[keep:]"),
            "The number is rounded up.": ("len(losses) // factor", "-(-len(losses) // factor)"),
            "These are losses, not numbers of trials.": (
                "np.argsort(losses)[:keep]",
                "losses[np.argsort(losses)[:keep]]",
            ),
            "The order is that of the losses, not of the trials.": (
                "np.sort(np.argsort(losses)[:keep])",
                "np.argsort(losses)[:keep]",
            ),
            "With few trials none is left: at least one goes on.": (
                "max(1, len(losses) // factor)",
                "len(losses) // factor",
            ),
        },
    ),
]

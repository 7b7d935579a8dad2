"""Lab 14: mistakes, as pieces of our solutions replaced, and right answers of other forms."""

import numpy as np


def search_by_loop(score, low, high, trials, rng):
    best, least = None, np.inf
    for _ in range(trials):
        value = 10 ** rng.uniform(np.log10(low), np.log10(high))
        error = score(value)
        if error < least:
            best, least = value, error
    return best, least


def search_by_sorting(score, low, high, trials, rng):
    values = np.exp(np.log(low) + rng.uniform(size=trials) * (np.log(high) - np.log(low)))
    found = sorted((float(score(value)), float(value)) for value in values)
    return found[0][::-1]


def search_by_min(score, low, high, trials, rng):
    tried = {v: score(v) for v in (high * (low / high) ** rng.uniform(0, 1, trials)).tolist()}
    best = min(tried, key=tried.get)
    return [best, tried[best]]


def box_by_clip(points, scores, low, high, width):
    centre = points[scores == scores.min()][0]
    sides = centre + np.outer([-1, 1], width * (high - low))
    return tuple(np.clip(sides, low, high))


def box_by_axis(points, scores, low, high, width):
    best, least, greatest = points[np.argsort(scores)[0]], [], []
    for axis in range(points.shape[1]):
        half = (high[axis] - low[axis]) * width
        least.append(max(low[axis], best[axis] - half))
        greatest.append(min(high[axis], best[axis] + half))
    return least, greatest


def box_in_shares(points, scores, low, high, width):
    place = np.float32((points[np.argmin(scores)] - low) / (high - low))
    return [low + (high - low) * np.clip(place + side * width, 0, 1) for side in (-1, 1)]


def survivors_by_limit(losses, factor):
    limit = np.sort(losses)[max(1, len(losses) // factor) - 1]
    return np.flatnonzero(losses <= limit)


def survivors_by_sorting(losses, factor):
    order = sorted(range(len(losses)), key=lambda i: losses[i])
    return sorted(order[: max(1, int(len(losses) / factor))])


ANSWERS = {
    "log_uniform": (
        [("high / low", "low / high"), ("** share", "** (2 * share)"), ("low * (", "low + (")],
        [
            lambda low, high, share: np.exp(np.log(low) + share * (np.log(high) - np.log(low))),
            lambda low, high, share: 10 ** (np.log10(low) * (1 - share) + np.log10(high) * share),
            lambda low, high, share: [np.float32(low) ** (1 - u) * np.float32(high) ** u for u in share],
        ],
    ),
    "betas": (
        [("** share", "** share**2"), ("(1 - low) * (", "(1 + low) * (")],
        [
            lambda low, high, share: 1 - np.exp((1 - share) * np.log(1 - low) + share * np.log(1 - high)),
            lambda low, high, share: 1 - 10 ** np.interp(share, [0, 1], np.log10([1 - low, 1 - high])),
            lambda low, high, share: [1 - (1 - low) ** (1 - u) * (1 - high) ** u for u in share],
        ],
    ),
    "random_search": (
        [
            ("low * (high", "high * (high"),
            ("values[best], scores", "scores[best], scores"),
            ("rng.random", "0.5 * rng.random"),
        ],
        [search_by_loop, search_by_sorting, search_by_min],
    ),
    "finer_box": (
        [("centre - half", "centre + half"), ("high - low", "high + low")],
        [box_by_clip, box_by_axis, box_in_shares],
    ),
    "survivors": (
        [("max(1,", "max(2,"), ("// factor", "// factor + 1")],
        [
            survivors_by_limit,
            survivors_by_sorting,
            lambda losses, factor: sorted(
                np.argpartition(losses, k := max(1, len(losses) // factor) - 1)[: k + 1]
            ),
        ],
    ),
}

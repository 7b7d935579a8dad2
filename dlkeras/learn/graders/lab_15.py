"""Lab 15: one model that is watched, or many that are not."""

import numpy as np

from dlkeras.learn.exercise import Exercise
from dlkeras.learn.solutions.lab_15 import best_of_many, compute_spent, price_of_yesterday, watched_rate


def _epochs(draw):
    return draw.rng.integers(1, 20, draw.size), int(draw.rng.integers(3, 12))


def _looks(draw):
    falling = np.linspace(3, 2, draw.size) + draw.normal(draw.size, scale=0.12)
    if draw.size > 5:
        falling[4] = falling[3]  # as good is not better
    return np.abs(falling), draw.number(0.01, 1)


def _rates(losses, rate):
    better = [i == 0 or losses[i] < min(losses[:i]) for i in range(len(losses))]
    power, found = 0, []
    for i, good in enumerate(better):
        power += (i > 0 and better[i - 1]) if good else -1
        found.append(rate * 2.0**power)
    return np.array(found)


def _models(draw):
    losses, errors = (draw.rng.permutation(draw.size) for _ in range(2))  # no two are the same
    return losses / 10 + 0.3, errors * 2.0 + 1.5


def _taken(losses, errors):
    found, least = [], None
    for loss, error in zip(losses, errors, strict=True):
        if least is None or loss < least[0]:
            least = (loss, error)
        found.append(least[1])
    return np.array(found)


EXERCISES = [
    Exercise(
        compute_spent,
        _epochs,
        lambda epochs, full: sum(int(own) for own in epochs) / full,
        "compute",
        ("`np.sum` adds up.", "np.sum(epochs) / full"),
        {
            "This is the mean of the models, not their sum.": ("np.sum(", "np.mean("),
            "It is rounded down: `/` divides, `//` rounds.": ("/ full", "// full"),
            "This is in epochs, not in full trainings.": (" / full", ""),
            "This is the longest model alone, as if all ran at once.": ("np.sum(", "np.max("),
            "This is the number of models.": ("np.sum(epochs) / full", "len(epochs)"),
        },
    ),
    Exercise(
        watched_rate,
        _looks,
        _rates,
        "bad-starts",
        (
            "Keep three things from look to look: the least loss, how many better looks in a row, the rate.",
            "`np.inf` as the least loss makes the first look a better one.",
            "Only from the second better look in a row on is the rate doubled.",
        ),
        {
            "The rate is doubled after the first better look: it takes two in a row.": (
                "row >= 2",
                "row >= 1",
            ),
            "It takes two better looks, not three.": ("row >= 2", "row >= 3"),
            "A look that is as good as the best is not better.": ("loss < least", "loss <= least"),
            "A look is compared with the one before, not with the least so far.": (
                "        rates.append(rate)",
                "        least = loss\n        rates.append(rate)",
            ),
            "The row does not begin anew after a look that was not better.": ("            row = 0\n", ""),
            "The rate is never halved.": ("rate = rate / 2", "rate = rate"),
            "This is the last rate alone.": ("np.array(rates)", "rates[-1]"),
        },
    ),
    Exercise(
        best_of_many,
        _models,
        _taken,
        "compute",
        ("`np.argmin(losses[:n])` is the best of the first n.", "Then look up its test error."),
        {
            "The choice is by the test error, which is not known in time.": (
                "np.argmin(losses[: n + 1])",
                "np.argmin(errors[: n + 1])",
            ),
            "These are losses, not test errors.": (
                "errors[np.argmin(losses[: n + 1])]",
                "np.min(losses[: n + 1])",
            ),
            "The worst is taken.": ("np.argmin", "np.argmax"),
            "All models take part from the start.": ("losses[: n + 1]", "losses"),
            "The newest model is always taken.": ("np.argmin(losses[: n + 1])", "n"),
            "The newest model takes no part.": ("losses[: n + 1]", "losses[: max(n, 1)]"),
        },
    ),
    Exercise(
        price_of_yesterday,
        _models,
        lambda yesterday, today: sorted(zip(yesterday, today, strict=True))[0][1] - sorted(today)[0],
        "changed-data",
        ("`np.argmin(yesterday)` is the number of the setting.", "Look up its error of today."),
        {
            "This is yesterday's error of the setting, not today's.": (
                "today[np.argmin(yesterday)]",
                "np.min(yesterday)",
            ),
            "The sign is the other way round.": (
                "today[np.argmin(yesterday)] - np.min(today)",
                "np.min(today) - today[np.argmin(yesterday)]",
            ),
            "The worst setting of yesterday is kept.": ("np.argmin", "np.argmax"),
            "This is today's error of the setting, not what it costs beside the best.": (
                " - np.min(today)",
                "",
            ),
            "It is compared with the best of yesterday.": ("np.min(today)", "np.min(yesterday)"),
            "This is a quotient, not a difference.": ("- np.min(today)", "/ np.min(today)"),
        },
    ),
]

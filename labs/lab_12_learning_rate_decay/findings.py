"""What the course says of lowering the learning rate, held against the runs of `experiment.py`."""

import numpy as np

from dlkeras.findings import judge

SETTINGS = SGD, SHORT, LARGE, ADAM = "SGD", "SGD, a fifth of the time", "SGD, large batches", "Adam"


def more(runs, setting, way, than="constant"):
    """By how many percent the cost with a way is above that with another, (seeds,)."""
    costs = runs.where(tuning=False, setting=setting).lines("cost", "seed", way=(way, than))
    return 100 * (costs[way] / costs[than] - 1)


def heights(runs, way):
    """Height above the least error of the quadratic after each epoch, (seeds, epochs)."""
    return runs.stack("height", "seed", setting="quadratic", way=way)


def floor(runs, way):
    """Height at which theory sees the quadratic come to rest, at the rate of each epoch, (epochs,)."""
    return runs.where(setting="quadratic", way=way)[0]["floor"]


def at_rest(runs, way):
    """Mean height in the second half of the epochs, (seeds,)."""
    height = heights(runs, way)
    return height[:, height.shape[1] // 2 :].mean(axis=1)


def findings(runs):
    """Judges every statement by a measure: words for it, a number for each seed, its unit."""

    def saved(statement, setting, way, than="constant", promised=None, note=""):
        words = f"network, {setting}: cost saved by {way} beside {than}, each from its own best α₀"
        gains, options = -more(runs, setting, way, than), {"promised": promised, "note": note}
        return judge(statement, words, gains, "%", above=1, **options)

    wanders, closer = (
        "With a constant rate the cost wanders around the minimum.",
        "With decay it comes closer to the minimum.",
    )
    helps, cosine = "Decay helps.", "Cosine beats the course’s ways."
    low, high = at_rest(runs, "0.01"), at_rest(runs, "0.1")
    constant, decayed = (heights(runs, way)[:, -1] for way in ("0.1", "inverse time"))
    return [
        judge(
            wanders,
            "quadratic: growth of the floor from rate 0.01 to 0.1, over that of the rate",
            np.log10(high / low),
            "",
            above=0.8,
            promised="supported",
            note=f"At 0.01 it is {np.mean(low) / floor(runs, '0.01')[-1]:.2f} times theory’s.",
        ),
        judge(
            closer,
            "quadratic: height at the end, constant 0.1 over inverse time from 0.1",
            np.log10(constant / decayed),
            "decades",
            above=0.5,
            promised="supported",
        ),
        saved(helps, SGD, "0.95^epoch", promised="supported"),
        saved(helps, ADAM, "cosine", promised="supported", note="Adam keeps its rate."),
        saved(helps, LARGE, "inverse time", note="There is less noise, and steps are few."),
        saved(cosine, SGD, "cosine", "inverse time", "supported"),
        saved(cosine, SHORT, "cosine", "inverse time", note="Little time."),
    ]

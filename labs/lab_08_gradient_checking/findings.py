"""What the course says of gradient checking, held against the runs of `experiment.py`."""

import numpy as np
from by_hand import BUGS

from dlkeras.findings import judge, judge_share

TWO, ONE, SINGLE = "float64, two-sided", "float64, one-sided", "float32, two-sided"


def of_bug(runs, bug, field):
    """What a check by hand found of one bug, at the width that has all of them, (seeds, ...)."""
    width = runs.where(bug="wrong sign")[0]["width"]
    return runs.stack(field, "seed", bug=bug, width=width)


def slopes(models, name, low, high):
    """Fits log error over log ε between two steps: the order of the error, (seeds,)."""
    epsilons, errors = models[0]["epsilons"], models.stack(name, "seed")
    chosen = (epsilons >= low) & (epsilons <= high)
    return np.polyfit(np.log(epsilons[chosen]), np.log(errors[:, chosen]).T, 1)[0]


def error_at(models, name, epsilon):
    """Relative difference at a step, (seeds,)."""
    return models.stack(name, "seed")[:, np.argmin(np.abs(models[0]["epsilons"] - epsilon))]


def findings(runs):
    """Judges every statement by a measure: words for it, a number for each seed, its unit."""
    by_hand, models = runs.where(part="by hand"), runs.where(part="model")
    most = by_hand.values("parameters")[-1]

    def error(name, epsilon, words):
        return (
            f"log10 of the error at ε = 1e-7, {words}",
            np.log10(error_at(models, name, epsilon)),
            "decades",
        )

    def difference(name, words):
        return f"log10 of {words}", np.log10(models.stack(name, "seed")), "decades"

    two_sided = "slope of log error over log ε, 1e-3 to 1e-1", slopes(models, TWO, 9e-4, 0.2), ""
    one_sided = "slope of log error over log ε, 1e-5 to 1e-1", slopes(models, ONE, 9e-6, 0.2), ""
    overall = np.log10(of_bug(runs, "one entry 1 % off", "overall"))
    small = "log10 of the relative difference over all, one bias entry 1 % off", overall, "decades"
    every_bug = np.all([of_bug(runs, bug, "is_right") for bug in BUGS if bug != "none"], axis=0)
    no_alarm = of_bug(runs, "none", "is_right") & models.stack("passed", "seed")
    passes = by_hand.stack("losses", "seed", bug="none", parameters=most) / 3
    cost = f"losses computed, over the three that backpropagation is worth; {most:,} parameters", passes, "×"

    smaller = np.median(error_at(models, TWO, 1e-7) / error_at(models, TWO, 1e-5))
    step, off = "ε = 1e-7 is a good step.", "Gradient checking does not work with dropout."
    yes, no = {"promised": "supported"}, {"promised": "contradicted"}
    return [
        judge("The error of a two-sided difference is O(ε²).", *two_sided, above=1.9, **yes),
        judge("The error of a one-sided difference is O(ε).", *one_sided, below=1.1, **yes),
        judge(
            step,
            *error(TWO, 1e-7, "float64"),
            below=-6,
            note=f"At ε = 1e-5 it is {smaller:.0f} times smaller (median).",
            **yes,
        ),
        judge(
            step,
            *error(SINGLE, 1e-7, "float32"),
            below=-3,
            note="Keras computes in float32 unless told otherwise.",
            **no,
        ),
        judge(
            "A relative difference of 1e-7 is great.",
            *difference("at start", "it, correct Keras model, ε = 1e-5"),
            below=-7,
            **yes,
        ),
        judge_share(
            "A bug shows.",
            "seeds at which all eight bugs are found on the right tensors",
            every_bug,
            above=0.8,
            **yes,
        ),
        judge_share(
            "What is correct passes.",
            "seeds at which a correct gradient passes, by hand and Keras",
            no_alarm,
            above=0.8,
            **yes,
        ),
        judge("Above 1e-3, worry.", *small, above=-3, note="It shows tensor by tensor.", **no),
        judge(
            off,
            *difference("dropout, masks redrawn", "the relative difference, new masks for every loss"),
            above=-3,
            **yes,
        ),
        judge(
            off,
            *difference("dropout, masks kept", "the relative difference, the same masks for every loss"),
            above=-3,
            note="It is the redrawing that fails, not dropout.",
            **no,
        ),
        judge(
            "It is slow: for debugging only.", *cost, above=100, note="Two losses for each parameter.", **yes
        ),
    ]

"""What the course says of gradient checking, held against the runs of `experiment.py`."""

import numpy as np
from by_hand import BUGS

from dlkeras.findings import check, judge_ratio, judge_share

TWO, ONE, SINGLE = "float64, two-sided", "float64, one-sided", "float32, two-sided"
SMALL = "one entry 1 % off"  # of all bugs the one that shows the least
ROUNDING = {TWO: 2.0**-53, SINGLE: 2.0**-24}  # the largest relative error of a rounded number
WEEK = "Course notes: week on backpropagation"
LECTURE = "Lecture on gradient checking, in the outline of the course notes"
TAYLOR = "Nocedal and Wright (2006), section 8.1"
RECIPES = "Press et al. (2007), Numerical Recipes, section 5.7"
OWN = "Asked here"
MOST = {"above": 0.5, "source": WEEK, "promised": "supported"}  # of the seeds


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


def best_step(models, name):
    """The step with the smallest error, (seeds,)."""
    return models[0]["epsilons"][models.stack(name, "seed").argmin(axis=1)]


def findings(runs):
    """Judges every statement by a measure: words for it, a number for each seed, its unit."""
    models = runs.where(part="model")
    return [*of_orders(models), *of_steps(models), *of_bugs(runs), *of_dropout(models), of_cost(runs)]


def of_orders(models):
    """How the error falls with the step."""
    for side, name, order, low in (("two", TWO, 2, 9e-4), ("one", ONE, 1, 9e-6)):
        power = "²" if order == 2 else ""
        found = slopes(models, name, low, 0.2)
        yield check(
            f"The error of a {side}-sided difference is O(ε{power}).",
            f"distance from {order} of the slope of log error over log ε, {low / 0.9:.0e} to 1e-1",
            np.abs(found - order),
            below=0.1,
            source=TAYLOR,
            note=f"The slope is {np.median(found):.3f} (median).",
        )


def relative(statement, words, found, promised="supported", source=LECTURE, note="", **claim):
    """Judges a relative difference, (seeds,), which spans decades."""
    words, options = f"relative difference{words}", {"source": source, "note": note, "promised": promised}
    return judge_ratio(statement, words, found, unit="", **options, **claim)


def of_steps(models):
    """Which step is good, and which the best."""
    smaller = np.median(error_at(models, TWO, 1e-7) / error_at(models, TWO, 1e-5))
    notes = f"At ε = 1e-5 it is {smaller:.0f} times smaller (median).", "Keras computes in float32 by itself."
    for name, below, note, promised in (
        (TWO, 1e-6, notes[0], "supported"),
        (SINGLE, 1e-3, notes[1], "contradicted"),
    ):
        words = f" at ε = 1e-7, {name}, of a correct Keras model"
        found = error_at(models, name, 1e-7)
        yield relative("ε = 1e-7 is a good step.", words, found, promised, note=note, below=below)
    for name, rounding in ROUNDING.items():
        best, theory = best_step(models, name), rounding ** (1 / 3)
        yield judge_ratio(
            "The best step of a two-sided difference is about the cube root of the rounding error.",
            f"{name}: step with the smallest error beside {theory:.2g}, the larger over the smaller",
            np.maximum(best / theory, theory / best),
            below=5,
            source=RECIPES,
            expected=1.0,
            note=f"Ours is {np.median(best):.1e} (median); steps are {step_between(models):.2g} times apart. "
            "The book’s is in units of the scale on which the loss bends.",
        )


def step_between(models):
    """The factor between two steps that were tried."""
    epsilons = models[0]["epsilons"]
    return epsilons[1] / epsilons[0]


def of_bugs(runs):
    """What a check says of correct gradients and of wrong ones."""
    models = runs.where(part="model")
    bugs = [bug for bug in BUGS if bug != "none"]
    found = np.all([of_bug(runs, bug, "is_right") for bug in bugs], axis=0)
    no_alarm = of_bug(runs, "none", "is_right") & models.stack("passed", "seed")
    rest = np.min([of_bug(runs, bug, "overall") for bug in bugs if bug != SMALL], axis=0)
    small = of_bug(runs, SMALL, "overall")
    seeds = "seeds at which all eight bugs are found on the right tensors"
    passes = "seeds at which a correct gradient passes, by hand and Keras"
    confident = "It gives you confidence that your gradients are being calculated correctly."
    return [
        relative(
            "What is correct comes out at 1e-7 or less.",
            " of a correct Keras model, ε = 1e-5, float64",
            models.stack("at start", "seed"),
            below=1e-7,
        ),
        relative(
            "A bug comes out above 1e-3.",
            " over all tensors, the smallest of seven bugs, all but that of one entry",
            rest,
            above=1e-3,
        ),
        relative(
            "A small bug may stay below 1e-3 over all tensors.",
            " over all tensors, one bias entry 1 % off",
            small,
            source=OWN,
            note="It shows tensor by tensor.",
            below=1e-3,
        ),
        judge_share("Gradient checking is a crucial debugging tool.", seeds, found, **MOST),
        judge_share(confident, passes, no_alarm, **MOST),
    ]


def of_dropout(models):
    """Whether a check works with dropout, its masks drawn anew or kept."""
    statement, note = "Gradient checking does not work with dropout.", "The redrawing fails, not dropout."
    anew, kept = (models.stack(f"dropout, masks {how}", "seed") for how in ("redrawn", "kept"))
    yield relative(statement, ", new masks for every loss", anew, above=1e-3)
    yield relative(statement, ", the same masks for every loss", kept, "contradicted", note=note, above=1e-3)


def of_cost(runs):
    """What a check costs beside backpropagation."""
    by_hand = runs.where(part="by hand")
    most = by_hand.values("parameters")[-1]
    return check(
        "Gradient checking is computationally very expensive.",
        f"losses computed, over the three that backpropagation is worth; {most:,} parameters",
        by_hand.stack("losses", "seed", bug="none", parameters=most) / 3,
        "×",
        above=most / 3,
        source=WEEK,
        note="Two losses for each parameter, so by construction.",
    )

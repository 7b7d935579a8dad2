"""What is said of normalizing inputs, held against the runs of `experiment.py`."""

import numpy as np

from dlkeras.findings import best_by_others, check, judge, judge_ratio

# Who says it.
LECTURE = "Course outline, week 1: “Normalizing inputs”"
LECUN = "LeCun et al. (1998), section 4.3"
THEORY = "Nesterov (2004), section 2.1"
LEAKING = "Hastie, Tibshirani and Friedman (2009), section 7.10.2"
ASKED = "Asked here"

MEASURED, CENTRED, SPREAD, NORMALIZED = "as measured", "mean 0", "spread 1", "normalized"
PLAIN = "gradient descent"


def steps_to_target(runs, **kind):
    """Steps at the rate that other seeds choose, infinite where the target is not reached, (seeds,)."""
    return best_by_others(runs.stack("steps", "rate", "seed", **kind))[1]


def by_condition(runs):
    """Condition numbers (stretches,), and steps at the best rate, (seeds, stretches)."""
    stretches = runs.values("stretch")
    conditions = [runs.values("condition", part="stretch", stretch=s)[0] for s in stretches]
    steps = [steps_to_target(runs, part="stretch", stretch=s) for s in stretches]
    return np.array(conditions), np.array(steps).T


def findings(runs):
    """Judges every statement by a measure: words for it, a number for each seed, its unit."""
    most = runs.values("most")[-1]
    conditions = {form: runs.values("condition", part="form", form=form)[0] for form in runs.values("form")}

    def over(statement, form, optimizer, **options):
        """Steps that a form needs, over those of normalized columns."""
        slow, quick = (
            steps_to_target(runs, part="form", form=own, optimizer=optimizer) for own in (form, NORMALIZED)
        )
        lost = np.isinf(slow).sum()
        note = f"Condition number {conditions[form]:.2g} instead of {conditions[NORMALIZED]:.2g}."
        note += f" {lost} runs never arrive and count as {most} steps: at least." * bool(lost)
        words = f"{optimizer}: steps to the target, columns {form} over normalized, each at its best rate"
        quick = np.where(np.isinf(quick), np.nan, quick)
        return judge_ratio(statement, words, np.fmin(slow, most), quick, note=note, **options)

    needs = "Normalizing inputs speeds up training."
    enough = "Subtracting the mean is enough."
    return [
        over(needs, MEASURED, PLAIN, above=10, source=LECTURE, promised="supported"),
        over(needs, MEASURED, "momentum", above=10, source=LECTURE),
        over(needs, MEASURED, "RMSprop", above=10, source=LECTURE),
        over(needs, MEASURED, "Adam", above=10, source=LECTURE),
        over(enough, CENTRED, PLAIN, below=1.5, source=ASKED, promised="contradicted"),
        over(enough, CENTRED, "Adam", below=1.5, source=ASKED),
        over("Dividing by the spread is enough.", SPREAD, PLAIN, below=1.5, source=LECUN),
        *of_rates(runs),
        *of_images(runs),
        *of_condition(runs),
        *of_statistics(runs),
        *of_hard_columns(runs),
    ]


def best_rates(runs, **kind):
    """The learning rate that other seeds choose, (seeds,); not a number where it does not arrive."""
    places, steps = best_by_others(runs.stack("steps", "rate", "seed", **kind))
    return np.where(np.isfinite(steps), np.array(runs.values("rate"))[places], np.nan)


def of_rates(runs):
    """How far the rate that suits moves, for optimizers that arrive on columns as measured."""
    found = []
    for optimizer in ("RMSprop", "Adam"):
        before, after = (
            best_rates(runs, part="form", form=form, optimizer=optimizer) for form in (MEASURED, NORMALIZED)
        )
        if np.isfinite(before).all() and np.isfinite(after).all():
            words = f"{optimizer}: best learning rate, normalized over as measured"
            statement = "The learning rate that suits depends on the scale of the columns."
            found += [judge_ratio(statement, words, after, before, above=1.5, source=ASKED)]
    return found


def of_images(runs):
    """Bytes of images, the same from 0 to 1, and each pixel normalized."""
    found = []
    for optimizer in runs.values("optimizer", part="image"):
        bytes_, unit, normalized = (
            steps_to_target(runs, part="image", image=image, optimizer=optimizer)
            for image in ("bytes", "over 255", "normalized")
        )
        for statement, form, ours, other in (
            ("Divide image bytes by 255.", "bytes over divided by 255", bytes_, unit),
            (
                "Dividing by 255 is as good as normalizing.",
                "divided by 255 over normalized",
                unit,
                normalized,
            ),
        ):
            claim = {"above": 1.2} if ours is bytes_ else {"below": 1.5}
            words = f"digits, {optimizer}: steps to the target, {form}, each at its best rate"
            ours, other = (np.where(np.isinf(steps), np.nan, steps) for steps in (ours, other))
            found += [judge_ratio(statement, words, ours, other, **claim, source=ASKED)]
    return found


def of_hard_columns(runs):
    """A wrong number, and a column that never changes."""
    spoils = "A single wrong number spoils normalizing."
    ways = {"spread": "by mean and spread", "quartiles": "by median and quartiles, clipped at 3"}
    return [
        *[
            judge(
                spoils,
                f"one number a thousand times too large, {way}: test accuracy lost",
                runs.stack(field, "seed", part="wrong number"),
                "points",
                above=0.5,
                source=ASKED,
            )
            for field, way in ways.items()
        ],
        check(
            "A constant column: the formula divides 0 by 0.",
            "share of the column that is not a number",
            runs.stack("formula", "seed", part="constant"),
            above=0.99,
            source=ASKED,
        ),
        check(
            "A constant column: Keras’ Normalization gives 0.",
            "largest size of a number in it",
            runs.stack("keras", "seed", part="constant"),
            below=1e-3,
            source=ASKED,
        ),
    ]


def of_condition(runs):
    """Whether steps go with the condition number."""
    conditions, steps = by_condition(runs)
    x = np.log(conditions) - np.log(conditions).mean()
    with np.errstate(invalid="ignore"):
        slopes = np.log(steps) @ x / (x @ x)
    return [
        judge(
            "Steps of gradient descent grow in proportion to the condition number.",
            "one column made larger: slope of log steps, at the best rate, by log condition number",
            slopes,
            "",
            above=0.75,
            source=THEORY,
            expected=1.0,
            note="Theory is for a quadratic cost, and for its lowest point; this target is reached before.",
        )
    ]


def of_statistics(runs):
    """Whose mean and spread normalize the test."""
    same = "Normalize the test by the mean and spread of the training."
    own = [
        judge(
            same,
            f"test size {count}, normalized by its own mean and spread: test accuracy lost",
            runs.stack("lost", "seed", part="own statistics", count=count),
            "points",
            above=1,
            source=LECTURE,
            **({"promised": "supported"} if count == 1 else {}),
        )
        for count in runs.values("count")
    ]
    leaks = [
        judge(
            "Statistics that include the test’s make it look too good.",
            f"{size} samples to train on: test accuracy with a leak, minus without",
            runs.stack("leaked", "seed", part="leak", size=size),
            "points",
            baseline=runs.stack("clean", "seed", part="leak", size=size),
            above=1,
            source=LEAKING,
            note="Labels do not leak. Do it right all the same: it costs nothing.",
        )
        for size in runs.values("size")
    ]
    units = judge(
        same,
        "one column in a unit a thousand times smaller: test accuracy lost",
        runs.stack("lost", "seed", part="other units"),
        "points",
        above=5,
        source=ASKED,
        promised="supported",
    )
    return [*own, units, *leaks]

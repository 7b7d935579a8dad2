"""What is said of batch normalization, held against the runs of `experiment.py`."""

import numpy as np

from dlkeras.findings import best_by_others, check, judge, judge_ratio

# Who says it.
OUTLINE = "Course outline, week 3: “Normalizing activations in a network”"
WHY = "Course outline, week 3: “Why does Batch Norm work?”"
REGULARIZES = "Course outline, week 3: “Batch Norm as regularization”"
IOFFE = "Ioffe and Szegedy (2015)"
SANTURKAR = "Santurkar et al. (2018), section 2"
ASKED = "Asked here"


def by_rate(runs, stack, place):
    """Epochs to the target, infinite where it is not reached, (rates, seeds)."""
    return runs.stack("epochs", "rate", "seed", part="speed", stack=stack, place=place)


def largest_rate(runs, stack, place):
    """The largest rate at which a seed gets to the target; NaN if there is none, (seeds,)."""
    rates = np.array(runs.values("rate", part="speed", stack=stack))[:, None]
    found = np.where(np.isfinite(by_rate(runs, stack, place)), rates, 0).max(axis=0)
    return np.where(found > 0, found, np.nan)


def small(runs, batch_size, place):
    """Test accuracy after training on few images, at the rate that other seeds choose, (seeds,)."""
    right = runs.stack("test_accuracy", "rate", "seed", part="small", batch_size=batch_size, place=place)
    return 1 - best_by_others(1 - right)[1]


def accuracy_by(runs, after, field):
    """Test accuracy by the averages or by batches, (seeds,)."""
    return runs.stack(field, "seed", part="test", after=after)


def findings(runs):
    """Judges every statement by a measure: words for it, a number for each seed, its unit."""
    return [*of_the_layer(runs), *of_speed(runs), *of_tests(runs), *of_reasons(runs)]


def of_the_layer(runs):
    """What must hold of the layer and of the one before it."""
    own = runs.where(part="invariance")
    return [
        check(
            "Written out, the layer is that of Keras.",
            "largest difference of an output",
            own.stack("keras", "seed"),
            below=1e-4,
            source=IOFFE,
        ),
        check(
            "The bias before it does nothing.",
            "largest gradient for a bias, over the largest for a weight",
            own.stack("bias", "seed"),
            below=1e-4,
            source=OUTLINE,
        ),
        check(
            "The size of the weights before it does nothing.",
            "weights ten times as large: largest change of an output",
            own.stack("scaled", "seed"),
            below=1e-3,
            source=IOFFE,
        ),
        check(
            "So their gradient is at a right angle to them.",
            "largest cosine of a unit’s weights with their gradient, up or down",
            own.stack("cosine", "seed"),
            below=1e-3,
            source=IOFFE,
        ),
    ]


def of_speed(runs):
    """Epochs to the target and the largest rate, without over with."""
    last, found = runs.values("last")[-1], []
    for stack in runs.values("stack"):
        slow, quick, behind = (
            best_by_others(by_rate(runs, stack, place))[1] for place in ("without", "before", "behind")
        )
        lost = np.isinf(slow).sum()
        note = f"{lost} runs without it never arrive and count as {last} epochs: at least." * bool(lost)
        quick = np.where(np.isinf(quick), np.nan, quick)
        found += [
            judge_ratio(
                "It speeds up learning.",
                f"{stack}: epochs to the target, without over with, each at its best rate",
                np.fmin(slow, last),
                quick,
                above=1.2,
                source=OUTLINE,
                note=note,
            )
        ]
        rates = [largest_rate(runs, stack, place) for place in ("before", "without")]
        if np.isfinite(rates).all():
            found += [
                judge_ratio(
                    "It allows larger learning rates.",
                    f"{stack}: largest rate that gets to the target, with over without",
                    *rates,
                    above=2,
                    source=IOFFE,
                )
            ]
        found += [
            judge_ratio(
                "It belongs before the activation.",
                f"{stack}: epochs to the target, behind over before, each at its best rate",
                np.fmin(behind, last),
                quick,
                above=1.1,
                source=OUTLINE,
            )
        ]
    return found


def of_tests(runs):
    """What statistics a test is to take."""
    first, later = runs.values("after")
    averages = "In a test, use the averages from training."

    def lost(statement, after, field, **options):
        time = f"after {after} epoch{'s' * (after > 1)}"
        words = f"{time}: test accuracy by the averages minus by {field.replace('_', ' ')}"
        ours = accuracy_by(runs, after, "averages")
        claim = {"above": -0.02, "source": OUTLINE} | options
        return judge(statement, words, ours, "share", baseline=accuracy_by(runs, after, field), **claim)

    return [
        lost(averages, first, "batches_of_64", note="Averages of momentum 0.99 remember some hundred steps."),
        lost(averages, later, "batches_of_64"),
        lost("A test needs a batch no smaller than the training’s.", later, "batches_of_2", above=0.1),
    ]


def of_reasons(runs):
    """Regularization, and what is said to be the reason."""
    sizes = runs.values("batch_size")
    gains = {size: small(runs, size, "before") - small(runs, size, "without") for size in sizes}
    moved, changed = (
        [runs.stack(field, "seed", part="follow", place=place) for place in ("before", "without")]
        for field in ("moved", "changed")
    )
    covariate = "It helps because what comes into a layer moves less."
    return [
        *[
            judge(
                "It regularizes a little.",
                f"320 images, batches of {size}: test accuracy gained, each at its best rate",
                100 * gain,
                "points",
                above=0,
                source=REGULARIZES,
            )
            for size, gain in gains.items()
        ],
        judge(
            "It regularizes more with smaller batches.",
            f"320 images: test accuracy gained with batches of {sizes[0]}, minus of {sizes[-1]}",
            100 * gains[sizes[0]],
            "points",
            baseline=100 * gains[sizes[-1]],
            above=0,
            source=REGULARIZES,
        ),
        judge_ratio(
            covariate,
            "ReLU, depth 5, equal rates: how far means move in a step, over the spread, with over without",
            *moved,
            below=0.8,
            source=WHY,
        ),
        judge_ratio(
            covariate,
            "the same: how much its gradient changes by the steps of the layers before, with over without",
            *changed,
            below=0.8,
            source=SANTURKAR,
        ),
    ]

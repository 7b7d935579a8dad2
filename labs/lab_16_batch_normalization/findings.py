"""What is said of batch normalization, held against the runs of `experiment.py`."""

import numpy as np
from measures import accuracy_by, by_rate, followed, largest_rate, small

from dlkeras.findings import best_by_others, check, judge, judge_ratio, judge_share

# Who says it.
OUTLINE = "Course outline, week 3: “Normalizing activations in a network”"
WHY = "Course outline, week 3: “Why does Batch Norm work?”"
REGULARIZES = "Course outline, week 3: “Batch Norm as regularization”"
IOFFE = "Ioffe and Szegedy (2015)"
SANTURKAR = "Santurkar et al. (2018), section 2"
ASKED = "Asked here"


def findings(runs):
    """Judges every statement by a measure: words for it, a number for each seed, its unit."""
    return [
        *of_the_layer(runs),
        *of_speed(runs),
        *of_depth(runs),
        *of_tests(runs),
        *of_regularization(runs),
        *of_reasons(runs),
    ]


def of_the_layer(runs):
    """What must hold of the layer and of the one before it."""
    own = runs.where(part="invariance")
    must_hold = [
        ("Written out, the layer is that of Keras.", "largest difference of an output", "keras", 1e-4, IOFFE),
        (
            "The bias before it does nothing.",
            *("largest gradient for a bias, over the largest for a weight", "bias", 1e-4, OUTLINE),
        ),
        (
            "The size of the weights before it does nothing.",
            *("weights ten times as large: largest change of an output", "scaled", 1e-3, IOFFE),
        ),
        (
            "So their gradient is at a right angle to them.",
            *("largest cosine of a unit’s weights with their gradient, up or down", "cosine", 1e-3, IOFFE),
        ),
        (
            "A training batch of one sample leaves nothing of it: the output is β.",
            *("largest size of an output, at β = 0", "single", 1e-3, IOFFE),
        ),
    ]
    return [
        check(statement, words, own.stack(field, "seed"), below=limit, source=source)
        for statement, words, field, limit, source in must_hold
    ]


def of_speed(runs):
    """Epochs to the target and the largest rate, without over with."""
    last, found = runs.values("last")[-1], []
    for stack in runs.values("stack", place="behind"):
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


def of_depth(runs):
    """Whether deep stacks get to the target, with and without."""
    found = []
    for stack in runs.values("stack", place="before"):
        if stack in runs.values("stack", place="behind"):
            continue
        for place, words in (("before", "with"), ("without", "without")):
            arrived = np.isfinite(best_by_others(by_rate(runs, stack, place))[1])
            found += [
                judge_share(
                    f"Deep stacks train {words} it.",
                    f"{stack}, {words} it: seeds that get to the target, at the best rate",
                    arrived,
                    above=0.5,
                    source=IOFFE if place == "before" else ASKED,
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
        judge(
            averages,
            "brighter test images: accuracy by the averages minus by batches of 64",
            accuracy_by(runs, later, "brighter_averages"),
            "share",
            baseline=accuracy_by(runs, later, "brighter_batches_of_64"),
            above=-0.02,
            source=OUTLINE,
            note="What moves all images alike, a batch’s own means take away.",
        ),
    ]


def of_regularization(runs):
    """What new images gain, by batch size."""
    sizes = runs.values("batch_size")
    gains = {size: small(runs, size, "before") - small(runs, size, "without") for size in sizes}
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
    ]


def of_reasons(runs):
    """What is said to be the reason."""
    first = runs.values("stack", place="noise")[0]
    plain, noisy = (best_by_others(by_rate(runs, first, place))[1] for place in ("without", "noise"))
    last = runs.values("last")[-1]
    covariate = "It helps because what comes into a layer moves less."
    return [
        judge_ratio(
            covariate,
            "ReLU, depth 5, equal rates: how far means move in a step, over the spread, with over without",
            followed(runs, "moved", "before"),
            followed(runs, "moved", "without"),
            below=0.8,
            source=WHY,
        ),
        judge_ratio(
            covariate,
            "the same: how much its gradient changes by the steps of the layers before, with over without",
            followed(runs, "changed", "before"),
            followed(runs, "changed", "without"),
            below=0.8,
            source=SANTURKAR,
        ),
        judge_ratio(
            "Noise behind it makes what comes into a layer move more than without it …",
            "ReLU, depth 5: how far means move, with it and noise over without both",
            followed(runs, "moved", "noise"),
            followed(runs, "moved", "without"),
            above=1.5,
            source=SANTURKAR,
        ),
        judge_ratio(
            "… and it speeds up learning all the same.",
            f"{first}: epochs to the target, without over with it and noise, at the best rates without noise",
            np.fmin(plain, last),
            np.where(np.isinf(noisy), np.nan, noisy),
            above=1.2,
            source=SANTURKAR,
            note=f"{np.isinf(plain).sum()} runs without never arrive and count as {last} epochs: at least.",
        ),
    ]

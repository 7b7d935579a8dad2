"""What is said of bias, variance and regularization, held against the runs of `experiment.py`."""

import numpy as np
from scipy.special import softmax

from dlkeras.findings import best_by_others, check, judge, judge_ratio

# Who says it.
RECIPE = "Course outline, week 1: “Basic recipe for machine learning”"
L2 = "Course outline, week 1: “How does regularization prevent overfitting?”"
INVERTED = "Course outline, week 1: “Inverted dropout”"
WHY = "Course outline, week 1: “Can’t rely on any one feature, so have to spread out weights”"
OTHER = "Course outline, week 1: “Other regularization methods”"
DECOUPLED = "Loshchilov and Hutter (2019), section 2"
NAKKIRAN = "Nakkiran (2019)"


def bias_and_variance(runs, **kind):
    """Squared bias and variance of the probabilities on new images, by seed, (2, seeds).

    Each network saw other images. Its variance is its squared distance from the mean of the others, less what
    that mean owes to chance; its bias is taken against the others too, so that both are without a bias of
    their own: their means over seeds are those of the population of networks.
    """
    logits, labels = (runs.stack(field, "seed", part="own", **kind) for field in ("logits", "labels_test"))
    said = softmax(np.float64(logits), axis=-1)  # (seeds, images, classes)
    off = said - np.eye(said.shape[-1])[labels[0]]
    n = len(off)
    of_others = (off.sum(axis=0) - off) / max(n - 1, 1)
    bias = (off * of_others).sum(axis=-1).mean(axis=-1)
    variance = (off * (off - of_others)).sum(axis=-1).mean(axis=-1)
    return np.array([bias, variance])


def with_way(runs, way, field, strength=None):
    """What was measured with a way against overfitting, (seeds,), or (strengths, seeds)."""
    if strength is None:
        return runs.stack(field, "strength", "seed", part="with", way=way)
    return runs.stack(field, "seed", part="with", way=way, strength=strength)


def error_with(runs, way):
    """Test error in %, at the strength that other seeds choose, (seeds,)."""
    right = with_way(runs, way, "val_accuracy")[..., -1]
    return best_by_others(100 * (1 - right))[1]


def findings(runs):
    """Judges every statement by a measure: words for it, a number for each seed, its unit."""
    return [*of_the_recipe(runs), *of_l2(runs), *of_dropout(runs), *of_gains(runs)]


def of_the_recipe(runs):
    """A bigger network, and more data."""
    widths, few = runs.values("width"), runs.values("samples")[0]
    narrow, wide, found = widths[0], widths[-1], []
    hurts = "A bigger network lowers bias without hurting variance."
    for labels, penalty in (("clean", 0.0), ("noisy", 0.0), ("noisy", 0.01)):
        kind = {"labels": labels, "penalty": penalty, "samples": few}
        small, big = (bias_and_variance(runs, width=width, **kind) for width in (narrow, wide))
        words = f"{labels} labels{', L2' * bool(penalty)}, {wide} units over {narrow}"
        found += [
            judge_ratio(hurts, f"{words}: squared bias", big[0], small[0], below=0.9, source=RECIPE),
            judge_ratio(hurts, f"{words}: variance", big[1], small[1], below=1.1, source=RECIPE),
        ]
    for width in widths:
        kind = {"width": width, "labels": "noisy", "penalty": 0.0}
        less, more = (bias_and_variance(runs, samples=n, **kind)[1] for n in (few, 960))
        found += [
            judge_ratio(
                "More data lowers variance.",
                f"noisy labels, {width} units: variance with 960 images over {few}",
                more,
                less,
                below=0.9,
                source=NAKKIRAN if width != narrow else RECIPE,
            )
        ]
    return found


def of_l2(runs):
    """L2 in the loss, and weights that decay on their own."""
    penalties = runs.values("strength", part="with", way="L2")
    strong = penalties[-1]
    norm, without = (with_way(runs, "L2", "norm", p) for p in (strong, 0.0))

    def gap(penalty):
        seen, new = (with_way(runs, "L2", f, penalty)[:, -1] for f in ("accuracy", "val_accuracy"))
        return 100 * (seen - new)

    def apart(optimizer, penalty):
        return runs.stack("apart", "seed", part="decay", optimizer=optimizer, penalty=penalty)

    middle = runs.values("penalty", part="decay")[0]
    l2, decay = (
        best_by_others(100 * (1 - runs.stack(way, "penalty", "seed", part="decay", optimizer="Adam")))[1]
        for way in ("L2", "decay")
    )
    same = "L2 in the loss and weight decay are the same."
    return [
        judge_ratio(
            "L2 shrinks the Frobenius norm.",
            f"norm of the kernels, with a penalty of {strong:g} over without",
            norm,
            without,
            below=0.8,
            source=L2,
            promised="supported",
        ),
        judge(
            "L2 narrows the gap between training and test.",
            f"training less test accuracy, with {strong:g} minus without",
            gap(strong),
            "points",
            baseline=gap(0.0),
            below=-0.5,
            source=L2,
        ),
        check(
            "For plain gradient descent, L2 in the loss and weight decay are the same.",
            f"SGD, {middle:g}: largest difference of a weight, over the largest",
            apart("SGD", middle),
            below=0.01,
            source=DECOUPLED,
        ),
        judge(
            same,
            f"Adam, {middle:g}: largest difference of a weight, over the largest",
            apart("Adam", middle),
            "share",
            below=0.01,
            source=L2,
            promised="contradicted",
        ),
        judge(
            "With Adam, weight decay is better than L2.",
            "test error, L2 minus decay, each at its best strength",
            l2,
            "points",
            baseline=decay,
            above=0,
            source=DECOUPLED,
        ),
    ]


def of_dropout(runs):
    """What dropout does to expectations, to single units and to weights."""
    found = []
    unchanged = "Inverted dropout leaves the expected activation unchanged."
    for keep in runs.values("keep"):
        kind = {"part": "expectation", "keep": keep}
        found += [
            judge_ratio(
                unchanged,
                f"keep {keep}: {words}, with over without",
                runs.stack(field, "seed", **kind),
                **limit,
                source=INVERTED,
            )
            for words, field, limit in (
                ("the sum that it feeds", "sum", {"below": 1.02, "expected": 1.0}),
                ("behind the ReLU of that sum", "behind", {"below": 1.02}),
            )
        ]
    return [
        *found,
        judge(
            "With dropout a network cannot rely on any one feature.",
            "test accuracy with half of the hidden units taken away, rate 0.5 minus without dropout",
            100 * with_way(runs, "dropout", "with_half", 0.5),
            "points",
            baseline=100 * with_way(runs, "L2", "with_half", 0.0),
            above=1,
            source=WHY,
        ),
        *[
            judge_ratio(
                statement,
                f"{words}, rate 0.5 over without dropout",
                with_way(runs, "dropout", field, 0.5),
                with_way(runs, "L2", field, 0.0),
                **limit,
                source=WHY,
            )
            for statement, words, field, limit in (
                ("So a logit relies on more units.", "effective number of units", "units", {"above": 1.05}),
                (
                    "So it spreads out weights.",
                    "effective number of inputs of a unit",
                    "inputs",
                    {"above": 1.02},
                ),
                ("So it shrinks the norm of the weights.", "norm of the kernels", "norm", {"below": 0.95}),
            )
        ],
    ]


def of_gains(runs):
    """What each way gains on new images."""
    without = 100 * (1 - with_way(runs, "L2", "val_accuracy", 0.0)[:, -1])
    by_epoch = 100 * (1 - with_way(runs, "L2", "val_accuracy", 0.0))  # (seeds, epochs)
    stopped = best_by_others(by_epoch.T)[1]
    ways = {"L2": error_with(runs, "L2"), "dropout": error_with(runs, "dropout")}
    ways |= {"images shifted by a pixel": error_with(runs, "shifts"), "an early end": stopped}
    return [
        judge(
            f"Against overfitting: {way}.",
            "test error without, minus with, at the best strength",
            without,
            "points",
            baseline=error,
            above=0.2,
            source=OTHER,
            note=f"In the median {np.median(error):.1f} % instead of {np.median(without):.1f} %.",
        )
        for way, error in ways.items()
    ]

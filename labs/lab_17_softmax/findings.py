"""What is said of softmax, held against the runs of `experiment.py`."""

import numpy as np
from calibration import calibrations

from dlkeras.findings import best_by_others, check, judge, judge_ratio

# Who says it.
SUMMARY = "Course notes: summary of activation functions"
OUTLINE = "Course outline, week 3: “Softmax regression”"
BISHOP = "Bishop (2006), section 4.3.4"
KERAS = "Keras’ reference: SparseCategoricalCrossentropy"
GUO = "Guo et al. (2017), sections 2 and 4.2"
GOLIK = "Golik, Doetsch and Ney (2013), section 3"
ASKED = "Asked here"


def epochs_to_target(runs, loss, start):
    """Epochs until the target at the rate that other seeds choose, infinite if not reached, (seeds,)."""
    return best_by_others(runs.stack("epochs", "rate", "seed", part="loss", loss=loss, start=start))[1]


def findings(runs):
    """Judges every statement by a measure: words for it, a number for each seed, its unit."""
    return [*of_equations(runs), *of_logits(runs), *of_losses(runs), *of_probabilities(runs)]


def of_equations(runs):
    """What must hold of softmax, and what two classes have to do with logistic regression."""
    rows, two = runs.where(part="rows"), runs.where(part="two classes")
    linear, bent = (runs.stack("crossed", "seed", part="regions", hidden=h) for h in runs.values("hidden"))
    firsts = [
        check(
            f"Not so: {run['precision']} overflows once a logit is above ln of its largest number.",
            "first whole logit whose softmax is not a number, from the next whole one above theory",
            [abs(run["first"] - np.ceil(run["theory"]))],
            below=0.5,
            source=BISHOP,
            note=f"From {run['first']:.0f} on; in theory above {run['theory']:.2f}.",
        )
        for run in runs.where(part="overflow")
    ]
    segments = "share of segments between points of a class that leave it on the way; three spirals"
    return [
        check(
            "Rows of softmax are probabilities: they add up to 1.",
            "largest distance of a sum from 1; 1,000 rows of ten",
            rows.stack("sum", "seed"),
            below=1e-5,
            source=SUMMARY,
        ),
        check(
            "A constant added to all logits changes nothing.",
            "largest change of a probability when 100 is added",
            rows.stack("moved", "seed"),
            below=1e-4,
            source=BISHOP,
            note="Adding 100 rounds the logits themselves to 4e-6.",
        ),
        *firsts,
        check(
            "With the largest logit subtracted, softmax never overflows.",
            "logits of 10,000, in three precisions: largest distance from the exact value",
            runs.stack("off", "precision", part="overflow"),
            below=1e-6,
            source=BISHOP,
        ),
        check(
            "Two-class softmax at a rate is logistic regression at twice the rate, with half the L2.",
            "largest difference of a weight after training, over the largest weight",
            two.stack("halved", "seed"),
            below=1e-3,
            source=OUTLINE,
        ),
        judge(
            "With two classes, softmax regression is logistic regression.",
            "largest difference of a weight after training at equal rates and L2, over the largest weight",
            two.stack("same", "seed"),
            "share",
            below=0.01,
            source=OUTLINE,
            promised="contradicted",
            note="Only with twice the rate and half the penalty: see the checks.",
        ),
        check(
            "Without a hidden layer, borders between classes are straight.",
            segments,
            linear,
            below=0.001,
            source=OUTLINE,
        ),
        judge(
            "With a hidden layer, they need not be.",
            segments,
            bent,
            "share",
            above=0.05,
            source=OUTLINE,
            promised="supported",
        ),
    ]


def of_logits(runs):
    """Whether the loss needs logits."""
    large = runs.values("scale", part="between")[-1]
    arms = {b: runs.stack("accuracy", "seed", part="between", scale=large, between=b)[:, -1] for b in BETWEEN}
    gaps = {run["way"]: run["gradient_by_gap"] for run in runs.where(part="gap")}
    needed = "Give the loss logits, with `from_logits=True`, for numerical stability."

    def gained(between, **options):
        words = f"last kernel starts {large:g} times too large: training accuracy, logits minus {between}"
        measured = (arms["logits"], "share")
        return judge(needed, words, *measured, baseline=arms[between], source=KERAS, **options)

    return [
        gained("Keras’ softmax", above=0.01, note="Keras’ losses find the logits behind Keras’ softmax."),
        gained("own softmax", above=0.01, note="Probabilities that round to 0 have no gradient."),
        check(
            "Keras’ softmax keeps the gradient of a wrong answer, however sure it is.",
            "gradient for the logit of the wrong class, 100 ahead",
            [gaps["Keras’ softmax"][100]],
            above=0.99,
            source=KERAS,
        ),
        check(
            "Of probabilities alone the gradient is lost.",
            "gradient for the logit of the wrong class, 30 ahead, softmax written out",
            [gaps["own softmax"][30]],
            below=1e-6,
            source=KERAS,
        ),
    ]


BETWEEN = ("logits", "Keras’ softmax", "own softmax")


def of_losses(runs):
    """Cross-entropy against squared error, each at its best rate."""

    def slower(statement, start, words, source, **options):
        ours, theirs = (epochs_to_target(runs, loss, start) for loss in ("mse", "categorical_crossentropy"))
        last = runs.values("last_epoch")[-1]
        lost = np.isinf(ours).sum()
        note = f"{lost} runs with squared error never arrive and count as {last} epochs: at least."
        words = f"{words}: epochs to the target, squared error over cross-entropy, each at its best rate"
        ours, theirs = np.fmin(ours, last), np.where(np.isinf(theirs), np.nan, theirs)
        return judge_ratio(
            statement, words, ours, theirs, source=source, note=note if lost else "", **options
        )

    return [
        slower(
            "Cross-entropy learns sooner than squared error.",
            "Glorot",
            "first weights by Glorot",
            GOLIK,
            above=1.1,
        ),
        slower(
            "Squared error does not get away from an answer that is sure and wrong.",
            "wrong",
            "all start sure of the first class",
            GOLIK,
            above=1.5,
        ),
    ]


def of_probabilities(runs):
    """Whether a probability means what it says."""
    over, mended, plain_cost, mended_cost = calibrations(runs)
    after = runs.values("after")
    early = int(np.median(plain_cost, axis=1).argmin())
    return [
        judge(
            "Softmax gives the probabilities of the classes.",
            f"new images, after {after[-1]} epochs: mean confidence less accuracy",
            100 * over[-1],
            "points",
            below=1,
            source=SUMMARY,
            note=f"After {after[early]} epochs, at the lowest cost: {100 * np.median(over[early]):.1f}.",
        ),
        judge(
            "The longer the training, the more sure of itself a network is.",
            f"confidence less accuracy on new images, {after[-1]} epochs minus {after[early]}",
            100 * over[-1],
            "points",
            baseline=100 * over[early],
            above=1,
            source=GUO,
        ),
        judge(
            "One temperature for all logits mends it.",
            f"new images, after {after[-1]} epochs, with a temperature: mean confidence less accuracy",
            100 * mended[-1],
            "points",
            below=1,
            source=GUO,
            note="Found on one half of the images for the other, and the other way round.",
        ),
        judge_ratio(
            "One temperature for all logits mends it.",
            f"cost on new images after {after[-1]} epochs, with a temperature over without",
            mended_cost[-1],
            plain_cost[-1],
            below=0.95,
            source=GUO,
        ),
    ]

"""Lab 19: why a network does not learn."""

from fractions import Fraction

import numpy as np

from dlkeras.learn.exercise import Exercise
from dlkeras.learn.solutions.lab_19 import cost_of_guessing, dead_share, skill


def _layer(draw):
    A = np.maximum(draw.normal(draw.dim(), draw.dim() + draw.size // 2), 0)
    return (A * (draw.rng.uniform(size=A.shape[1]) < 0.6),)  # the others are dead, whatever comes in


def _dead_by_unit(A):
    return float(Fraction(sum(not any(unit) for unit in A.T), A.shape[1]))


def _answers(draw):
    classes = 2 + draw.dim() // 3
    rest = draw.rng.integers(0, classes, 2 * draw.size) * (draw.rng.uniform(size=2 * draw.size) < 0.5)
    labels = draw.rng.permutation(np.concatenate([np.arange(classes), rest]))  # class 0 is frequent
    guessed = draw.rng.integers(0, classes, len(labels))
    return labels, np.where(draw.rng.uniform(size=len(labels)) < 0.6, labels, guessed)


def _skill_by_counting(labels, predictions):
    pairs = list(zip(labels.tolist(), predictions.tolist(), strict=True))
    classes = set(labels.tolist())
    recalls = [Fraction(pairs.count((k, k)), labels.tolist().count(k)) for k in classes]
    return float((sum(recalls) - 1) / (len(classes) - 1))


EXERCISES = [
    Exercise(
        cost_of_guessing,
        lambda draw: (1 + draw.size * (1000 if draw.extreme else 1),),
        lambda classes: sum(-np.log(1 / classes) / classes for _ in range(classes)),
        "losses",
        ("`np.log` is the natural logarithm.", "`np.log(classes)`; ten classes cost 2.3."),
        {
            "This is the logarithm of base 2.": ("np.log(", "np.log2("),
            "This is the logarithm of base 10.": ("np.log(", "np.log10("),
            "This is the probability, not its cost.": ("np.log(classes)", "1 / classes"),
            "This is the share of errors of a guess, not its cross-entropy.": (
                "np.log(classes)",
                "1 - 1 / classes",
            ),
            "The sign is lost: -ln of a probability is above 0.": ("np.log(classes)", "np.log(1 / classes)"),
            "A mean over the classes is taken twice.": ("np.log(classes)", "np.log(classes) / classes"),
        },
    ),
    Exercise(
        dead_share,
        _layer,
        _dead_by_unit,
        "found",
        (
            "`A == 0` is an array of True and False, of the shape of A.",
            "`np.all(..., axis=0)` asks it of all samples of a unit; the mean of True and False is a share.",
        ),
        {
            "This is the share of zeros: a unit that is 0 for some samples is alive.": (
                "np.all(A == 0, axis=0)",
                "A == 0",
            ),
            "This asks each sample whether all units are 0.": ("axis=0", "axis=1"),
            "A unit is dead if it is 0 for all samples, not for any.": ("np.all(", "np.any("),
            "This is the number of dead units, not their share.": ("np.mean(", "np.sum("),
            "This is the share of units that live.": ("np.all(A == 0, axis=0)", "np.any(A > 0, axis=0)"),
            "This is the share of units that are never 0.": ("A == 0", "A != 0"),
        },
    ),
    Exercise(
        skill,
        _answers,
        _skill_by_counting,
        "gains",
        (
            "`predictions[labels == k]` are the answers to the samples of class k.",
            "Take the recall of each class of `np.unique(labels)`, then their mean, then move it: 1/K to 0.",
        ),
        {
            "This is of the accuracy: a rare class counts as little as it has samples.": (
                "np.mean(recalls)",
                "np.mean(predictions == labels)",
            ),
            "This is the mean recall, which does not begin at 0.": (
                "(np.mean(recalls) - chance) / (1 - chance)",
                "np.mean(recalls)",
            ),
            "It is not divided by 1 - 1/K, so that right answers do not come to 1.": (
                " / (1 - chance)",
                "",
            ),
            "Chance is 1 over the number of classes, not of samples.": ("len(classes)", "len(labels)"),
            "The recalls are added up, without a mean.": ("np.mean(recalls)", "np.sum(recalls)"),
            "These are the errors of each class.": ("[labels == k] == k", "[labels == k] != k"),
            "This is the worst class alone.": ("np.mean(recalls)", "np.min(recalls)"),
        },
    ),
]

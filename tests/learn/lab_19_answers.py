"""Lab 19: mistakes, as pieces of our solutions replaced, and right answers of other forms."""

import math

import numpy as np
from scipy import stats
from sklearn import metrics


def guess_by_entropy(classes):
    return stats.entropy(np.ones(classes))


def dead_by_loop(A):
    count = 0
    for j in range(A.shape[1]):
        if all(a == 0 for a in A[:, j]):
            count += 1
    return count / A.shape[1]


def skill_by_sklearn(labels, predictions):
    return metrics.balanced_accuracy_score(labels, predictions, adjusted=True)


def skill_by_table(labels, predictions):
    size = max(labels.max(), predictions.max()) + 1
    table = np.zeros((size, size))
    np.add.at(table, (labels, predictions), 1)
    there = table.sum(axis=1) > 0
    recalls = np.diag(table)[there] / table.sum(axis=1)[there]
    return np.float32((recalls.sum() - 1) / (there.sum() - 1))


def skill_by_weights(labels, predictions):
    _, place, counts = np.unique(labels, return_inverse=True, return_counts=True)
    k = len(counts)
    r = np.average(predictions == labels, weights=1 / counts[place])
    return (k * r - 1) / (k - 1)


ANSWERS = {
    "cost_of_guessing": (
        [("np.log(", "np.log1p("), ("np.log(classes)", "classes")],
        [guess_by_entropy, lambda classes: -math.log(1 / classes), lambda k: np.float32(np.log(k))],
    ),
    "dead_share": (
        [("A == 0", "A < 1"), ("np.mean(", "np.max("), ("np.mean(", "1 - np.mean(")],
        [
            dead_by_loop,
            lambda A: np.mean(A.max(axis=0) <= 0),
            lambda A: 1 - np.count_nonzero(A.sum(0)) / A.shape[1],
        ],
    ),
    "skill": (
        [("np.mean(recalls)", "np.max(recalls)"), ("1 / len(classes)", "1 / (1 + len(classes))")],
        [skill_by_sklearn, skill_by_table, skill_by_weights],
    ),
}

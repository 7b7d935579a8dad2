"""Lab 6: what helps where the training error is low and the test error is not."""

import numpy as np

from dlkeras import scratch
from dlkeras.learn.exercise import Exercise
from dlkeras.learn.solutions.lab_06 import (
    bias_and_variance,
    decay_step,
    dropout_backward,
    inverted_dropout,
    l2_gradient,
    l2_penalty,
)


def _layers(draw):
    count = 1 + draw.size // 3
    return [draw.normal(draw.dim(), draw.dim()) for _ in range(count)], draw.number(0.1, 3), 2 + draw.dim()


def _penalty_by_scratch(weights, lambd, m):
    return scratch.frobenius({f"W{i}": W for i, W in enumerate(weights)}, lambd, m)[0]


def _one_layer(draw):
    shape = draw.dim(), draw.dim()
    return draw.normal(*shape), draw.normal(*shape), draw.number(0.1, 3), 2 + draw.dim()


def _gradient_by_differences(dW, W, lambd, m):
    def penalty(change):
        return scratch.frobenius({"W": W + change}, lambd, m)[0]

    found, step = dW.copy(), 1e-4
    for at in np.ndindex(W.shape):
        aside = np.zeros(W.shape)
        aside[at] = step
        found[at] += (penalty(aside) - penalty(-aside)) / (2 * step)
    return found


def _decay_inputs(draw):
    dW, W, lambd, m = _one_layer(draw)
    return W, dW, draw.number(0.1, 1), lambd, m


def _decayed(W, dW, rate, lambd, m):
    return W - rate * _gradient_by_differences(dW, W, lambd, m)


def _activations(draw):
    shape = 40 * (1 + draw.size % 3), 40 * (1 + draw.size % 4)
    A = draw.rng.normal(1, 0.1, shape)
    return A, [0.8, 0.5, 1.0, 0.3][draw.size % 4], draw.generator()


def _observe_dropout(function, A, keep_prob, rng):
    """Shares, which are as random as they are, in steps; factors to the last digit."""
    before = A.copy()
    found, D = function(A, keep_prob, rng)
    kept, mask = np.asarray(found) != 0, np.asarray(D) * 1.0
    factors = np.unique(np.round(np.where(kept, found, before / keep_prob) / before, 4))
    rows, columns = np.ptp(kept.mean(axis=1)), np.ptp(kept.mean(axis=0))
    return {
        "shape": np.shape(found),
        "share that is kept": round(float(kept.mean()) * 10) / 10,
        "least and largest factor of the kept": [factors.min(), factors.max()],
        "D is 1 where a unit is kept": str(np.array_equal(mask, kept * 1.0)),
        "units and samples have masks of their own": str(keep_prob == 1 or 0 < max(rows, columns) < 0.7),
        "a second call draws anew": str(
            keep_prob == 1
            or not np.array_equal(np.asarray(function(before.copy(), keep_prob, rng)[1]) * 1.0, mask)
        ),
    }


def _dropout_expected(A, keep_prob, rng):
    return {
        "shape": A.shape,
        "share that is kept": keep_prob,
        "least and largest factor of the kept": [1 / keep_prob] * 2,
        "D is 1 where a unit is kept": "True",
        "units and samples have masks of their own": "True",
        "a second call draws anew": "True",
    }


def _mask_inputs(draw):
    shape = draw.dim(), draw.dim()
    return draw.normal(*shape), (draw.rng.random(shape) < 0.6) * 1.0, [0.8, 0.5, 0.25][draw.size % 3]


def _answers(draw):
    networks, samples = draw.dim(), draw.dim()
    return draw.normal(networks, samples), draw.normal(samples, scale=2)


def _taken_apart(answers, truth):
    bias = variance = 0.0
    for column, right in zip(answers.T, truth, strict=True):
        middle = sum(column) / len(column)
        bias += (middle - right) ** 2 / len(truth)
        variance += sum((own - middle) ** 2 for own in column) / answers.size
    return bias, variance


EXERCISES = [
    Exercise(
        l2_penalty,
        _layers,
        _penalty_by_scratch,
        "norm",
        ("`np.sum(W**2)` is the squared Frobenius norm of one layer.", "Add up the layers, then λ / (2m)."),
        {
            "The 2 below is missing: λ / (2m).": ("(2 * m)", "m"),
            "This is times m, not over m: `a / 2 * m` is (a / 2) · m.": ("(2 * m)", "2 * m"),
            "These are norms, not their squares.": ("np.sum(W**2)", "np.sqrt(np.sum(W**2))"),
            "This is L1: sizes, not squares.": ("W**2", "np.abs(W)"),
            "These are means of squares, not sums.": ("np.sum(W**2)", "np.mean(W**2)"),
            "Only the last layer is penalized.": ("for W in weights", "for W in weights[-1:]"),
        },
    ),
    Exercise(
        l2_gradient,
        _one_layer,
        _gradient_by_differences,
        "strength",
        ("One line.", "The 2 of the square and the 1/2 of the penalty cancel."),
        {
            "The 1/2 has gone already: it is λ/m, not λ/(2m).": ("lambd / m", "lambd / (2 * m)"),
            "The penalty's gradient is added, not subtracted.": ("dW + lambd", "dW - lambd"),
            "This is the penalty's part alone.": ("dW + lambd", "lambd"),
            "The 1/m is missing.": ("lambd / m", "lambd"),
            "This adds the squares, which is the penalty, not its gradient.": ("* W", "* W**2"),
            "This is L1's gradient, by the sign of W.": ("* W", "* np.sign(W)"),
        },
    ),
    Exercise(
        decay_step,
        _decay_inputs,
        _decayed,
        "norm",
        ("The factor of W is a number a little below 1.", "`(1 - rate * lambd / m) * W - rate * dW`."),
        {
            "The weights grow: the factor is 1 - rate λ/m.": ("1 - rate", "1 + rate"),
            "The step goes up: rate · dW is subtracted.": ("W - rate * dW", "W + rate * dW"),
            "The learning rate is missing in the decay.": ("rate * lambd / m", "lambd / m"),
            "The 1/m is missing in the decay.": ("rate * lambd / m", "rate * lambd"),
            "The gradient is made smaller as well: only W is.": (
                "(1 - rate * lambd / m) * W - rate * dW",
                "(1 - rate * lambd / m) * (W - rate * dW)",
            ),
            "This is half of the decay: it is λ/m, not λ/(2m).": ("lambd / m", "lambd / (2 * m)"),
        },
    ),
    Exercise(
        inverted_dropout,
        _activations,
        _dropout_expected,
        "strength",
        (
            "`rng.random(A.shape)` gives a number from 0 to 1 for each unit and sample.",
            "It is below keep_prob with the probability keep_prob.",
            "D of True and False multiplies as 1 and 0.",
        ),
        {
            "It is not inverted: the kept ones are not divided by keep_prob.": ("A * D / keep_prob", "A * D"),
            "The kept ones are multiplied by keep_prob, not divided.": ("D / keep_prob", "D * keep_prob"),
            "This keeps with the probability 1 - keep_prob.": ("< keep_prob", "> keep_prob"),
            "It is divided by the share that is dropped.": ("D / keep_prob", "D / max(1 - keep_prob, 0.01)"),
            "D is drawn for each unit, and the same for all samples.": (
                "rng.random(A.shape)",
                "(rng.random((len(A), 1)) + np.zeros(A.shape))",
            ),
            "Every call has the same mask: draw from rng.": (
                "rng.random(A.shape)",
                "np.random.default_rng(0).random(A.shape)",
            ),
        },
        _observe_dropout,
    ),
    Exercise(
        dropout_backward,
        _mask_inputs,
        lambda dA, D, keep_prob: np.array(
            [
                [g / keep_prob if kept else 0.0 for g, kept in zip(*rows, strict=True)]
                for rows in zip(dA, D, strict=True)
            ]
        ),
        "strength",
        ("What was multiplied on the way forward is multiplied on the way back.", "dA * D / keep_prob"),
        {
            "The units taken away still get a gradient: D is missing.": (
                "dA * D / keep_prob",
                "dA / keep_prob",
            ),
            "keep_prob is missing.": ("dA * D / keep_prob", "dA * D"),
            "It is multiplied by keep_prob, not divided.": ("/ keep_prob", "* keep_prob"),
            "The wrong units are taken away: this is 1 - D.": ("* D", "* (1 - D)"),
            "It is divided by the share that is dropped.": ("/ keep_prob", "/ (1 - keep_prob)"),
        },
    ),
    Exercise(
        bias_and_variance,
        _answers,
        _taken_apart,
        "plane",
        (
            "`answers.mean(axis=0)` is the mean over the networks.",
            "Both are means of squares: `np.mean(... ** 2)`.",
        ),
        {
            "The mean is over the samples, not over the networks.": (
                "answers.mean(axis=0)",
                "answers.mean(axis=1, keepdims=True)",
            ),
            "The variance is divided by one network less; here it is by all of them.": (
                "np.mean((answers - middle) ** 2)",
                "np.mean(np.sum((answers - middle) ** 2, axis=0) / max(len(answers) - 1, 1))",
            ),
            "The second is the whole error, (answer - truth)², not the variance.": (
                "(answers - middle)",
                "(answers - truth)",
            ),
            "The bias is not squared.": ("(middle - truth) ** 2", "middle - truth"),
            "The mean of the bias is squared, so that samples cancel.": (
                "np.mean((middle - truth) ** 2)",
                "np.mean(middle - truth) ** 2",
            ),
            "The second is a standard deviation, not a variance.": (
                "np.mean((answers - middle) ** 2)",
                "np.sqrt(np.mean((answers - middle) ** 2))",
            ),
            "The two are the other way round.": (
                "np.mean((middle - truth) ** 2), np.mean((answers - middle) ** 2)",
                "np.mean((answers - middle) ** 2), np.mean((middle - truth) ** 2)",
            ),
        },
    ),
]

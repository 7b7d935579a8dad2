"""Lab 10: exponentially weighted averages."""

import numpy as np

from dlkeras.learn.exercise import Exercise
from dlkeras.learn.solutions.lab_10 import (
    average_step,
    beta_for,
    corrected_average,
    weighted_average,
    weights_of,
)


def _one_value(draw):
    return draw.number(-3, 3), draw.number(-3, 3), draw.number(0.5, 0.99)


def _values(draw):
    return draw.normal(draw.size) + 3, draw.number(0.5, 0.99)


def _written_out(values, beta):
    """Each average as the sum of its weighted values."""
    return np.array(
        [sum((1 - beta) * beta ** (t - i) * values[i] for i in range(t + 1)) for t in range(len(values))]
    )


def _by_weights(values, beta):
    found = []
    for t in range(1, len(values) + 1):
        weights = np.array([beta ** (t - 1 - i) for i in range(t)])
        found.append(weights @ values[:t] / weights.sum())
    return np.array(found)


def _older(age, beta):
    weights = [np.prod([beta] * int(a)) * (1 - beta) for a in age]
    return np.array(weights), np.array(
        [1 - sum((1 - beta) * beta**i for i in range(int(a) + 1)) for a in age]
    )


EXERCISES = [
    Exercise(
        average_step,
        _one_value,
        lambda v, value, beta: v + (1 - beta) * (value - v),
        "averages",
        ("The old average keeps the share β.", "beta * v + (1 - beta) * value"),
        {
            "β and 1 - β are the other way round.": (
                "beta * v + (1 - beta) * value",
                "(1 - beta) * v + beta * value",
            ),
            "The new value is not weighted by 1 - β: this is Keras' momentum.": (
                "(1 - beta) * value",
                "value",
            ),
            "The old average does not fade.": ("beta * v", "v"),
            "The two are subtracted, not added.": ("v + (1", "v - (1"),
            "This is the plain mean of the two.": ("beta * v + (1 - beta) * value", "(v + value) / 2"),
        },
    ),
    Exercise(
        weighted_average,
        _values,
        _written_out,
        "averages",
        ("v = 0 before the loop.", "In the loop, one step of the average; keep each v in a list."),
        {
            "β and 1 - β are the other way round.": (
                "beta * v + (1 - beta) * value",
                "(1 - beta) * v + beta * value",
            ),
            "It starts at the first value, not at zero.": (
                "v, averages = 0.0, []",
                "v, averages = values[0], []",
            ),
            "The averages are those before each value: one step too early.": (
                "        v = beta * v + (1 - beta) * value\n        averages.append(v)",
                "        averages.append(v)\n        v = beta * v + (1 - beta) * value",
            ),
            "This has the correction of the start, which is the next exercise.": (
                "averages.append(v)",
                "averages.append(v / (1 - beta ** (len(averages) + 1)))",
            ),
            "The new value is not weighted by 1 - β.": ("(1 - beta) * value", "value"),
            "This is the last average alone.": ("np.array(averages)", "np.array(averages[-1:])"),
        },
    ),
    Exercise(
        corrected_average,
        _values,
        _by_weights,
        "bias",
        (
            "`for t, value in enumerate(values, start=1):` counts from 1.",
            "Keep v itself for the next step; what is divided goes into the list.",
        ),
        {
            "t begins at 0, so that the first is divided by 0: it begins at 1.": ("start=1", "start=0"),
            "t begins at 2.": ("start=1", "start=2"),
            "The corrected average is carried on to the next step: v itself must be.": (
                "averages.append(v / (1 - beta**t))",
                "v = v / (1 - beta**t)\n        averages.append(v)",
            ),
            "The power is missing: it is β^t.": ("beta**t", "beta"),
            "The start is not corrected.": ("v / (1 - beta**t)", "v"),
            "It is multiplied by 1 - β^t, not divided.": ("v / (1", "v * (1"),
        },
    ),
    Exercise(
        weights_of,
        lambda draw: (np.arange(draw.size), draw.number(0.3, 0.95)),
        _older,
        "averages",
        ("`beta**age` works for an array.", "The newest value has age 0 and the weight 1 - β."),
        {
            "The newest value has age 0, not 1.": ("beta**age", "beta ** (age - 1)"),
            "The factor 1 - β is missing.": ("(1 - beta) * beta**age", "1.0 * beta**age"),
            "The second has the value itself in it; it is for older ones.": (
                "beta ** (age + 1)",
                "beta**age",
            ),
            "The second is for the younger ones.": ("beta ** (age + 1)", "1 - beta ** (age + 1)"),
            "β and 1 - β are the other way round.": (
                "(1 - beta) * beta**age, beta ** (age + 1)",
                "beta * (1 - beta) ** age, (1 - beta) ** (age + 1)",
            ),
        },
    ),
    Exercise(
        beta_for,
        lambda draw: (draw.number(1, 20) * draw.size,),
        lambda window: (window - 1) / window,
        "noise",
        ("Solve the equation for β.", "1 - β = 1 / window."),
        {
            "This is 1 - β.": ("1 - 1 / window", "1 / window"),
            "The sign is wrong: β is below 1.": ("1 - 1", "1 + 1"),
            "This is the window of a β, the other way.": (
                "1 - 1 / window",
                "1 / (1 - window) if window > 1 else 0",
            ),
            "This is the β whose noise is that of a mean over the window, (window - 1) / (window + 1).": (
                "1 - 1 / window",
                "(window - 1) / (window + 1)",
            ),
            "This is the age at which a weight is 1/e of the newest: close, and not the same.": (
                "1 - 1 / window",
                "np.exp(-1 / window)",
            ),
        },
    ),
]

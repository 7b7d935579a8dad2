"""Lab 10: mistakes, as pieces of our solutions replaced, and right answers of other forms."""

import numpy as np
from scipy import signal


def average_by_filter(values, beta):
    return signal.lfilter([1 - beta], [1, -beta], values)


def average_by_recursion(values, beta):
    if len(values) == 1:
        return [(1 - beta) * values[0]]
    before = average_by_recursion(values[:-1], beta)
    return [*before, before[-1] * beta + values[-1] * (1 - beta)]


def average_by_matrix(values, beta):
    steps = np.arange(len(values))
    age = steps[:, None] - steps
    return np.where(age >= 0, (1 - beta) * np.float32(beta) ** np.maximum(age, 0), 0) @ values


def corrected_by_filter(values, beta):
    return average_by_filter(values, beta) / (1 - beta ** np.arange(1, len(values) + 1))


def corrected_by_counts(values, beta):
    total = count = 0.0
    found = []
    for value in values:
        total, count = beta * total + value, beta * count + 1
        found.append(total / count)
    return found


def corrected_in_float32(values, beta):
    v, power, found = np.float32(0), np.float32(1), []
    for value in values.astype(np.float32):
        v += (value - v) * np.float32(1 - beta)
        power *= np.float32(beta)
        found.append(v / (1 - power))
    return np.array(found)


def weights_by_logs(age, beta):
    power = np.exp(age * np.log(beta))
    return power - power * beta, beta * power


ANSWERS = {
    "average_step": (
        [("beta * v", "beta**2 * v"), ("(1 - beta)", "(1 + beta)"), ("return ", "return -")],
        [
            lambda v, x, b: v - (1 - b) * (v - x),
            lambda v, x, b: np.dot([b, 1 - b], [v, x]),
            lambda v, x, b: np.float32(x) + np.float32(b) * np.float32(v - x),
        ],
    ),
    "weighted_average": (
        [("v = beta * v", "v = beta"), ("averages.append(v)", "averages.insert(0, v)")],
        [average_by_filter, average_by_recursion, average_by_matrix],
    ),
    "corrected_average": (
        [("beta * v", "v"), ("beta**t)", "beta**(2 * t))")],
        [corrected_by_filter, corrected_by_counts, corrected_in_float32],
    ),
    "weights_of": (
        [
            ("beta**age", "beta**(2 * age)"),
            ("beta ** (age + 1)", "beta ** (age + 2)"),
            ("(1 - beta)", "(1 + beta)"),
        ],
        [
            weights_by_logs,
            lambda age, b: ([b**a * (1 - b) for a in age], [b * b**a for a in age]),
            lambda age, b: (np.float32(1 - b) * np.power(np.float32(b), age), np.power(b, age + 1)),
        ],
    ),
    "beta_for": (
        [
            ("1 - 1 / window", "1 - 2 / window"),
            ("1 - 1 / window", "1 - window"),
            ("1 - 1 / window", "window"),
        ],
        [
            lambda w: (w - 1) / w,
            lambda w: 1 - w**-1.0,
            lambda w: np.float32(1) - np.float32(1) / np.float32(w),
        ],
    ),
}

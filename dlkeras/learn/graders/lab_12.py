"""Lab 12: ways to lower the learning rate while training."""

import numpy as np

from dlkeras.learn.exercise import Exercise
from dlkeras.learn.solutions.lab_12 import inverse_time, other_decays, staircase, warm_cosine


def _decay_inputs(draw):
    return draw.number(0.01, 1), draw.number(0.1, 3), draw.size - 1


def _stairs(draw):
    return draw.number(0.01, 1), int(draw.rng.integers(0, 4 * draw.size)), 1 + draw.size // 2


def _warm(draw):
    warmup = [0, 2, 5][draw.size % 3]
    steps = warmup + 4 + draw.size
    return draw.number(0.01, 1), [steps, 1, warmup, warmup + 3, 0][draw.size % 5], warmup, steps


def _cosine(first_rate, step, warmup, steps):
    if step < warmup:
        return first_rate - first_rate * (warmup - step) / warmup
    return first_rate * float(np.cos(np.pi / 2 * (step - warmup) / (steps - warmup))) ** 2


EXERCISES = [
    Exercise(
        inverse_time,
        _decay_inputs,
        lambda rate, decay, epoch: 1 / (1 / rate + decay / rate * epoch),
        "ways",
        ("One line.", "Mind the brackets below the line."),
        {
            "The brackets are missing: a / 1 + b is (a / 1) + b.": (
                "(1 + decay_rate * epoch)",
                "1 + decay_rate * epoch",
            ),
            "The 1 is missing: epoch 0 divides by zero.": ("1 + decay_rate", "decay_rate"),
            "Epochs are counted from 1.": ("* epoch", "* (epoch + 1)"),
            "This rises: the rate is divided, not multiplied.": ("first_rate / (", "first_rate * ("),
            "This falls along a straight line.": ("/ (1 + decay_rate * epoch)", "* (1 - decay_rate * epoch)"),
            "The decay rate is missing: it is 1.": ("decay_rate * epoch", "epoch"),
        },
    ),
    Exercise(
        other_decays,
        lambda draw: (draw.number(0.01, 1), draw.size - 1),
        lambda rate, epoch: (np.prod([rate] + [0.95] * epoch), rate * (1 + epoch) ** -0.5),
        "ways",
        ("`**` is the power.", "`np.sqrt(epoch + 1)` below the second."),
        {
            "In epoch 0 the second divides by zero: it is epoch + 1.": ("epoch + 1", "epoch"),
            "The root is missing.": ("np.sqrt(epoch + 1)", "(epoch + 1)"),
            "It is a power of 0.95, not a multiple.": ("0.95**epoch", "0.95 * epoch"),
            "The first counts epochs from 1.": ("0.95**epoch", "0.95 ** (epoch + 1)"),
            "The first is that of e: e^(-0.95 epoch).": ("0.95**epoch", "np.exp(-0.95 * epoch)"),
            "The two are the other way round.": (
                "first_rate * 0.95**epoch, first_rate / np.sqrt(epoch + 1)",
                "first_rate / np.sqrt(epoch + 1), first_rate * 0.95**epoch",
            ),
        },
    ),
    Exercise(
        staircase,
        _stairs,
        lambda rate, epoch, every: rate / 2 ** sum(1 for e in range(1, epoch + 1) if e % every == 0),
        "floor",
        ("`a // b` divides whole numbers and rounds down.", "first_rate * 0.5 ** (epoch // every)"),
        {
            "This is a slope, not a staircase: the division is not rounded down.": (
                "epoch // every",
                "epoch / every",
            ),
            "The stairs begin half a stair early: this rounds to the nearest.": (
                "epoch // every",
                "round(epoch / every)",
            ),
            "The first stair is one epoch short.": ("epoch // every", "(epoch + 1) // every"),
            "The rate is halved once and then stays.": ("(epoch // every)", "min(epoch // every, 1)"),
            "This is the remainder, not the quotient.": ("epoch // every", "epoch % every"),
            "The rate doubles.": ("0.5 **", "2 **"),
        },
    ),
    Exercise(
        warm_cosine,
        _warm,
        _cosine,
        "cost-by-rate",
        (
            "An `if` for the rise, then the cosine.",
            "Between `warmup` and `steps` the argument of the cosine goes from 0 to π.",
        ),
        {
            "The cosine counts from step 0, not from the end of the rise.": ("(step - warmup) /", "step /"),
            "The cosine ends too late: its length is steps - warmup.": ("(steps - warmup)", "steps"),
            "This is a whole wave: the argument goes to π, not 2π.": ("np.pi *", "2 * np.pi *"),
            "The half is missing: it starts at twice the rate.": (
                "(steps - warmup))) / 2",
                "(steps - warmup)))",
            ),
            "It rises where it should fall: 1 + cos, not 1 - cos.": ("1 + np.cos", "1 - np.cos"),
            "The rise counts steps from 1.": (
                "first_rate * step / warmup",
                "first_rate * (step + 1) / warmup",
            ),
        },
    ),
]

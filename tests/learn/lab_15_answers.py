"""Lab 15: mistakes, as pieces of our solutions replaced, and right answers of other forms."""

import numpy as np


def rates_by_least(losses, rate):
    least = np.concatenate([[np.inf], np.minimum.accumulate(losses)[:-1]])
    better = losses < least
    factors = np.where(better, np.where(np.append(False, better[:-1]), 2.0, 1.0), 0.5)
    return rate * np.cumprod(factors)


def rates_by_flags(losses, rate):
    rates, best, before = np.zeros(len(losses)), losses[0] + 1, False
    for i in range(len(losses)):
        better = losses[i] < best
        if better and before:
            rate *= 2
        if not better:
            rate *= 0.5
        best, before = min(best, losses[i]), better
        rates[i] = rate
    return rates


def rates_by_list(losses, rate):
    found, row = [np.float32(rate)], 1
    for i in range(1, len(losses)):
        row = row + 1 if losses[i] < min(losses[:i]) else 0
        found.append(found[-1] * (2 if row > 1 else 1 if row == 1 else 0.5))
    return found


def taken_by_loop(losses, errors):
    best, found = 0, []
    for i in range(len(losses)):
        if losses[i] < losses[best]:
            best = i
        found.append(errors[best])
    return found


def taken_by_accumulate(losses, errors):
    least = np.minimum.accumulate(losses)
    return errors[[losses.tolist().index(value) for value in least]]


ANSWERS = {
    "compute_spent": (
        [("np.sum(epochs)", "np.prod(epochs)"), ("/ full", "* full"), ("np.sum(epochs)", "epochs[0]")],
        [
            lambda epochs, full: epochs.sum() / full,
            lambda epochs, full: float(sum(e / full for e in epochs)),
            lambda epochs, full: np.float32(np.dot(epochs, np.ones(len(epochs)))) / full,
        ],
    ),
    "watched_rate": (
        [("2 * rate if", "4 * rate if"), ("row + 1", "1")],
        [rates_by_least, rates_by_flags, rates_by_list],
    ),
    "best_of_many": (
        [("range(len(losses))", "range(1, len(losses))"), ("errors[np", "-errors[np")],
        [
            taken_by_loop,
            taken_by_accumulate,
            lambda losses, errors: [
                min(zip(losses[:n], errors[:n], strict=True))[1] for n in range(1, len(losses) + 1)
            ],
        ],
    ),
    "price_of_yesterday": (
        [("np.min(today)", "np.mean(today)"), ("np.argmin(yesterday)", "-1")],
        [
            lambda old, new: new[old.argmin()] - new.min(),
            lambda old, new: float(new[np.argsort(old)[0]]) - min(new),
            lambda old, new: np.float32(new[list(old).index(min(old))]) - np.float32(sorted(new)[0]),
        ],
    ),
}

"""Lab 15: one model that is watched, or many that are not."""

import numpy as np


def compute_spent(epochs, full):
    """Counts the compute of many models, in full trainings.

        compute = the sum of the epochs of all models / the epochs of a full training

    Args:
        epochs: How long each model was trained, (k,), in epochs.
        full: Epochs of a full training.

    Returns:
        The compute, a number.
    """
    return np.sum(epochs) / full


def watched_rate(losses, rate):
    """Adjusts the learning rate of a watched model by what its looks show.

        a look is better if its loss is below the least so far; the first look always is
        better:     after two or more better looks in a row, rate = 2 · rate
        not better: rate = rate / 2, and the row begins anew

    Args:
        losses: Validation loss at each look, (k,).
        rate: Learning rate before the first look.

    Returns:
        The learning rate after each look, (k,).
    """
    least, row, rates = np.inf, 0, []
    for loss in losses:
        if loss < least:
            least, row = loss, row + 1
            rate = 2 * rate if row >= 2 else rate
        else:
            row = 0
            rate = rate / 2
        rates.append(rate)
    return np.array(rates)


def best_of_many(losses, errors):
    """Follows which of many models is taken, as more and more of them are trained.

        after n models the one with the least validation loss of the first n is taken
        its test error is what counts; it has no part in the choice

    Args:
        losses: Validation loss of each model, in the order in which they are trained, (k,).
        errors: Test error of each, (k,).

    Returns:
        The test error of the model that is taken after 1, 2, ..., k models, (k,).
    """
    return np.array([errors[np.argmin(losses[: n + 1])] for n in range(len(losses))])


def price_of_yesterday(yesterday, today):
    """Computes what it costs to keep yesterday's best setting on the data of today.

        kept = the setting with the least error of yesterday
        price = today's error of that setting - the least error of today

    Args:
        yesterday: Error of each setting on the old data, (k,).
        today: Error of each setting on the changed data, (k,).

    Returns:
        The price, at least 0.
    """
    return today[np.argmin(yesterday)] - np.min(today)

"""Lab 12: ways to lower the learning rate while training."""

import numpy as np


def inverse_time(first_rate, decay_rate, epoch):
    """Lowers the learning rate with the number of the epoch.

        rate = first_rate / (1 + decay_rate · epoch)

    Args:
        first_rate: α₀, the rate of epoch 0.
        decay_rate: How fast it falls.
        epoch: Number of the epoch, from 0.

    Returns:
        The rate of this epoch, a number.
    """
    return first_rate / (1 + decay_rate * epoch)


def other_decays(first_rate, epoch):
    """Computes two more of the course's ways to lower a learning rate.

        exponential: first_rate · 0.95^epoch
        root:        first_rate / √(epoch + 1)

    The course has k / √epoch, from epoch 1 on; here epochs begin at 0.

    Args:
        first_rate: α₀ of the first, k of the second.
        epoch: Number of the epoch, from 0.

    Returns:
        The two rates, in this order.
    """
    return first_rate * 0.95**epoch, first_rate / np.sqrt(epoch + 1)


def staircase(first_rate, epoch, every):
    """Halves the learning rate after some epochs, again and again.

        rate = first_rate · (1/2)^k,   k = epoch / every, rounded down

    Args:
        first_rate: Rate of the first stair.
        epoch: Number of the epoch, from 0.
        every: Epochs on a stair, at least 1.

    Returns:
        The rate of this epoch.
    """
    return first_rate * 0.5 ** (epoch // every)


def warm_cosine(first_rate, step, warmup, steps):
    """Raises a learning rate in a straight line, and then lowers it along half a cosine.

        step < warmup:  rate = first_rate · step / warmup
        else:           rate = first_rate · (1 + cos(π · (step - warmup) / (steps - warmup))) / 2

    Args:
        first_rate: The largest rate, that of the step `warmup`.
        step: Number of the step, from 0 to `steps`.
        warmup: Steps of the rise; 0 for none.
        steps: All steps, above `warmup`; at the last one the rate is 0.

    Returns:
        The rate of this step.
    """
    if step < warmup:
        return first_rate * step / warmup
    return first_rate * (1 + np.cos(np.pi * (step - warmup) / (steps - warmup))) / 2

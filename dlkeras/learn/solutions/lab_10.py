"""Lab 10: exponentially weighted averages."""

import numpy as np


def average_step(v, value, beta):
    """Takes a new value into an exponentially weighted average.

        v_new = β v + (1 - β) · value

    Args:
        v: The average so far, a number.
        value: The new value, a number.
        beta: β, from 0 up to 1.

    Returns:
        v_new, a number.
    """
    return beta * v + (1 - beta) * value


def weighted_average(values, beta):
    """Computes the exponentially weighted average after each value, from zero on.

        v_0 = 0
        v_t = β v_(t-1) + (1 - β) · value_t,   t = 1, ..., T

    Args:
        values: (T,). They stay as they are.
        beta: β, from 0 up to 1.

    Returns:
        v_1, ..., v_T, (T,).
    """
    v, averages = 0.0, []
    for value in values:
        v = beta * v + (1 - beta) * value
        averages.append(v)
    return np.array(averages)


def corrected_average(values, beta):
    """Computes the exponentially weighted average with its start corrected.

        v_t = β v_(t-1) + (1 - β) · value_t,   v_0 = 0,   t = 1, ..., T
        corrected_t = v_t / (1 - β^t)

    The weights of t values add up to 1 - β^t: divided by that, the first average is the first value.

    Args:
        values: (T,). They stay as they are.
        beta: β, from 0 up to 1.

    Returns:
        corrected_1, ..., corrected_T, (T,).
    """
    v, averages = 0.0, []
    for t, value in enumerate(values, start=1):
        v = beta * v + (1 - beta) * value
        averages.append(v / (1 - beta**t))
    return np.array(averages)


def weights_of(age, beta):
    """Computes the weight of a value in an average that has run for long, and of all that are older.

        weight = (1 - β) β^age
        the weight of all older ones together = β^(age + 1)

    Args:
        age: How many steps ago the value came, from 0; an array (k,) of whole numbers.
        beta: β, from 0 up to 1.

    Returns:
        The weights, (k,), and those of all older values together, (k,).
    """
    return (1 - beta) * beta**age, beta ** (age + 1)


def beta_for(window):
    """Finds the β whose average remembers a number of steps.

        window = 1 / (1 - β)

    Args:
        window: Steps, at least 1.

    Returns:
        β, from 0 up to 1.
    """
    return 1 - 1 / window

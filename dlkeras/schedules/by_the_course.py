"""The course's ways to lower a learning rate: functions of epochs that return schedules."""

from __future__ import annotations

from collections.abc import Mapping

import keras

from dlkeras.base.checks import checked_integer, checked_number
from dlkeras.schedules.by_step import ByEpoch, InverseSqrtDecay

_S = keras.optimizers.schedules


def inverse_time_decay(
    initial_learning_rate: float, decay_rate: float, steps_per_epoch: int, every_epochs: int = 1
) -> ByEpoch:
    """Makes α = α₀ / (1 + decay_rate · floor(epoch / every_epochs)), epochs from 0.

    Args:
        initial_learning_rate: α₀, above 0.
        decay_rate: At least 0; with 1 the rate is halved after the first group of epochs.
        steps_per_epoch: Batches in an epoch, at least 1.
        every_epochs: Epochs for which the rate stays, at least 1.

    Returns:
        Keras' `InverseTimeDecay` by epoch.

    Example:
        ```python
        rate = inverse_time_decay(0.1, 1.0, steps_per_epoch=5, every_epochs=1000)
        print(float(rate(5 * 1000)))  # 0.05
        ```
    """
    rate, decay = (
        checked_number("initial_learning_rate", initial_learning_rate, above=0),
        checked_number("decay_rate", decay_rate),
    )
    return ByEpoch(_S.InverseTimeDecay(rate, 1, decay), steps_per_epoch, every_epochs)


def exponential_decay(
    initial_learning_rate: float, decay_rate: float, steps_per_epoch: int, every_epochs: int = 1
) -> ByEpoch:
    """Makes α = α₀ · decay_rate^floor(epoch / every_epochs), epochs from 0: with `every_epochs` a staircase.

    Args:
        initial_learning_rate: α₀, above 0.
        decay_rate: At least 0, as 0.95 by epoch, or 0.5 every ten epochs.
        steps_per_epoch: Batches in an epoch, at least 1.
        every_epochs: Epochs for which the rate stays, at least 1.

    Returns:
        Keras' `ExponentialDecay` by epoch.

    Example:
        ```python
        rate = exponential_decay(0.1, 0.5, steps_per_epoch=45, every_epochs=10)
        print(float(rate(45 * 20)))  # 0.025
        ```
    """
    rate, decay = (
        checked_number("initial_learning_rate", initial_learning_rate, above=0),
        checked_number("decay_rate", decay_rate),
    )
    return ByEpoch(_S.ExponentialDecay(rate, 1, decay), steps_per_epoch, every_epochs)


def inverse_sqrt_decay(k: float, steps_per_epoch: int) -> ByEpoch:
    """Makes α = k / √(epoch + 1), epochs from 0, so that the first one has k.

    Args:
        k: Rate of the first epoch, above 0.
        steps_per_epoch: Batches in an epoch, at least 1.

    Returns:
        `InverseSqrtDecay` by epoch.

    Example:
        ```python
        print(float(inverse_sqrt_decay(0.1, steps_per_epoch=45)(45 * 3)))  # 0.05
        ```
    """
    return ByEpoch(InverseSqrtDecay(k), steps_per_epoch)


def manual_decay(rates: Mapping[int, float], steps_per_epoch: int) -> _S.LearningRateSchedule:
    """Makes a schedule from a table of the epochs that begin with a new rate.

    Args:
        rates: From epoch to rate, above 0; epoch 0 must be there.
        steps_per_epoch: Batches in an epoch, at least 1.

    Returns:
        Keras' `PiecewiseConstantDecay`.

    Raises:
        ValueError: If epoch 0 is missing.

    Example:
        ```python
        rate = manual_decay({0: 0.1, 20: 0.01}, steps_per_epoch=45)
        print(float(rate(899)), float(rate(900)))  # 0.1 at the end of epoch 19, 0.01 in epoch 20
        ```
    """
    steps_per_epoch = checked_integer("steps_per_epoch", steps_per_epoch)
    table = {
        checked_integer("rates", epoch, least=0): checked_number("rates", rate, above=0)
        for epoch, rate in rates.items()
    }
    if 0 not in table:
        raise ValueError(f"`rates` must have a rate for epoch 0. Received: rates={dict(rates)}")
    epochs = sorted(table)
    # Keras' boundary is the last step of the old rate.
    boundaries = [epoch * steps_per_epoch - 1 for epoch in epochs[1:]]
    found = [table[epoch] for epoch in epochs]
    if not boundaries:  # without any, Keras fails at the first step
        return _S.PiecewiseConstantDecay([0], found * 2)
    return _S.PiecewiseConstantDecay(boundaries, found)


def cosine_decay(
    initial_learning_rate: float,
    decay_epochs: int,
    steps_per_epoch: int,
    warmup_epochs: int = 0,
    alpha: float = 0.0,
) -> _S.CosineDecay:
    """Makes half a cosine, step by step, from α₀ to `alpha` · α₀, after a warm-up in a straight line from 0.

    Args:
        initial_learning_rate: α₀, the largest rate, above 0.
        decay_epochs: Epochs of the half cosine, at least 1; the warm-up comes before them.
        steps_per_epoch: Batches in an epoch, at least 1.
        warmup_epochs: Epochs of the warm-up, at least 0.
        alpha: Last rate as a fraction of the largest, as Keras calls it; at least 0.

    Returns:
        Keras' `CosineDecay`.

    Example:
        ```python
        rate = cosine_decay(0.1, decay_epochs=20, steps_per_epoch=45)
        print(float(rate(45 * 10)))  # 0.05, to rounding
        ```

    References:
        Loshchilov and Hutter 2017, "SGDR: stochastic gradient descent with warm restarts", equation 5, with
        no restart.
    """
    rate = checked_number("initial_learning_rate", initial_learning_rate, above=0)
    steps_per_epoch = checked_integer("steps_per_epoch", steps_per_epoch)
    steps = checked_integer("decay_epochs", decay_epochs) * steps_per_epoch
    alpha = checked_number("alpha", alpha)
    warmup = checked_integer("warmup_epochs", warmup_epochs, least=0) * steps_per_epoch
    if not warmup:
        return _S.CosineDecay(rate, steps, alpha)
    return _S.CosineDecay(0.0, steps, alpha, warmup_target=rate, warmup_steps=warmup)

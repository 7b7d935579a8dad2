"""How far an optimizer is from Keras' own and from the float64 recurrence, in units in the last place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import keras
import numpy as np
import optimizer_recurrences as recurrences
import tensorflow as tf

from dlkeras.optimizers import Adam, GradientDescent, Momentum, RMSprop

_K = keras.optimizers
NUM_STEPS = 400
RATE = 2.0**-7  # the same number in every precision


class Case(NamedTuple):
    """Our optimizer, Keras' and the recurrence, each with the same equation.

    Args:
        ours: Makes our optimizer from a learning rate.
        theirs: Makes Keras'.
        recurrence: From weights, gradients and rate to the weights after each step.
    """

    ours: Callable[[float], keras.Optimizer]
    theirs: Callable[[float], keras.Optimizer]
    recurrence: Callable[[np.ndarray, Sequence[np.ndarray], float], np.ndarray]


class Distances(NamedTuple):
    """Largest distances over all steps and weights, in units in the last place.

    Args:
        to_keras: From ours to Keras' own.
        to_keras_first: The same after the first step.
        to_exact: From ours to the recurrence in float64.
        keras_to_exact: From Keras' own to the recurrence.
    """

    to_keras: float
    to_keras_first: float
    to_exact: float
    keras_to_exact: float


def _case(ours, theirs, recurrence, common, own=None, named=None) -> Case:
    """Makes a case of two classes with common options, `own` of ours and `named` of the recurrence."""
    return Case(
        lambda rate: ours(rate, **common, **(own or {})),
        lambda rate: theirs(rate, **common),
        lambda w, gradients, rate: recurrence(w, gradients, rate, **(common if named is None else named)),
    )


def _momentum(beta: float, **nesterov) -> Case:
    common, own = {"momentum": beta, **nesterov}, {"averaged": False}
    return _case(Momentum, _K.SGD, recurrences.momentum, common, own, {"beta": beta, **own, **nesterov})


# Keras rounds 0.9 and 0.999 to float32 and then takes 1 - 0.999ᵗ, or in float64 goes on with float32's 0.9.
# 7/8 and 1 - 2⁻¹⁰ are the same number in every precision, which leaves the equation alone to compare.
_EXACT = {"beta_1": 7 / 8, "beta_2": 1 - 2**-10}
_CENTERED = {"rho": 7 / 8, "epsilon": 1e-3, "centered": True}
CASES = {
    "GradientDescent": _case(GradientDescent, _K.SGD, recurrences.gradient_descent, {}),
    "Momentum, β 0.9, averaged=False": _momentum(0.9),
    "Momentum, β 7/8, averaged=False": _momentum(7 / 8),
    "Momentum, β 7/8, averaged=False, nesterov": _momentum(7 / 8, nesterov=True),
    "RMSprop": _case(RMSprop, _K.RMSprop, recurrences.rmsprop, {}),
    "RMSprop, centered, momentum": _case(
        RMSprop,
        _K.RMSprop,
        recurrences.rmsprop,
        {**_CENTERED, "momentum": 0.5},
        named={**_CENTERED, "beta": 0.5},
    ),
    "Adam": _case(Adam, _K.Adam, recurrences.adam, {}),
    "Adam, amsgrad": _case(Adam, _K.Adam, recurrences.adam, {"amsgrad": True}),
    "Adam, β 7/8, 1 - 2⁻¹⁰": _case(Adam, _K.Adam, recurrences.adam, _EXACT),
    "Adam, β 7/8, 1 - 2⁻¹⁰, amsgrad": _case(Adam, _K.Adam, recurrences.adam, {**_EXACT, "amsgrad": True}),
}


def make_gradients(num_steps: int, shape: Sequence[int], dtype: str, seed: int = 0) -> list[np.ndarray]:
    """Draws gradients of 1e-12 to 1e3 by weight, a thousandfold apart by step, some of them zero.

    Args:
        num_steps: How many.
        shape: Their shape.
        dtype: Their precision.
        seed: Seed of the generator.

    Returns:
        The gradients.
    """
    rng = np.random.default_rng(seed)
    sizes = 10.0 ** rng.uniform(-12, 3, shape)
    steps = 10.0 ** rng.uniform(-1.5, 1.5, num_steps)
    drawn = [rng.normal(size=shape) * sizes * step * (rng.random(shape) > 0.05) for step in steps]
    return [g.astype(dtype) for g in drawn]


def run(optimizer: keras.Optimizer, w: np.ndarray, gradients: Sequence[np.ndarray], jit=False) -> np.ndarray:
    """Lets an optimizer take steps in a compiled function.

    Args:
        optimizer: A fresh one.
        w: Weights in the precision to use.
        gradients: A gradient for each step.
        jit: Whether XLA compiles the step.

    Returns:
        The weights after each step, (n, ...).
    """
    variable = keras.Variable(w, dtype=w.dtype.name)
    optimizer.build([variable])

    def step(g):
        optimizer.apply([g], [variable])
        return variable.value.read_value()

    @tf.function(jit_compile=jit, autograph=False)
    def take_all(stacked):
        return tf.map_fn(step, stacked, parallel_iterations=1)

    return take_all(np.array(gradients)).numpy()


def in_last_places(a: np.ndarray, b: np.ndarray, w: np.ndarray, dtype: str) -> np.ndarray:
    """Returns |a - b| in units in the last place of the largest number that each weight has been.

    A weight on its way through zero has units as small as one likes, and an error that it got while it was
    large; so the unit is that of the largest magnitude on the way so far, the start included.

    Args:
        a: Weights after each step, (n, ...).
        b: Others, which set the unit.
        w: Where they began, (...).
        dtype: The precision whose places are counted.

    Returns:
        The distances, float64 (n, ...).
    """
    largest = np.maximum.accumulate(np.maximum(np.abs(b), np.abs(w)))
    unit = np.spacing(largest.astype(dtype)).astype(np.float64)
    return np.abs(a.astype(np.float64) - b.astype(np.float64)) / unit


def measure(case: Case, dtype: str, shape=(16, 16), num_steps: int = NUM_STEPS, jit=False) -> Distances:
    """Runs ours, Keras' own and the recurrence over the same gradients.

    Half of the weights begin at zero, the others between -1 and 1.

    Args:
        case: What to run.
        dtype: `"float32"` or `"float64"`.
        shape: Shape of the weights; from 32,768 of them on, our Adam uses the fused kernel.
        num_steps: Steps to take.
        jit: Whether XLA compiles the steps.

    Returns:
        The distances.
    """
    floatx = keras.config.floatx()
    keras.config.set_floatx(dtype)  # Keras rounds its rates to it
    try:
        w = np.random.default_rng(1).uniform(-1, 1, shape).astype(dtype)
        w.reshape(-1)[::2] = 0
        gradients = make_gradients(num_steps, shape, dtype)
        exact = case.recurrence(w, gradients, RATE)
        ours, theirs = (run(make(RATE), w, gradients, jit) for make in case[:2])
    finally:
        keras.config.set_floatx(floatx)
    apart = in_last_places(ours, theirs, w, dtype)
    return Distances(
        float(apart.max()),
        float(apart[0].max()),
        *(float(in_last_places(way, exact, w, dtype).max()) for way in (ours, theirs)),
    )

"""What the optimizers refuse, word by word, and how the forms of an equation are converted."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from optimizer_distances import make_gradients, run
from refusals import refuses

from dlkeras.optimizers import Adam, GradientDescent, Momentum, RMSprop


@pytest.mark.parametrize("kind", [Adam, GradientDescent, Momentum, RMSprop])
def test_learning_rate(kind):
    with refuses("`learning_rate` must be finite and at least 0. Received: learning_rate=-0.1"):
        kind(-0.1)
    message = (
        "`learning_rate` must be a number, a `LearningRateSchedule` or a function without arguments. "
        "Received: learning_rate='0.1'"
    )
    with refuses(message, TypeError):
        kind("0.1")
    assert float(kind(1).learning_rate) == 1
    assert float(kind(np.float32(0.5)).learning_rate) == 0.5
    assert float(kind(lambda: tf.constant(0.25)).learning_rate) == 0.25


@pytest.mark.parametrize(
    ("kind", "argument", "usual"),
    [
        (Adam, "beta_1", 0.9),
        (Adam, "beta_2", 0.999),
        (Momentum, "momentum", 0.9),
        (RMSprop, "rho", 0.9),
        (RMSprop, "momentum", 0.9),
    ],
)
def test_fractions(kind, argument, usual):
    for value in (1.0, -0.1, float("nan")):
        message = (
            f"`{argument}` must be at least 0 and below 1. Received: {argument}={value}. Usual is {usual}."
        )
        with refuses(message):
            kind(**{argument: value})
    with refuses(f"`{argument}` must be a number. Received: {argument}=None", TypeError):
        kind(**{argument: None})
    with refuses(f"`{argument}` must be a number. Received: {argument}=False", TypeError):
        kind(**{argument: False})


@pytest.mark.parametrize("kind", [Adam, RMSprop])
def test_epsilon(kind):
    with refuses("`epsilon` must be finite and at least 0. Received: epsilon=-1e-07"):
        kind(epsilon=-1e-7)
    with refuses("`epsilon` must be a number. Received: epsilon='small'", TypeError):
        kind(epsilon="small")


def test_choices_and_flags():
    words = '"before_correction" or "after_correction"'
    with refuses(f"`epsilon_placement` must be {words}. Received: epsilon_placement='inside'"):
        Adam(epsilon_placement="inside")
    words = '"inside_root" or "outside_root"'
    with refuses(f"`epsilon_placement` must be {words}. Received: epsilon_placement=None"):
        RMSprop(epsilon_placement=None)
    with refuses("`amsgrad` must be True or False. Received: amsgrad=1", TypeError):
        Adam(amsgrad=1)
    with refuses("`centered` must be True or False. Received: centered='yes'", TypeError):
        RMSprop(centered="yes")
    with refuses("`nesterov` must be True or False. Received: nesterov=None", TypeError):
        Momentum(nesterov=None)
    with refuses("`averaged` must be True or False. Received: averaged=0", TypeError):
        Momentum(averaged=0)


def test_unknown_arguments_are_refused_by_keras():
    with refuses("Argument(s) not recognized: {'momentum': 0.9}"):
        GradientDescent(momentum=0.9)


GRADIENTS = make_gradients(60, (9,), "float64")
ONES = np.ones(9)


def test_the_course_s_momentum_is_keras_with_a_tenth_of_the_rate():
    ours = run(Momentum(0.5, momentum=0.875), ONES, GRADIENTS)
    theirs = run(keras.optimizers.SGD(0.0625, momentum=0.875), ONES, GRADIENTS)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_epsilon_before_the_correction_converted_for_one_step():
    # Only the first step: the factor √(1 - β₂ᵗ) changes with t.
    before = run(Adam(0.5, epsilon=1e-4), ONES, GRADIENTS[:1])
    converted = 1e-4 / np.sqrt(1 - 0.999)
    after = run(Adam(0.5, epsilon=converted, epsilon_placement="after_correction"), ONES, GRADIENTS[:1])
    np.testing.assert_allclose(before, after, rtol=1e-12)
    other = run(Adam(0.5, epsilon=1e-4, epsilon_placement="after_correction"), ONES, GRADIENTS[:1])
    assert np.abs(before - other).max() > 1e-3


def test_epsilon_outside_the_root_is_its_square_inside_for_tiny_gradients():
    tiny = [g * 0 + 1e-12 for g in GRADIENTS]
    outside = run(RMSprop(1.0, epsilon=1e-4, epsilon_placement="outside_root"), ONES, tiny)
    inside = run(RMSprop(1.0, epsilon=1e-8), ONES, tiny)
    np.testing.assert_allclose(outside - 1, inside - 1, rtol=1e-6)

"""The schedules against NumPy, compiled and not, in a fit, saved, and what they refuse."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from refusals import refuses

from dlkeras import schedules
from dlkeras.schedules import ByEpoch, InverseSqrtDecay, WarmUp

FLOAT32 = {"rtol": 1e-5, "atol": 1e-8}  # a power or a cosine in float32
N, S = 41, 15  # steps per epoch, where XLA divides 41 / 41 to just below 1; epochs
STEPS = np.arange(N * S)
EPOCHS = STEPS // N


def table(epochs, starts, rates):
    return np.array([rates[np.searchsorted(starts, e, side="right") - 1] for e in epochs])


def warmed(steps, length, first, after):
    rising = first + (after[0] - first) * steps / length
    return np.where(steps < length, rising, after[np.maximum(steps - length, 0)])


SCHEDULES = {
    "inverse time": (schedules.inverse_time_decay(0.2, 1.5, N), 0.2 / (1 + 1.5 * EPOCHS)),
    "inverse time, staircase": (schedules.inverse_time_decay(0.2, 1, N, 4), 0.2 / (1 + EPOCHS // 4)),
    "exponential": (schedules.exponential_decay(0.1, 0.95, N), 0.1 * 0.95**EPOCHS),
    "staircase": (schedules.exponential_decay(0.1, 0.5, N, every_epochs=5), 0.1 * 0.5 ** (EPOCHS // 5)),
    "k / sqrt(epoch)": (schedules.inverse_sqrt_decay(0.3, N), 0.3 / np.sqrt(EPOCHS + 1)),
    "k / sqrt(step)": (InverseSqrtDecay(0.3), 0.3 / np.sqrt(STEPS + 1)),
    "manual": (
        schedules.manual_decay({0: 0.1, 9: 0.001, 3: 0.05}, N),
        table(EPOCHS, [0, 3, 9], [0.1, 0.05, 0.001]),
    ),
    "manual, one": (schedules.manual_decay({0: 0.1}, N), np.full(len(STEPS), 0.1)),
    "cosine": (
        schedules.cosine_decay(0.1, 10, N, alpha=0.1),
        0.1 * (0.1 + 0.9 * (1 + np.cos(np.pi * np.minimum(STEPS / (10 * N), 1))) / 2),
    ),
    "cosine, warm-up": (
        schedules.cosine_decay(0.1, 10, N, warmup_epochs=2),
        warmed(STEPS, 2 * N, 0.0, 0.1 * (1 + np.cos(np.pi * np.minimum(STEPS / (10 * N), 1))) / 2),
    ),
    "warm-up": (WarmUp(0.1, 50, 0.01), warmed(STEPS, 50, 0.01, np.full(len(STEPS), 0.1))),
    "warm-up, exponential": (
        WarmUp(schedules.exponential_decay(0.1, 0.5, N), 60),
        warmed(STEPS, 60, 0.0, 0.1 * 0.5**EPOCHS),
    ),
    "no warm-up": (WarmUp(0.1, 0), np.full(len(STEPS), 0.1)),
}
every_schedule = pytest.mark.parametrize("name", SCHEDULES)


def rates_in_graph(schedule, jit):
    return tf.function(
        lambda steps: tf.map_fn(schedule, steps, fn_output_signature=tf.float32), jit_compile=jit
    )(tf.constant(STEPS)).numpy()


@every_schedule
@pytest.mark.parametrize("jit", [False, True])
def test_rates(name, jit):
    schedule, expected = SCHEDULES[name]
    np.testing.assert_allclose(rates_in_graph(schedule, jit), expected, **FLOAT32)


def test_the_staircase_of_keras_is_late_where_ours_is_not():
    """The reason for `ByEpoch`; if this fails, Keras or XLA has mended it."""
    keras_own = keras.optimizers.schedules.ExponentialDecay(0.1, N, 0.5, staircase=True)
    expected = 0.1 * 0.5**EPOCHS
    wrong = ~np.isclose(rates_in_graph(keras_own, jit=True), expected, rtol=1e-4)
    assert wrong[N]
    ours = schedules.exponential_decay(0.1, 0.5, N)
    assert np.allclose(rates_in_graph(ours, jit=True), expected, rtol=1e-4)


@every_schedule
def test_saved_and_loaded(name):
    schedule = SCHEDULES[name][0]
    again = keras.optimizers.schedules.deserialize(keras.optimizers.schedules.serialize(schedule))
    assert type(again) is type(schedule)
    assert again.get_config() == schedule.get_config()
    for step in (0, 40, 41, 200):
        assert float(again(step)) == float(schedule(step))


@every_schedule
def test_every_kind_of_step(name):
    schedule = SCHEDULES[name][0]
    forms = (82, np.int64(82), tf.constant(82), tf.constant(82, tf.int64), keras.Variable(82, dtype="int64"))
    assert len({float(schedule(step)) for step in forms}) == 1


def test_float64():
    keras.config.set_floatx("float64")
    try:
        for schedule in (InverseSqrtDecay(0.1), WarmUp(InverseSqrtDecay(0.1), 50)):
            assert schedule(7).dtype == "float64"
        assert float(InverseSqrtDecay(0.1)(2)) == 0.1 / np.sqrt(3)
    finally:
        keras.config.set_floatx("float32")


@pytest.mark.parametrize("name", ["inverse time", "staircase", "warm-up, exponential", "k / sqrt(step)"])
@pytest.mark.parametrize("options", [{"jit_compile": True}, {"jit_compile": False, "steps_per_execution": 2}])
def test_in_a_fit(name, options):
    """With a gradient of 1 at every step, the weight tells the sum of the rates."""
    schedule, expected = SCHEDULES[name]
    model = keras.Sequential(
        [keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")]
    )
    model.compile(keras.optimizers.SGD(schedule), lambda y, y_pred: y_pred, **options)
    model.fit(np.ones((2 * N, 1)), np.ones((2 * N, 1)), batch_size=1, epochs=3, verbose=0)
    np.testing.assert_allclose(-model.get_weights()[0], [[expected[: 6 * N].sum()]], rtol=1e-4)


def test_refused_numbers():
    with refuses("`steps_per_epoch` must be at least 1. Received: steps_per_epoch=0"):
        schedules.exponential_decay(0.1, 0.9, 0)
    with refuses("`steps_per_epoch` must be an integer. Received: steps_per_epoch=4.5", TypeError):
        schedules.inverse_sqrt_decay(0.1, 4.5)
    with refuses("`every_epochs` must be at least 1. Received: every_epochs=-1"):
        schedules.inverse_time_decay(0.1, 1, 5, -1)
    with refuses("`initial_learning_rate` must be finite and above 0. Received: initial_learning_rate=0"):
        schedules.inverse_time_decay(0, 1, 5)
    with refuses("`decay_rate` must be finite and at least 0. Received: decay_rate=-1"):
        schedules.exponential_decay(0.1, -1, 5)
    with refuses("`k` must be a number. Received: k='1'", TypeError):
        InverseSqrtDecay("1")
    with refuses("`decay_epochs` must be at least 1. Received: decay_epochs=0"):
        schedules.cosine_decay(0.1, 0, 5)
    with refuses("`warmup_steps` must be at least 0. Received: warmup_steps=-1"):
        WarmUp(0.1, -1)
    with refuses("`learning_rate` must be finite and above 0. Received: learning_rate=inf"):
        WarmUp(float("inf"), 5)


def test_refused_tables_and_schedules():
    with refuses("`rates` must have a rate for epoch 0. Received: rates={1: 0.1}"):
        schedules.manual_decay({1: 0.1}, 5)
    with refuses("`rates` must be an integer. Received: rates=0.5", TypeError):
        schedules.manual_decay({0: 0.1, 0.5: 0.1}, 5)
    with refuses("`schedule` must be a `LearningRateSchedule`. Received: schedule=0.1", TypeError):
        ByEpoch(0.1, 5)

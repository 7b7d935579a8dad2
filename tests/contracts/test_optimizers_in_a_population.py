"""Every optimizer in a `Population`: replica i follows the plain fit of its own."""

import pytest
from optimizer_table import OPTIMIZERS
from test_population import (
    DENSE,
    FLOAT64,
    SQUARE_ROOTS,
    X,
    Y,
    _float64,  # noqa: F401
    assert_follows,
)

from dlkeras import schedules

LINEAR = [name for name in OPTIMIZERS if "adam" not in name and "rmsprop" not in name]


def tolerance(name):
    return FLOAT64 if name in LINEAR else SQUARE_ROOTS


@pytest.mark.parametrize("name", ["momentum, nesterov", "rmsprop, course, centered", "adam, course"])
def test_a_learning_rate_per_replica(name):
    assert_follows(
        DENSE,
        lambda: OPTIMIZERS[name].make(0.01, weight_decay=0.01),
        tolerance(name),
        rates=[0.001, 0.003, 0.01],
        x=X[:36],
        y=Y[:36],
    )


def test_clipping_by_replica_and_accumulation():
    base = {"clipnorm": 0.3, "gradient_accumulation_steps": 3}
    assert_follows(
        DENSE, lambda: OPTIMIZERS["adam"].make(0.01, **base), tolerance("adam"), x=X[:36], y=Y[:36]
    )


def test_a_schedule():
    def optimizer():
        after = schedules.exponential_decay(0.1, 0.5, steps_per_epoch=9)
        return OPTIMIZERS["momentum"].make(schedules.WarmUp(after, warmup_steps=12))

    # Keras' schedules are float32, and two programs may round a power differently.
    assert_follows(DENSE, optimizer, SQUARE_ROOTS, x=X[:36], y=Y[:36])

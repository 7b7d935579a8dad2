"""Population with every optimizer that it takes, against plain `fit`."""

import keras
import pytest
from test_population import (
    DENSE,
    FLOAT64,
    SQUARE_ROOTS,
    X,
    Y,
    _float64,  # noqa: F401
    assert_follows,
)

OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(0.1),
    "momentum": lambda: keras.optimizers.SGD(0.05, momentum=0.9),
    "nesterov": lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "sgd decayed": lambda: keras.optimizers.SGD(0.1, weight_decay=0.05),
    "rmsprop": lambda: keras.optimizers.RMSprop(0.005),
    "rmsprop centered": lambda: keras.optimizers.RMSprop(0.005, momentum=0.5, centered=True),
    "adam": lambda: keras.optimizers.Adam(0.01),
    "amsgrad": lambda: keras.optimizers.Adam(0.01, amsgrad=True),
    "adamw": lambda: keras.optimizers.AdamW(0.01, weight_decay=0.05),
    "adagrad": lambda: keras.optimizers.Adagrad(0.1),
    "adadelta": lambda: keras.optimizers.Adadelta(1.0),
    "adamax": lambda: keras.optimizers.Adamax(0.01),
    "nadam": lambda: keras.optimizers.Nadam(0.01),
    "lion": lambda: keras.optimizers.Lion(0.01),
    "ftrl": lambda: keras.optimizers.Ftrl(0.1),
    "clipnorm": lambda: keras.optimizers.SGD(0.5, clipnorm=0.3),
    "global clipnorm": lambda: keras.optimizers.SGD(0.5, global_clipnorm=0.3),
    "clipvalue": lambda: keras.optimizers.SGD(0.5, clipvalue=0.05),
    "schedule": lambda: keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.2, 10, 0.8)),
    "accumulation": lambda: keras.optimizers.SGD(0.2, gradient_accumulation_steps=3),
    "average": lambda: keras.optimizers.SGD(0.2, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=7),
    "scaled": lambda: keras.optimizers.SGD(0.1, loss_scale_factor=128.0),
}


LINEAR = ("sgd", "momentum", "sgd decayed", "clipnorm", "global clipnorm", "accumulation")


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizer(name):
    assert_follows(
        DENSE, OPTIMIZERS[name], x=X[:36], y=Y[:36], tolerance=FLOAT64 if name in LINEAR else SQUARE_ROOTS
    )


@pytest.mark.parametrize("name", ["sgd decayed", "momentum", "rmsprop", "adamw", "ftrl"])
def test_a_learning_rate_per_replica(name):
    assert_follows(DENSE, OPTIMIZERS[name], SQUARE_ROOTS, rates=[0.001, 0.01, 0.1])


def test_weights_excluded_from_decay():
    def optimizer():
        found = keras.optimizers.SGD(0.1, weight_decay=0.5)
        found.exclude_from_weight_decay(var_names=["bias"])
        return found

    assert_follows(DENSE, optimizer)


def test_the_comparison_can_fail():
    with pytest.raises(AssertionError):
        assert_follows(DENSE, iter([keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1 + 1e-7)]).__next__)

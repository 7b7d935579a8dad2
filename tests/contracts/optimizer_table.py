"""Every optimizer in every form, each with Keras' own where it has one, and the float64 recurrence."""

from collections.abc import Callable
from typing import NamedTuple

import keras
import optimizer_recurrences as recurrences

from dlkeras.optimizers import Adam, GradientDescent, Momentum, RMSprop

K = keras.optimizers


class Entry(NamedTuple):
    """Our class and options, Keras' and its options (None where it has none), the recurrence and its."""

    kind: type
    options: dict
    own: tuple | None
    recurrence: Callable
    named: dict

    def make(self, rate=0.01, **base):
        return self.kind(rate, **self.options, **base)

    def make_keras(self, rate=0.01, **base):
        return self.own[0](rate, **self.own[1], **base)

    def way(self, w, gradients, rate):
        return self.recurrence(w, gradients, rate, **self.named)


def _momentum(named, own=None):
    options = {{"beta": "momentum"}.get(name, name): value for name, value in named.items()}
    return Entry(Momentum, options, own, recurrences.momentum, named)


def _rmsprop(options, named, keras_has_it=True):
    return Entry(RMSprop, options, (K.RMSprop, options) if keras_has_it else None, recurrences.rmsprop, named)


def _adam(options, named, keras_has_it=True):
    return Entry(Adam, options, (K.Adam, options) if keras_has_it else None, recurrences.adam, named)


OUTSIDE, AFTER = {"epsilon_placement": "outside_root"}, {"epsilon_placement": "after_correction"}
SUM = {"momentum": 0.9}
OPTIMIZERS = {
    "gradient descent": Entry(GradientDescent, {}, (K.SGD, {}), recurrences.gradient_descent, {}),
    "momentum": _momentum({"beta": 0.9}),
    "momentum, nesterov": _momentum({"beta": 0.8, "nesterov": True}),
    "momentum, Keras": _momentum({"beta": 0.9, "averaged": False}, (K.SGD, SUM)),
    "momentum, Keras, nesterov": _momentum(
        {"beta": 0.9, "averaged": False, "nesterov": True}, (K.SGD, {**SUM, "nesterov": True})
    ),
    "rmsprop": _rmsprop({}, {}),
    "rmsprop, momentum": _rmsprop({"rho": 0.8, "momentum": 0.5}, {"rho": 0.8, "beta": 0.5}),
    "rmsprop, centered": _rmsprop({"centered": True, "epsilon": 1e-3}, {"centered": True, "epsilon": 1e-3}),
    "rmsprop, course": _rmsprop({"epsilon": 1e-8, **OUTSIDE}, {"epsilon": 1e-8, "inside": False}, False),
    "rmsprop, course, centered": _rmsprop(
        {"epsilon": 1e-3, "centered": True, **OUTSIDE},
        {"epsilon": 1e-3, "centered": True, "inside": False},
        False,
    ),
    "adam": _adam({}, {}),
    "adam, amsgrad": _adam({"amsgrad": True}, {"amsgrad": True}),
    "adam, course": _adam({"epsilon": 1e-8, **AFTER}, {"epsilon": 1e-8, "after": True}, False),
    "adam, course, amsgrad": _adam({"amsgrad": True, **AFTER}, {"amsgrad": True, "after": True}, False),
    "adam, large epsilon": _adam(
        {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 0.1}, {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 0.1}
    ),
}

"""Numerical against analytic gradients, for a function or a whole Keras model."""

from dlkeras.gradcheck.check import check_gradients, check_model
from dlkeras.gradcheck.result import Entry, GradientCheck, Kink, TensorCheck, relative_difference
from dlkeras.gradcheck.sweep import EpsilonSweep, sweep_gradients, sweep_model

__all__ = [
    "Entry",
    "EpsilonSweep",
    "GradientCheck",
    "Kink",
    "TensorCheck",
    "check_gradients",
    "check_model",
    "relative_difference",
    "sweep_gradients",
    "sweep_model",
]

"""Callbacks that measure or end training; each works on any Keras model trained by TensorFlow."""

from dlkeras.callbacks.activation_stats import ActivationStats
from dlkeras.callbacks.gradient_norms import GradientNorms
from dlkeras.callbacks.stop_at_error import StopAtError

__all__ = ["ActivationStats", "GradientNorms", "StopAtError"]

"""Instruments for seeing how neural networks train, for any Keras 3 model on TensorFlow.

Import the part you need, for example ``from dlkeras.callbacks import GradientNorms``; ``dir(dlkeras)`` lists
the parts. Importing ``dlkeras`` itself does not import TensorFlow.
"""

from importlib import import_module as _import_module

__version__ = "0.1.0"

_PARTS = (
    *("callbacks", "data", "findings", "gradcheck", "models", "optimizers", "plots", "population"),
    *("report", "runs", "schedules", "scratch", "signal_propagation", "surfaces", "tuning"),
)


def __getattr__(name: str):
    if name in _PARTS:
        return _import_module(f"dlkeras.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*_PARTS, "__version__"]

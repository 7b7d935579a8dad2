"""The layers that the course writes out by hand, in a form to be read beside the equations."""

from dlkeras.layers.batch_norm import BatchNorm
from dlkeras.layers.inverted_dropout import InvertedDropout
from dlkeras.layers.softmax import Softmax

__all__ = ["BatchNorm", "InvertedDropout", "Softmax"]

"""Instruments for seeing how neural networks train, for any Keras 3 model on TensorFlow.

Import the part you need, for example ``from dlkeras.callbacks import GradientNorms``.
Importing ``dlkeras`` itself does not import TensorFlow.
"""

__version__ = "0.1.0"

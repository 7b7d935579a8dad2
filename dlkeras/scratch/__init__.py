"""The networks of the course in NumPy alone, forward and backward by hand.

Written to be read beside the equations, and to be what everything else is compared with.
"""

from dlkeras.scratch.activations import ACTIVATIONS, Activation
from dlkeras.scratch.chain import two_neurons
from dlkeras.scratch.costs import binary_cross_entropy, cross_entropy, frobenius, squared_error
from dlkeras.scratch.curvature import hessian, kind_of_point
from dlkeras.scratch.network import backward, dropout_masks, forward, initialize
from dlkeras.scratch.training import cost_and_gradients, train_step

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "backward",
    "binary_cross_entropy",
    "cost_and_gradients",
    "cross_entropy",
    "dropout_masks",
    "forward",
    "frobenius",
    "hessian",
    "initialize",
    "kind_of_point",
    "squared_error",
    "train_step",
    "two_neurons",
]

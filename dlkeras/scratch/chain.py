"""The smallest network with a first and a second weight: two neurons in a chain."""

from __future__ import annotations

import numpy as np

from dlkeras.scratch.activations import sigmoid, sigmoid_derivative

Numbers = dict[str, np.ndarray]


def two_neurons(w1, b1, w2, b2, x=1.0, y=0.0) -> tuple[Numbers, Numbers]:
    """Computes every value of the chain, and by the chain rule what each does to the error.

        z1 = w1 x + b1,  a1 = sigmoid(z1),  z2 = w2 a1 + b2,  a2 = sigmoid(z2),  E = (a2 - y)^2

    Args:
        w1: Weight of the first neuron, a number or an array; all arguments may be arrays of one shape.
        b1: Its bias.
        w2: Weight of the second neuron.
        b2: Its bias.
        x: Input.
        y: Target.

    Returns:
        The values, and the derivatives of E with respect to them, both by name and in the order in which they
        are computed: forward from w1, ..., y to E, and backward from E to w1 and x.

    Example:
        >>> values, gradients = two_neurons(0.15, 0.4, 0.45, 0.65, x=0.1, y=0.25)
        >>> float(round(values["a2"], 3)), float(round(gradients["w1"], 5)), float(round(gradients["w2"], 5))
        (0.715, 0.00204, 0.11414)
    """
    values = {"w1": w1, "b1": b1, "w2": w2, "b2": b2, "x": x, "y": y}
    z1 = values["z1"] = w1 * x + b1
    a1 = values["a1"] = sigmoid(z1)
    z2 = values["z2"] = w2 * a1 + b2
    a2 = values["a2"] = sigmoid(z2)
    values["E"] = (a2 - y) ** 2
    d = {"E": np.ones_like(a2), "a2": 2 * (a2 - y), "y": -2 * (a2 - y)}
    d["z2"] = d["a2"] * sigmoid_derivative(z2)
    d |= {"w2": d["z2"] * a1, "b2": d["z2"], "a1": d["z2"] * w2}
    d["z1"] = d["a1"] * sigmoid_derivative(z1)
    d |= {"w1": d["z1"] * x, "b1": d["z1"], "x": d["z1"] * w1}
    return values, d

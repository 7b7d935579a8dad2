"""How signals pass through a deep stack at its start, in theory: numbers to judge measurements by."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

_NORMAL = np.linspace(-8, 8, 4000)  # an even count, so that none is 0, where ReLU has its kink
_DENSITY = np.exp(-(_NORMAL**2) / 2) / np.exp(-(_NORMAL**2) / 2).sum()

# Function and derivative.
_ACTIVATIONS: dict[str, tuple[Callable, Callable]] = {
    "sigmoid": (expit, lambda z: expit(z) * expit(-z)),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "relu": (lambda z: np.maximum(z, 0), lambda z: np.heaviside(z, 0)),
    "linear": (lambda z: z, np.ones_like),
}


def mean_field(
    activation: str, scale: float, num_layers: int, mean_square: float = 1.0
) -> dict[str, np.ndarray]:
    """Predicts the mean squares of activations and of their gradients, layer by layer, before training.

    The layers are Dense, endlessly wide and all of one width, with biases of zero and independent random
    weights of mean 0 and variance scale² / inputs. What a unit sums up is then normally distributed, and a
    layer turns a mean square m of its inputs into E[φ(z)²] with z of variance scale² m. On the way back the
    mean square of gradients is multiplied by scale² E[φ′(z)²] in every layer.

    Args:
        activation: sigmoid, tanh, relu or linear.
        scale: Standard deviation of a weight times √inputs, above 0: 1 for Glorot, √2 for He.
        num_layers: L, at least 1.
        mean_square: Of the inputs of the first layer, above 0.

    Returns:
        "forward": mean square of the activations of each layer, first to last, (L,); "backward": mean square
        of the loss's gradient by them on its way, last to first, relative to the last layer's, (L,).

    Raises:
        ValueError: If the activation is another, or a number out of range.

    Example:
        >>> mean_field("relu", 1.0, 3)["forward"].round(3)
        array([0.5  , 0.25 , 0.125])

    References:
        Poole et al. (2016), equation 3; Schoenholz et al. (2017), section 3, whose χ₁ is what multiplies
        gradients at the fixed point of m; here it is each layer's own.
    """
    if activation not in _ACTIVATIONS:
        raise ValueError(
            f"`activation` must be one of {', '.join(_ACTIVATIONS)}. Received: activation={activation!r}"
        )
    for name, value in {"scale": scale, "num_layers": num_layers, "mean_square": mean_square}.items():
        if not value > 0:
            raise ValueError(f"`{name}` must be above 0. Received: {name}={value}")
    function, slope = _ACTIVATIONS[activation]
    forward, factors = [mean_square], []
    for _ in range(num_layers):
        z = scale * np.sqrt(forward[-1]) * _NORMAL
        forward.append(_DENSITY @ function(z) ** 2)
        factors.append(scale**2 * (_DENSITY @ slope(z) ** 2))
    return {"forward": np.array(forward[1:]), "backward": np.cumprod([1.0, *factors[:0:-1]])}


def depth_limit(activation: str, scale: float, change: float = 1000.0) -> float:
    """Predicts over how many layers the norm of gradients shrinks or grows by a factor.

    Args:
        activation: As in `mean_field`.
        scale: As in `mean_field`.
        change: The factor, above 1.

    Returns:
        The depth, from what the first 50 layers do on average; infinite where they keep the norm.

    Raises:
        ValueError: As in `mean_field`.

    Example:
        >>> round(depth_limit("relu", 1.0), 1)  # each layer halves the mean square
        19.9
    """
    backward = mean_field(activation, scale, 50)["backward"]
    per_layer = abs(np.log(factor_per_layer(backward))) / 2  # of the norm
    return float(np.log(change) / per_layer) if per_layer > 1e-12 else np.inf


def factor_per_layer(values: ArrayLike) -> np.ndarray:
    """Fits a straight line to the logarithm of values by layer.

    Args:
        values: Positive numbers by layer, (..., L), at least two layers.

    Returns:
        By what a layer multiplies on the way from the first to the last, (...,).

    Raises:
        ValueError: If there are fewer than two layers, or a value is not positive and finite.

    Example:
        >>> factor_per_layer([[8.0, 4.0, 2.0], [1.0, 3.0, 9.0]]).round(6)
        array([0.5, 3. ])
    """
    values = np.asarray(values, np.float64)
    if values.ndim == 0 or values.shape[-1] < 2:
        raise ValueError(f"`values` must have two layers or more. Received: values of shape {values.shape}")
    if not np.all((values > 0) & np.isfinite(values)):
        raise ValueError(
            f"`values` must be positive and finite. Received: minimum={values.min()}, maximum={values.max()}"
        )
    layers = np.arange(values.shape[-1]) - (values.shape[-1] - 1) / 2
    return np.exp(np.log(values) @ layers / (layers @ layers))

"""Cost and gradients of a whole network, and one step of gradient descent."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from dlkeras.scratch.costs import frobenius
from dlkeras.scratch.network import Arrays, backward, forward

Cost = Callable[[np.ndarray, np.ndarray], tuple[float, np.ndarray]]


def cost_and_gradients(
    X: np.ndarray,
    Y: np.ndarray,
    parameters: Arrays,
    activations: Sequence[str],
    cost: Cost,
    lambd: float = 0.0,
    masks: Arrays | None = None,
) -> tuple[float, Arrays]:
    """Propagates forward, computes the cost, and propagates backward.

    Args:
        X: Inputs, (n_0, m).
        Y: Targets, (n_L, m).
        parameters: W1, b1, ..., W_L, b_L.
        activations: A name of `ACTIVATIONS` for each layer; "linear" last where the cost takes logits.
        cost: From the last layer's output and Y to J and the derivative, such as `cross_entropy`.
        lambd: Strength of the L2 penalty `frobenius`, at least 0.
        masks: Dropout masks D1, ..., as `dropout_masks` draws them.

    Returns:
        J with the penalty, and its derivative with respect to every parameter, under the parameter's name.

    Raises:
        ValueError: If `forward` or the cost refuses its arguments.

    Example:
        >>> from dlkeras.scratch import cross_entropy, initialize
        >>> parameters, X, Y = initialize([2, 3, 2], seed=0), np.eye(2), np.eye(2)
        >>> J, gradients = cost_and_gradients(X, Y, parameters, ["tanh", "linear"], cross_entropy)
        >>> list(gradients)
        ['W1', 'b1', 'W2', 'b2']
    """
    cache = forward(X, parameters, activations, masks)
    J, dA = cost(cache[f"A{len(activations)}"], Y)
    gradients = backward(dA, cache, parameters, activations)
    penalty, of_penalty = frobenius(parameters, lambd, m=X.shape[1])
    return J + penalty, {name: gradients[name] + of_penalty.get(name, 0) for name in parameters}


def train_step(
    X: np.ndarray,
    Y: np.ndarray,
    parameters: Arrays,
    activations: Sequence[str],
    cost: Cost,
    learning_rate: float,
    lambd: float = 0.0,
    masks: Arrays | None = None,
) -> tuple[Arrays, float]:
    """Takes one step of gradient descent: p := p - learning_rate dp for every parameter p.

    Args:
        X: Inputs, (n_0, m).
        Y: Targets, (n_L, m).
        parameters: W1, b1, ..., W_L, b_L; they are left as they are.
        activations: As for `cost_and_gradients`.
        cost: As for `cost_and_gradients`.
        learning_rate: Factor on the gradient.
        lambd: As for `cost_and_gradients`.
        masks: As for `cost_and_gradients`.

    Returns:
        The new parameters, and J before the step.

    Raises:
        ValueError: If `forward` or the cost refuses its arguments.

    Example:
        >>> from dlkeras.scratch import initialize, squared_error
        >>> X, Y = np.array([[0.0, 0, 1, 1], [0, 1, 0, 1]]), np.array([[0.0, 1, 1, 0]])  # XOR
        >>> parameters = initialize([2, 2, 1], seed=0, gain=3)
        >>> for _ in range(2000):
        ...     parameters, J = train_step(X, Y, parameters, ["sigmoid"] * 2, squared_error, learning_rate=4)
        >>> J < 0.001
        True
    """
    J, gradients = cost_and_gradients(X, Y, parameters, activations, cost, lambd, masks)
    return {name: p - learning_rate * gradients[name] for name, p in parameters.items()}, J

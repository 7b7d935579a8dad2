"""Builders of the networks that several labs share."""

from collections.abc import Callable

import keras
import numpy as np

from dlkeras.base.checks import checked_integer


def depth_stack(
    activation: str | Callable,
    depth: int,
    width: int = 32,
    *,
    input_dim: int = 64,
    num_classes: int = 10,
    kernel_initializer: str | keras.Initializer = "glorot_uniform",
    seed: int | None = None,
    name: str = "depth_stack",
) -> keras.Sequential:
    """Build a plain classifier whose depth can be varied with all else fixed.

    The depth is the number of hidden layers: ``depth`` Dense layers of one width, ``hidden_1`` and so on,
    then the Dense layer ``logits``, which has no activation. So there are ``depth + 1`` kernels, and the loss
    is to be taken from logits. Biases start at zero.

    Args:
        activation: Activation of the hidden layers, a name that Keras knows or a function.
        depth: Number of hidden layers, at least 1.
        width: Units in each hidden layer, at least 1.
        input_dim: Length of an input vector, at least 1; the default fits ``digits``.
        num_classes: Units of ``logits``, at least 1; the default fits ``digits``.
        kernel_initializer: Initializer of all kernels. Each layer gets a copy with a seed of its own: one
            seed for all would give layers of equal shape equal weights. A seed that it has is replaced.
        seed: Integer of at least 0 from which the layers' seeds are derived; None draws anew each time.
        name: Name of the model.

    Returns:
        An uncompiled model from (n, input_dim) to logits (n, num_classes).

    Raises:
        TypeError: If a count or the seed is not an integer, or the activation or the initializer is neither a
            name nor what the name stands for.
        ValueError: If a count is below 1, the seed negative, or a name not known to Keras.

    Example:
        ```python
        model = depth_stack("relu", depth=3, kernel_initializer="he_normal", seed=0)
        print([layer.name for layer in model.layers])  # ['hidden_1', 'hidden_2', 'hidden_3', 'logits']
        ```
    """
    counts = {"depth": depth, "width": width, "input_dim": input_dim, "num_classes": num_classes}
    for argument, value in counts.items():
        checked_integer(argument, value, least=1)
    if seed is not None:
        checked_integer("seed", seed, least=0)
    activation = _get_activation(activation)
    initializers = _independent_copies(kernel_initializer, depth + 1, seed)

    hidden = [
        keras.layers.Dense(width, activation, kernel_initializer=initializers[i], name=f"hidden_{i + 1}")
        for i in range(depth)
    ]
    logits = keras.layers.Dense(num_classes, kernel_initializer=initializers[depth], name="logits")
    return keras.Sequential([keras.Input((input_dim,)), *hidden, logits], name=name)


def _independent_copies(initializer, num_copies: int, seed: int | None) -> list[keras.Initializer]:
    if not isinstance(initializer, str | keras.Initializer):
        raise TypeError(
            "`kernel_initializer` must be a name or a keras.Initializer. "
            f"Received: kernel_initializer={initializer!r}"
        )
    try:
        initializer = keras.initializers.get(initializer)
    except ValueError as error:
        raise ValueError(
            "`kernel_initializer` must be a name that Keras knows. "
            f"Received: kernel_initializer={initializer!r}. Examples: glorot_uniform, he_normal, zeros"
        ) from error
    config = initializer.get_config()
    seeds = np.random.SeedSequence(seed).generate_state(num_copies).tolist()
    return [
        initializer.from_config({**config, "seed": layer_seed} if "seed" in config else config)
        for layer_seed in seeds
    ]


def _get_activation(activation: str | Callable) -> Callable:
    if not (isinstance(activation, str) or callable(activation)):
        raise TypeError(f"`activation` must be a name or a function. Received: activation={activation!r}")
    try:
        return keras.activations.get(activation)
    except ValueError as error:
        raise ValueError(
            f"`activation` must be a name that Keras knows. Received: activation={activation!r}. "
            "Examples: sigmoid, tanh, relu"
        ) from error

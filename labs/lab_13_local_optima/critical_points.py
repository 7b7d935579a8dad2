"""The search for points where the gradient of a small network's cost is zero."""

import functools

import keras
import numpy as np
import tensorflow as tf
from scipy import optimize

KINDS = ON_PATH, SMALLER, MINIMUM = "saddle by a path", "saddle, smaller network’s minimum", "local minimum"
LEVENBERG_MARQUARDT = {"method": "lm", "options": {"maxiter": 30, "xtol": 1e-13, "ftol": 1e-14}}


class Cost:
    """The cost of a network with one tanh layer, as a function of all its weights as one vector, in float64.

    Args:
        x: Inputs, (n, inputs).
        y: Labels, (n,).
        num_classes: Number of classes.
        units: Units of the tanh layer.
        penalty: Factor of half the sum of squared weights.
    """

    def __init__(self, x, y, num_classes, units, penalty):
        dense = functools.partial(keras.layers.Dense, dtype="float64")
        inputs = keras.Input(x.shape[1:], dtype="float64")
        self.model = keras.Sequential([inputs, dense(units, "tanh"), dense(num_classes)])
        self.loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype="float64")
        self.x, self.y, self.penalty = x, y, penalty
        self.inputs, self.units, self.num_classes = x.shape[1], units, num_classes
        self.num_weights = sum(weight.numpy().size for weight in self.model.weights)
        self.ways_per_unit = min(self.inputs, num_classes - 1)  # in theory, of a unit that is zero, down
        compiled = functools.partial(tf.function, jit_compile=True, autograph=False)
        self._cost, self._slopes, self._curvatures = map(compiled, (self._of, self._gradient, self._hessian))

    def __call__(self, w):
        """The cost."""
        return self._cost(tf.constant(w)).numpy()

    def gradient(self, w):
        """Its gradient, (weights,)."""
        return self._slopes(tf.constant(w)).numpy()

    def hessian(self, w):
        """Its second derivatives, (weights, weights)."""
        return self._curvatures(tf.constant(w)).numpy()

    def unit_of_weights(self):
        """The unit to which each weight belongs, (weights,); -1 for the last biases, which belong to none."""
        units = range(self.units)
        arriving = np.tile(units, self.inputs + 1)  # weights and biases of the first layer
        leaving = np.repeat(units, self.num_classes)
        return np.concatenate([arriving, leaving, [-1] * self.num_classes])

    def _of(self, w):
        shapes = [weight.shape for weight in self.model.weights]
        parts = tf.split(w, [int(np.prod(shape)) for shape in shapes])
        weights = [tf.reshape(part, shape) for part, shape in zip(parts, shapes, strict=True)]
        outputs, _ = self.model.stateless_call(weights, [], self.x)
        return self.loss(self.y, outputs) + self.penalty / 2 * tf.reduce_sum(w**2)

    def _gradient(self, w):
        return tf.gradients(self._of(w), w)[0]

    def _hessian(self, w):
        return tf.hessians(self._of(w), w)[0]


def origins(cost, seed, on_the_way):
    """Yields where searches set out: how they came there, and the weights.

    Args:
        cost: A `Cost`.
        seed: Of the first weights.
        on_the_way: Steps of a descent, rising.
    """
    unit = cost.unit_of_weights()
    w = start = np.random.default_rng(seed).normal(0, 0.1, len(unit))
    for step in range(on_the_way[-1] + 1):
        if step in on_the_way:
            yield ON_PATH, w
        w = w - cost.gradient(w)
    for used in range(cost.units + 1):  # units that are zero have no gradient, and stay so
        smaller = np.where(unit < used, start, 0)
        yield SMALLER, optimize.minimize(cost, smaller, jac=cost.gradient, method="CG").x


def critical_point(cost, origin, w):
    """Goes from some weights to where the gradient is zero, and looks at the Hessian there.

    Returns:
        What was found, for a record: "kind" is one of `KINDS`, or "none" where the gradient only got small.
    """
    point = optimize.root(cost.gradient, w, jac=cost.hessian, **LEVENBERG_MARQUARDT).x
    eigenvalues, slope = np.linalg.eigvalsh(cost.hessian(point)), np.abs(cost.gradient(point)).max()
    down = float(np.mean(eigenvalues < -1e-6))  # share of directions that lead down
    kind = "none" if slope > 1e-9 else origin if down else MINIMUM
    return {"origin": origin, "kind": kind, "cost": float(cost(point)), "down": down}

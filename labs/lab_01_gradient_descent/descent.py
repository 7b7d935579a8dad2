"""Gradient descent beside its theory: the curvature of the error, the end of training, and a ravine."""

import itertools

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from dlkeras.callbacks import StopAtError

CURVATURES = (1, 20)  # of the ravine, along it and across: L is 20, 2/L is 0.1
RAVINE = {0.01: "small", 0.05: "1/L", 0.095: "below 2/L", 0.102: "above 2/L"}  # learning rates of the figure
BETWEEN = (0.002, 0.005, 0.02, 0.03, 0.04, 0.06, 0.07, 0.08, 0.09, 0.098, 0.1)  # and of the view


def limit_and_threshold(x, y, margin):
    """Gives 2/L of linear regression, and its least error and a share `margin` of it."""
    ones = np.column_stack([x, np.ones(len(y))]).astype(np.float64)
    least = np.mean((ones @ np.linalg.lstsq(ones, y, rcond=None)[0] - y) ** 2)
    limit = 2 / np.linalg.eigvalsh(2 / len(y) * ones.T @ ones)[-1]  # the Hessian is the same everywhere
    return limit, (1 + margin) * least


def curvature_of(model, x, y):
    """Makes a function from the weights of many models to their L, the error's largest curvature."""
    shapes = [weight.shape for weight in model.weights]

    @tf.function
    def hessian(flat):
        parts = tf.split(flat, [int(np.prod(shape)) for shape in shapes])
        weights = [tf.reshape(part, shape) for part, shape in zip(parts, shapes, strict=True)]
        return tf.hessians(ops.mean(ops.square(y - model.stateless_call(weights, [], x)[0])), flat)[0]

    def largest(population):
        flats = np.concatenate([weight.reshape(len(weight), -1) for weight in population], axis=1)
        finite = [np.isfinite(flat).all() for flat in flats]
        return np.array(
            [
                np.linalg.eigvalsh(hessian(flat).numpy())[-1] if ok else np.nan
                for flat, ok in zip(flats, finite, strict=True)
            ]
        )

    return largest


def four_steps(model, x, y, learning_rate, epochs, threshold):
    """The four steps of the course, until the epochs are used up or the error is below the threshold."""
    for used in range(1, epochs + 1):
        with tf.GradientTape() as tape:
            predicted = model(x)  # 1. forward propagation
            error = ops.mean(ops.square(y - predicted))  # 2. error
        gradients = tape.gradient(error, model.trainable_variables)  # 3. backpropagation
        for weight, gradient in zip(model.trainable_variables, gradients, strict=True):
            weight.assign_sub(learning_rate * gradient)  # 4. update
        if error < threshold:
            return used
    return epochs


def stop_by_both(build, x, y, threshold, settings):
    """Trains a network until its error is below the threshold, by `fit` and by the four steps."""
    model, own = build(0), build(0)
    model.compile(keras.optimizers.SGD(), keras.losses.MeanSquaredError())
    for seed, rate in itertools.product(settings.seeds, settings.stop_rates):
        start = build(seed).get_weights()
        model.set_weights(start)
        model.optimizer.learning_rate = rate
        stopper, options = StopAtError(threshold), {"shuffle": False, "verbose": 0}
        fitted = model.fit(x, y, len(x), settings.allowed, callbacks=[stopper], **options)
        losses = [float(loss) for loss in fitted.history["loss"]]
        own.set_weights(start)
        epochs = four_steps(own, x, y, rate, settings.allowed, threshold)
        pairs = zip(own.get_weights(), model.get_weights(), strict=True)
        yield {
            **{"model": "stop", "learning_rate": rate, "seed": seed, "reason": stopper.reason},
            **{"epoch": list(range(1, epochs + 1)), "loss": losses, "used": epochs / settings.allowed},
            "gap": np.array([max(np.abs(a - b).max() for a, b in pairs), abs(epochs - len(losses))]),
        }


def ravine():
    """Goes down (w₁² + 20 w₂²) / 2, forty steps from one start."""
    curvatures = np.array(CURVATURES, np.float32)
    for rate in sorted([*RAVINE, *BETWEEN]):
        w, optimizer, path = keras.Variable([8.2, 1.25]), keras.optimizers.SGD(rate), []
        for _ in range(40):
            path.append(w.numpy())
            optimizer.apply([w * curvatures], [w])
        losses = [float(height) for height in np.square(path) @ curvatures / 2]
        about = {"model": "ravine", "learning_rate": rate, "seed": 0, "reason": ""}
        yield {**about, "epoch": list(range(1, 41)), "loss": losses, "path": np.array(path)}

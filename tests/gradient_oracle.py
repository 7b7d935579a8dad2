"""The oracle for GradientNorms: a tape on each batch, then averaging and clipping by hand in float64."""

from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from dlkeras.callbacks import GradientNorms

RNG = np.random.default_rng(0)
X = RNG.normal(size=(22, 6)).astype(np.float32)
Y = RNG.integers(0, 3, size=22)
BATCH = 4  # 22 samples: five whole batches and one of two
STEPS = 6

# A twin repeats the training in eager mode. Compiled sums have another order, each step hands rounding
# errors of some 1e-7 on to the next, and clipping divides by a float32 norm.
FLOAT32 = {"rtol": 3e-5, "atol": 1e-7}
FLOAT64 = {"rtol": 1e-6, "atol": 1e-12}  # the recorder hands out float32
FLOAT16 = {"rtol": 2e-2, "atol": 1e-4}  # the gradient itself has 11 bits, rounded in another order
BFLOAT16 = {"rtol": 1e-1, "atol": 1e-3}  # 8 bits


class Replay(NamedTuple):
    """Rows by update, columns by trainable variable of the model."""

    steps: np.ndarray
    gradients: np.ndarray
    weights: np.ndarray
    changes: np.ndarray


def replay(model, data, when="after"):
    """Trains a twin of the recorded model batch by batch and measures each update."""
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    stride, variables = optimizer.gradient_accumulation_steps or 1, model.trainable_variables
    steps, rows, waiting = [], [], []
    for step, (x, y, *weight) in enumerate(data):
        scale = float(model.optimizer.scale_loss(tf.ones([])))
        with tf.GradientTape() as tape:
            y_pred = model(x, training=True)
            loss = model.compute_loss(x, y, y_pred, weight[0] if weight else None, training=True)
            loss = model.optimizer.scale_loss(loss)
        gradients = tape.gradient(loss, variables)
        before = [to_float64(v.value) for v in variables]
        model.optimizer.apply(gradients, variables)
        dense = [to_float64(g) / scale for g in gradients]
        if model.optimizer is not optimizer and not all(np.isfinite(g).all() for g in dense):
            continue  # a loss-scaled step with an overflow is skipped
        waiting.append(dense)
        if len(waiting) == stride:
            mean = [sum(gs) / stride for gs in zip(*waiting, strict=True)]
            applied = clipped(mean, optimizer) if when == "after" else mean
            changes = [to_float64(v.value) - b for v, b in zip(variables, before, strict=True)]
            steps.append(step)
            rows.append([[np.sqrt((t**2).sum()) for t in kind] for kind in (applied, before, changes)])
            waiting = []
    return Replay(np.array(steps), *np.array(rows).transpose(1, 0, 2))


def to_float64(gradient):
    if isinstance(gradient, tf.IndexedSlices):
        dense = np.zeros(gradient.dense_shape.numpy())
        np.add.at(dense, gradient.indices.numpy(), gradient.values.numpy().astype("float64"))
        return dense
    return gradient.numpy().astype("float64")


def clipped(gradients, optimizer):
    norms = [np.sqrt((g**2).sum()) for g in gradients]
    if optimizer.clipnorm:
        return [
            g * optimizer.clipnorm / max(n, optimizer.clipnorm) for g, n in zip(gradients, norms, strict=True)
        ]
    if optimizer.global_clipnorm:
        total = max(np.sqrt(np.square(norms).sum()), optimizer.global_clipnorm)
        return [g * optimizer.global_clipnorm / total for g in gradients]
    if optimizer.clipvalue:
        return [np.clip(g, -optimizer.clipvalue, optimizer.clipvalue) for g in gradients]
    return gradients


def batches(x=X, y=Y, *weight, epochs=1, size=BATCH):
    starts = range(0, len(y), size)
    return [tuple(a[i : i + size] for a in (x, y, *weight)) for i in starts] * epochs


def dense_net(seed=1, dtype=None):
    """Two Dense layers; the same seed makes a twin."""
    keras.utils.set_random_seed(seed)
    return keras.Sequential(
        [
            keras.Input((6,)),
            keras.layers.Dense(5, "tanh", name="hidden", dtype=dtype),
            keras.layers.Dense(3, name="logits", dtype=dtype),
        ],
        name="net",
    )


def compiled(model, optimizer=None, **options):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer or keras.optimizers.SGD(0.1), loss, **options)
    return model


def fit(model, *callbacks, x=X, y=Y, epochs=1, **options):
    if not hasattr(x, "element_spec"):
        options |= {"y": y, "batch_size": BATCH}
    model.fit(x, epochs=epochs, shuffle=False, verbose=0, callbacks=list(callbacks), **options)
    return model


def assert_recorded(norms: GradientNorms, model, expected: Replay, owners, tolerance=FLOAT32):
    """Compares a recorder of `model` with the twin's replay; `owners` maps layer names to variables."""
    columns = [[id(v) for v in model.trainable_variables].index(id(v)) for vs in owners.values() for v in vs]
    layers = np.repeat(np.arange(len(owners)), [len(vs) for vs in owners.values()])

    def by_layer(values):
        squares = values[:, columns] ** 2
        return np.sqrt(np.stack([squares[:, layers == i].sum(1) for i in range(len(owners))], axis=1))

    assert norms.layer_names == list(owners)
    np.testing.assert_array_equal(norms.steps, expected.steps)
    np.testing.assert_allclose(norms.norms, by_layer(expected.gradients), **tolerance)
    np.testing.assert_allclose(norms.variable_norms, expected.gradients[:, columns], **tolerance)
    assert norms.norms.dtype == np.float32
    if norms.updates:
        np.testing.assert_allclose(norms.weight_norms, by_layer(expected.weights), **tolerance)
        ratios = by_layer(expected.changes) / by_layer(expected.weights)
        # A change is the difference of two float32 weights: 1e-7 of the weight itself is lost.
        np.testing.assert_allclose(norms.update_ratios, ratios, rtol=tolerance["rtol"] * 10, atol=1e-6)


def owners_of(model):
    """Layer name to variables for a flat model."""
    return {layer.name: layer.trainable_variables for layer in model.layers if layer.trainable_variables}

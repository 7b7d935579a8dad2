"""A check leaves a model bit for bit as it was, in weights, state and settings, also after an exception."""

import random

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlkeras.gradcheck import check_model, sweep_model

L = keras.layers
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(8, 4)).astype("float32"), list(RNG.integers(0, 2, (2, 8, 1)))


class Fragile(L.Layer):
    """Raises in the n-th call from now."""

    calls_left = None

    def call(self, x):
        if self.calls_left is not None:
            self.calls_left -= 1
            if self.calls_left < 0:
                raise RuntimeError("broken")
        return x


def build(policy="float32"):
    """A trained model with all that has state: moments, masks, metrics, an optimizer, a model inside."""
    keras.utils.set_random_seed(3)
    keras.config.set_dtype_policy(policy)
    inner = keras.Sequential([keras.Input((4,)), L.Dense(4, "tanh", kernel_regularizer="l2"), L.Dropout(0.4)])
    inputs = keras.Input((4,))
    hidden = L.BatchNormalization()(Fragile(name="fragile")(inner(inputs)))
    # Keras cannot add up activity losses of bfloat16 and a loss of float32.
    hidden = L.Dense(4, "relu", activity_regularizer="l1" if policy == "float32" else None)(hidden)
    outputs = [L.Dense(1, "sigmoid", name="a")(hidden), L.GaussianNoise(0.1, name="b")(L.Dense(1)(hidden))]
    model = keras.Model(inputs, outputs)
    loss = [keras.losses.BinaryCrossentropy(), "mse"]
    model.compile("adam", loss, metrics=[["accuracy"], ["mae"]])
    keras.config.set_dtype_policy("float32")
    return model


def fit(model, epochs=1):
    model.fit(X, Y, batch_size=4, epochs=epochs, shuffle=False, verbose=0)


def everything(model):
    """All that a check could have moved."""
    layers = [*model._flatten_layers(), *(getattr(l_, "_functional", None) for l_ in model._flatten_layers())]
    layers = [layer for layer in layers if layer is not None]
    variables = [*model.variables, *model.optimizer.variables, *model.metrics_variables]
    compile_loss = model._compile_loss
    return {
        "values": [v.numpy().tobytes() for v in variables],
        "variable dtypes": [(v.path, v._dtype, v.value.dtype) for v in variables],
        "policies": [(layer.name, id(layer.dtype_policy)) for layer in layers],
        "inputs": [(t.name, t.dtype) for layer in layers for t in getattr(layer, "_inputs", ())],
        "input layers": [(la.name, la.dtype) for la in layers if isinstance(la, L.InputLayer)],
        "added": [[id(loss) for loss in layer._losses] for layer in layers],
        "added ids": [set(layer._loss_ids) for layer in layers],
        "regularizers": [list(vars(v.regularizer).values()) for v in model.variables if v.regularizer],
        "loss": {key: id(value) for key, value in vars(compile_loss).items() if key != "_dtype"},
        "loss dtypes": [(made.name, made.loss.dtype) for made in compile_loss._flat_losses or ()],
        "loss metrics": [metric.name for metric in compile_loss.metrics],
        "metrics": [metric.name for metric in model.metrics],
        "random": random.getstate()[1][:5],
        "numpy": np.random.get_state()[1][:5].tobytes(),
        "keras": keras.config.floatx(),
        "policy": keras.config.dtype_policy().name,
        "train function": id(model.train_function),
        "tensorflow": tf.random.get_global_generator().state.numpy().tobytes(),
    }


@pytest.mark.parametrize(
    ("policy", "options", "epochs"),
    [("float32", {}, 2), ("float32", {"method": "directional"}, 0), ("mixed_bfloat16", {}, 0)],
)
def test_nothing_is_changed(policy, options, epochs):
    model = build(policy)
    if epochs:
        fit(model, epochs)
    model(X, training=True)  # leaves a record of activity losses
    before = everything(model)
    check_model(model, X, Y, **options).assert_passed()
    assert everything(model) == before
    sweep_model(model, X, Y, epsilons=[1e-3], num_entries=5, dtype="float32")
    assert everything(model) == before


def test_the_comparison_sees_changes():
    model = build()
    before = everything(model)
    model(X, training=True)
    assert everything(model)["values"] != before["values"]
    model.layers[1].layers[0].dtype_policy = "float64"
    assert everything(model)["policies"] != before["policies"]


def test_training_goes_on_as_if_nothing_had_happened():
    checked, twin = build(), build()
    for model in (checked, twin):
        fit(model)
        if model is checked:
            check_model(model, X, Y)
        fit(model)
    for ours, theirs in zip(checked.variables, twin.variables, strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy(), err_msg=ours.path)


# Calls of the model: the loss, the loss and gradient by tape, and the tracing.
@pytest.mark.parametrize("calls", [0, 1, 2])
def test_nothing_is_changed_by_a_check_that_breaks(calls):
    model = build()
    before = everything(model)
    fragile = model.get_layer("fragile")
    fragile.calls_left = calls
    with pytest.raises(RuntimeError, match="broken"):
        check_model(model, X, Y)
    fragile.calls_left = None
    assert everything(model) == before
    with pytest.raises(ValueError, match="must have a finite loss"):
        check_model(model, X * np.nan, Y)
    assert everything(model) == before
    check_model(model, X, Y).assert_passed()

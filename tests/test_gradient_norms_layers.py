"""GradientNorms: the order of layers, where NaN began, layers that are frozen, steps of a second training."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from gradient_oracle import compiled, dense_net, fit
from keras import layers

from dlkeras.callbacks import GradientNorms


class HeadFirst(keras.Model):
    """Its attributes are not in the order of the data, and `build` builds nothing."""

    def __init__(self):
        super().__init__(name="mine")
        self.head = layers.Dense(3, name="head")
        self.tower = keras.Sequential(
            [layers.Dense(4, name="up"), layers.Dense(4, name="down")], name="tower"
        )
        self.body = layers.Dense(6, name="body")

    def build(self, input_shape):
        self.built = True

    def call(self, x):
        return self.head(self.tower(self.body(x)))


@pytest.mark.parametrize("eager", [False, True])
def test_layers_of_a_subclass_stand_in_the_order_of_the_data(eager):
    norms = GradientNorms()
    fit(compiled(HeadFirst(), run_eagerly=eager), norms)
    assert norms.layer_names == ["body", "tower/up", "tower/down", "head"]
    assert norms.norms.shape == (6, 4)


class Root(layers.Layer):
    def call(self, x):
        return keras.ops.sqrt(keras.ops.relu(x))


@pytest.mark.parametrize(
    "clip", [{}, {"global_clipnorm": 1.0}, {"clipnorm": 1.0}, {"clipvalue": 1.0}], ids=str
)
@pytest.mark.parametrize("when", ["after", "before"])
def test_nan_is_named_where_backpropagation_meets_it_first(clip, when):
    inner = [layers.Dense(4, name=name) for name in "abc"]
    model = keras.Sequential([keras.Input((6,)), *inner, Root(), layers.Dense(3, name="d")])
    norms = GradientNorms(when=when)
    fit(
        compiled(model, keras.optimizers.SGD(0.1, **clip), jit_compile=False), norms
    )  # XLA makes no NaN of it
    assert norms.first_nonfinite == (0, "c", "c/kernel")
    is_global = "global_clipnorm" in clip and when == "after"
    np.testing.assert_array_equal(np.isnan(norms.norms[0]), [True] * 3 + [is_global])


def test_infinity_that_clipping_hides():
    class Plant(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            if batch == 2:
                self.model.layers[1].kernel.assign(np.full((5, 3), 1e38, np.float32))

    norms = GradientNorms()
    fit(compiled(dense_net(), keras.optimizers.SGD(0.1, clipvalue=1.0)), norms, Plant())
    assert norms.first_nonfinite.step == 2


def test_layers_frozen_since_compile_are_told():
    model = fit(compiled(dense_net()))
    model.layers[0].trainable = False
    message = (
        "`trainable` has changed since `compile` in layers ['hidden'] of model 'net'. Without a recorder "
        "Keras goes on with the training step that it has compiled before; with one it compiles anew, with "
        "`trainable` as it is now. Call `model.compile` after a change."
    )
    with pytest.warns(UserWarning, match=re.escape(message)):
        fit(model, GradientNorms())
    norms = GradientNorms()
    fit(compiled(model), norms)  # no warning, which would be an error
    assert norms.layer_names == ["logits"]


def test_a_second_training_goes_on_in_the_log(tmp_path):
    norms = GradientNorms(every=4, log_dir=tmp_path)
    for _ in range(3):
        fit(compiled(dense_net()), norms, epochs=1)
        np.testing.assert_array_equal(norms.steps, [0, 4])
    found = []
    for path in tmp_path.iterdir():
        records = tf.data.TFRecordDataset(str(path))
        events = [tf.compat.v1.Event.FromString(record.numpy()) for record in records]
        found += [event.step for event in events if event.summary.value]
    assert sorted(found) == [0, 4, 6, 10, 12, 16]


def test_what_a_gradient_overwrites_is_no_weight():
    class Scaled(layers.Dense):
        def build(self, input_shape):
            super().build(input_shape)
            self.scale = self.add_weight(shape=(), initializer="ones", name="scale")
            self.scale.overwrite_with_gradient = True

        def call(self, x):
            return super().call(x) * self.scale

    norms = GradientNorms()
    fit(compiled(keras.Sequential([keras.Input((6,)), Scaled(3, name="scaled")])), norms)
    assert norms.variable_names == ["scaled/kernel", "scaled/bias"]

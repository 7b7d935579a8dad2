"""Every error of GradientNorms, by its whole message."""

import keras
import numpy as np
import pytest
from gradient_oracle import compiled, dense_net, fit
from refusals import refused, refuses

from dlkeras.callbacks import GradientNorms


class NeverApplies(keras.Sequential):
    def train_step(self, data):
        return {"loss": keras.ops.sum(self(data[0]))}


class AppliesElsewhere(keras.Sequential):
    def train_step(self, data):
        self.optimizer.apply([keras.ops.ones(2)], [self.foreign])
        return {}


def fit_with_recorder(model):
    return fit(model, GradientNorms())


def frozen():
    model = dense_net()
    model.trainable = False
    return compiled(model)


def of(kind):
    model = compiled(kind(dense_net().layers, name="net"), keras.optimizers.SGD(0.1, name="gd"))
    model.__dict__["foreign"] = keras.Variable(np.ones(2, "float32"), name="foreign")
    return model


def begin(model):
    norms = GradientNorms()
    norms.set_model(model)
    norms.on_train_begin()


class TrainsTheModelItself(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch == 1:
            fit(self.model)


WRONG_TYPES = {
    "`every` must be an integer. Received: every=1.5": lambda: GradientNorms(every=1.5),
    "`every` must be an integer. Received: every=True": lambda: GradientNorms(every=True),
}
WRONG_VALUES = {
    "`every` must be at least 1. Received: every=0": lambda: GradientNorms(every=0),
    '`when` must be "before" or "after" clipping. Received: when=\'during\'': lambda: GradientNorms(
        when="during"
    ),
    "`GradientNorms` must have seen a training step before it is read. Received: none yet. Pass it to `fit` "
    "in `callbacks=[...]` first.": lambda: GradientNorms().norms,
    "`update_ratios` must be asked for before training. Received: updates=False. Make the recorder with "
    "`GradientNorms(updates=True)`.": lambda: GradientNorms().update_ratios,
    "`model` must be compiled with an optimizer. Received: model 'net'. Call `model.compile(optimizer, "
    "loss)` first.": lambda: begin(dense_net()),
    "`model` must have trainable weights. Received: model 'net' with none. Is `trainable=False` set on all "
    "its layers?": lambda: begin(frozen()),
    "`train_step` must update weights by an optimizer of Keras, or there is no applied gradient to record. "
    "Received: model 'net', whose `train_step` calls none.": lambda: fit_with_recorder(of(NeverApplies)),
    "The optimizers of a `train_step` must update trainable variables of the model only. "
    "Received: variable 'foreign' in 'gd'": lambda: fit_with_recorder(of(AppliesElsewhere)),
    "Histograms must be asked for before training. Received: histograms=None. Make the recorder with "
    "`GradientNorms(histograms=100)`.": lambda: GradientNorms().histogram_counts,
    "`histograms` must be at least 1. Received: histograms=0": lambda: GradientNorms(histograms=0),
    "`model.train_function` must stay the same during `fit`, or steps go unrecorded. Received: another one "
    "by the end of epoch 0. Does a callback "
    "call `fit` or `compile`?": lambda: fit(compiled(dense_net()), GradientNorms(), TrainsTheModelItself()),
}


@refused(WRONG_VALUES, WRONG_TYPES)
def test_refusals(given, message, kind):
    with refuses(message, kind):
        given()


def test_a_step_without_an_optimizer_is_refused_at_the_first_batch():
    seen = []
    count = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(batch))
    with pytest.raises(ValueError, match="whose `train_step` calls none"):
        fit(of(NeverApplies), GradientNorms(), count)
    assert seen == []


def test_numbers_of_numpy_are_taken():
    assert GradientNorms(every=np.int64(2)).every == 2

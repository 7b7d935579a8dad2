"""Every error of GradientNorms, by its whole message."""

import keras
import numpy as np
from gradient_oracle import compiled, dense_net, fit
from refusals import refused, refuses

from dlkeras.callbacks import GradientNorms


class NeverApplies(keras.Sequential):
    def train_step(self, data):
        return {"loss": keras.ops.sum(self(data[0]))}


class AppliesTwice(keras.Sequential):
    def train_step(self, data):
        super().train_step(data)
        return super().train_step(data)


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
    "`model` must update its weights with `model.optimizer` in its `train_step`, or there is no applied "
    "gradient to record. Received: model "
    "'net', whose optimizer 'gd' was never called in epoch 0.": lambda: fit_with_recorder(of(NeverApplies)),
    "`model.optimizer` must be called once "
    "in a `train_step`. Received: a second call by model 'net'": lambda: fit_with_recorder(of(AppliesTwice)),
    "`model.optimizer` must update trainable variables "
    "of the model only. Received: variable 'foreign'": lambda: fit_with_recorder(of(AppliesElsewhere)),
    "`model.train_function` must stay the same during `fit`, or steps go unrecorded. Received: another one "
    "by the end of epoch 0. Does a callback "
    "call `fit` or `compile`?": lambda: fit(compiled(dense_net()), GradientNorms(), TrainsTheModelItself()),
}


@refused(WRONG_VALUES, WRONG_TYPES)
def test_refusals(given, message, kind):
    with refuses(message, kind):
        given()

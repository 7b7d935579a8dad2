"""The model of a trial, as keras-tuner asks for it: `make search MODEL=path/to/file.py:build_model`."""

import keras
from keras.layers import Dense

from dlkeras.tuning import one_minus_log


def build_model(hp):
    """Makes and compiles the network that a trial asks for, for images of 64 pixels."""
    num_layers = hp.Int("layers", 1, 3)
    units = hp.Int("units", 4, 32, step=2, sampling="log")
    beta_1 = one_minus_log(hp, "beta_1", 0.9, 0.999)  # 1 − β on a log scale
    weight_decay = hp.Float("weight_decay", 1e-4, 1.0, sampling="log")
    learning_rate = hp.Float("learning_rate", 1e-4, 1.0, sampling="log")

    hidden = [Dense(units, "relu") for _ in range(num_layers)]
    model = keras.Sequential([keras.Input((64,)), *hidden, Dense(10)])
    model.compile(
        keras.optimizers.Adam(learning_rate, beta_1, weight_decay=weight_decay),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model

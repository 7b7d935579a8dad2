"""Data and models to record activations of."""

import keras
import numpy as np
from keras import layers

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 6)).astype(np.float32)
Y = RNG.normal(size=(40, 3)).astype(np.float32)
# float32 forward pass and mean against float64
TOLERANCE = {"rtol": 1e-5, "atol": 1e-6}


def stack(*activations, width=8, scale=1.0):
    hidden = [layers.Dense(width, a, name=f"{a}_{i}") for i, a in enumerate(activations)]
    model = keras.Sequential([keras.Input((6,)), *hidden, layers.Dense(3, name="out")])
    for layer in hidden:
        layer.kernel.assign(layer.kernel * scale)
    return compiled(model)


def compiled(model, **options):
    model.compile(keras.optimizers.SGD(0.05), loss="mse", **options)
    return model


def fit(model, *callbacks, x=X, y=Y, epochs=2, batch_size=16):
    model.fit(x, y, epochs=epochs, batch_size=batch_size, shuffle=False, verbose=0, callbacks=list(callbacks))
    return callbacks[0]

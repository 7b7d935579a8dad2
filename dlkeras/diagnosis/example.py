"""A model that does not learn, to be diagnosed: ten layers with sigmoid."""

import keras


def build(seed: int) -> keras.Sequential:
    """Makes it, compiled, for digits."""
    keras.utils.set_random_seed(seed)
    hidden = [keras.layers.Dense(32, "sigmoid") for _ in range(10)]
    model = keras.Sequential([keras.Input((64,)), *hidden, keras.layers.Dense(10, "softmax")])
    model.compile(keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy")
    return model

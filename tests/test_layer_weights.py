"""Which layer owns which variable, on every kind of model, against lists written by hand."""

import keras
from keras import layers

from dlkeras.callbacks.recording import layer_weights


def names(model):
    return {layer: [v.name for v in variables] for layer, variables in layer_weights(model).items()}


def test_sequential_leaves_out_layers_without_trainable_weights():
    model = keras.Sequential(
        [
            keras.Input((4, 4, 1)),
            layers.Conv2D(2, 2, name="conv"),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(3, name="frozen", trainable=False),
            layers.BatchNormalization(name="norm"),
            layers.Dense(2, use_bias=False, name="out"),
        ]
    )
    assert names(model) == {"conv": ["kernel", "bias"], "norm": ["gamma", "beta"], "out": ["kernel"]}


def test_nested_and_shared_layers_stand_once_under_their_first_name():
    shared = layers.Dense(4, name="shared")
    inner = keras.Sequential([keras.Input((4,)), shared, layers.Dense(4, name="own")], name="inner")
    x = keras.Input((4,))
    model = keras.Model(x, layers.Dense(1, name="head")(inner(shared(x))))
    assert set(names(model)) == {"shared", "inner/own", "head"}
    assert sum(map(len, names(model).values())) == len(model.trainable_variables) == 6


def test_layers_made_of_layers():
    x = keras.Input((3, 4))
    y = layers.LSTM(2, name="lstm")(layers.MultiHeadAttention(2, 2, name="attention")(x, x))
    model = keras.Model(x, layers.Bidirectional(layers.GRU(2, name="gru"), name="both")(y[:, None]))
    expected = [
        *(f"attention/{name}" for name in ("query", "key", "value", "attention_output")),
        "lstm/lstm_cell",
        "both/forward_gru/gru_cell",
        "both/backward_gru/gru_cell",
    ]
    assert list(names(model)) == expected
    assert names(model)["lstm/lstm_cell"] == ["kernel", "recurrent_kernel", "bias"]


class WithOwnVariable(keras.Model):
    def __init__(self):
        super().__init__(name="own")
        self.hidden = layers.Dense(2, name="same")
        self.again = layers.Dense(2, name="same")
        self.scale = self.add_weight(shape=(2,), name="scale")

    def call(self, x):
        return self.again(self.hidden(x)) * self.scale


def test_subclassed_model_with_a_variable_and_two_equal_names():
    model = WithOwnVariable()
    model(keras.ops.ones((1, 2)))
    assert names(model) == {"own": ["scale"], "same": ["kernel", "bias"], "same (2)": ["kernel", "bias"]}

"""GradientNorms on every kind of model against the tape; its tables, its event file."""

import csv
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from gradient_oracle import STEPS, X, Y, assert_recorded, batches, compiled, dense_net, fit, owners_of, replay
from keras import layers
from refusals import refuses

from dlkeras.callbacks import GradientNorms
from dlkeras.callbacks.exports import to_frame, write_csv


def branches(dropout_rate=0.0):
    """Functional: branches, a nested model, a shared layer, a frozen one and some without weights."""
    keras.utils.set_random_seed(1)
    x = keras.Input((6,))
    shared = layers.Dense(6, "tanh", name="shared")
    inner = keras.Sequential([keras.Input((6,)), shared, layers.Dense(6, "relu", name="dense")], name="inner")
    left = layers.BatchNormalization(name="norm")(inner(shared(shared(x))))
    right = layers.Dropout(dropout_rate, seed=3)(layers.Dense(4, name="frozen", trainable=False)(x))
    both = layers.Flatten()(layers.Concatenate()([left, right]))
    return keras.Model(x, layers.Dense(3, name="logits")(both))


def owners_of_branches(model):
    own = {layer.name: layer for layer in [*model.get_layer("inner").layers, *model.layers]}
    named = {"shared": "shared", "inner/dense": "dense", "norm": "norm", "logits": "logits"}
    return {name: own[layer].trainable_variables for name, layer in named.items()}


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__(name="mine")
        self.hidden = layers.Dense(5, "tanh", name="hidden")
        self.tower = keras.Sequential(
            [layers.Dense(4, name="up"), layers.Dense(4, name="down")], name="tower"
        )
        self.logits = layers.Dense(3, name="hidden")  # a second one of this name
        self.scale = self.add_weight(shape=(4,), initializer="ones", name="scale")

    def call(self, x):
        return self.logits(self.tower(self.hidden(x)) * self.scale)


def subclassed(seed=1):
    keras.utils.set_random_seed(seed)
    model = Subclassed()
    model(X[:1])
    return model


def owners_of_subclassed(model):
    up, down = model.tower.layers
    named = {"hidden": model.hidden, "tower/up": up, "tower/down": down, "hidden (2)": model.logits}
    return {"mine": [model.scale]} | {name: layer.trainable_variables for name, layer in named.items()}


def sequence(seed=1):
    """An embedding whose rows repeat, attention and an LSTM."""
    keras.utils.set_random_seed(seed)
    x = keras.Input((6,), dtype="int32")
    y = layers.Embedding(9, 4, name="words")(x)
    y = layers.MultiHeadAttention(2, 2, name="attention")(y, y)
    y = layers.Bidirectional(layers.LSTM(3, name="lstm"), name="both")(y)
    return keras.Model(x, layers.Dense(3, name="logits")(y))


def owners_of_sequence(model):
    attention, both = model.get_layer("attention"), model.get_layer("both")
    parts = {"query": attention.query_dense, "key": attention.key_dense, "value": attention.value_dense}
    inner = {f"attention/{name}": layer.trainable_variables for name, layer in parts.items()}
    inner["attention/attention_output"] = attention.output_dense.trainable_variables
    inner["both/forward_lstm/lstm_cell"] = both.forward_layer.trainable_variables
    inner["both/backward_lstm/lstm_cell"] = both.backward_layer.trainable_variables
    flat = owners_of(model)
    return {"words": flat["words"], **inner, "logits": flat["logits"]}


MODELS = {
    "functional with dropout": (lambda: branches(0.4), owners_of_branches, X),
    "functional": (branches, owners_of_branches, X),
    "subclassed": (subclassed, owners_of_subclassed, X),
    "sequence": (sequence, owners_of_sequence, (np.abs(X * 3) % 9).astype(np.int32)),
}


# XLA draws other random numbers than the twin, so no dropout there.
@pytest.mark.parametrize(
    ("kind", "jit"), [*[(kind, False) for kind in MODELS], *[(kind, True) for kind in [*MODELS][1:]]]
)
def test_kinds_of_models(kind, jit):
    build, owners, x = MODELS[kind]
    norms = GradientNorms(updates=True)
    model = fit(compiled(build(), jit_compile=jit), norms, x=x)
    expected = replay(compiled(build()), batches(x))
    assert_recorded(norms, model, expected, owners(model))


def test_subclassed_model_that_is_built_by_fit():
    keras.utils.set_random_seed(1)
    norms, model = GradientNorms(), compiled(Subclassed())
    fit(model, norms)
    assert norms.layer_names == ["mine", "hidden", "tower/up", "tower/down", "hidden (2)"]
    assert norms.variable_names[:3] == ["mine/scale", "hidden/kernel", "hidden/bias"]
    assert norms.norms.shape == (STEPS, 5)


def test_train_on_batch():
    norms, model = GradientNorms(), compiled(dense_net())
    norms.set_model(model)
    norms.on_train_begin()
    norms.on_train_begin()  # a second time: still one row a step
    for batch in batches():
        model.train_on_batch(*batch)
    norms.on_train_end()
    model.train_on_batch(X[:4], Y[:4])
    assert_recorded(norms, model, replay(compiled(dense_net()), batches()), owners_of(model))


def test_fits_in_a_row_recompiled_and_on_another_model():
    norms, model = GradientNorms(), compiled(dense_net())
    twin = compiled(dense_net())
    for _ in range(2):
        fit(model, norms)
        assert_recorded(norms, model, replay(twin, batches()), owners_of(model))
    model.layers[0].trainable = False
    compiled(model, keras.optimizers.SGD(0.05, clipnorm=0.1), steps_per_execution=2000, jit_compile=False)
    twin.layers[0].trainable = False
    compiled(twin, keras.optimizers.SGD(0.05, clipnorm=0.1))
    fit(model, norms)
    assert_recorded(norms, model, replay(twin, batches()), owners_of(model))
    other = fit(compiled(dense_net(seed=2)), norms)
    assert_recorded(norms, other, replay(compiled(dense_net(seed=2)), batches()), owners_of(other))


def test_a_second_fit_does_not_trace_again():
    calls = []

    class Counting(keras.Sequential):
        def train_step(self, data):
            calls.append(1)
            return super().train_step(data)

    norms, model = GradientNorms(), compiled(Counting(dense_net().layers))
    x = X[:20]
    fit(model, norms, x=x, y=Y[:20])
    first = len(calls)
    fit(model, norms, x=x, y=Y[:20])
    assert len(calls) == first


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("jit", [False, True])
def test_first_nonfinite(bad, jit):
    class Plant(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            if batch == 3:  # the loss is not finite, so of both layers it is the one nearest to it
                self.model.layers[1].kernel.assign(np.full((5, 3), bad, np.float32))

    norms = GradientNorms()
    fit(compiled(dense_net(), jit_compile=jit), norms, Plant())
    assert norms.first_nonfinite == (3, "logits", "logits/kernel")
    assert np.isfinite(norms.norms[:3]).all()
    clean = GradientNorms()
    fit(compiled(dense_net()), clean)
    assert clean.first_nonfinite is None


def test_event_file_equals_the_series(tmp_path):
    norms = GradientNorms(updates=True, log_dir=tmp_path, every=2)
    sizes = []  # at the end of each epoch: whoever watches a long training sees it at once
    look = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda *_: sizes.extend(path.stat().st_size for path in tmp_path.iterdir())
    )
    fit(compiled(dense_net()), norms, look, epochs=2)
    (path,) = tmp_path.iterdir()
    assert 0 < sizes[0] < sizes[1] == path.stat().st_size
    events = [tf.compat.v1.Event.FromString(e.numpy()) for e in tf.data.TFRecordDataset(str(path))]
    assert events[0].file_version == "brain.Event:2"
    found = {(v.tag, e.step): v.simple_value for e in events for v in e.summary.value}
    series = {
        "gradient_norm": norms.norms,
        "weight_norm": norms.weight_norms,
        "update_ratio": norms.update_ratios,
    }
    expected = {
        (f"{name}/{layer}", step): values[row, column]
        for name, values in series.items()
        for row, step in enumerate(norms.steps)
        for column, layer in enumerate(norms.layer_names)
    }
    expected |= {
        ("total_norm", step): total for step, total in zip(norms.steps, norms.total_norm, strict=True)
    }
    assert found == expected
    assert len(found) == 6 * (2 * 3 + 1)
    np.testing.assert_allclose(norms.total_norm**2, (norms.norms.astype(float) ** 2).sum(axis=1), rtol=1e-6)
    fit(compiled(dense_net()), GradientNorms(log_dir=tmp_path))
    assert len(list(tmp_path.iterdir())) == 2  # in the same second


def test_tables(tmp_path, monkeypatch):
    norms = GradientNorms(updates=True, every=3)
    fit(compiled(dense_net()), norms)
    monkeypatch.setitem(sys.modules, "pandas", None)
    frame = norms.to_frame()
    assert list(frame) == ["step", "layer", "gradient_norm", "weight_norm", "update_ratio", "total_norm"]
    assert frame["update_ratio"].dtype == np.float32
    assert frame["step"].tolist() == [0, 0, 3, 3]
    assert frame["layer"].tolist() == ["hidden", "logits"] * 2
    np.testing.assert_array_equal(frame["gradient_norm"].reshape(2, 2), norms.norms)
    np.testing.assert_array_equal(frame["total_norm"], np.repeat(norms.total_norm, 2))
    norms.to_csv(tmp_path / "norms.csv")
    with open(tmp_path / "norms.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    np.testing.assert_array_equal(np.float32([r["update_ratio"] for r in rows]), frame["update_ratio"])
    fake = type(sys)("pandas")
    fake.DataFrame = lambda columns: ("frame", *columns)
    monkeypatch.setitem(sys.modules, "pandas", fake)
    assert norms.to_frame() == ("frame", *frame)


def test_a_csv_file_reads_back_to_the_same_bits(tmp_path):
    norms = np.array([0.1, np.nan, 1e-30], np.float32)
    write_csv(tmp_path / "table.csv", {"norm": norms, "layer": ["a", 'b, "quoted"', "c"]})
    with open(tmp_path / "table.csv", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["norm", "layer"]
    np.testing.assert_array_equal(np.float32([row[0] for row in rows]), norms)
    assert [row[1] for row in rows] == ["a", 'b, "quoted"', "c"]


@pytest.mark.parametrize("write", [to_frame, lambda columns: write_csv("never_written.csv", columns)])
def test_unequal_columns_are_refused(write):
    with refuses("`columns` must all have the same length. Received: lengths {'a': 2, 'b': 1}"):
        write({"a": [1, 2], "b": [1]})

"""Training is the same with GradientNorms: the weights bit for bit, the optimizer, after errors too."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from gradient_oracle import BATCH, STEPS, X, Y, batches, compiled, dense_net, fit, replay

from dlkeras.callbacks import GradientNorms
from dlkeras.callbacks.train_tap import wrapped

OPTIMIZERS = {
    "SGD": lambda: keras.optimizers.SGD(0.1),
    "Adam": lambda: keras.optimizers.Adam(0.01),
    "SGD, clipped and accumulated": lambda: keras.optimizers.SGD(
        0.1, momentum=0.9, clipnorm=0.1, gradient_accumulation_steps=2, use_ema=True
    ),
}


def wide_net():
    """784-512-512-10, large enough for the folded reduction."""
    keras.utils.set_random_seed(1)
    sizes = zip((512, 512, 10), ("relu", "relu", None), strict=True)
    return keras.Sequential([keras.Input((784,)), *(keras.layers.Dense(n, a) for n, a in sizes)])


def conv_net():
    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(32, 3, activation="relu"),
            keras.layers.BatchNormalization(),
            keras.layers.Conv2D(64, 3),  # 18432 weights
            keras.layers.Flatten(),
            keras.layers.Dropout(0.3, seed=4),
            keras.layers.Dense(10),
        ]
    )


NETS = {"small": (dense_net, (6,)), "wide": (wide_net, (784,)), "conv": (conv_net, (8, 8, 1))}


@pytest.mark.parametrize(
    ("net", "optimizer", "options"),
    [
        *[
            pytest.param("small", name, {"jit_compile": jit, "steps_per_execution": spe}, marks=marks)
            for name in OPTIMIZERS
            for jit in (False, True)
            for spe, marks in ((1, pytest.mark.slow), (4, ()))
        ],
        ("small", "Adam", {"run_eagerly": True}),
        *[(net, "Adam", {"jit_compile": jit}) for net in ("wide", "conv") for jit in (False, True)],
        pytest.param("wide", "SGD", {"jit_compile": True, "steps_per_execution": 9}, marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_weights_end_as_without_the_recorder(net, optimizer, options):
    build, shape = NETS[net]
    x = np.random.default_rng(1).normal(size=(20, *shape)).astype(np.float32)
    states = []
    for callbacks in ([], [GradientNorms(updates=net == "small"), GradientNorms(when="before", every=2)]):
        model = compiled(build(), OPTIMIZERS[optimizer](), **{"jit_compile": False} | options)
        fit(model, *callbacks, x=x, y=Y[:20], epochs=2)
        states.append([v.numpy() for v in [*model.variables, *model.optimizer.variables]])
    # Bit for bit, but where XLA fuses both steps as it likes: that may round otherwise, on some processors.
    rounding = {"rtol": 1e-4, "atol": 1e-4} if options.get("jit_compile") else {"rtol": 0, "atol": 0}
    for plain, recorded in zip(*states, strict=True):
        np.testing.assert_allclose(recorded, plain, **rounding)
    assert callbacks[0].norms.shape[0] == 10 // (model.optimizer.gradient_accumulation_steps or 1)


class Raises(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch == 2:
            raise KeyError("planted")


def broken_data():
    for i, batch in enumerate(batches()):
        if i == 3:
            raise KeyError("planted")
        yield batch


def broken_dataset():
    signature = tf.TensorSpec((None, 6), tf.float32), tf.TensorSpec((None,), tf.int64)
    return tf.data.Dataset.from_generator(broken_data, output_signature=signature)


@pytest.mark.parametrize("source", ["callback", "data"])
def test_an_exception_leaves_the_optimizer_and_the_next_fits_as_they_were(source):
    optimizer, norms = keras.optimizers.SGD(0.1), GradientNorms()
    model = fit(compiled(dense_net(), optimizer))
    plain, attributes = model.train_function, set(vars(optimizer))
    data = {"x": X, "y": Y, "batch_size": BATCH} if source == "callback" else {"x": broken_dataset()}
    raises = [Raises()] if source == "callback" else []
    with pytest.raises(Exception, match="planted"):
        model.fit(**data, steps_per_epoch=6, shuffle=False, verbose=0, callbacks=[norms, *raises])
    assert model.optimizer is optimizer
    assert set(vars(optimizer)) == attributes
    assert "train_step" not in vars(model)
    assert norms.norms.shape == (3, 2)

    fit(model)
    assert model.train_function is plain
    assert norms.norms.shape == (3, 2)
    fit(model, norms)
    assert model.train_function is plain
    expected = replay(
        compiled(dense_net(), keras.optimizers.SGD(0.1)), batches() + batches()[:3] + 2 * batches()
    )
    np.testing.assert_allclose(norms.variable_norms, expected.gradients[-STEPS:], rtol=3e-5)


def test_an_exception_and_then_the_recorder_at_once_or_another_one():
    norms, other = GradientNorms(), GradientNorms()
    model = compiled(dense_net())
    for recorder in (norms, other):
        with pytest.raises(KeyError, match="planted"):
            fit(model, norms, Raises())
        fit(model, recorder)
        assert recorder.norms.shape == (STEPS, 2)
        assert isinstance(model.train_function, type(lambda: None))


def test_early_stop_in_the_middle_of_an_epoch():
    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = batch == 3

    norms = GradientNorms()
    model = fit(compiled(dense_net()), norms, Stop(), epochs=5)
    np.testing.assert_array_equal(norms.steps, [0, 1, 2, 3])
    fit(model, norms)
    np.testing.assert_array_equal(norms.steps, np.arange(STEPS))


# TensorFlow's variables hand NumPy 2 their array without the `copy` argument while they are saved.
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
def test_the_model_is_saved_during_fit_and_after(tmp_path):
    class Save(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 2:
                self.model.save(tmp_path / "during.keras")

    norms, optimizer = GradientNorms(), keras.optimizers.Adam(0.01)
    model = fit(compiled(dense_net(), optimizer), norms, Save())
    model.save(tmp_path / "after.keras")
    assert model.optimizer is optimizer
    for name, steps in (("during", 3), ("after", STEPS)):
        loaded = keras.models.load_model(tmp_path / f"{name}.keras")
        assert int(loaded.optimizer.iterations) == steps
    np.testing.assert_array_equal(loaded.predict(X, verbose=0), model.predict(X, verbose=0))


def test_reading_during_fit_changes_nothing():
    class Read(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            assert len(norms.norms) == len(norms.steps) == batch + 1

    norms, again = GradientNorms(updates=True), GradientNorms(updates=True)
    fit(compiled(dense_net()), norms, Read())
    fit(compiled(dense_net()), again)
    np.testing.assert_array_equal(norms.norms, again.norms)
    np.testing.assert_array_equal(norms.update_ratios, again.update_ratios)


@pytest.mark.parametrize("own", [False, True])
def test_wrapped_restores_what_was_there(own):
    class Thing:
        def name(self):
            return "class"

    thing = Thing()
    if own:
        thing.name = lambda: "object"
    before, attributes = thing.name(), dict(vars(thing))

    def fail():
        with wrapped(thing, "name", lambda method: lambda: f"wrapped {method()}"):
            assert thing.name() == f"wrapped {before}"
            assert Thing().name() == "class"
            raise KeyError("planted")

    with pytest.raises(KeyError, match="planted"):
        fail()
    assert vars(thing) == attributes

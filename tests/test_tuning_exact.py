"""A trial that was interrupted has the numbers of one that was not, or starts again."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from tuning_interruptions import X, Y, compiled, interrupted, run

L = keras.layers
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden, self.out = L.Dense(4, "tanh"), L.Dense(4)
        self.dropout = L.Dropout(0.3)

    def call(self, x, training=False):
        return self.out(self.dropout(self.hidden(x), training=training))


class Noisy(L.Layer):
    """Draws from Keras's own generator, without a seed, and adds to the loss."""

    def call(self, x):
        self.add_loss(0.1 * keras.ops.mean(x**2))
        return x + 0.1 * keras.random.normal(keras.ops.shape(x))


class OwnNoise(L.Layer):
    """Draws from TensorFlow, whose generator cannot be put back, and adds to the loss."""

    def call(self, x):
        self.add_loss(0.1 * keras.ops.mean(x**2))
        return x + 0.1 * tf.random.normal(tf.shape(x))


class TrainStep(Subclassed):
    """Trains by two optimizers, of which Keras knows one."""

    def __init__(self):
        super().__init__()
        self.other = keras.optimizers.Adam(0.05)

    def train_step(self, data):
        x, y = data
        assert x.dtype == "float32"
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x, y, self(x, training=True))
        variables = self.trainable_variables
        gradients = tape.gradient(loss, variables)
        self.optimizer.apply(gradients[:1], variables[:1])
        self.other.apply(gradients[1:], variables[1:])
        return {"loss": loss}


class Counting(L.Layer):
    """Keeps a number in a variable that Keras does not know."""

    def __init__(self):
        super().__init__()
        self.count = tf.Variable(0.0, trainable=False)

    def call(self, x):
        self.count.assign_add(1.0)
        return x * (1.0 + 0.1 * self.count)


def bfloat16():
    return [L.Dense(4, "tanh", dtype="bfloat16"), L.Dropout(0.2, dtype="bfloat16"), L.Dense(4)]


MODELS = {  # name -> what makes a model, and whether it goes on in the middle
    "sequential": (lambda: keras.Sequential([L.Dense(4, "tanh"), L.Dropout(0.3), L.Dense(4)]), True),
    "subclassed": (Subclassed, True),
    "bfloat16": (lambda: keras.Sequential([keras.Input((5,)), *bfloat16()]), True),
    "noisy": (lambda: keras.Sequential([keras.Input((5,)), Noisy(), L.Dense(4)]), True),
    "normalized": (lambda: keras.Sequential([L.Dense(4), L.BatchNormalization(), L.Dense(4)]), True),
    "noise of tensorflow": (lambda: keras.Sequential([keras.Input((5,)), OwnNoise(), L.Dense(4)]), False),
    "train step": (TrainStep, False),
    "variable of tensorflow": (lambda: keras.Sequential([Counting(), L.Dense(4)]), False),
}


@pytest.mark.parametrize("kind", MODELS)
def test_models_go_on_where_it_is_exact(tmp_path, kind):
    make, goes_on = MODELS[kind]
    seen = interrupted(tmp_path, 3, lambda: compiled(make()))
    assert seen == ([2] if goes_on else [0, 1, 2])


OPTIMIZERS = {
    "momentum": lambda: keras.optimizers.SGD(0.1, 0.9, nesterov=True),
    "averaged": lambda: keras.optimizers.Adam(use_ema=True, ema_overwrite_frequency=4),
    "scheduled": lambda: keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)),
    "scaled": lambda: keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.1), dynamic_growth_steps=2),
    "accumulating": lambda: keras.optimizers.SGD(0.1, gradient_accumulation_steps=2),
}


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_optimizers_go_on(tmp_path, kind):
    assert interrupted(tmp_path, 3, lambda: compiled(MODELS["sequential"][0](), OPTIMIZERS[kind]())) == [2]


def sequential():
    return compiled(MODELS["sequential"][0]())


DATA = {  # name -> arguments, and whether a training over them goes on in the middle
    "two inputs": (([X, X[:, :2]], Y), {"sample_weight": np.linspace(0, 1, 16)}, True),
    "weights of classes": ((X, Y), {"class_weight": {0: 1.0, 1: 2.0, 2: 0.5, 3: 1.0}}, True),
    "float64": ((X.astype("float64"), Y.astype("int8")), {}, True),
    "no order": ((X, Y), {"shuffle": False}, True),
    "held out": ((X, Y), {"validation_split": 0.25, "validation_batch_size": 5}, True),
    "steps": ((X, Y), {"steps_per_epoch": 2}, False),
    "dataset": ((tf.data.Dataset.from_tensor_slices((X, Y)).batch(8),), {"shuffle": False}, False),
    "validation on a dataset": (
        (X, Y),
        {"validation_data": tf.data.Dataset.from_tensor_slices((X, Y)).batch(8)},
        False,
    ),
}


class TwoInputs(Subclassed):
    def call(self, x, training=False):
        return super().call(keras.ops.concatenate(x, -1), training=training)


@pytest.mark.parametrize("kind", DATA)
def test_data_go_on_where_it_is_exact(tmp_path, kind):
    args, options, goes_on = DATA[kind]
    build = (lambda: compiled(TwoInputs())) if kind == "two inputs" else sequential
    options = {"batch_size": None if kind == "dataset" else 8, **options}
    assert interrupted(tmp_path, 3, build, args=args, **options) == ([2] if goes_on else [0, 1, 2])


def test_batches_are_those_of_plain_keras(tmp_path):
    """What a step gets, whatever was given: the same kinds, shapes, and rows as from `fit` itself."""
    seen = []

    class Seeing(Subclassed):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            seen.append(
                keras.tree.map_structure(lambda a: a if a is None else a.numpy(), (x, y, sample_weight))
            )
            return super().compute_loss(x, y, y_pred, sample_weight)

        def call(self, x, training=False):
            return super().call(keras.ops.concatenate(keras.tree.flatten(x), -1), training=training)

    halves = X.astype("float64")[:, :2], X[:, 2:]
    folder = 0
    for x in (X, list(halves), {"a": halves[0], "b": halves[1]}, X.astype("float16")):
        for more in ({}, {"sample_weight": np.arange(16.0)}, {"class_weight": {0: 1, 1: 2, 2: 3, 3: 4}}):
            for shuffle in (False, True):
                options = {"epochs": 1, "batch_size": 16, "shuffle": shuffle, "verbose": 0, **more}
                seen.clear()
                folder += 1
                run(tmp_path / str(folder), lambda: compiled(Seeing()), args=(x, Y), **options)
                compiled(Seeing()).fit(x, Y, **options)
                ours, theirs = seen
                assert type(ours[0]) is type(theirs[0])
                keras.tree.assert_same_structure(ours, theirs)
                for a, b in zip(keras.tree.flatten(ours), keras.tree.flatten(theirs), strict=True):
                    if a is None or b is None:
                        assert a is b
                        continue
                    assert (a.dtype, a.shape) == (b.dtype, b.shape)
                    np.testing.assert_array_equal(np.sort(a, 0), np.sort(b, 0))
                    assert shuffle or np.array_equal(a, b)


def test_words_are_taken_as_inputs(tmp_path):
    words = np.array(["a b", "b c", "c a", "a a"] * 4)

    def build():
        vectorize = L.TextVectorization(vocabulary=["a", "b", "c"], output_sequence_length=2)
        return compiled(keras.Sequential([keras.Input((), dtype="string"), vectorize, L.Dense(4)]))

    assert interrupted(tmp_path, 3, build, args=(words, Y), validation_split=0.25) == [2]

"""What a Population refuses, with the very words."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from refusals import refused, refuses

from dlkeras.callbacks import StopAtError
from dlkeras.population import Population

L = keras.layers
X, Y = np.zeros((8, 6), "float32"), np.zeros(8, int)
ROWS = tf.data.Dataset.from_tensor_slices((X, Y))
SCHEDULE = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
UNREDUCED = keras.losses.MeanSquaredError(reduction=None)


def network(*layers):
    return keras.Sequential([keras.Input((6,)), *layers])


def build(seed):
    return network(L.Dense(3, name="logits"))


def masked(seed):
    return network(L.Embedding(4, 2, mask_zero=True, name="words"))


def half(seed):
    return network(L.Dense(3, dtype="mixed_float16", name="half"))


def compiled(optimizer="sgd", loss="sparse_categorical_crossentropy", **options):
    population = Population(build, [0, 1], **options)
    population.compile(optimizer, loss)
    return population


def used():
    optimizer = keras.optimizers.SGD()
    optimizer.build(build(0).trainable_variables)
    return optimizer


def excluding():
    optimizer = keras.optimizers.SGD(weight_decay=0.1)
    optimizer.exclude_from_weight_decay(var_list=build(0).trainable_variables)
    return optimizer


def scheduler():
    return keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)


WRONG_TYPES = {
    "`build` must be a function from a seed to a model. Received: build=3": lambda: Population(3),
    "`seeds` must be integers. Received: 1.5 among seeds": lambda: Population(build, [0, 1.5]),
    "`build` must return a keras.Sequential. Received: build(7) of class Dense": lambda: Population(
        lambda seed: L.Dense(3), [7]
    ),
    "`x` must be an array, or `x` a tf.data.Dataset. Received: x of class generator": lambda: compiled().fit(
        (x for x in X), Y
    ),
    "`batch_size` must be an integer. Received: batch_size=2.0": lambda: compiled().evaluate(
        X, Y, batch_size=2.0
    ),
}
WRONG_VALUES = {
    "`seeds` must name at least one replica. Received: seeds=()": lambda: Population(build, []),
    "`seeds` must be at least 0. Received: -1 among seeds": lambda: Population(build, [0, -1]),
    "`learning_rates` must have one rate for each seed. Received: 1 learning_rates and 2 seeds": lambda: (
        Population(build, [0, 1], [0.1])
    ),
    "`learning_rates` must be above 0 and finite. Received: learning_rates=(0.0,)": lambda: Population(
        build, [0], [0.0]
    ),
    "`build` must return a built model. Received: build(0) without weights. Begin it with "
    "`keras.Input(shape)`.": lambda: Population(lambda seed: keras.Sequential([L.Dense(3)]), [0]),
    "`build` must give the same network for all seeds. Received: 2 layers for seed 2, 1 for seed 1": lambda: (
        Population(lambda seed: network(*(L.Dense(3) for _ in range(seed))), [1, 2])
    ),
    "`build` must give layers without masks. Received: layer 'words' of class Embedding": lambda: Population(
        masked, [0]
    ),
    "`build` must give layers of float32, float64 or bfloat16: the loss scaling that float16 needs would "
    "skip a step in all replicas. Received: layer 'half' of float16": lambda: Population(half, [0]),
    "`optimizer` must not have been used: its state does not fit a population. Received: a built SGD. Make a "
    "new one.": lambda: compiled(used()),
    "`optimizer` must exclude weights from weight decay by name. Received: variables excluded by `var_list` "
    "in SGD. Use `var_names`.": lambda: compiled(excluding()),
    "`optimizer` must have a constant learning rate when `learning_rates` are given. Received: "
    "learning_rate=ExponentialDecay "
    "in SGD.": lambda: compiled(keras.optimizers.SGD(SCHEDULE), learning_rates=[0.1, 0.2]),
    "`loss` must be given. Received: loss=None": lambda: Population(build, [0]).compile("sgd"),
    "`loss` must reduce a batch to one number. Received: loss=mean_squared_error "
    "with reduction=None": lambda: compiled(loss=UNREDUCED).fit(X, X[:, :3], verbose=0),
    "`compile(optimizer, loss)` must come first. Received: a population not compiled.": lambda: Population(
        build, [0]
    ).fit(X, Y),
    "`x` must have the shape (n, 6). Received: x of shape (8, 5)": lambda: compiled().fit(X[:, :5], Y),
    "`x` must have the shape (n, 6). Received: x of shape (6,)": lambda: compiled().fit(X[0], Y),
    "`x` must hold at least one sample. Received: x of shape (0, 6)": lambda: compiled().fit(X[:0], Y),
    "`x` and `y` must have equally many samples. Received: x of shape (8, 6) and y of shape (3,)": lambda: (
        compiled().fit(X, Y[:3])
    ),
    "`batch_size` must be at least 1. Received: batch_size=0": lambda: compiled().fit(X, Y, batch_size=0),
    "`y` must be None when `x` is a data set. Received: y of class ndarray": lambda: compiled().fit(
        ROWS.batch(4), Y
    ),
    "`x` must be a data set whose inputs have the shape (n, 6). Received: inputs of shape (6,). Did you call "
    "`batch`?": lambda: compiled().fit(ROWS),
    "`x` must be a data set that ends. Received: one that repeats forever. Use `take`.": lambda: (
        compiled().fit(ROWS.batch(4).repeat())
    ),
    "`x` must be a data set of pairs of batches (x, y). Received: elements TensorSpec(shape=(None, 6), "
    "dtype=tf.float32, name=None)": lambda: compiled().fit(ROWS.map(lambda x, y: x).batch(4)),
    "`validation_data` must be a pair (x, y) or a data set. Received: 3 parts": lambda: compiled().fit(
        X, Y, validation_data=(X, Y, Y), verbose=0
    ),
    "`validation_split` must be at least 0 and below 1. Received: validation_split=1.0": lambda: (
        compiled().fit(X, Y, validation_split=1.0)
    ),
    "`validation_split` must be 0 with a data set. Use `validation_data`.": lambda: compiled().fit(
        ROWS.batch(4), validation_split=0.5
    ),
    "`callbacks` must not set one learning rate where each replica has its own. Received: "
    "LearningRateScheduler. Assign `population.optimizer.learning_rate` "
    "between two `fit`.": lambda: compiled(learning_rates=[0.1, 0.2]).fit(X, Y, callbacks=[scheduler()]),
    "`index` must be from 0 to 1. Received: index=2": lambda: compiled().member(2),
}


@refused(WRONG_VALUES, WRONG_TYPES)
def test_refusals(given, message, kind):
    with refuses(message, kind):
        given()


def test_models_of_unequal_kind():
    with pytest.raises(ValueError, match="`build` must give the same network for all seeds") as error:
        Population(lambda seed: network(L.Dropout(seed / 10, name="drop")), [1, 2])
    assert "layer 'drop' of seed 2" in str(error.value)


@pytest.mark.parametrize("name", ["Lamb", "Adafactor", "Muon", "ScheduleFreeAdamW"])
def test_optimizers_that_mix_weights(name):
    with refuses(
        "`optimizer` must be known to update every weight by itself, or replicas would touch each other. "
        f"Received: optimizer={name}. Use one of SGD, RMSprop, Adagrad, Adadelta, Adam, AdamW, Adamax, "
        "Nadam, Lion, Ftrl, GradientDescent, Momentum."
    ):
        compiled(getattr(keras.optimizers, name)())


@pytest.mark.parametrize(
    "callback",
    [
        *(keras.callbacks.EarlyStopping(), keras.callbacks.ReduceLROnPlateau(), StopAtError(0.1)),
        *(keras.callbacks.TerminateOnNaN(), keras.callbacks.BackupAndRestore("backup")),
        *(keras.callbacks.TensorBoard(), keras.callbacks.RemoteMonitor()),
        keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True),
    ],
    ids=lambda callback: type(callback).__name__,
)
def test_callbacks_that_compare_one_number(callback):
    with refuses(
        "`callbacks` must not take a metric for a number: in a population it is an array, one number for "
        f"each replica. Received: {type(callback).__name__}. Choose epochs and replicas from what `fit` "
        "returns."
    ):
        compiled().fit(X, Y, callbacks=[callback], verbose=0)

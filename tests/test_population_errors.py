"""What a Population refuses, with the very words."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from refusals import refuses

from dlkeras.callbacks import StopAtError
from dlkeras.population import Population

L = keras.layers
X, Y = np.zeros((8, 6), "float32"), np.zeros(8, int)


def build(seed):
    return keras.Sequential([keras.Input((6,)), L.Dense(3, name="logits")])


def compiled(**options):
    population = Population(build, [0, 1], **options)
    population.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return population


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ((3,), TypeError, "`build` must be a function from a seed to a model. Received: build=3"),
        ((build, []), ValueError, "`seeds` must name at least one replica. Received: seeds=()"),
        ((build, [0, 1.5]), TypeError, "`seeds` must be integers. Received: 1.5 among seeds"),
        ((build, [0, -1]), ValueError, "`seeds` must be at least 0. Received: -1 among seeds"),
        (
            (build, [0, 1], [0.1]),
            ValueError,
            "`learning_rates` must have one rate for each seed. Received: 1 learning_rates and 2 seeds",
        ),
        (
            (build, [0], [0.0]),
            ValueError,
            "`learning_rates` must be above 0 and finite. Received: learning_rates=(0.0,)",
        ),
    ],
)
def test_arguments(arguments, kind, message):
    with refuses(message, kind):
        Population(*arguments)


def test_a_model_that_is_not_sequential():
    with refuses("`build` must return a keras.Sequential. Received: build(7) of class Dense", TypeError):
        Population(lambda seed: L.Dense(3), [7])


def test_a_model_that_is_not_built():
    with refuses(
        "`build` must return a built model. Received: build(0) without weights. "
        "Begin it with `keras.Input(shape)`."
    ):
        Population(lambda seed: keras.Sequential([L.Dense(3)]), [0])


def test_models_of_unequal_depth():
    with refuses(
        "`build` must give the same network for all seeds. Received: 2 layers for seed 2, 1 for seed 1"
    ):
        Population(
            lambda seed: keras.Sequential([keras.Input((6,)), *(L.Dense(3) for _ in range(seed))]), [1, 2]
        )


def test_models_of_unequal_kind():
    def unlike(seed):
        return keras.Sequential([keras.Input((6,)), L.Dropout(seed / 10, name="drop")])

    with pytest.raises(ValueError, match="`build` must give the same network for all seeds") as error:
        Population(unlike, [1, 2])
    assert "layer 'drop' of seed 2" in str(error.value)


def test_a_layer_with_a_mask():
    def masked(seed):
        return keras.Sequential([keras.Input((6,)), L.Embedding(4, 2, mask_zero=True, name="words")])

    with refuses("`build` must give layers without masks. Received: layer 'words' of class Embedding"):
        Population(masked, [0])


def test_float16():
    def half(seed):
        return keras.Sequential([keras.Input((6,)), L.Dense(3, dtype="mixed_float16", name="half")])

    with refuses(
        "`build` must give layers of float32, float64 or bfloat16: the loss scaling that float16 needs would "
        "skip a step in all replicas. Received: layer 'half' of float16"
    ):
        Population(half, [0])


@pytest.mark.parametrize("name", ["Lamb", "Adafactor", "Muon", "ScheduleFreeAdamW"])
def test_optimizers_that_mix_weights(name):
    with refuses(
        "`optimizer` must be known to update every weight by itself, or replicas would touch each other. "
        f"Received: optimizer={name}. Use one of SGD, RMSprop, Adagrad, Adadelta, Adam, AdamW, Adamax, "
        "Nadam, Lion, Ftrl, GradientDescent, Momentum."
    ):
        Population(build, [0]).compile(getattr(keras.optimizers, name)(), "mse")


def test_an_optimizer_with_a_past():
    optimizer = keras.optimizers.SGD()
    optimizer.build(build(0).trainable_variables)
    with refuses(
        "`optimizer` must not have been used: its state does not fit a population. Received: a built SGD. "
        "Make a new one."
    ):
        Population(build, [0]).compile(optimizer, "mse")


def test_weights_excluded_one_by_one():
    optimizer = keras.optimizers.SGD(weight_decay=0.1)
    optimizer.exclude_from_weight_decay(var_list=build(0).trainable_variables)
    with refuses(
        "`optimizer` must exclude weights from weight decay by name. Received: variables excluded by "
        "`var_list` in SGD. Use `var_names`."
    ):
        Population(build, [0]).compile(optimizer, "mse")


def test_a_schedule_beside_learning_rates():
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    with refuses(
        "`optimizer` must have a constant learning rate when `learning_rates` are given. "
        "Received: learning_rate=ExponentialDecay in SGD."
    ):
        Population(build, [0], [0.1]).compile(keras.optimizers.SGD(schedule), "mse")


def test_no_loss():
    with refuses("`loss` must be given. Received: loss=None"):
        Population(build, [0]).compile("sgd")


def test_a_loss_that_is_not_reduced():
    population = Population(build, [0])
    population.compile("sgd", keras.losses.MeanSquaredError(reduction=None))
    with refuses(
        "`loss` must reduce a batch to one number. Received: loss=mean_squared_error with reduction=None"
    ):
        population.fit(X, X[:, :3], verbose=0)


def test_fit_before_compile():
    with refuses("`compile(optimizer, loss)` must come first. Received: a population not compiled."):
        Population(build, [0]).fit(X, Y)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (X[:, :5], Y, "`x` must have the shape (n, 6). Received: x of shape (8, 5)"),
        (X[0], Y, "`x` must have the shape (n, 6). Received: x of shape (6,)"),
        (X[:0], Y, "`x` must hold at least one sample. Received: x of shape (0, 6)"),
        (
            X,
            Y[:3],
            "`x` and `y` must have equally many samples. Received: x of shape (8, 6) and y of shape (3,)",
        ),
    ],
)
def test_data(x, y, message):
    with refuses(message):
        compiled().fit(x, y)


def test_data_that_are_neither_array_nor_data_set():
    with refuses(
        "`x` must be an array, or `x` a tf.data.Dataset. Received: x of class generator",
        TypeError,
    ):
        compiled().fit((x for x in X), Y)


@pytest.mark.parametrize("call", ["fit", "evaluate"])
def test_batch_size(call):
    with refuses("`batch_size` must be at least 1. Received: batch_size=0"):
        getattr(compiled(), call)(X, Y, batch_size=0)
    with refuses("`batch_size` must be an integer. Received: batch_size=2.0", TypeError):
        getattr(compiled(), call)(X, Y, batch_size=2.0)


def test_no_such_member():
    with refuses("`index` must be from 0 to 1. Received: index=2"):
        compiled().member(2)


def test_history_and_progress_bar(capsys):
    history = compiled(learning_rates=[0.1, 0.2]).fit(X, Y, epochs=3, validation_data=(X, Y), verbose=2)
    assert list(history.history) == ["loss", "val_loss"]
    assert np.shape(history.history["loss"]) == (3, 2)
    assert history.epoch == [0, 1, 2]
    mean = np.mean(history.history["loss"][0])
    assert f"loss: {mean:.4f}" in capsys.readouterr().out


def test_shuffling_is_the_seeds_and_differs_by_epoch():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(40, 6)), rng.integers(0, 3, 40)

    def losses(shuffle):
        keras.utils.set_random_seed(0)
        return np.array(
            compiled().fit(x, y, epochs=2, batch_size=4, shuffle=shuffle, verbose=0).history["loss"]
        )

    np.testing.assert_array_equal(losses(True), losses(True))
    assert (losses(True) != losses(False)).all()


ONE_NUMBER = (
    "`callbacks` must not take a metric for a number: in a population it is an array, one number for each "
    "replica. Received: {}. Choose epochs and replicas from what `fit` returns."
)


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
    with refuses(ONE_NUMBER.format(type(callback).__name__)):
        compiled().fit(X, Y, callbacks=[callback], verbose=0)


def test_a_scheduler_beside_learning_rates():
    scheduler = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    with refuses(
        "`callbacks` must not set one learning rate where each replica has its own. Received: "
        "LearningRateScheduler. Assign `population.optimizer.learning_rate` between two `fit`."
    ):
        compiled(learning_rates=[0.1, 0.2]).fit(X, Y, callbacks=[scheduler], verbose=0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"validation_data": (X, Y, Y)},
            "`validation_data` must be a pair (x, y) or a data set. Received: 3 parts",
        ),
        (
            {"validation_split": 1.0},
            "`validation_split` must be at least 0 and below 1. Received: validation_split=1.0",
        ),
    ],
)
def test_validation(options, message):
    with refuses(message):
        compiled().fit(X, Y, verbose=0, **options)


def test_a_share_of_a_data_set():
    with refuses("`validation_split` must be 0 with a data set. Use `validation_data`."):
        compiled().fit(tf.data.Dataset.from_tensor_slices((X, Y)).batch(4), validation_split=0.5, verbose=0)

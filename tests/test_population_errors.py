"""What a Population refuses, with the very words."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from refusals import refused, refuses

from dlkeras.callbacks import StopAtError
from dlkeras.population import EarlyStopping, Population

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
    "`seeds` must name a seed for each replica. Received: seeds=5. Use range or a list.": lambda: Population(
        build, seeds=5
    ),
    "`metrics` must be for one output: a population has no other. Received: metrics={'logits': "
    "['accuracy']}": lambda: Population(build, [0]).compile("sgd", "mse", {"logits": ["accuracy"]}),
    "`loss` must be for one output: a population has no other. Received: loss=['mse']": lambda: Population(
        build, [0]
    ).compile("sgd", ["mse"]),
    "`compile` of a population takes optimizer, loss, metrics, jit_compile, run_eagerly, "
    "steps_per_execution, auto_scale_loss, loss_weights, weighted_metrics. Received: los=3": lambda: (
        Population(build, [0]).compile("sgd", "mse", los=3)
    ),
    "`class_weight` must be a dict from the number of a class to its weight. Received: class_weight=[1, "
    "2]": lambda: compiled().fit(X, Y, class_weight=[1, 2]),
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
    "`jit_compile` must be True, False or 'auto'. Received: jit_compile='fast'": lambda: Population(
        build, [0]
    ).compile("sgd", "mse", jit_compile="fast"),
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
    "`validation_data` must be (x, y), (x, y, weights of samples) or a data set. Received: 4 parts": lambda: (
        compiled().fit(X, Y, validation_data=(X, Y, Y, Y), verbose=0)
    ),
    "`validation_split` must leave samples on both sides. Received: validation_split=0.99 of 8 "
    "samples": lambda: compiled().fit(X, Y, validation_split=0.99),
    "`class_weight` or `sample_weight` must be None: a sample has one weight. Received: both. Multiply the "
    "weights of samples by those of their classes.": lambda: compiled().fit(
        X, Y, class_weight={0: 2.0}, sample_weight=np.ones(8)
    ),
    "`sample_weight` must have one number for each sample of `y`. Received: sample_weight of shape (7,) and "
    "y of shape (8,)": lambda: compiled().fit(X, Y, sample_weight=np.ones(7)),
    "`sample_weight` must be None when `x` is a data set. Received: sample_weight of class ndarray": lambda: (
        compiled().fit(ROWS.batch(4), sample_weight=np.ones(8))
    ),
    "`steps_per_epoch` must be None: a population goes over all samples, or all batches of a data set. "
    "Received: steps_per_epoch=2. Hand over fewer samples, or `dataset.take(2)`.": lambda: compiled().fit(
        X, Y, steps_per_epoch=2
    ),
    "`validation_steps` must be None: a population goes over all samples, or all batches of a data set. "
    "Received: validation_steps=3. Hand over fewer samples, or `dataset.take(3)`.": lambda: compiled().fit(
        X, Y, validation_steps=3
    ),
    "`validation_freq` must be at least 1. Received: validation_freq=0": lambda: compiled().fit(
        X, Y, validation_freq=0
    ),
    "`callbacks` must be None: `predict` of a population calls none. Received: callbacks=[]": lambda: (
        compiled().predict(X, callbacks=[])
    ),
    "`weighted_metrics` must be None or left out: a population does it no other way. Received: "
    "weighted_metrics=['accuracy']": lambda: Population(build, [0]).compile(
        "sgd", "mse", weighted_metrics=["accuracy"]
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


OUR_STOPPING = "Use dlkeras.population.EarlyStopping, which takes the same arguments and stops each replica"
INSTEAD = {
    keras.callbacks.EarlyStopping(): f"{OUR_STOPPING}.",
    keras.callbacks.ReduceLROnPlateau(): "Give the optimizer a schedule, or use LearningRateScheduler.",
    keras.callbacks.TerminateOnNaN(): "A NaN stays in its replica: let the others go on, and look for it in "
    "the history.",
    keras.callbacks.TensorBoard(): "Use CSVLogger, or write what `fit` returns, replica by replica.",
    keras.callbacks.RemoteMonitor(): "Send what `fit` returns, replica by replica.",
    StopAtError(0.1): "Use dlkeras.population.EarlyStopping, or read the epoch from what `fit` returns.",
    keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True): f"{OUR_STOPPING}, with "
    "restore_best_weights=True, or save every epoch with save_best_only=False.",
}


@pytest.mark.parametrize("callback", INSTEAD, ids=lambda callback: type(callback).__name__)
def test_callbacks_that_compare_one_number(callback):
    for given in ([callback], callback, keras.callbacks.CallbackList([callback])):
        with refuses(
            "`callbacks` must not take a metric for a number: in a population it is an array, one number for "
            f"each replica. Received: {type(callback).__name__}. {INSTEAD[callback]}"
        ):
            compiled().fit(X, Y, callbacks=given, verbose=0)


def test_a_backup_would_begin_anew():
    with refuses(
        "`callbacks` must not restore a training: a backup holds neither orders of samples nor the epoch of "
        "a population. Received: BackupAndRestore. Save the population by ModelCheckpoint, and go on with "
        "`keras.models.load_model` and `fit(initial_epoch=...)`."
    ):
        compiled().fit(X, Y, callbacks=[keras.callbacks.BackupAndRestore("backup")], verbose=0)


def test_text_is_no_number():
    names = np.array(["cat", "dog"] * 4)
    for y, options in ((names, {}), (list(names), {}), (Y, {"validation_data": (X, names)})):
        message = (
            "`y` must hold numbers. Received: y of dtype <U3. Give words and names as integers, such as by "
            "`keras.layers.StringLookup`."
        )
        with refuses(message, TypeError):
            compiled().fit(X, y, verbose=0, **options)


def test_early_stopping_by_replica_is_for_populations():
    model = build(0)
    model.compile("sgd", "sparse_categorical_crossentropy")
    message = (
        "`callbacks` must stop whole models here: this `EarlyStopping` is for a `Population`. Received: a "
        "model of class Sequential. Use keras.callbacks.EarlyStopping."
    )
    with refuses(message, TypeError):
        model.fit(X, Y, callbacks=[EarlyStopping("loss")], verbose=0)


def test_a_metric_of_unknown_direction_needs_a_mode():
    population = Population(build, [0, 1])
    population.compile("sgd", "mse", [keras.metrics.Mean(name="odd")])
    with refuses(
        '`mode` must be "min" or "max" where Keras does not know whether a metric should rise. Received: '
        "monitor='odd', mode='auto'"
    ):
        population.fit(X, X[:, :3], callbacks=[EarlyStopping("odd")], verbose=0)


def test_a_build_that_ignores_its_seed_is_noticed():
    def careless(seed):
        keras.utils.set_random_seed(0)
        return build(seed)

    words = (
        "`build` gives all seeds the same weights, as if it ignored its seed. Hand the seed to the "
        "initializers, or begin `build` with `keras.utils.set_random_seed(seed)`. If all "
        "replicas are to begin alike, give them one seed: seeds=[4] * 2."
    )
    with pytest.warns(UserWarning, match="ignored its seed") as warned:
        Population(careless, [4, 7])
    assert [str(warning.message) for warning in warned] == [words]
    assert warned[0].filename == __file__
    Population(careless, [4, 4])  # asked for
    Population(lambda seed: network(L.Dense(3, kernel_initializer="zeros")), [4, 7])  # nothing is drawn
    Population.from_cases(careless, [{"seed": 1}, {"seed": 1}])
    with pytest.warns(UserWarning, match="ignored its seed"):
        Population.from_cases(careless, [{"seed": 1}, {"seed": 2}])

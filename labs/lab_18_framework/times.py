"""The time of a training step, by what is compiled."""

import functools
from time import perf_counter

import keras
import numpy as np
import tensorflow as tf

REPEATS = 7
WAYS = ("eager", "tf.function", "XLA", "fit", "fit, 20 steps a call")


def time_of_steps(take_step, initialize_parameters, table, settings):
    """Times twenty steps of each way in turn, several times over; yields milliseconds of a step."""
    x, y = table.x_train[: settings.batch_size], table.y_train[: settings.batch_size]
    for width in settings.widths:
        sizes = [x.shape[1], width, width, table.num_classes]
        ways = _by_hand(take_step, initialize_parameters, sizes, x, y) | _by_fit(sizes, x, y)
        for run in ways.values():
            run()  # traces and compiles
        for repeat in range(REPEATS):
            for way, run in ways.items():
                start = perf_counter()
                run()
                milliseconds = np.array(1000 * (perf_counter() - start) / 20)
                yield {"part": "time", "width": width, "way": way, "repeat": repeat, "time": milliseconds}


def _by_hand(take_step, initialize_parameters, sizes, x, y):
    x, y = tf.constant(x), tf.constant(y)
    ways = {}
    for way, compiled in {"eager": None, "tf.function": False, "XLA": True}.items():
        parameters, optimizer = initialize_parameters(sizes, 0), keras.optimizers.Adam()
        optimizer.build(parameters)
        step = functools.partial(take_step, parameters, optimizer)
        step = step if compiled is None else tf.function(step, jit_compile=compiled)
        ways[way] = _twenty_times(step, x, y)
    return ways


def _twenty_times(step, x, y):
    def run():
        for _ in range(20):
            cost = step(x, y)
        return float(cost)  # waits for the last step

    return run


def _by_fit(sizes, x, y):
    batches = tf.data.Dataset.from_tensors((x, y)).repeat(20).cache()
    return {"fit": _fit(sizes, batches, 1), "fit, 20 steps a call": _fit(sizes, batches, 20)}


def _fit(sizes, batches, steps):
    hidden = [keras.layers.Dense(units, "relu") for units in sizes[1:-1]]
    model = keras.Sequential([keras.Input(sizes[:1]), *hidden, keras.layers.Dense(sizes[-1])])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, steps_per_execution=steps)
    return lambda: model.fit(batches, shuffle=False, verbose=0)

"""What a tape gives, what it cannot see, and how often a function is traced."""

import numpy as np
import tensorflow as tf

from dlkeras.scratch import binary_cross_entropy, cost_and_gradients, initialize


def against_scratch(seeds):
    """Compares gradients of a tape with those by hand: a network of 4 inputs, 5 and 3 units, 1 output."""
    for seed in seeds:
        rng = np.random.default_rng(seed)
        X, Y = rng.normal(size=(4, 16)), (rng.random((1, 16)) < 0.5).astype(float)
        by_name = initialize([4, 5, 3, 1], seed=seed)
        by_hand = cost_and_gradients(X, Y, by_name, ["tanh", "relu", "linear"], binary_cross_entropy)[1]
        variables = {name: tf.Variable(value) for name, value in by_name.items()}
        with tf.GradientTape() as tape:
            A = tf.constant(X)
            for layer, activation in enumerate([tf.tanh, tf.nn.relu, tf.sigmoid], start=1):
                A = activation(variables[f"W{layer}"] @ A + variables[f"b{layer}"])
            cost = -tf.reduce_mean(Y * tf.math.log(A) + (1 - Y) * tf.math.log(1 - A))
        taped = tape.gradient(cost, variables)
        largest = max(np.abs(gradient).max() for gradient in by_hand.values())
        apart = max(np.abs(taped[name].numpy() - by_hand[name]).max() for name in by_hand) / largest
        yield {"part": "scratch", "seed": seed, "apart": float(apart)}


def where_none():
    """Asks a tape for the gradient of x² along ways that it can and cannot follow."""
    x = tf.Variable(3.0)
    ways = {
        "a variable": lambda: x * x,
        "a constant": None,
        "through NumPy": lambda: tf.constant(x.numpy() ** 2),
        "through whole numbers": lambda: tf.cast(tf.cast(x, tf.int32) ** 2, tf.float32),
        "stopped": lambda: tf.stop_gradient(x * x),
        "through argmax": lambda: tf.cast(tf.argmax([x, 2 * x]), tf.float32),
    }
    for way, square in ways.items():
        with tf.GradientTape() as tape:
            source = tf.constant(3.0) if square is None else x
            y = source * source if square is None else square()
        yield {"part": "none", "way": way, "is_none": tape.gradient(y, source) is None}


def num_traces():
    """Counts the traces of a function that is called ten times, with what makes them many or one."""
    calls = {
        "ten Python numbers": lambda f: [f(float(i)) for i in range(10)],
        "ten tensors": lambda f: [f(tf.constant(float(i))) for i in range(10)],
        "ten lengths": lambda f: [f(tf.zeros(i + 1)) for i in range(10)],
    }
    logger = tf.get_logger()
    level = logger.level
    logger.setLevel("ERROR")  # it warns of what is shown here
    for name, call in calls.items():
        yield {"part": "traces", "called": name, "traces": _traces(call)}
    lengths = tf.TensorSpec([None], tf.float32)
    free = _traces(calls["ten lengths"], input_signature=[lengths])
    yield {"part": "traces", "called": "ten lengths, declared free", "traces": free}
    logger.setLevel(level)


def _traces(call, **options):
    traced = []

    def function(x):
        traced.append(x)  # Python: runs when traced, and not when called
        return x + 1

    call(tf.function(function, **options))
    return len(traced)

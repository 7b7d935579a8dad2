"""Gradient check: speed against tf.test.compute_gradient, bugs found, false alarms.

The network is 64-32-10 with tanh, cross-entropy from logits, a batch of 16 and float64. Calls of the two take
turns, so that a slow minute of the machine slows both. A call is all that a user waits for: ours runs the
model, takes its gradient by tape, compares and reports, and keeps nothing for the next call; the peer, too,
traces the function anew each time, and gets it as plain TensorFlow operations, the fastest form for it.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from dlkeras.gradcheck import check_gradients, check_model, relative_difference

HERE = Path(__file__).resolve()
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "9"))
NUM_MODELS = int(os.environ.get("BENCH_MODELS", "200"))
BATCH, DELTAS = 16, (1 / 1024, 1e-5)
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(BATCH, 64)), RNG.integers(0, 10, BATCH)
OURS, WHOLE, PEER = "check_model", "check_model, whole passes", "tf.test.compute_gradient"


def network(functional: bool = False) -> keras.Model:
    """Returns the network; a functional model is checked by whole passes, a Sequential layer by layer."""
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(32, "tanh", dtype="float64"), keras.layers.Dense(10, dtype="float64")]
    inputs = keras.Input((64,), dtype="float64")
    if functional:
        model = keras.Model(inputs, layers[1](layers[0](inputs)))
    else:
        model = keras.Sequential([inputs, *layers])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def by_peer(model: keras.Model, delta: float) -> tuple[float, float]:
    """Checks the same function with TensorFlow's own and returns its errors."""
    x, y = tf.constant(X), tf.constant(Y)

    def loss(W1, b1, W2, b2):
        z = tf.tanh(x @ W1 + b1) @ W2 + b2
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, z))

    values = [variable.value for variable in model.trainable_variables]
    theoretical, numerical = tf.test.compute_gradient(loss, values, delta)
    return errors(theoretical, numerical)


def by_us(model: keras.Model) -> tuple[float, float]:
    """Checks the model and returns the errors."""
    result = check_model(model, X, Y)
    result.assert_passed()
    return errors([t.analytic for t in result.tensors], [t.numerical for t in result.tensors])


def errors(analytic: Sequence[np.ndarray], numerical: Sequence[np.ndarray]) -> tuple[float, float]:
    """Returns the largest error of an entry, which is what the peer looks at, and the relative difference."""
    g, g_hat = (np.concatenate([np.ravel(part) for part in parts]) for parts in (analytic, numerical))
    return float(np.abs(g - g_hat).max()), relative_difference(g, g_hat)


def calls() -> dict[str, Callable[[], tuple[float, float]]]:
    """Returns what is compared, each as a call that returns its errors."""
    model, functional = network(), network(functional=True)
    return {
        OURS: lambda: by_us(model),
        WHOLE: lambda: by_us(functional),
        PEER: lambda: by_peer(model, DELTAS[0]),
        f"{PEER}, delta 1e-5": lambda: by_peer(model, DELTAS[1]),
    }


def timed(call: Callable) -> tuple[float, object]:
    """Returns the seconds of a call, and its result."""
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def first_call(name: str) -> float:
    """Returns the seconds of the first call in a process of its own, after the imports."""
    code = f"import gradcheck; print(gradcheck.timed(gradcheck.calls()[{name!r}])[0])"
    paths = os.pathsep.join([str(HERE.parent), str(HERE.parent.parent)])
    out = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(out.stdout)


def speed() -> list[str]:
    """Measures the calls in turns and returns the table."""
    compared, found = calls(), {}
    times: dict[str, list[float]] = {name: [] for name in compared}
    for round_ in range(ROUNDS + 1):
        for name, call in compared.items():
            seconds, found[name] = timed(call)
            if round_:  # the first round warms up
                times[name].append(seconds)
    lines = [
        f"Full check of 2,410 parameters, {ROUNDS} rounds: median of a call, tracing included, in a process "
        "that has made one before, and its ratio to ours of the same round, with quartiles. To reach: 50, "
        "with no larger error. The first call of a process stands beside it.",
        "",
        "| what | ms a call | times ours | quartiles | first call, s | largest error | relative difference |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, own in times.items():
        ratios = [a / b for a, b in zip(own, times[OURS], strict=True)]
        low, _, high = statistics.quantiles(ratios, n=4)
        lines.append(
            f"| {name} | {statistics.median(own) * 1e3:.1f} | {statistics.median(ratios):.1f} "
            f"| {low:.1f} to {high:.1f} | {first_call(name):.2f} | {found[name][0]:.1e} "
            f"| {found[name][1]:.1e} |"
        )
    return lines


def large_model() -> str:
    """Checks a model of a million parameters along random directions and returns a sentence."""
    keras.utils.set_random_seed(0)
    sizes = (1024, 256)
    hidden = [keras.layers.Dense(units, "relu") for units in sizes]
    model = keras.Sequential([keras.Input((784,)), *hidden, keras.layers.Dense(10)])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    x = RNG.normal(size=(BATCH, 784))
    runs = [timed(lambda: check_model(model, x, Y, method="directional")) for _ in range(3)]
    for _, result in runs:
        result.assert_passed()
    return (
        f"784-1024-256-10 with ReLU in float32, {model.count_params():,} parameters, "
        f'`method="directional"`: {runs[0][0]:.2f} s the first time, {runs[-1][0]:.2f} s the third. '
        "To reach: under 10 s."
    )


def verdicts() -> list[str]:
    """Runs the planted bugs and the correct models of the tests and returns the counts."""
    sys.path.insert(0, str(HERE.parent.parent / "tests"))
    import gradcheck_bugs as bugs
    from gradcheck_models import random_model

    lines = [
        "| method | planted bugs found and blamed on the right tensors | false alarms |",
        "|---|---|---|",
    ]
    for method in ("full", "directional"):
        blamed = [
            check_model(bugs.model_with(bug), bugs.X, bugs.Y, method=method).wrong == bug.blamed
            for bug in bugs.IN_MODELS
        ]
        blamed += [
            check_gradients(bugs.cost, bugs.PARAMETERS, gradients(), method=method).wrong == wrong
            for _, gradients, wrong in bugs.IN_NUMPY
        ]
        alarms = 0
        for seed in range(NUM_MODELS):
            alarms += not check_model(*random_model(seed), method=method).passed
            keras.utils.clear_session()
        lines.append(
            f"| {method} | {sum(blamed)} of {len(blamed)} | {alarms} of {NUM_MODELS} correct models |"
        )
    return lines


def main() -> str:
    """Measures and returns the section."""
    return "\n".join([*speed(), "", large_model(), "", *verdicts()])

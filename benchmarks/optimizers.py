"""Optimizers: a step's time against Keras' own, and the distance in last places."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from dlkeras.optimizers import Adam, GradientDescent, Momentum, RMSprop

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))
import optimizer_distances as distances

SECONDS = float(os.environ.get("BENCH_SECONDS", "6"))  # for each pair of a row
FRESH_PAIRS = int(os.environ.get("BENCH_PAIRS", "3"))  # of weights and optimizers
SHAPES = {
    "10,000,000 in 20": [(500, 1000)] * 20,
    "784-512-512-10": [(784, 512), (512,), (512, 512), (512,), (512, 10), (10,)],
    "22 tiny": [(32, 32), (32,)] * 11,
}
PAIRS = {
    "Adam": (Adam, keras.optimizers.Adam),
    "GradientDescent": (GradientDescent, keras.optimizers.SGD),
    "Momentum": (Momentum, lambda: keras.optimizers.SGD(0.001, momentum=0.9)),
    "RMSprop": (RMSprop, keras.optimizers.RMSprop),
}
SMALL, LARGE = (16, 16), (182, 182)  # 33,124 weights are enough for the fused kernel


def target(name: str, size: str, jit: bool) -> float | None:
    """Returns the largest ratio that is good enough, None where none is set."""
    if name != "Adam":
        return None
    return 0.4 if size.startswith("10,000,000") and not jit else 1.05


def one_step(make: Callable[[], keras.Optimizer], shapes: list[tuple], jit: bool) -> Callable[[], None]:
    """Returns a compiled function that applies given gradients to new weights."""
    rng = np.random.default_rng(0)
    weights = [keras.Variable(rng.normal(size=shape), dtype="float32") for shape in shapes]
    gradients = [tf.constant(rng.normal(size=shape), tf.float32) for shape in shapes]
    optimizer = make()
    optimizer.build(weights)

    @tf.function(jit_compile=jit, autograph=False)
    def step():
        optimizer.apply(gradients, weights)

    return step.get_concrete_function()


def measure(name: str, size: str, jit: bool) -> tuple[float, list[float], list[float]]:
    """Times fresh pairs in turn: ours, Keras', Keras', ours, ...

    Args:
        name: The optimizer.
        size: The weights.
        jit: Whether XLA compiles the step.

    Returns:
        Median time of Keras' step in ms; the ratios of neighbouring steps; the median ratio of each pair.
    """
    theirs, ratios, medians = [], [], []
    for _ in range(FRESH_PAIRS):
        steps = [one_step(make, SHAPES[size], jit) for make in PAIRS[name]]
        for step in steps * 3:
            step()
        own, end = [], time.perf_counter() + SECONDS / FRESH_PAIRS
        while time.perf_counter() < end:
            times = [0.0, 0.0]
            for i in (0, 1) if len(own) % 2 else (1, 0):
                start = time.perf_counter()
                steps[i]()
                times[i] = time.perf_counter() - start
            theirs.append(times[1] * 1e3)
            own.append(times[0] / times[1])
        ratios += own
        medians.append(statistics.median(own))
        keras.utils.clear_session()
    return statistics.median(theirs), ratios, sorted(medians)


def speed_lines() -> list[str]:
    """Measures all pairs and returns the lines of the table."""
    found = [
        "Time of one `optimizer.apply` in a compiled function, float32, ours over Keras' own beside it: "
        f"median and quartiles of the ratio over all steps of {FRESH_PAIRS} fresh pairs, and the median of "
        "each pair.",
        "",
        "| optimizer | weights | XLA | Keras' own, ms | ratio | quartiles | pairs | steps | to reach |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name in PAIRS:
        for size in SHAPES:
            for jit in (False, True):
                ms, ratios, medians = measure(name, size, jit)
                low, ratio, high = statistics.quantiles(ratios, n=4)
                limit = target(name, size, jit)
                verdict = "–" if limit is None else f"{limit}: {'reached' if ratio <= limit else 'missed'}"
                found.append(
                    f"| {name} | {size} | {'yes' if jit else 'no'} | {ms:.3f} | {ratio:.3f} "
                    f"| {low:.2f} to {high:.2f} | {', '.join(f'{m:.2f}' for m in medians)} | {len(ratios)} "
                    f"| {verdict} |"
                )
                print(found[-1], flush=True)
    return found


def distance_lines() -> list[str]:
    """Measures every optimizer and returns a table in Markdown."""
    found = [
        f"Largest distances over {distances.NUM_STEPS} steps and all weights, in units in the last place "
        "of the largest value that the weight has had. Gradients from 1e-12 to 1e3, half of the weights from "
        "zero. Exact is the recurrence in float64.",
        "",
        "| optimizer | precision | to Keras' | after step 1 | both by XLA | to exact | Keras' to exact |",
        "|---|---|---|---|---|---|---|",
    ]
    rows = [(name, case, SMALL) for name, case in distances.CASES.items()]
    rows += [
        (f"{name}, fused kernel", distances.CASES[name], LARGE) for name in ("Adam", "Adam, β 7/8, 1 - 2⁻¹⁰")
    ]
    for name, case, shape in rows:
        for dtype in ("float32", "float64"):
            plain, xla = (distances.measure(case, dtype, shape, jit=jit) for jit in (False, True))
            numbers = (*plain[:2], xla.to_keras, *plain[2:])
            found.append(f"| {name} | {dtype} | {' | '.join(f'{x:.3g}' for x in numbers)} |")
    return found


def main() -> str:
    """Measures and returns the section."""
    return "\n".join([*speed_lines(), "", *distance_lines()])

"""Population: many replicas trained as one model.

Twenty replicas of ten Dense(32, tanh) on digits in batches of 32 with Adam. Epochs of the population and of
one plain model in `fit` take turns, so that a slow minute of the machine slows both; what is compared is the
time per step of one replica. Plain `fit` is taken at its defaults and with XLA and a whole epoch per call.
"""

from __future__ import annotations

import os
import statistics
import time

import keras
import numpy as np

from dlkeras.callbacks import GradientNorms
from dlkeras.data import load
from dlkeras.models import depth_stack
from dlkeras.population import Population

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "15"))
REPLICAS, BATCH = 20, 32
TARGETS = {"plain fit, defaults": 25, "plain fit, XLA, one call an epoch": 10}


def build(seed: int) -> keras.Sequential:
    """Returns one network."""
    return depth_stack("tanh", depth=10, seed=seed)


def compiled(model: keras.Model, **options) -> keras.Model:
    """Compiles a model or population as all are compiled here."""
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), **options)
    return model


def seconds(model: keras.Model, x: np.ndarray, y: np.ndarray, *callbacks) -> float:
    """Returns the time of one epoch."""
    start = time.perf_counter()
    model.fit(x, y, batch_size=BATCH, epochs=1, verbose=0, callbacks=list(callbacks))
    return time.perf_counter() - start


def main() -> str:
    """Measures and returns the section."""
    digits = load("digits")
    steps = len(digits.x_train) // BATCH
    x, y = digits.x_train[: steps * BATCH], digits.y_train[: steps * BATCH]
    norms = GradientNorms()
    runs = {
        "population": (compiled(Population(build, range(REPLICAS))), REPLICAS, ()),
        "population, norms recorded": (compiled(Population(build, range(REPLICAS))), REPLICAS, (norms,)),
        "plain fit, defaults": (compiled(build(0)), 1, ()),
        "plain fit, XLA, one call an epoch": (
            compiled(build(0), jit_compile=True, steps_per_execution=steps),
            1,
            (),
        ),
    }
    first = {name: seconds(model, x, y, *callbacks) for name, (model, _, callbacks) in runs.items()}
    times = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, (model, replicas, callbacks) in runs.items():
            times[name].append(seconds(model, x, y, *callbacks) / steps / replicas * 1e3)
    return "\n".join(table(times, first))


def table(times: dict[str, list[float]], first: dict[str, float]) -> list[str]:
    """Returns the lines of the section; ratios are those of neighbouring epochs."""
    recorded = times["population, norms recorded"]
    lines = [
        f"{REPLICAS} replicas of ten Dense(32, tanh), digits, batch {BATCH}, Adam: median time of a step of "
        "one replica, and how many times that of the population with norms recorded at every step.",
        "",
        "| what | ms per replica-step | ratio | to reach | first epoch with compilation, s |",
        "|---|---|---|---|---|",
    ]
    for name, values in times.items():
        ratio = statistics.median(a / b for a, b in zip(values, recorded, strict=True))
        target = f"at least {TARGETS[name]}" if name in TARGETS else "–"
        lines.append(
            f"| {name} | {statistics.median(values):.4f} | {ratio:.2f} | {target} | {first[name]:.1f} |"
        )
    return lines

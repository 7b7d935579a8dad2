"""Population: many replicas trained as one model.

Twenty replicas of ten Dense(32, tanh) on digits in batches of 32 with Adam. Epochs of the population, of
one plain model in `fit` and of the same population written by hand in JAX (in a process of its own) take
turns, so that a slow minute of the machine slows all of them; what is compared is the time per step of one
replica. Plain `fit` is taken at its defaults and at the best of its settings: with or without XLA, a step or
a whole epoch per call.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np

from dlkeras.callbacks import GradientNorms
from dlkeras.data import load
from dlkeras.models import depth_stack
from dlkeras.population import Population

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "25"))
REPLICAS, BATCH = 20, 32
FRESH = 5  # populations whose first epoch is timed
SCALE = (1, 5, 20, 50, 100, 200)  # replicas
PEER = Path(__file__).parent / "peers" / "jax_population.py"
OURS, DEFAULTS, JAX = "population, norms recorded", "plain fit, defaults", "JAX by hand, norms recorded"
OWN, SHARED = "population", "population, batches shared"
TARGETS = {  # 1.2 times as long as JAX at most
    **{DEFAULTS: "at least 25", JAX: "at least 0.83"},
    SHARED: "own orders at most 1.2 times as long, see below",
}


def build(seed: int) -> keras.Sequential:
    """Returns one network."""
    return depth_stack("tanh", depth=10, seed=seed)


def compiled(model: keras.Model, **options) -> keras.Model:
    """Compiles a model or population as all are compiled here."""
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), **options)
    return model


def epoch_of(model: keras.Model, x: np.ndarray, y: np.ndarray, *callbacks, **options) -> Callable[[], float]:
    """Returns a function that trains one epoch and returns its seconds."""

    def run() -> float:
        start = time.perf_counter()
        model.fit(x, y, batch_size=BATCH, epochs=1, verbose=0, callbacks=list(callbacks), **options)
        return time.perf_counter() - start

    return run


class Peer:
    """The population in JAX, in another process.

    Args:
        x: Inputs.
        y: Labels.
    """

    def __init__(self, x: np.ndarray, y: np.ndarray):
        data = Path(tempfile.mkdtemp()) / "data.npz"
        np.savez(data, x=x, y=y)
        command = [sys.executable, str(PEER), str(REPLICAS), str(BATCH), str(data)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self) -> float:
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


def main() -> str:
    """Measures and returns the section."""
    digits = load("digits")
    steps = len(digits.x_train) // BATCH
    x, y = digits.x_train[: steps * BATCH], digits.y_train[: steps * BATCH]
    population = [compiled(Population(build, range(REPLICAS))) for _ in range(3)]
    runs = {
        OURS: (epoch_of(population[0], x, y, GradientNorms()), REPLICAS),
        OWN: (epoch_of(population[1], x, y), REPLICAS),
        SHARED: (epoch_of(population[2], x, y, shared_batches=True), REPLICAS),
        DEFAULTS: (epoch_of(compiled(build(0)), x, y), 1),
        **{
            f"plain fit, {'XLA' if jit else 'no XLA'}, {'an epoch' if many > 1 else 'a step'} per call": (
                epoch_of(compiled(build(0), jit_compile=jit, steps_per_execution=many), x, y),
                1,
            )
            for jit in (False, True)
            for many in (1, steps)
        },
    }
    if find_spec("jax"):
        runs[JAX] = (Peer(x, y), REPLICAS)
    epoch_of(compiled(build(0), jit_compile=True), x, y)()  # XLA's own start
    first = {name: run() for name, (run, _) in runs.items()}
    times = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, (run, replicas) in runs.items():
            times[name].append(run() / steps / replicas * 1e3)
    return "\n".join([*table(times, first), "", cost_of_orders(times), "", compilation(x, y), "", *scaling()])


def table(times: dict[str, list[float]], first: dict[str, float]) -> list[str]:
    """Returns the lines of the comparison; ratios are those of neighbouring epochs."""
    plain = [name for name in times if name.startswith("plain fit")]
    best = min(plain, key=lambda name: statistics.median(times[name]))
    targets = TARGETS | ({best: "at least 10"} if best != DEFAULTS else {})
    lines = [
        f"{REPLICAS} replicas of ten Dense(32, tanh), digits, batch {BATCH}, Adam: median time of a step of "
        f"one replica, and how many times that of the population with norms recorded at every step. {ROUNDS} "
        "epochs of each, in turn.",
        "",
        "| what | ms per replica-step | ratio | quartiles | to reach | first epoch with compilation, s |",
        "|---|---|---|---|---|---|",
    ]
    for name, values in times.items():
        ratios = [a / b for a, b in zip(values, times[OURS], strict=True)]
        low, ratio, high = statistics.quantiles(ratios, n=4)
        title = f"{name} (the best)" if name == best else name
        lines.append(
            f"| {title} | {statistics.median(values):.4f} | {ratio:.2f} "
            f"| {low:.2f} to {high:.2f} | {targets.get(name, '–')} | {first[name]:.1f} |"
        )
    if JAX not in times:
        lines += ["", "JAX is not installed, so it was not measured."]
    return lines


def cost_of_orders(times: dict[str, list[float]]) -> str:
    """Returns the line on what an order of samples for each replica costs."""
    low, ratio, high = statistics.quantiles(
        [own / shared for own, shared in zip(times[OWN], times[SHARED], strict=True)], n=4
    )
    return (
        f"A step of a replica over batches of its own takes {ratio:.2f} times one over shared batches, "
        f"quartiles {low:.2f} to {high:.2f} (to reach: at most 1.2)."
    )


def compilation(x: np.ndarray, y: np.ndarray) -> str:
    """Returns the line on what a fresh population takes for its first epoch."""
    fresh = [compiled(Population(build, range(REPLICAS))) for _ in range(FRESH)]
    first = [epoch_of(population, x, y, GradientNorms())() for population in fresh]
    return (
        f"First epoch with compilation, norms recorded, of {FRESH} fresh populations: median "
        f"{statistics.median(first):.1f} s, {min(first):.1f} to {max(first):.1f} (to reach: under 3)."
    )


def scaling() -> list[str]:
    """Returns the lines on the number of replicas; each size has a process of its own, for its memory."""
    lines = [
        "With norms recorded, by the number of replicas. Memory is the most that the process held, over the "
        "most it held before the population was made.",
        "",
        "| replicas | ms per replica-step | quartiles | building, s | first epoch, s | memory, MB |",
        "|---|---|---|---|---|---|",
    ]
    for replicas in SCALE:
        command = [sys.executable, __file__, str(replicas)]
        lines.append(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())
    return lines


def peak_memory() -> float:
    """Returns the most that this process has held, in MB (Linux)."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def one_size(replicas: int) -> str:
    """Measures a population of this size and returns its line."""
    digits = load("digits")
    steps = len(digits.x_train) // BATCH
    x, y = digits.x_train[: steps * BATCH], digits.y_train[: steps * BATCH]
    epoch_of(compiled(build(0), jit_compile=True), x, y)()  # TensorFlow's and XLA's own start and memory
    before = peak_memory()
    start = time.perf_counter()
    population = compiled(Population(build, range(replicas)))
    building = time.perf_counter() - start
    run = epoch_of(population, x, y, GradientNorms())
    first = run()
    times = [run() / steps / replicas * 1e3 for _ in range(ROUNDS)]
    low, middle, high = statistics.quantiles(times, n=4)
    return (
        f"| {replicas} | {middle:.4f} | {low:.4f} to {high:.4f} | {building:.1f} | {first:.1f} "
        f"| {peak_memory() - before:.0f} |"
    )


if __name__ == "__main__":
    print(one_size(int(sys.argv[1])))

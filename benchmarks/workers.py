"""Workers: wall time of a search of 16 trials by two workers, over that by one.

Each worker is a process with its share of the cores for TensorFlow: one has both, each of two has one. What
is timed is `search` as a user calls it, with the start of the workers, in each of which TensorFlow has to be
imported, and their end. That takes some seconds with one worker as with two, so the ratio is nearer to 1
where trials are shorter than here.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time

import keras
import numpy as np

from dlkeras.data import load
from dlkeras.tuning import CoarseToFine, load_trials

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
TRIALS, EPOCHS, WIDTH = 16, 30, 128
TO_REACH = 0.65


def build_model(hp) -> keras.Model:
    """A network for digits that takes about as long whatever the values."""
    layers = [keras.layers.Dense(WIDTH, hp.Choice("activation", ["relu", "tanh"])) for _ in range(2)]
    model = keras.Sequential([keras.Input((64,)), *layers, keras.layers.Dense(10)])
    optimizer = keras.optimizers.Adam(hp.Float("learning_rate", 1e-4, 1e-1, sampling="log"))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, metrics=["accuracy"])
    return model


def seconds(workers: int) -> tuple[float, float]:
    """Runs a search and returns how long it took, and how long its trials took by themselves."""
    digits = load("digits")
    with tempfile.TemporaryDirectory() as folder:
        tuner = CoarseToFine(build_model, "val_accuracy", TRIALS, directory=folder, project_name="search")
        start = time.perf_counter()
        tuner.search(
            digits.x_train, digits.y_train, validation_split=0.2, epochs=EPOCHS, verbose=0, workers=workers
        )
        total = time.perf_counter() - start
        records = load_trials(tuner.project_dir)
    if any(record.status != "COMPLETED" for record in records):
        raise RuntimeError("A trial of the benchmark failed")
    first_end = min(record.ended for record in records)
    return total, max(record.ended for record in records) - first_end


def main() -> str:
    """Measures and returns the section."""
    times = {1: [], 2: []}
    for number in range(ROUNDS):
        for workers in (1, 2) if number % 2 == 0 else (2, 1):
            times[workers].append(seconds(workers))
    return "\n".join(table(times))


def table(times: dict[int, list[tuple[float, float]]]) -> list[str]:
    """Returns the lines of the section."""
    lines = [
        f"{TRIALS} trials of {EPOCHS} epochs on digits, two hidden layers of {WIDTH}. Median of {ROUNDS} "
        "rounds; the ratio is taken within each round.",
        "",
        "| workers | search, s | ratio | range | to reach | after the first trial, s | ratio |",
        "|---|---|---|---|---|---|---|",
    ]
    for workers, measured in times.items():
        totals, after = zip(*measured, strict=True)
        ratios = np.array(totals) / [total for total, _ in times[1]]
        later = np.array(after) / [rest for _, rest in times[1]]
        target = f"below {TO_REACH}" if workers == 2 else "–"
        lines.append(
            f"| {workers} | {statistics.median(totals):.1f} | {np.median(ratios):.2f} | "
            f"{ratios.min():.2f} to {ratios.max():.2f} | {target} | {statistics.median(after):.1f} | "
            f"{np.median(later):.2f} |"
        )
    return lines


if __name__ == "__main__":
    print(main())

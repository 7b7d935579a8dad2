"""Trains 648 settings on digits, three seeds each, into benchmarks/data/digits_trainings.csv.

`python benchmarks/peers/digits_table.py` takes some minutes. The benchmark of the search looks its scores up
in that table, so that hundreds of searches cost no training. All learning rates and seeds of a setting are
one `Population`. Of the training digits the last fifth is held out, and the score is the accuracy on it.
"""

from __future__ import annotations

import csv
import itertools
import math
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import keras
import numpy as np

from dlkeras.data import load
from dlkeras.population import Population

RATES = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0)
SETTINGS = {
    "depth": (1, 3, 5),
    "width": (16, 64),
    "activation": ("relu", "tanh"),
    "optimizer": ("sgd", "rmsprop", "adam"),
    "l2": (1e-5, 1e-3),
}
SEEDS, EPOCHS = (0, 1, 2), 6
TABLE = Path(__file__).resolve().parents[1] / "data" / "digits_trainings.csv"


def builder(depth: int, width: int, activation: str, l2: float):
    """Returns the function from a seed to the network of a setting."""

    def build(seed: int) -> keras.Sequential:
        seeds = np.random.SeedSequence(seed).generate_state(depth + 1).tolist()
        layers = [
            keras.layers.Dense(
                width,
                activation,
                kernel_initializer=keras.initializers.GlorotUniform(seeds[i]),
                kernel_regularizer=keras.regularizers.L2(l2),
            )
            for i in range(depth)
        ]
        last = keras.layers.Dense(10, kernel_initializer=keras.initializers.GlorotUniform(seeds[depth]))
        return keras.Sequential([keras.Input((64,)), *layers, last])

    return build


def accuracies(depth, width, activation, optimizer, l2) -> np.ndarray:
    """Trains a setting and returns the accuracies, (rates, seeds)."""
    digits = load("digits")
    held = len(digits.x_train) * 4 // 5
    seeds = list(SEEDS) * len(RATES)
    population = Population(builder(depth, width, activation, l2), seeds, np.repeat(RATES, len(SEEDS)))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    population.compile(optimizer, loss, ["accuracy"])
    history = population.fit(
        digits.x_train[:held],
        digits.y_train[:held],
        validation_data=(digits.x_train[held:], digits.y_train[held:]),
        epochs=EPOCHS,
        verbose=0,
    )
    return np.reshape(history.history["val_accuracy"][-1], (len(RATES), len(SEEDS)))


def main() -> None:
    """Writes the table."""
    TABLE.parent.mkdir(exist_ok=True)
    with open(TABLE, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*SETTINGS, "learning_rate", *(f"accuracy_{seed}" for seed in SEEDS)])
        for number, setting in enumerate(itertools.product(*SETTINGS.values())):
            for rate, scores in zip(RATES, accuracies(*setting), strict=True):
                writer.writerow([*setting, f"{rate:g}", *(f"{float(score):.4f}" for score in scores)])
            keras.utils.clear_session()
            total = math.prod(map(len, SETTINGS.values()))
            print(f"{number + 1} of {total}", flush=True)


if __name__ == "__main__":
    main()

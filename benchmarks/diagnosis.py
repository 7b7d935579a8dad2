"""Diagnosis: what watching costs a training step."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import keras
import numpy as np
from gradient_norms import CALLBACKS, FRESH_MODELS, NETS, measure

from dlkeras.diagnosis import Diagnosis

TARGET = 1.10
EPOCHS = 30


def main() -> str:
    """Returns the table."""
    rows = [
        "Step time in `model.fit` with the callback over without, as for GradientNorms, and what is done "
        "besides the steps: predictions after an epoch, and how far a step moves the weights, a median of "
        f"{EPOCHS} epochs. To reach, both together: at most {TARGET:.2f}.",
        "",
        "| network | without, ms a step | steps | of each model | besides, ms an epoch | together | target |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, net in NETS.items():
        found = measure(name, False, False, "adam", "diagnosis")
        with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as fresh:
            besides = float(np.median(list(fresh.map(besides_steps, [name] * FRESH_MODELS))))
        whole = found["ratio"] + besides / (found["ms"] * net.num_batches)
        of_each = ", ".join(f"{ratio:.2f}" for ratio in found["ratios"])
        verdict = "reached" if whole <= TARGET else "not reached"
        rows.append(
            f"| {net.title} | {found['ms']:.3f} | {found['ratio']:.3f} | {of_each} | {besides:.2f} | "
            f"{whole:.3f} | {verdict} |"
        )
    return "\n".join(rows)


class Timed(Diagnosis):
    """Notes how long it takes outside of the compiled step."""

    def on_train_begin(self, logs=None):
        super().on_train_begin()
        self.epochs, self.batches = [], []

    def on_train_batch_begin(self, batch, logs=None):
        self.began = time.perf_counter()
        super().on_train_batch_begin(batch)
        self.began = time.perf_counter() - self.began

    def on_train_batch_end(self, batch, logs=None):
        start = time.perf_counter()
        super().on_train_batch_end(batch)
        self.batches.append(self.began + time.perf_counter() - start)

    def on_epoch_end(self, epoch, logs=None):
        start = time.perf_counter()
        super().on_epoch_end(epoch, logs)
        self.epochs.append(time.perf_counter() - start + sum(self.batches))
        self.batches = []


def besides_steps(name: str) -> float:
    """Returns the median time an epoch in ms."""
    net = NETS[name]
    x, y = net.data()
    model = net.build()
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    timed = Timed()
    model.fit(x, y, batch_size=net.batch_size, epochs=EPOCHS, verbose=0, callbacks=[timed])
    return 1000 * float(np.median(timed.epochs))


CALLBACKS["diagnosis"] = lambda *_: Diagnosis()

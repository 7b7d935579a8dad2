"""Diagnosis: what watching costs a training step, and what sound trainings look like.

The second table shows how far sound trainings, none of which the rules were made with, stay from the limits
of `dlkeras/diagnosis/rules/learning.py` that neither theory nor the model's own start gives.
"""

from __future__ import annotations

import itertools
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import keras
import numpy as np
from gradient_norms import FRESH_MODELS, NETS, measure

from dlkeras import data
from dlkeras.diagnosis import Diagnosis
from dlkeras.diagnosis.rules import measures
from dlkeras.diagnosis.rules.learning import learning_of

TARGET = 1.10
EPOCHS = 30


def main() -> str:
    """Returns both tables."""
    return costs() + "\n\n" + sound()


def costs() -> str:
    """Measures what watching costs."""
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


DATA = ("wine", "breast_cancer", "diabetes", "moons", "circles", "spirals")
STACKS = (("relu", 2), ("tanh", 3), ("sigmoid", 1), ("relu", 5))
SEEDS = range(3)
SOUND = 0.5


def sound() -> str:
    """Trains stacks of the labs on sets of the course, and says how near they come to what is suspect."""
    with ProcessPoolExecutor(1, get_context("spawn")) as fresh:
        every = [row for rows in fresh.map(trained, DATA) for row in rows]
    found = [row for row in every if row["held_out"] >= SOUND]
    told, told_others = (sum(row["problems"] > 0 for row in rows) for rows in (found, every))
    lines = {
        "skill over that of simple methods, the least": min(row["ratio"] for row in found),
        "skill on training samples above held-out ones, the most": max(row["gap"] for row in found),
        "change of a step over the weights at the start, the least": min(row["update"] for row in found),
        "and the most": max(row["update"] for row in found),
        "way of the weights over their size, the least": min(row["path"] for row in found),
        "size of the inputs, the most": max(row["size"] for row in found),
    }
    head = [
        f"{len(every)} trainings: {len(STACKS)} stacks, {len(DATA)} data sets, {len(SEEDS)} seeds, Adam at "
        f"0.01, 20 epochs. Sound are the {len(found)} whose skill on held-out samples is at least {SOUND:g} "
        f"of that of simple methods. With a problem: {told} of these, and {told_others - told} of the other "
        f"{len(every) - len(found)}. Of the sound ones:",
        "",
        "| what | value |",
        "|---|---|",
    ]
    return "\n".join([*head, *(f"| {name} | {value:.3g} |" for name, value in lines.items())])


def trained(name: str) -> list[dict]:
    """Trains all stacks on a data set."""
    samples, rows = data.load(name), []
    for (activation, depth), seed in itertools.product(STACKS, SEEDS):
        keras.utils.set_random_seed(seed)
        classes = samples.num_classes
        layers = [keras.layers.Dense(32, activation) for _ in range(depth)]
        last = keras.layers.Dense(classes, "softmax") if classes else keras.layers.Dense(1)
        model = keras.Sequential([keras.Input(samples.x_train.shape[1:]), *layers, last])
        loss = "sparse_categorical_crossentropy" if classes else "mean_squared_error"
        model.compile(keras.optimizers.Adam(0.01), loss)
        diagnosis, held_out = Diagnosis(), (samples.x_test, samples.y_test)
        model.fit(
            samples.x_train,
            samples.y_train,
            epochs=20,
            verbose=0,
            validation_data=held_out,
            callbacks=[diagnosis],
        )
        learning, evidence = learning_of(diagnosis.evidence), diagnosis.evidence
        rows.append(
            {
                "problems": len(diagnosis.problems),
                "ratio": learning.skill / learning.reference,
                "held_out": learning.held_out / learning.reference,
                "gap": learning.skill - learning.held_out,
                "update": measures.update_ratios(evidence)[0],
                "path": measures.path_of(evidence),
                "size": np.hypot(evidence.first_input.mean, evidence.first_input.std),
            }
        )
    return rows


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

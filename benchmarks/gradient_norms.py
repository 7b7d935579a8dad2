"""GradientNorms: what recording costs a training step.

One model trains in one `fit`: in one call of its training function with the recorder, in another without, so
that both have the same weights at the same places of memory and the same moments of the machine. (Two models
alike, trained in turns, differ by several hundredths for as long as they live, whichever has the recorder.)
A ratio is that of two calls that follow each other. Where memory lies still matters by a hundredth or two and
stays the same as long as a process lives; so each line is measured on models in processes of their own.
A control stands beside the recorder: its ratio should be 1, and how far it is off the bench cannot tell.
"""

from __future__ import annotations

import contextlib
import os
import random
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import keras
import numpy as np
import tensorflow as tf

from dlkeras.callbacks import GradientNorms
from dlkeras.callbacks.train_tap import TrainTap
from dlkeras.diagnosis import Diagnosis

SECONDS = float(os.environ.get("BENCH_SECONDS", "3"))  # of training for a model
WHOLE_EPOCHS = 3  # times as long where a call is a whole epoch
FRESH_MODELS = int(os.environ.get("BENCH_FRESH", "6"))
MIN_PAIRS = 10  # of calls
XLA_TARGET = 1.15
WARM_UP = 10  # calls that compile and fill caches, an even number


@dataclass(frozen=True)
class Net:
    """A network and its data."""

    title: str
    inputs: int
    units: tuple[int, ...]
    activation: str
    batch_size: int
    num_batches: int
    target: float

    def build(self) -> keras.Sequential:
        """Returns the uncompiled model."""
        keras.utils.set_random_seed(0)
        hidden = [keras.layers.Dense(n, self.activation) for n in self.units]
        return keras.Sequential([keras.Input((self.inputs,)), *hidden, keras.layers.Dense(10)])

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Returns whole batches only: digits for 64 inputs, otherwise noise."""
        n = self.batch_size * self.num_batches
        if self.inputs == 64:
            from sklearn.datasets import load_digits

            x, y = load_digits(return_X_y=True)
            return (x[:n] / 16).astype("float32"), y[:n]
        rng = np.random.default_rng(0)
        return rng.random((n, self.inputs), dtype="float32"), rng.integers(0, 10, n)


NETS = {
    "a": Net("(a) ten Dense(32, tanh), digits, batch 32", 64, (32,) * 10, "tanh", 32, 56, 1.10),
    "b": Net("(b) 784-512-512-10 relu, noise, batch 128", 784, (512, 512), "relu", 128, 16, 1.06),
}


class Turns(keras.callbacks.Callback):
    """Lets another callback take part in every other call of the training function, and times all calls."""

    def __init__(self, other: keras.callbacks.Callback, seconds: float):
        super().__init__()
        self.other, self.seconds = other, seconds
        self.times: list[tuple[float, float]] = []  # with the other callback, without

    def set_model(self, model):
        super().set_model(model)
        self.other.set_model(model)

    def on_train_begin(self, logs=None):
        plain = self.model.train_function
        self.other.on_train_begin()
        self.functions = (plain, self.model.train_function)
        self.calls = 0

    def on_train_batch_begin(self, batch, logs=None):
        # A coin says who goes first in a pair of calls, and so who gets which batch of an epoch.
        if self.calls % 2 == 0:
            self.goes_first = self.calls == 0 or random.random() < 0.5
        self.takes_part = self.goes_first == (self.calls % 2 == 0)
        self.model.train_function = self.functions[self.takes_part]
        self.start = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        if self.takes_part:
            self.other.on_train_batch_end(batch)
        now = time.perf_counter()
        if self.calls % 2 == 0:
            self.times.append((0.0, 0.0))
        own, without = self.times[-1]
        took = now - self.start
        self.times[-1] = (took, without) if self.takes_part else (own, took)
        self.calls += 1
        if self.calls == WARM_UP:
            self.end = now + self.seconds
        enough = self.calls >= WARM_UP + 2 * MIN_PAIRS and now > self.end
        self.model.stop_training = enough and self.calls % 2 == 0

    def on_epoch_end(self, epoch, logs=None):
        self.model.train_function = self.functions[1]
        self.other.on_epoch_end(epoch)

    def on_train_end(self, logs=None):
        self.other.on_train_end()


class SecondTape(keras.callbacks.Callback):
    """The usual way: the batch goes through a tape once more after the step."""

    def __init__(self, x: np.ndarray, y: np.ndarray, batch_size: int):
        super().__init__()
        self.x, self.y, self.batch_size, self.norms = x, y, batch_size, []

    def on_train_batch_end(self, batch, logs=None):
        rows = slice(batch * self.batch_size, (batch + 1) * self.batch_size)
        with tf.GradientTape() as tape:
            loss = self.model.compute_loss(y=self.y[rows], y_pred=self.model(self.x[rows], training=True))
        gradients = tape.gradient(loss, self.model.trainable_variables)
        self.norms.append([float(tf.norm(g)) for g in gradients])


class Unwatched(keras.callbacks.Callback):
    """Has the step compiled a second time, as the recorder does, and records nothing."""

    def on_train_begin(self, logs=None):
        self._tap = TrainTap.install(self.model, None)
        self._tap.join(self)

    def on_train_end(self, logs=None):
        self._tap.leave(self)

    def watching(self):
        return contextlib.nullcontext()

    def after_step(self, logs):
        pass

    def before_execution(self):
        pass


CALLBACKS = {  # each made of inputs, labels and batch size
    "recorder": lambda *_: GradientNorms(),
    "recorder, updates=True": lambda *_: GradientNorms(updates=True),
    "nothing, compiled anew": lambda *_: Unwatched(),
    "second tape": SecondTape,
    "diagnosis": lambda *_: Diagnosis(),  # for diagnosis.py; a fresh process imports this file alone
}


def measure(name: str, jit: bool, whole_epoch: bool, optimizer: str, what: str) -> dict:
    """Times models in fresh processes, with a callback in every other call.

    Args:
        name: Of the network to train.
        jit: Whether XLA compiles the step.
        whole_epoch: Whether one execution runs all steps of an epoch, or one step.
        optimizer: Its name.
        what: The callback's name.

    Returns:
        Median step time without in ms; the ratio, a median over models of the median over their calls; the
        ratios of the models; the number of pairs of calls.
    """
    mode = (name, jit, whole_epoch, optimizer, what)
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as fresh:
        found = list(fresh.map(measure_one, *([item] * FRESH_MODELS for item in mode)))
    ratios = [float(np.median(own)) for _, own in found]
    return {
        "ms": np.median([ms for ms, _ in found]),
        "ratio": np.median(ratios),
        "ratios": sorted(ratios),
        "calls": sum(len(own) for _, own in found),
    }


def measure_one(name: str, jit: bool, whole_epoch: bool, optimizer: str, what: str) -> tuple:
    """Times one model; returns the step time without in ms and the ratio of each pair of calls."""
    net = NETS[name]
    x, y = net.data()
    model = net.build()
    steps = net.num_batches if whole_epoch else 1
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, jit_compile=jit, steps_per_execution=steps)
    model.optimizer.build(model.trainable_variables)
    turns = Turns(CALLBACKS[what](x, y, net.batch_size), SECONDS * (WHOLE_EPOCHS if whole_epoch else 1))
    model.fit(x, y, batch_size=net.batch_size, epochs=10**6, shuffle=False, verbose=0, callbacks=[turns])
    own, without = np.array(turns.times[WARM_UP // 2 :]).T
    return np.median(without) * 1e3 / steps, own / without


def rows() -> list[tuple]:
    """Returns the lines of the table: net, jit, whole epoch, optimizer, what is measured."""
    modes = [(jit, whole) for jit in (False, True) for whole in (False, True)]
    recorded = [(name, *mode, "adam", "recorder") for name in NETS for mode in modes]
    sgd = [(name, False, True, "sgd", "recorder") for name in NETS]
    updates = [(name, False, False, "adam", "recorder, updates=True") for name in NETS]
    checked = [("a", False, True), ("b", False, False), ("b", True, False)]
    controls = [(*mode, "adam", "nothing, compiled anew") for mode in checked]
    tapes = [(name, False, False, "adam", "second tape") for name in NETS]
    return recorded + controls + sgd + updates + tapes


def main() -> str:
    """Measures every line and returns the section."""
    lines = [
        "Step time in `model.fit` with the recorder over without: median of the ratio over "
        f"{FRESH_MODELS} models in fresh processes, and the ratio of each model. "
        f"To reach with Adam: at most {NETS['a'].target:.2f} in (a), {NETS['b'].target:.2f} in (b), and "
        f"{XLA_TARGET} where XLA compiles the step, which Keras does not choose on a CPU by itself.",
        "The usual way, a second tape in `on_train_batch_end`, stands below.",
        "",
        "| network | XLA | steps per execution | optimizer | what | without, ms | ratio | of each model "
        "| pairs of calls | target |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, jit, whole, optimizer, what in rows():
        net = NETS[name]
        result = measure(name, jit, whole, optimizer, what)
        counts = what == "recorder" and optimizer == "adam"
        target = XLA_TARGET if jit else net.target
        verdict = ("reached" if result["ratio"] <= target else "missed") if counts else "–"
        lines.append(
            f"| {net.title} | {'yes' if jit else 'no'} | {net.num_batches if whole else 1} | {optimizer} "
            f"| {what} | {result['ms']:.3f} | {result['ratio']:.3f} "
            f"| {', '.join(f'{ratio:.2f}' for ratio in result['ratios'])} | {result['calls']} | {verdict} |"
        )
        print(lines[-1], flush=True)
    return "\n".join(lines)

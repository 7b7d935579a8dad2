"""GradientNorms: what recording costs a training step.

Two models of the same kind train at once, each in a real `fit` in a thread of its own, and hand each other
a baton after every call of the training function: one without the recorder, one with it, and so on, so that
a slow moment of the machine slows both. A ratio is that of a call with the recorder to the mean of the calls
without before and after it. Two models without any recorder may differ by a tenth, for as long as they live,
where a call is a whole epoch; so each line is measured on several fresh pairs of models.
"""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from dlkeras.callbacks import GradientNorms

SECONDS = float(os.environ.get("BENCH_SECONDS", "3"))  # of training for a pair of models
WHOLE_EPOCHS = 2  # times as long where a call is a whole epoch
FRESH_PAIRS = int(os.environ.get("BENCH_PAIRS", "3"))  # of models
MIN_PAIRS = 10  # of calls
WARM_UP = 10  # turns of each model that compile and fill caches


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
    "a": Net("(a) ten Dense(32, tanh), digits, batch 32", 64, (32,) * 10, "tanh", 32, 56, 1.05),
    "b": Net("(b) 784-512-512-10 relu, noise, batch 128", 784, (512, 512), "relu", 128, 16, 1.02),
}


class Baton(keras.callbacks.Callback):
    """Lets two `fit` calls take turns, a call of the training function each, and times the turns."""

    def __init__(self, mine: threading.Semaphore, other: threading.Semaphore, clock: dict, seconds: float):
        super().__init__()
        self.mine, self.other, self.clock, self.seconds = mine, other, clock, seconds
        self.times: list[float] = []

    def on_train_batch_begin(self, batch, logs=None):
        self.mine.acquire()
        self.start = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        now = time.perf_counter()
        self.times.append(now - self.start)
        turn = len(self.times)
        if turn == WARM_UP:
            self.clock.setdefault("start", now)
        # The first to see that the time is up names the last turn of both.
        if turn > WARM_UP + MIN_PAIRS and now - self.clock["start"] > self.seconds:
            self.clock.setdefault("last", turn + 1)
        if turn >= self.clock.get("last", turn + 1):
            self.model.stop_training = True
        self.other.release()


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


def measure(net: Net, jit: bool, whole_epoch: bool, optimizer: str, make_callback) -> dict:
    """Times pairs of models in turn, the second of each with a callback.

    Args:
        net: What to train.
        jit: Whether XLA compiles the step.
        whole_epoch: Whether one execution runs all steps of an epoch, or one step.
        optimizer: Its name.
        make_callback: Takes the data and returns the callback.

    Returns:
        Median step time without in ms; the ratio, a median over pairs of models of the median over their
        calls; the ratios of the pairs; the number of pairs of calls.
    """
    found = [measure_pair(net, jit, whole_epoch, optimizer, make_callback) for _ in range(FRESH_PAIRS)]
    ratios = [float(np.median(own)) for _, own in found]
    return {
        "ms": np.median([ms for ms, _ in found]),
        "ratio": np.median(ratios),
        "ratios": sorted(ratios),
        "calls": sum(len(own) for _, own in found),
    }


def measure_pair(net: Net, jit: bool, whole_epoch: bool, optimizer: str, make_callback) -> tuple:
    """Times one fresh pair of models; returns the step time without in ms and the ratio of each call."""
    x, y = net.data()
    batons = [threading.Semaphore(1), threading.Semaphore(0)]
    clock: dict = {}
    seconds = SECONDS * (WHOLE_EPOCHS if whole_epoch else 1)
    turns = [Baton(batons[i], batons[1 - i], clock, seconds) for i in (0, 1)]
    errors: list[BaseException] = []

    def train(i: int, model: keras.Model, callbacks: list) -> None:
        try:
            model.fit(
                x, y, batch_size=net.batch_size, epochs=10**6, shuffle=False, verbose=0, callbacks=callbacks
            )
        except BaseException as error:
            errors.append(error)
            clock["last"] = 0
            batons[1 - i].release()

    models = [net.build() for _ in turns]
    for model in models:
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        steps = net.num_batches if whole_epoch else 1
        model.compile(optimizer, loss, jit_compile=jit, steps_per_execution=steps)
        model.optimizer.build(model.trainable_variables)
    # `fit` traces in its first turn, so the threads never compile at once; a turn includes other callbacks.
    callbacks = [[turns[0]], [make_callback(x, y), turns[1]]]
    threads = [threading.Thread(target=train, args=(i, models[i], callbacks[i])) for i in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    without, with_it = (np.array(t.times[WARM_UP:]) for t in turns)
    pairs = min(len(without) - 1, len(with_it))
    around = (without[:pairs] + without[1 : pairs + 1]) / 2
    step_ms = np.median(without) * 1e3 / (net.num_batches if whole_epoch else 1)
    keras.utils.clear_session()
    return step_ms, with_it[:pairs] / around


def rows() -> list[tuple]:
    """Returns the lines of the table: net, jit, whole epoch, optimizer, what is measured."""
    modes = [(jit, whole) for jit in (False, True) for whole in (False, True)]
    recorded = [(name, *mode, "adam", "recorder") for name in NETS for mode in modes]
    sgd = [(name, False, True, "sgd", "recorder") for name in NETS]
    updates = [(name, False, False, "adam", "recorder, updates=True") for name in NETS]
    return recorded + sgd + updates + [(name, False, False, "adam", "second tape") for name in NETS]


def main() -> str:
    """Measures every line and returns the section."""
    lines = [
        "Step time in `model.fit` with the recorder over without: median of the ratio over "
        f"{FRESH_PAIRS} fresh pairs of models, and the ratio of each pair. "
        f"To reach: at most {NETS['a'].target} in (a), {NETS['b'].target} in (b), with Adam.",
        "The usual way, a second tape in `on_train_batch_end`, stands below.",
        "",
        "| network | XLA | steps per execution | optimizer | what | without, ms | ratio | pairs of models "
        "| calls | target |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, jit, whole, optimizer, what in rows():
        net = NETS[name]

        def callback(x, y, net=net, what=what):
            if what == "second tape":
                return SecondTape(x, y, net.batch_size)
            return GradientNorms(updates="updates" in what)

        result = measure(net, jit, whole, optimizer, callback)
        counts = what == "recorder" and optimizer == "adam"
        verdict = ("reached" if result["ratio"] <= net.target else "missed") if counts else "–"
        lines.append(
            f"| {net.title} | {'yes' if jit else 'no'} | {net.num_batches if whole else 1} | {optimizer} "
            f"| {what} | {result['ms']:.3f} | {result['ratio']:.3f} "
            f"| {', '.join(f'{ratio:.2f}' for ratio in result['ratios'])} | {result['calls']} | {verdict} |"
        )
        print(lines[-1], flush=True)
    return "\n".join(lines)

"""An epoch: over data in memory as one compiled loop, over a data set batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import keras
import numpy as np
import tensorflow as tf

from dlkeras.population import arguments
from dlkeras.population.replica_metrics import ReplicaMetrics

Step = Callable[[tuple[tf.Tensor, tf.Tensor]], None]
Draw = Callable[[int], np.ndarray]  # from a number of samples n to orders (R, n), or one for all, (n,)


class Arrays:
    """Data in memory: one execution of the training function is an epoch."""

    def __init__(self, x: tf.Tensor, y: tf.Tensor, batch_size: int):
        self.x, self.y, self.batch_size = x, y, batch_size
        self.num_steps = self.steps_per_execution = -(-x.shape[0] // batch_size)

    def sample(self) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns a pair of one sample."""
        return self.x[:1], self.y[:1]

    @staticmethod
    def compile(step: Step, metrics: ReplicaMetrics) -> Callable:
        """Compiles all steps of an epoch into one call, which takes an iterator over `executions`."""

        @tf.function(jit_compile=True, autograph=False)
        def run(x, y, order, batch_size):
            run_batches(step, x, y, order, batch_size)
            return metrics.results()

        return _call_with_next(run)

    def executions(self, draw: Draw) -> Iterator[tuple[int, tuple]]:
        """Yields the last step of each execution and its arguments; `draw` gives the orders of samples."""
        order = tf.constant(draw(self.x.shape[0]), tf.int32)
        yield self.steps_per_execution - 1, (self.x, self.y, order, self.batch_size)


class Batches:
    """A data set of batches: one execution of the training function is a step."""

    steps_per_execution = 1

    def __init__(self, dataset: tf.data.Dataset):
        self.dataset = dataset
        cardinality = int(dataset.cardinality())
        self.num_steps = None if cardinality < 0 else cardinality

    def sample(self) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns a pair of one sample."""
        x, y = next(iter(self.dataset))
        return x[:1], y[:1]

    @staticmethod
    def compile(step: Step, metrics: ReplicaMetrics) -> Callable:
        """Compiles a step into one call, which takes an iterator over `executions`."""

        @tf.function(jit_compile=True, autograph=False)
        def run(x, y):
            step((x, y))
            return metrics.results()

        return _call_with_next(run)

    def executions(self, draw: Draw) -> Iterator[tuple[int, tuple]]:
        """Yields the number of each batch and the batch, the same for all replicas."""
        yield from enumerate(self.dataset)


def source_of(x, y, batch_size: int, form: tuple) -> Arrays | Batches:
    """Makes a source of arrays or a data set whose inputs have the form (shape, dtype) of the network's."""
    if isinstance(x, tf.data.Dataset):
        return Batches(arguments.checked_dataset(x, y, form))
    x = arguments.checked_inputs(x, *form)
    return Arrays(x, arguments.checked_targets(y, x), batch_size)


def _call_with_next(run: Callable) -> Callable:
    def run_next(iterator):
        arguments = next(iterator)
        # A plain call would warn of retracing where a program makes many populations.
        return run.get_concrete_function(*arguments)(*(a for a in arguments if tf.is_tensor(a)))

    return run_next


def run_epoch(
    function: Callable,
    source: Arrays | Batches,
    metrics: ReplicaMetrics,
    draw: Draw = np.arange,
    on_begin: Callable = lambda step: None,
    on_end: Callable = lambda step, logs: None,
) -> dict[str, np.ndarray]:
    """Calls a compiled function for all executions of an epoch; returns its metrics by name, (R,) each."""
    metrics.reset()
    logs = {}
    for step, given in source.executions(draw):
        on_begin(step - source.steps_per_execution + 1)
        logs = {name: value.numpy() for name, value in function(iter([given])).items()}
        on_end(step, logs)
    return logs


def run_batches(step: Step, x: tf.Tensor, y: tf.Tensor, order: tf.Tensor, batch_size: int) -> None:
    """Calls `step` for each batch inside a graph: whole batches in a loop, then what is left over.

    With orders (R, n) a step is given (R, B, ...), a batch for each replica, and with one order (n,) a batch
    (B, ...) for all.
    """
    num_whole, rest = divmod(x.shape[0], batch_size)

    def batch(number, size):
        start = [0] * (len(order.shape) - 1) + [number * batch_size]
        rows = tf.slice(order, start, [*order.shape[:-1], size])
        return tf.gather(x, rows), tf.gather(y, rows)

    def body(number):
        step(batch(number, batch_size))
        return number + 1

    if num_whole:
        tf.while_loop(lambda number: number < num_whole, body, [0])
    if rest:
        step(batch(num_whole, rest))


def callback_list(
    model: keras.Model,
    callbacks: keras.callbacks.CallbackList | Sequence[keras.callbacks.Callback] | None,
    verbose: str | int,
    epochs: int = 1,
    steps: int | None = None,
) -> keras.callbacks.CallbackList:
    """Returns the callbacks with a history and, unless `verbose` is 0, a progress bar, as Keras has them."""
    if isinstance(callbacks, keras.callbacks.CallbackList):
        return callbacks
    arguments.check_callbacks(callbacks, model.learning_rates is not None)
    return keras.callbacks.CallbackList(
        callbacks,
        add_history=True,
        add_progbar=verbose != 0,
        verbose=verbose,
        epochs=epochs,
        steps=steps,
        model=model,
    )

"""An epoch: over data in memory as one compiled loop, over a data set batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import keras
import numpy as np
import tensorflow as tf

from dlkeras.population import arguments
from dlkeras.population.replica_metrics import ReplicaMetrics
from dlkeras.population.sample_weights import check_one_of, weights_of_classes, weights_of_samples

Step = Callable[[tuple[tf.Tensor, ...]], None]
Draw = Callable[[int], np.ndarray]  # from a number of samples n to orders (R, n), or one for all, (n,)


class Arrays:
    """Data in memory: one execution of the training function is an epoch."""

    def __init__(self, data: tuple[tf.Tensor, ...], batch_size: int):
        self.data, self.batch_size = data, batch_size
        self.num_samples = data[0].shape[0]
        self.num_steps = self.steps_per_execution = -(-self.num_samples // batch_size)

    def sample(self) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns a pair of one sample."""
        x, y, *_ = self.data
        return x[:1], y[:1]

    @staticmethod
    def compile(step: Step, metrics: ReplicaMetrics, jit_compile: bool) -> Callable:
        """Compiles all steps of an epoch into one call, which takes an iterator over `executions`."""

        @tf.function(jit_compile=jit_compile, autograph=False)
        def run(order, batch_size, *data):
            run_batches(step, data, order, batch_size)
            return metrics.results()

        return _call_with_next(run)

    def executions(self, draw: Draw) -> Iterator[tuple[int, tuple]]:
        """Yields the last step of each execution and its arguments; `draw` gives the orders of samples."""
        order = tf.constant(draw(self.num_samples), tf.int32)
        yield self.steps_per_execution - 1, (order, self.batch_size, *self.data)


class Batches:
    """A data set of batches: one execution of the training function is a step."""

    steps_per_execution = 1

    def __init__(self, dataset: tf.data.Dataset):
        self.dataset = dataset
        cardinality = int(dataset.cardinality())
        self.num_steps = None if cardinality < 0 else cardinality

    def sample(self) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns a pair of one sample."""
        x, y, *_ = next(iter(self.dataset))
        return x[:1], y[:1]

    @staticmethod
    def compile(step: Step, metrics: ReplicaMetrics, jit_compile: bool) -> Callable:
        """Compiles a step into one call, which takes an iterator over `executions`."""

        @tf.function(jit_compile=jit_compile, autograph=False)
        def run(*data):
            step(data)
            return metrics.results()

        return _call_with_next(run)

    def executions(self, draw: Draw) -> Iterator[tuple[int, tuple]]:
        """Yields the number of each batch and the batch, the same for all replicas."""
        yield from enumerate(self.dataset)


def source_of(x, y, sample_weight, class_weight, batch_size: int | None, form: tuple) -> Arrays | Batches:
    """Makes a source of arrays or a data set whose inputs have the form (shape, dtype) of the network's."""
    if isinstance(x, tf.data.Dataset):
        return Batches(_weighted(x, y, sample_weight, class_weight, form))
    batch_size = arguments.checked_batch_size(batch_size)
    x = arguments.checked_inputs(x, *form)
    y = arguments.checked_targets(y, x)
    weights = weights_of_samples(y, sample_weight, class_weight)
    return Arrays((x, y) if weights is None else (x, y, weights), batch_size)


def _weighted(dataset: tf.data.Dataset, y, sample_weight, class_weight, form: tuple) -> tf.data.Dataset:
    for name, given in (("y", y), ("sample_weight", sample_weight)):
        if given is not None:
            raise ValueError(
                f"`{name}` must be None when `x` is a data set. "
                f"Received: {name} of class {type(given).__name__}"
            )
    dataset = arguments.checked_dataset(dataset, form)
    if class_weight is None:
        return dataset
    check_one_of(dataset.element_spec[2] if len(dataset.element_spec) > 2 else None, class_weight)
    return dataset.map(lambda x, y: (x, y, weights_of_classes(y, class_weight)))


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


def run_batches(step: Step, data: tuple[tf.Tensor, ...], order: tf.Tensor, batch_size: int) -> None:
    """Calls `step` for each batch inside a graph: whole batches in a loop, then what is left over.

    With orders (R, n) a step is given (R, B, ...), a batch for each replica, and with one order (n,) a batch
    (B, ...) for all.
    """
    num_whole, rest = divmod(data[0].shape[0], batch_size)

    def batch(number, size):
        start = [0] * (len(order.shape) - 1) + [number * batch_size]
        rows = tf.slice(order, start, [*order.shape[:-1], size])
        return tuple(tf.gather(part, rows) for part in data)

    def body(number):
        step(batch(number, batch_size))
        return number + 1

    if num_whole:
        tf.while_loop(lambda number: number < num_whole, body, [0])
    if rest:
        # In a loop of its own: XLA loses what a loop did where a step after it has a branch (`tf.cond`).
        def last(number):
            step(batch(num_whole, rest))
            return number + 1

        tf.while_loop(lambda number: number < 1, last, [0])


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
    return keras.callbacks.CallbackList(
        callbacks,
        add_history=True,
        add_progbar=verbose != 0,
        verbose=verbose,
        epochs=epochs,
        steps=steps,
        model=model,
    )

"""An epoch over data in memory as one compiled loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf

from dlkeras.population.replica_metrics import ReplicaMetrics

Step = Callable[[tuple[tf.Tensor, tf.Tensor]], None]


def compile_loop(step: Step, metrics: ReplicaMetrics) -> Callable:
    """Compiles all steps of an epoch into one call.

    Args:
        step: Takes a batch (x, y), changes variables and updates the metrics.
        metrics: Forgotten before the first step and read after the last.

    Returns:
        Function of an iterator over (x, y, order, batch_size) that returns the metrics by name, (R,) each.
    """

    @tf.function(jit_compile=True, autograph=False)
    def run(x, y, order, batch_size):
        metrics.reset()
        run_batches(step, x, y, order, batch_size)
        return metrics.results()

    def run_next(iterator):
        x, y, order, batch_size = next(iterator)
        # A plain call would warn of retracing where a program makes many populations.
        return run.get_concrete_function(x, y, order, batch_size)(x, y, order)

    return run_next


def run_loop(
    function: Callable, x: tf.Tensor, y: tf.Tensor, order: np.ndarray, batch_size: int
) -> dict[str, np.ndarray]:
    """Calls what `compile_loop` returned for one epoch and copies the metrics to the host."""
    data = (x, y, tf.constant(order, tf.int32), batch_size)
    return {name: value.numpy() for name, value in function(iter([data])).items()}


def run_batches(step: Step, x: tf.Tensor, y: tf.Tensor, order: tf.Tensor, batch_size: int) -> None:
    """Calls `step` for each batch inside a graph: whole batches in a loop, then what is left over.

    Args:
        step: Takes a batch (x, y) and changes variables.
        x: All inputs, (n, ...).
        y: All targets, (n, ...).
        order: The samples in the order in which they come, (n,) int32.
        batch_size: Samples in a whole batch.
    """
    num_whole, rest = divmod(x.shape[0], batch_size)

    def batch(number, size):
        rows = tf.slice(order, [number * batch_size], [size])
        return tf.gather(x, rows), tf.gather(y, rows)

    def body(number):
        step(batch(number, batch_size))
        return number + 1

    if num_whole:
        tf.while_loop(lambda number: number < num_whole, body, [0])
    if rest:
        step(batch(num_whole, rest))


def num_batches(num_samples: int, batch_size: int) -> int:
    """Returns the number of batches, a smaller last one included."""
    return -(-num_samples // batch_size)


def callback_list(
    model: keras.Model,
    callbacks: keras.callbacks.CallbackList | Sequence[keras.callbacks.Callback] | None,
    verbose: str | int,
    epochs: int = 1,
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
        steps=model.steps_per_execution,
        model=model,
    )

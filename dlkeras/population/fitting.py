"""Training over epochs, and measuring: `fit` and `evaluate` of `Population`."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf

from dlkeras.population import arguments
from dlkeras.population.callback_rules import check_callbacks, stops_replicas
from dlkeras.population.epoch import Arrays, Batches, callback_list, run_epoch, source_of
from dlkeras.population.replica_metrics import ReplicaLoss, ReplicaMetrics


def fit(
    population,
    x,
    y=None,
    batch_size: int | None = None,
    epochs: int = 1,
    verbose: str | int = "auto",
    callbacks: Sequence[keras.callbacks.Callback] | None = None,
    validation_split: float = 0.0,
    validation_data: tuple | tf.data.Dataset | None = None,
    shuffle: bool = True,
    class_weight: Mapping[int, float] | None = None,
    sample_weight=None,
    initial_epoch: int = 0,
    steps_per_epoch: None = None,
    validation_steps: None = None,
    validation_batch_size: int | None = None,
    validation_freq: int | Sequence[int] = 1,
    shared_batches: bool = False,
) -> keras.callbacks.History:
    """Trains all replicas; every argument but `shared_batches` is as in Keras.

    Args:
        population: The population, whose method this is.
        x: Inputs, an array (n, ...), or a `tf.data.Dataset` of batches (x, y) or (x, y, weights of samples),
            a call for each step.
        y: Targets, an array (n, ...); None with a data set.
        batch_size: Samples in a batch of arrays, at least 1, None for 32; the last one of an epoch has what
            is left.
        epochs: Number of the last epoch.
        verbose: 0 for silence, "auto" or 1 for a progress bar, 2 for a line an epoch.
        callbacks: Keras callbacks; `dlkeras.population.EarlyStopping` stops each replica by itself.
        validation_split: Share of arrays, the last rows, to evaluate on instead of training.
        validation_data: (x, y), (x, y, weights of samples) or a data set to evaluate on.
        shuffle: Whether arrays have new orders in each epoch, one for each replica, drawn from its seed;
            False for the rows as they are. A data set has its own order, for all replicas.
        class_weight: Number of a class -> how much its samples count in the training loss; 1 for others.
        sample_weight: How much each sample counts in the training loss, (n,); None for equally much.
        initial_epoch: Number of the first epoch.
        steps_per_epoch: Must be None: an epoch is all samples, or all batches of a data set.
        validation_steps: Must be None, likewise.
        validation_batch_size: Samples at a time in validation; None for `batch_size`.
        validation_freq: Epochs between two validations, at least 1, or a list of epochs, from 1.
        shared_batches: Whether all replicas have the orders of the first one.

    Returns:
        The history: for each epoch and metric an array (R,).

    Raises:
        TypeError: If an argument is of another kind.
        ValueError: If the population is not compiled, or data or callbacks do not fit.
    """
    arguments.check_compiled(population)
    check_callbacks(callbacks, population.learning_rates is not None)
    arguments.check_none(steps_per_epoch=steps_per_epoch, validation_steps=validation_steps)
    validates = arguments.checked_validation_freq(validation_freq)
    data, validation_data = arguments.split(x, y, sample_weight, validation_data, validation_split)
    source = source_for(population, *data, batch_size, class_weight)
    size = validation_batch_size or batch_size
    validation = validation_data and source_for(population, *validation_data, size)
    prepare_training(population, source, stops_replicas(callbacks))
    callbacks = callback_list(population, callbacks, verbose, epochs, source.num_steps)
    draw = functools.partial(population.orders.draw, shared=shared_batches) if shuffle else np.arange
    hooks = callbacks.on_train_batch_begin, callbacks.on_train_batch_end
    population.stop_training = False
    callbacks.on_train_begin()
    logs = {}
    for epoch in range(initial_epoch, epochs):
        callbacks.on_epoch_begin(epoch)
        logs = run_epoch(population.train_function, source, population._replica_metrics, draw, *hooks)
        if validation is not None and validates(epoch + 1):
            found = _measure(population, validation, callbacks)
            logs |= {f"val_{name}": value for name, value in found.items()}
        callbacks.on_epoch_end(epoch, logs)
        if population.stop_training:
            break
    population.optimizer.finalize_variable_values(population.trainable_variables)
    callbacks.on_train_end(logs)
    return population.history


def evaluate(
    population,
    x,
    y=None,
    batch_size: int | None = None,
    verbose: str | int = "auto",
    sample_weight=None,
    steps: None = None,
    callbacks: Sequence[keras.callbacks.Callback] | None = None,
    return_dict: bool = False,
) -> list[np.ndarray] | dict[str, np.ndarray]:
    """Measures loss and metrics, (R,) each: a list in order, or with `return_dict` a dict by name."""
    arguments.check_none(steps=steps)
    check_callbacks(callbacks, population.learning_rates is not None)
    source = source_for(population, x, y, sample_weight, batch_size)
    callbacks = callback_list(population, callbacks, verbose, steps=source.num_steps)
    found = _measure(population, source, callbacks)
    return found if return_dict else list(found.values())


def source_for(
    population, x, y, sample_weight, batch_size: int | None, class_weight=None
) -> Arrays | Batches:
    """Makes a source of batches, and with the first one what measures loss and metrics."""
    arguments.check_compiled(population)
    source = source_of(x, y, sample_weight, class_weight, batch_size, population._input_form)
    if population._replica_metrics is None:
        shape, dtype = population._output_form
        y, y_pred = source.sample()[1], tf.zeros([1, *shape], dtype)
        _, loss, metrics = population.compiled_with
        population._replica_loss = ReplicaLoss(loss, y, y_pred)
        population._replica_metrics = ReplicaMetrics(metrics, population.num_replicas, y, y_pred)
    return source


def prepare_training(population, source: Arrays | Batches, may_stop: bool = False) -> None:
    """Makes the training function for a source; if replicas `may_stop`, one that can leave them alone."""
    mode = (type(source), source.steps_per_execution, may_stop)
    if population._train_mode != mode:
        population._train_mode, population.steps_per_execution = mode, source.steps_per_execution
        population.train_function = None  # and with it recorders that count on the number of steps
    population.make_train_function()


def _measure(population, source: Arrays | Batches, callbacks) -> dict[str, np.ndarray]:
    if population._test_kind is not type(source):
        population._test_kind, population.test_function = type(source), None
    population.make_test_function()
    callbacks.on_test_begin()
    hooks = callbacks.on_test_batch_begin, callbacks.on_test_batch_end
    logs = run_epoch(population.test_function, source, population._replica_metrics, np.arange, *hooks)
    callbacks.on_test_end(logs)
    return logs

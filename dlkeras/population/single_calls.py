"""Methods of `Population` that know no epochs: outputs, and training and measuring on one batch."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from dlkeras.population import arguments, fitting
from dlkeras.population.epoch import run_epoch


def predict(population, x, batch_size: int | None = None, verbose="auto", steps=None, callbacks=None):
    """Computes the outputs of every replica, (R, n, ...).

    Args:
        population: The population, whose method this is.
        x: Inputs (n, ...), or a data set of batches of them; targets beside them are left out.
        batch_size: Samples at a time of an array; None for 32.
        verbose: Taken as in Keras; nothing is shown.
        steps: Must be None.
        callbacks: Must be None.

    Returns:
        An array (R, n, ...).
    """
    arguments.check_none(steps=steps)
    if callbacks is not None:
        raise ValueError(
            "`callbacks` must be None: `predict` of a population calls none. "
            f"Received: callbacks={callbacks!r}"
        )
    if isinstance(x, tf.data.Dataset):
        batches = [x for x, *_ in arguments.checked_dataset(x, population._input_form, most=1)]
    else:
        x = arguments.checked_inputs(x, *population._input_form)
        batch_size = arguments.checked_batch_size(batch_size)
        batches = [x[start : start + batch_size] for start in range(0, len(x), batch_size)]
    return np.concatenate([population._outputs.get_concrete_function(b)(b) for b in batches], axis=1)


def train_on_batch(population, x, y=None, sample_weight=None, class_weight=None, return_dict: bool = False):
    """Trains all replicas on one batch; returns its loss and metrics, (R,) each, as `evaluate` does."""
    source = fitting.source_for(population, x, y, sample_weight, len(x), class_weight)
    fitting.prepare_training(population, source)
    logs = run_epoch(population.train_function, source, population._replica_metrics)
    return logs if return_dict else list(logs.values())


def test_on_batch(population, x, y=None, sample_weight=None, return_dict: bool = False):  # noqa: PT028 - no test
    """Measures all replicas on one batch; returns its loss and metrics, (R,) each, as `evaluate` does."""
    options = {"batch_size": len(x), "verbose": 0, "sample_weight": sample_weight}
    return population.evaluate(x, y, **options, return_dict=return_dict)


def predict_on_batch(population, x) -> np.ndarray:
    """Computes the outputs of every replica, (R, n, ...)."""
    return population.predict(x, batch_size=len(x))

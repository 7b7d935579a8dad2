"""Methods of `Population` that know no epochs: outputs, and training and measuring on one batch."""

from __future__ import annotations

import numpy as np

from dlkeras.base.checks import checked_integer
from dlkeras.population import arguments
from dlkeras.population.epoch import run_epoch


def predict(population, x, batch_size: int = 32) -> np.ndarray:
    """Computes the outputs of every replica, (R, n, ...), for inputs (n, ...), so many at a time."""
    x = arguments.checked_inputs(x, *population._input_form)
    batch_size = checked_integer("batch_size", batch_size)
    batches = [x[start : start + batch_size] for start in range(0, len(x), batch_size)]
    return np.concatenate([population._outputs.get_concrete_function(b)(b) for b in batches], axis=1)


def train_on_batch(population, x, y=None, return_dict: bool = False):
    """Trains all replicas on one batch; returns its loss and metrics, (R,) each, as `evaluate` does."""
    source = population._source(x, y, len(x))
    population._prepare_training(source)
    logs = run_epoch(population.train_function, source, population._replica_metrics)
    return logs if return_dict else list(logs.values())


def test_on_batch(population, x, y=None, return_dict: bool = False):  # noqa: PT028 - no test
    """Measures all replicas on one batch; returns its loss and metrics, (R,) each, as `evaluate` does."""
    return population.evaluate(x, y, batch_size=len(x), verbose=0, return_dict=return_dict)


def predict_on_batch(population, x) -> np.ndarray:
    """Computes the outputs of every replica, (R, n, ...)."""
    return population.predict(x, batch_size=len(x))

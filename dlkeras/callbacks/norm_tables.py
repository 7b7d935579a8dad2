"""Tables of gradient norms and histograms, for data frames and for TensorBoard."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import numpy as np

from dlkeras.base.checks import checked_choice
from dlkeras.callbacks.exports import EventLog
from dlkeras.callbacks.histograms import EDGES, nonempty


def checked_table(table: str) -> str:
    """Returns the name of a table, or raises a ValueError."""
    return checked_choice("table", table, ("norms", "histograms"))


def norm_columns(
    steps: np.ndarray, names: Sequence[str], series: Mapping[str, np.ndarray], total: np.ndarray
) -> dict[str, np.ndarray]:
    """Lists series of shape (n, L[, R]) and a total (n[, R]) as columns, a row for each step and layer."""
    row, layer, *replica = np.indices(next(iter(series.values())).shape).reshape(2 + total.ndim - 1, -1)
    columns = {"step": steps[row], "layer": np.array(names)[layer]}
    if replica:
        columns["replica"] = replica[0]
    columns |= {name: values.ravel() for name, values in series.items()}
    return columns | {"total_norm": total[(row, *replica)]}


def histogram_columns(steps: np.ndarray, names: Sequence[str], counts: np.ndarray) -> dict[str, np.ndarray]:
    """Lists counts of shape (m, V[, R], B) as columns, a row for each bin that is not empty."""
    row, variable, *replica = np.indices(counts.shape[:-1]).reshape(counts.ndim - 1, -1)
    rows = {"step": steps[row], "variable": np.array(names)[variable]}
    if replica:
        rows["replica"] = replica[0]
    return nonempty(counts.reshape(-1, counts.shape[-1]), rows)


class NormLog:
    """Writes what a recorder has, since it was last asked, into an event file.

    Args:
        folder: Where the file is made.
    """

    def __init__(self, folder: str | os.PathLike):
        self._folder = folder
        self._events: EventLog | None = None
        self._first = 0  # step of the whole log at which this training began
        self._next = 0  # step after the last one
        self.begin()

    def begin(self) -> None:
        """Goes on behind the steps of the trainings before."""
        self._first = self._next
        self._num_norms = self._num_histograms = self._num_steps = 0

    def end_epoch(self, num_steps: int | None) -> None:
        """Counts the steps of an epoch, also those without a row; None where Keras does not know them."""
        self._num_steps += num_steps or 0
        self._next = max(self._next, self._first + self._num_steps)

    def write(
        self, steps: np.ndarray, names: Sequence[str], series: Mapping[str, np.ndarray], total: np.ndarray
    ) -> None:
        """Appends the new ones of the rows of series (n, L[, R]) and of a total (n[, R])."""
        self._events = self._events or EventLog(self._folder)
        new, self._num_norms = slice(self._num_norms, None), len(steps)
        tags = {"total_norm": total[new]}
        for name, values in series.items():
            tags |= {f"{name}/{layer}": values[new, column] for column, layer in enumerate(names)}
        self._events.write(self._first + steps[new], _by_replica(tags, 1))
        if len(steps):
            self._next = max(self._next, self._first + int(steps[-1]) + 1)

    def write_histograms(self, steps: np.ndarray, names: Sequence[str], counts: np.ndarray) -> None:
        """Appends the new ones of the rows of counts (m, V[, R], B)."""
        new, self._num_histograms = slice(self._num_histograms, None), len(steps)
        tags = {f"gradient/{name}": counts[new, column] for column, name in enumerate(names)}
        self._events.write_histograms(self._first + steps[new], _by_replica(tags, 2), EDGES)

    def close(self) -> None:
        """Closes the file; another training opens a new one."""
        if self._events is not None:
            self._events.close()
            self._events = None


def _by_replica(tags: dict[str, np.ndarray], ndim: int) -> dict[str, np.ndarray]:
    """Splits series that have a replica axis behind their first one, `ndim` axes without it."""
    found = {}
    for tag, values in tags.items():
        if values.ndim == ndim:
            found[tag] = values
        else:
            found |= {f"{tag}/{r}": own for r, own in enumerate(np.moveaxis(values, 1, 0))}
    return found

"""What recordings hold, put together on the host: one row for each step, one column for each variable."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dlkeras.base import keras_private
from dlkeras.callbacks.columns import Columns
from dlkeras.callbacks.recording import ABSENT, Recording


class NonFinite(NamedTuple):
    """Where a recorded gradient was NaN or infinite for the first time."""

    step: int
    layer: str
    variable: str


class Kept(NamedTuple):
    """Rows that have left the device, with nothing else of the model."""

    steps: np.ndarray  # (n,) int64
    rows: dict[str, np.ndarray]  # by name (n, V, ...)
    columns: Columns

    def squares(self, name: str) -> np.ndarray:
        """Squares of norms by variable, (n, V[, R]) float64; below 0 where one was not updated."""
        halves = self.rows[name]
        return np.where(halves < 0, ABSENT, 2 * halves)

    def variable_norms(self, name: str) -> np.ndarray:
        """Norms by variable, (n, V[, R]) float64; NaN where one was not updated."""
        squares = self.squares(name)
        return np.sqrt(np.where(squares < 0, np.nan, squares))

    def layer_norms(self, name: str) -> np.ndarray:
        """Norms by layer, (n, L[, R]) float64; NaN where none of its variables was updated."""
        return np.sqrt(self.columns.by_layer(self.squares(name)))

    def total_norm(self, name: str) -> np.ndarray:
        """Norm over all variables that were updated, (n[, R]) float64."""
        squares = self.squares(name)
        total = np.sqrt(np.where(squares < 0, 0, squares).sum(axis=1))
        return np.where((squares < 0).all(axis=1), np.nan, total)

    def first_nonfinite(self) -> NonFinite | None:
        """Where NaN or infinity began: in the first step that has one, the last layer, its first variable."""
        rows, columns, *_ = np.nonzero(~np.isfinite(self.rows["unclipped"]))
        if not rows.size:
            return None
        layers, columns = self.columns.layers, columns[rows == rows[0]]
        layer = layers[columns].max()
        variable = columns[layers[columns] == layer].min()
        names = self.columns.layer_names[layer], self.columns.variable_names[variable]
        return NonFinite(int(self.steps[rows[0]]), *names)

    def alone(self) -> Kept:
        """Returns the same without the variables of the model."""
        columns = copy.copy(self.columns)
        columns.variables = []
        return self._replace(columns=columns)


def merged(
    recordings: Sequence[Recording], columns: Columns, names: Sequence[str], of_a_number: tuple[int, ...]
) -> Kept:
    """Puts the rows of all recordings of a training into one table.

    Args:
        recordings: Those that were written, in the order of the calls.
        columns: The variables that get columns.
        names: Of the rows; where there are none before clipping, nothing was clipped.
        of_a_number: Shape of an entry where there is no recording.

    Returns:
        Rows by step, below 0 where a variable was not updated. Where a step updates a variable more than
        once, the last time counts.
    """
    steps = np.unique(np.concatenate([np.zeros(0, np.int64), *(each.steps() for each in recordings)]))
    rows = {}
    for name in names:
        table = np.full((len(steps), len(columns.variable_names), *of_a_number), ABSENT)
        for recording in recordings:
            own = recording.rows(name if name in recording.names else "gradients")
            at = np.searchsorted(steps, recording.steps())
            for values, place in zip(np.moveaxis(own, 1, 0), _places(recording, columns), strict=True):
                table[at, place] = np.where(values < 0, table[at, place], values)
        rows[name] = table
    return Kept(steps, rows, columns)


def _places(recording: Recording, columns: Columns) -> list[int]:
    keys = [keras_private.key_of(recording.optimizer, variable) for variable in columns.variables]
    places = {key: place for place, key in enumerate(keys)}
    return [places[key] for key in recording.keys]

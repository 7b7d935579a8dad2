"""Records of many trainings, picked and stacked by what varied."""

from __future__ import annotations

from typing import Any

import numpy as np


class Runs(list):
    """Dicts, one for each training: what it was (numbers and words), and what was measured.

    Example:
        >>> runs = Runs({"rate": r, "seed": seed, "loss": [1.0, r]} for seed in (0, 1) for r in (0.1, 0.2))
        >>> runs.values("rate")
        [0.1, 0.2]
        >>> runs.stack("loss", "rate", "seed").shape
        (2, 2, 2)
        >>> runs.stack("loss", "seed", rate=0.2)[:, -1]
        array([0.2, 0.2])
    """

    def where(self, **kind: Any) -> Runs:
        """Picks the trainings whose fields have these values.

        Args:
            **kind: Field -> value.

        Returns:
            Those trainings, in their order.

        Raises:
            ValueError: If there is none.
        """
        found = Runs(run for run in self if all(run.get(field) == value for field, value in kind.items()))
        if not found:
            known = {field: Runs.values(self, field) for field in kind}
            raise ValueError(f"There must be a run of this kind. Received: {kind}. Known values: {known}")
        return found

    def values(self, field: str, **kind: Any) -> list:
        """Gives what a field has been, each value once, in rising order.

        Args:
            field: Its name.
            **kind: As `where` takes it.

        Returns:
            The values of the runs that have the field.
        """
        runs = self.where(**kind) if kind else self
        return sorted({run[field] for run in runs if field in run})

    def stack(self, field: str, *axes: str, **kind: Any) -> np.ndarray:
        """Stacks what was measured along the fields that varied.

        Args:
            field: What was measured: a number, or an array (or list) of the same shape in all runs.
            *axes: Names of fields, the first axes of the result; their values rise. One run for each.
            **kind: As `where` takes it.

        Returns:
            Array (values of the first axis, values of the second, ..., *shape of the field).

        Raises:
            ValueError: If there is no run of this kind, or not exactly one for each place.
        """
        runs = self.where(**kind)
        values = [runs.values(axis) for axis in axes]
        shape = [len(own) for own in values]
        places = {tuple(run[axis] for axis in axes): run for run in runs}
        if len(runs) != np.prod(shape, dtype=int) or len(places) != len(runs):
            varied = {axis: len(own) for axis, own in zip(axes, values, strict=True)}
            raise ValueError(
                "There must be one run for each combination of `axes`. "
                f"Received: {len(runs)} runs of {kind}, with so many values: {varied}"
            )
        stacked = np.array([places[place][field] for place in sorted(places)])
        return stacked.reshape(*shape, *stacked.shape[1:])

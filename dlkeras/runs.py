"""Records of many trainings, picked and stacked by what varied."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np


def product(**axes: Iterable) -> list[dict[str, Any]]:
    """Lists all combinations of some values, the last name changing fastest.

    Example:
        >>> product(rate=[0.1, 1], seed=range(2))[1]
        {'rate': 0.1, 'seed': 1}
    """
    return [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]


def by_replica(
    cases: Sequence[Mapping[str, Any]], about: Mapping[str, Any], **measured: list | np.ndarray
) -> Iterator[dict[str, Any]]:
    """Makes a record for each replica of a population.

    Args:
        cases: What each of the R replicas is.
        about: What all of them are.
        **measured: Arrays (..., R), or lists of arrays (R,), an entry for each epoch, as a history has them.

    Yields:
        A record for each replica, as `Runs` takes it.
    """
    for i, case in enumerate(cases):
        own = {
            name: [epoch[i] for epoch in values] if isinstance(values, list) else values[..., i]
            for name, values in measured.items()
        }
        yield {**about, **case, **own}


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

    def lines(self, field: str, *axes: str, **line: Iterable) -> dict[Any, np.ndarray]:
        """Stacks a field for each line of a figure: `runs.lines("loss", "seed", optimizer=["SGD", "Adam"])`.

        Args:
            field: What was measured.
            *axes: As `stack` takes them.
            **line: One field -> its values, in the order of the lines.

        Returns:
            Value -> array.
        """
        ((name, values),) = line.items()
        return {value: self.stack(field, *axes, **{name: value}) for value in values}

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

"""Results at all settings of a grid, read off between them, and how much each axis explains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dlkeras.base.scales import to_place

SCALES = ("linear", "log", "one_minus_log")


class Surface:
    """What was measured at all combinations of some values, as a function of settings between them.

    A search of hyperparameters can look its scores up there, so that hundreds of searches cost one table of
    trainings. Between the settings the results are interpolated linearly on each axis' scale.

    Args:
        axes: Name -> values, rising, at least two of each.
        results: Array (values of the first axis, values of the second, ..., any further axes).
        scales: Name -> "log" or "one_minus_log"; the others are linear.

    Raises:
        ValueError: If the values of an axis do not rise, the results do not fit, or a scale is another.

    Example:
        >>> surface = Surface({"rate": [0.01, 1], "units": [4, 8]}, [[4, 2], [8, 6]], {"rate": "log"})
        >>> surface([{"rate": 0.1, "units": 8}]).round(6)
        array([4.])
        >>> {name: float(share) for name, share in surface.explained().items()}
        {'rate': 0.8, 'units': 0.2}
    """

    def __init__(
        self,
        axes: Mapping[str, Sequence[float]],
        results: np.ndarray,
        scales: Mapping[str, str] | None = None,
    ):
        from scipy.interpolate import RegularGridInterpolator

        self.axes = {name: np.asarray(values, float) for name, values in axes.items()}
        self.results = np.asarray(results, float)
        scales = dict(scales or {})
        for name, values in self.axes.items():
            if values.ndim != 1 or len(values) < 2 or not np.all(np.diff(values) > 0):
                raise ValueError(
                    f"`axes[{name!r}]` must be two or more rising values. Received: {values.tolist()}"
                )
            if scales.setdefault(name, "linear") not in SCALES:
                raise ValueError(
                    f"`scales[{name!r}]` must be one of {', '.join(SCALES)}. Received: {scales[name]!r}"
                )
        wanted = tuple(map(len, self.axes.values()))
        if self.results.shape[: len(wanted)] != wanted:
            raise ValueError(
                f"`results` must have the shape {wanted} of `axes`, and any further axes. "
                f"Received: shape={self.results.shape}"
            )
        self._scales = scales
        places = [self._places(name, values) for name, values in self.axes.items()]
        self._linear = RegularGridInterpolator(places, self.results)

    def __call__(self, settings: Sequence[Mapping[str, float]]) -> np.ndarray:
        """Reads results off.

        Args:
            settings: The n settings: value by name. Beyond the ends of an axis its end counts.

        Returns:
            Array (n, further axes of the results).
        """
        places = [self._places(name, [own[name] for own in settings]) for name in self.axes]
        return self._linear(np.transpose(places))

    def _places(self, name: str, values: Sequence[float]) -> np.ndarray:
        low, high = self.axes[name][[0, -1]]
        return np.array([to_place(self._scales[name], low, high, value) for value in values])

    def explained(self, **within: tuple[float, float]) -> dict[str, np.ndarray]:
        """Computes which share of the results' variance each axis explains alone.

        That is the variance of the means over all other axes, over the variance of all; what the shares leave
        to 1 shows only in combinations of several. It depends on the ranges.

        Args:
            **within: Name -> least and greatest value: only these parts of the table.

        Returns:
            Name -> share in [0, 1], of the shape of the further axes of the results.

        References:
            Hutter, Hoos and Leyton-Brown (2014), functional ANOVA, its first-order terms, here of a whole
            table instead of a model of it.
        """
        part = self.results
        for i, (name, values) in enumerate(self.axes.items()):
            low, high = within.get(name, (-np.inf, np.inf))
            part = np.compress((low <= values) & (values <= high), part, axis=i)
        every = tuple(range(len(self.axes)))
        total = part.var(axis=every)
        others = {name: tuple(j for j in every if j != i) for i, name in enumerate(self.axes)}
        return {name: part.mean(axis=axes).var(axis=0) / total for name, axes in others.items()}

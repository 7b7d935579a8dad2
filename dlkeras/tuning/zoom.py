"""From coarse to fine: which point of a space to try next, after the trials that have ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.stats import qmc

from dlkeras.tuning.smooth_fit import SmoothFit, standardize
from dlkeras.tuning.space import Space

COARSE_SHARE, LEAST_COARSE = 0.2, 4  # of the trials, and at least so many
WIDTHS = (0.4, 0.25, 0.15, 0.1, 0.06)  # half the box of each fine stage, in lengths of an axis
UNSTRETCHED = (0.4, 2.5)  # by which the box is stretched along axes that matter less, at most
STILL_COARSE = 0.1  # share of trials that look at the whole space in the fine stages
NUM_CANDIDATES = 160  # points of which the most promising one is tried
MOVED, REDRAWN = 0.5, 0.25  # share of axes that differ from the centre, and of choices
MAX_FITTED = 100  # trials that the fit goes through, the nearest to the best
STEPS, FIRST_STEPS = 2, 12  # of the fit's lengths after each trial, and after the coarse ones
DEFAULT_TRIALS = 60  # for the stages where there is no limit
MAX_LISTED = 4096  # a finite space up to this size is searched to its end
COARSE = "coarse"


@dataclass(frozen=True)
class Suggestion:
    """The next point."""

    point: np.ndarray  # its places, (d,), NaN where inactive
    stage: str  # "coarse", or "fine 1" and so on
    box: dict[str, list[Any]]  # of a fine point: name -> (least, greatest value), or all values of a choice


class Zoom:
    """Tries the whole space coarsely and then boxes around the best, which get smaller stage by stage.

    1. Coarse: 20 % of the trials are spread evenly over the space (a scrambled Halton sequence).
    2. Fine: the other trials are five stages of equal length. Each has a box around the centre, which reaches
       0.4 of an axis to either side in the first stage and 0.06 in the last, farther along axes that matter
       less. The centre is taken anew for each trial. It is the trial where the fit is lowest, which is not
       always the one with the best score when scores are noisy.
    3. 160 points of the box are drawn. Each keeps about half of the centre's places, and a choice is drawn
       anew with probability 1/4; what becomes active by that is drawn from its whole range. A smooth fit
       through the trials says what loss to expect at each point and how far off that may be. For each a loss
       is drawn accordingly, and the point with the least is tried: one that is good, or not known well. So
       workers that ask at the same time get different points.
    4. With probability 0.1 the points come from the whole space, as long as the search lasts.

    The state follows from the trials seen, in the order of `observe`, and each suggestion has a generator of
    its own, so nothing has to be saved.

    Example:
        >>> from dlkeras.tuning.space import range_axis
        >>> zoom = Zoom(Space([range_axis("x", -1.0, 1.0, "linear")]), max_trials=20, seed=0)
        >>> for number in range(20):
        ...     point = zoom.suggest(number).point
        ...     zoom.observe(point, (zoom.space.values(point)["x"] - 0.3) ** 2)
        >>> round(zoom.space.values(zoom.centre)["x"], 2)
        0.3

    References:
        Ng, "Using an appropriate scale to pick hyperparameters" (2017), coarse to fine. Eriksson, Pearce,
        Gardner, Turner and Poloczek (2019), algorithm TuRBO-1; here the box follows the share of trials used
        up, which noise does not mislead, and not the count of hits and misses.
    """

    def __init__(self, space: Space, max_trials: int | None, seed: int):
        self.space = space
        self.max_trials = max_trials or DEFAULT_TRIALS
        self.seed = seed
        self.fit = SmoothFit(space.columns)
        least = min(LEAST_COARSE, max(1, self.max_trials // 2))
        share = round(COARSE_SHARE * self.max_trials)
        self.num_coarse = max(least, min(share, 3 * int(space.is_free.sum())))
        self._grids = [
            (i, axis)
            for i, axis in enumerate(space.axes)
            if axis.is_ordered and axis.values is not None and space.is_free[i]
        ]
        self._points: list[np.ndarray] = []
        self._losses: list[float] = []
        self._tried: set[bytes] = set()
        self._centre = 0

    @property
    def num_seen(self) -> int:
        return len(self._losses)

    @property
    def centre(self) -> np.ndarray:
        """The point that promises most of those tried, (d,)."""
        return self._points[self._centre]

    def observe(self, point: np.ndarray, loss: float) -> None:
        """Takes the outcome of a trial at a point, (d,); the loss is NaN if it failed."""
        self._points.append(point)
        self._tried.update(_keys([point]))
        self._losses.append(loss)
        if not self._is_fitted():
            return
        near = self._nearest()
        features = self.fit.features(np.array(self._points)[near])
        targets = standardize(np.array(self._losses)[near])
        self.fit.learn(features, targets, STEPS if self.num_seen > self.num_coarse else FIRST_STEPS)
        failed = np.isnan(np.array(self._losses)[near])
        expected = np.where(failed, np.inf, self.fit.smoothed())
        self._centre = int(near[np.argmin(expected)])

    def suggest(self, number: int, running: Sequence[np.ndarray] = ()) -> Suggestion | None:
        """Chooses the point of a trial; None where every point of a finite space has been tried.

        The number, from 0, decides the stage and seeds the generator; `running` are points others try.
        """
        if not self.space.is_free.any():
            is_first = not self._points  # a model may ask for hyperparameters only when it is built
            return Suggestion(self._spread[0], COARSE, {}) if is_first else None
        rng = np.random.default_rng([self.seed, number])
        tried = self._tried.union(_keys(running))
        if number < self.num_coarse or not self._is_fitted():
            first = self._spread[number % len(self._spread)]
            return self._first_new([first], tried, rng, COARSE, {})
        if rng.random() < STILL_COARSE:
            stage, box, candidates = COARSE, {}, self._anywhere(rng)
        else:
            number_of_stage = self._stage(number)
            stage, widths = f"fine {number_of_stage + 1}", self._widths(number_of_stage)
            box, candidates = self._box(widths), self._in_box(widths, rng)
        return self._first_new(candidates[self._ranking(candidates, rng)], tried, rng, stage, box)

    # Stages and boxes

    @cached_property
    def _spread(self) -> np.ndarray:
        halton = qmc.Halton(max(len(self.space), 1), rng=np.random.default_rng([self.seed]))
        return self.space.snap(halton.random(max(self.num_coarse, 32))[:, : len(self.space)])

    def _is_fitted(self) -> bool:
        num_scored = np.count_nonzero(~np.isnan(self._losses))
        return self.num_seen >= self.num_coarse and num_scored >= min(3, self.num_coarse)

    def _nearest(self) -> np.ndarray:
        """Returns the indices of the trials that the fit goes through."""
        if self.num_seen <= MAX_FITTED:
            return np.arange(self.num_seen)
        features = self.fit.features(np.array(self._points))
        distances = np.square(features - features[np.nanargmin(self._losses)]).sum(axis=1)
        return np.sort(np.argsort(distances, kind="stable")[:MAX_FITTED])

    def _stage(self, number: int) -> int:
        share = (number - self.num_coarse) / max(1, self.max_trials - self.num_coarse)
        return min(int(share * len(WIDTHS)), len(WIDTHS) - 1)

    def _widths(self, stage: int) -> np.ndarray:
        """Returns how far the box reaches to either side, (d,); at least to the next value of a grid."""
        widths = np.full(len(self.space), WIDTHS[stage])
        lengths = self.fit.lengths
        widths[self.fit.axes] *= np.clip(lengths / np.exp(np.log(lengths).mean()), *UNSTRETCHED)
        for i, axis in self._grids:
            if not np.isnan(self.centre[i]):
                widths[i] = max(widths[i], 1.2 * axis.gaps[axis.index(self.centre[i])])
        return widths

    def _box(self, widths: np.ndarray) -> dict[str, list[Any]]:
        box = {}
        for axis, place, width in zip(self.space.axes, self.centre, widths, strict=True):
            if not np.isnan(place) and not axis.is_ordered:
                box[axis.name] = list(axis.values)
            elif not np.isnan(place):
                box[axis.name] = [axis.to_value(min(max(place + side, 0.0), 1.0)) for side in (-width, width)]
        return box

    # Candidates

    def _anywhere(self, rng: np.random.Generator) -> np.ndarray:
        return self.space.snap(rng.random((NUM_CANDIDATES, len(self.space))))

    def _in_box(self, widths: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        shape = (NUM_CANDIDATES, len(self.space))
        is_active = ~np.isnan(self.centre)
        centre = np.where(is_active, self.centre, 0.5)
        anywhere, chance = rng.random(shape), rng.random(shape)
        movable = np.flatnonzero(is_active & self.space.is_free)
        if movable.size == 0:
            return self._anywhere(rng)
        chance[np.arange(shape[0]), rng.choice(movable, shape[0])] = 0.0  # at least one axis moves
        near = np.clip(centre + widths * rng.uniform(-1, 1, shape), 0.0, 1.0)
        near = np.where(self.space.is_choice, anywhere, near)
        moves = chance < np.where(self.space.is_choice, REDRAWN, max(MOVED, 2 / len(movable)))
        return self.space.snap(np.where(is_active, np.where(moves, near, centre), anywhere))

    def _ranking(self, candidates: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Returns the indices of the candidates, the most promising first."""
        mean, deviation = self.fit.predict(self.fit.features(candidates))
        return np.argsort(mean + deviation * rng.standard_normal(len(candidates)), kind="stable")

    def _first_new(self, ranked, tried: set, rng, stage: str, box: dict) -> Suggestion | None:
        for point, key in zip(ranked, _keys(ranked), strict=True):
            if key not in tried:
                return Suggestion(point, stage, box)
        others = np.concatenate([self._anywhere(rng), self._all(rng)])
        for point, key in zip(others, _keys(others), strict=True):
            if key not in tried:
                return Suggestion(point, COARSE, {})
        return Suggestion(ranked[0], stage, box) if self.space.size > MAX_LISTED else None

    def _all(self, rng: np.random.Generator) -> np.ndarray:
        if self.space.size > MAX_LISTED:
            return np.empty((0, len(self.space)))
        places = np.meshgrid(*(axis.places for axis in self.space.axes), indexing="ij")
        return rng.permutation(self.space.snap(np.stack([axis.ravel() for axis in places], axis=1)))


def _keys(points: Sequence[np.ndarray]) -> list[bytes]:
    """Returns for each point what only the same point has."""
    return [point.tobytes() for point in np.nan_to_num(np.array(points), nan=-1.0)]

"""The learning rate that suits a model: many rates are tried at once, for the same few hundred steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import ArrayLike

from dlkeras import plots
from dlkeras.base.checks import checked_integer
from dlkeras.findings import mean_interval
from dlkeras.population import Population

RATES = np.geomspace(1e-5, 10, 40)  # six decades, a factor of 1.4 apart


@dataclass(frozen=True)
class LearningRates:
    """What came of every learning rate.

    Attributes:
        rates: Learning rates, increasing, (rates,).
        losses: Loss on held-out samples after the steps, infinite where it is not finite, (rates, seeds).
        start: The same before the first step, (seeds,).
        best: The rate at which the worst seed has the lowest loss, smoothed over three neighbours: one at
            which a single seed fails is none to train at.
        interval: Where among the rates tried the best one lies, from the best of each seed, at 95 %; NaN for
            a single seed.
        within: The lowest and the highest rate around the best whose loss is within the margin.
        diverges: The rate from which on the loss ends no lower than it began, or None if none does.
        margin: Share of what the best rate gains that a rate within the margin may miss.
        at_once: Whether all were trained as one `Population`, or by plain fits.
    """

    rates: np.ndarray
    losses: np.ndarray
    start: np.ndarray
    best: float
    interval: tuple[float, float]
    within: tuple[float, float]
    diverges: float | None
    margin: float
    at_once: bool

    def __str__(self) -> str:
        low, high = self.within
        text = f"Learning rate {self.best:.2g}: the lowest loss"
        if np.isfinite(self.interval).all():
            text += f" ({self.interval[0]:.2g} to {self.interval[1]:.2g} over {len(self.start)} seeds)"
        text += f". From {low:.2g} to {high:.2g} at least {1 - self.margin:.0%} of what it gains is gained"
        text += "." if self.diverges is None else f"; from {self.diverges:.2g} on nothing is."
        if self.best in (self.rates[0], self.rates[-1]):
            text += " The best is at the end of the rates that were tried: try others beyond it."
        return text

    def plot(self) -> plots.Figure:
        """Draws the loss by learning rate, a line for the median over seeds, and marks the best."""
        shown = np.where(np.isfinite(self.losses), self.losses, np.nan)
        shown = np.fmin(shown, 3 * np.median(self.start))  # what diverges leaves the picture
        figure = plots.curves(
            self.rates,
            {"": {"loss": shown.T}},
            xlabel="learning rate",
            ylabel="loss on held-out samples",
            log_x=True,
            reference=(float(np.median(self.start)), "before the first step"),
        )
        return plots.mark_x(figure, {"": {f"best: {self.best:.2g}": self.best}})


def find(
    build: Callable[[int], keras.Model],
    x: np.ndarray,
    y: np.ndarray,
    *,
    optimizer: str | keras.optimizers.Optimizer = "adam",
    loss: str | Callable | None = None,
    seeds: int = 3,
    rates: ArrayLike = RATES,
    steps: int = 300,
    batch_size: int = 32,
    margin: float = 0.1,
    validation_data: tuple[np.ndarray, np.ndarray] | None = None,
) -> LearningRates:
    """Trains a model at many learning rates for the same steps, and says which suits.

    All rates and seeds are trained at once as one `Population` where the model can be, which costs little
    more than a few fits; another model is fitted for each rate and seed. A range test, in which a single run
    raises its rate from step to step, takes a fraction of that; but the loss at a rate then owes to all the
    rates before, so its answer depends on where the run had got to.

    Args:
        build: From a seed to a model, compiled or not.
        x: Inputs, (n, ...).
        y: Labels or targets, (n, ...).
        optimizer: Name or instance; its own learning rate is not used.
        loss: As in `compile`; None for the loss that `build` compiles.
        seeds: Number of seeds, at least 1.
        rates: Learning rates, increasing; by default forty from 1e-5 to 10.
        steps: Steps of each training, at least 1; rounded up to whole epochs.
        batch_size: Samples in a step.
        margin: Share of the best rate's gain that may be missed by the range that is given, in (0, 1).
        validation_data: Samples to judge by; None holds out a fifth of x and y.

    Returns:
        The best rate, the range that comes near, the rate from which on training diverges, and every loss.

    Raises:
        ValueError: If there is no loss, `rates` do not increase from above 0, or no rate ends in a number.

    References:
        Smith (2017), "Cyclical learning rates", section 3.3, for the range test.

    Example:
        ```python
        found = find(build, x_train, y_train, optimizer="adam")
        print(found)  # a sentence
        model.compile(keras.optimizers.Adam(found.best), "mse")
        found.plot().savefig("rates.png")
        ```
    """
    num_seeds = checked_integer("seeds", seeds, 1)
    steps, batch_size = checked_integer("steps", steps, 1), checked_integer("batch_size", batch_size, 1)
    rates = np.asarray(rates, np.float64)
    if rates.ndim != 1 or len(rates) < 3 or rates[0] <= 0 or not (np.diff(rates) > 0).all():
        raise ValueError(f"`rates` must be at least three, increasing from above 0. Received: rates={rates}")
    if not 0 < margin < 1:
        raise ValueError(f"`margin` must be in (0, 1). Received: margin={margin}")
    loss = loss if loss is not None else getattr(build(0), "loss", None)
    if loss is None:
        raise ValueError("`loss` must be given where `build` does not compile its model. Received: loss=None")
    train, held_out = _split(x, y, validation_data)
    epochs = -(-steps // -(-len(train[0]) // batch_size))
    task = _Task(build, optimizer, loss, train, held_out, batch_size, epochs)
    try:
        start, losses = task.at_once(rates, num_seeds)
        at_once = True
    except (TypeError, ValueError):  # what a population cannot be made of
        start, losses = task.one_by_one(rates, num_seeds)
        at_once = False
    losses = np.where(np.isfinite(losses), losses, np.inf)
    return LearningRates(rates, losses, start, *_read_off(rates, losses, start, margin), margin, at_once)


def _split(x: np.ndarray, y: np.ndarray, given: tuple | None) -> tuple[tuple, tuple]:
    if given is not None:
        return (x, y), given
    order = np.random.default_rng(0).permutation(len(x))
    held, kept = order[: len(x) // 5], order[len(x) // 5 :]
    return (x[kept], y[kept]), (x[held], y[held])


@dataclass(frozen=True)
class _Task:
    """A training that waits for seeds and learning rates."""

    build: Callable[[int], keras.Model]
    optimizer: str | keras.optimizers.Optimizer
    loss: str | Callable
    train: tuple[np.ndarray, np.ndarray]
    held_out: tuple[np.ndarray, np.ndarray]
    batch_size: int
    epochs: int

    def at_once(self, rates: np.ndarray, num_seeds: int) -> tuple[np.ndarray, np.ndarray]:
        """Trains all as one population; losses before, (seeds,), and after, (rates, seeds)."""
        seeds = [seed for _ in rates for seed in range(num_seeds)]
        population = Population(self.build, seeds, np.repeat(rates, num_seeds).tolist())
        population.compile(self._own_optimizer(), self.loss)
        start = np.ravel(population.evaluate(*self.held_out, verbose=0))[:num_seeds]
        population.fit(*self.train, self.batch_size, self.epochs, verbose=0)
        losses = np.asarray(population.evaluate(*self.held_out, verbose=0))
        return start, losses.reshape(len(rates), num_seeds)

    def one_by_one(self, rates: np.ndarray, num_seeds: int) -> tuple[np.ndarray, np.ndarray]:
        """Trains each by a plain fit."""
        start, losses = zip(*self._fits(rates, num_seeds), strict=True)
        return np.array(start[:num_seeds]), np.reshape(losses, (len(rates), num_seeds))

    def _fits(self, rates: np.ndarray, num_seeds: int) -> Iterator[tuple[float, float]]:
        for rate in rates:
            for seed in range(num_seeds):
                keras.utils.set_random_seed(seed)
                model = self.build(seed)
                optimizer = self._own_optimizer()
                optimizer.learning_rate = rate
                model.compile(optimizer, self.loss)
                start = model.evaluate(*self.held_out, verbose=0)
                model.fit(*self.train, batch_size=self.batch_size, epochs=self.epochs, verbose=0)
                yield start, model.evaluate(*self.held_out, verbose=0)

    def _own_optimizer(self) -> keras.optimizers.Optimizer:
        """A fresh one, without a schedule."""
        optimizer = keras.optimizers.get(self.optimizer)
        return type(optimizer).from_config(optimizer.get_config() | {"learning_rate": 0.001})


def _read_off(
    rates: np.ndarray, losses: np.ndarray, start: np.ndarray, margin: float
) -> tuple[float, tuple[float, float], tuple[float, float], float | None]:
    """Finds the best rate, its interval, the range within the margin, and where training diverges."""
    began = float(np.median(start))
    median = np.median(losses, axis=1)
    smooth = _smoothed(losses.max(axis=1))
    if not np.isfinite(smooth).any():  # each rate fails at some seed
        smooth = _smoothed(median)
    if not np.isfinite(smooth).any():
        raise ValueError(
            "`rates` must have one whose loss stays finite. Received: none. Look at the inputs and labels, "
            "or try smaller rates."
        )
    place = int(np.argmin(smooth))
    each = [np.log(rates[np.argmin(_smoothed(own))]) for own in losses.T if np.isfinite(own).any()]
    interval = tuple(np.clip(np.exp(mean_interval(np.array(each))), rates[0], rates[-1]).tolist())
    near = median <= median[place] + margin * max(began - median[place], 0)
    low, high = place, place
    while low > 0 and near[low - 1]:
        low -= 1
    while high < len(rates) - 1 and near[high + 1]:
        high += 1
    gains = np.flatnonzero(median < began)
    first = max(gains.max(initial=-1), high) + 1
    diverges = float(rates[first]) if first < len(rates) else None
    return float(rates[place]), interval, (float(rates[low]), float(rates[high])), diverges


def _smoothed(losses: Sequence[float]) -> np.ndarray:
    """The mean with both neighbours; of an end with the one that it has."""
    padded = np.pad(np.asarray(losses, np.float64), 1, mode="edge")
    return (padded[:-2] + padded[1:-1] + padded[2:]) / 3

"""Learning rates: how often a short test picks a rate that is among the best after full training.

The truth is a population of thirty rates and some seeds trained to the end, judged on held-out data. Rates
whose mean error is within one standard error of the lowest are level with it, and a pick is right if it lies
within a factor of two of any of them. The picks come from models of other seeds: those of
`dlkeras.learning_rates.find`, and of the usual range test, one run whose rate rises geometrically, read off
by two rules.
"""

from __future__ import annotations

import os
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import keras
import numpy as np
from peers.range_test import MINIMUM, STEEPEST, range_test, read_off
from peers.rate_pairs import OPTIMIZERS, PAIRS, Pair, builder, data_of, loss_for

from dlkeras.data import Dataset
from dlkeras.learning_rates import find
from dlkeras.population import Population

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))  # of each method and pair
RATES = np.geomspace(1e-5, 10, 30)  # a factor of 1.6 apart
TRUTH_SEEDS = range(10**6, 10**6 + 5)
TRUTH_STEPS, STEPS, BATCH = 1500, 300, 32
OURS, DEFAULT = "find", "Keras' default"
METHODS = (OURS, STEEPEST, MINIMUM, DEFAULT)
SMOOTHINGS = (0.9, 0.98)  # of the range test's loss; the rules are given the one that suits them better
BY_ERROR, WITH_SAMPLES, BY_LOSS = "error", "error and samples", "loss"
KINDS = {  # what the best rates are told by
    BY_ERROR: "all",
    WITH_SAMPLES: "all, the noise of the held-out samples counted too",
    BY_LOSS: "all, the best by held-out loss",
}
TARGET = 0.9


def epochs_of(steps: int, data: Dataset) -> int:
    """Returns the whole epochs that have at least these steps."""
    return -(-steps // -(-len(data.x_train) // BATCH))


def truth(pair: Pair, data: Dataset) -> dict[str, np.ndarray]:
    """Trains every rate and seed to the end; error and loss on held-out samples, (rates, seeds) each.

    The error is the share of wrong answers, and without classes the mean squared error.
    """
    seeds = [seed for _ in RATES for seed in TRUTH_SEEDS]
    population = Population(builder(pair, data), seeds, np.repeat(RATES, len(TRUTH_SEEDS)).tolist())
    population.compile(OPTIMIZERS[pair.optimizer](), loss_for(data), ["accuracy"] if data.num_classes else [])
    population.fit(data.x_train, data.y_train, BATCH, epochs_of(TRUTH_STEPS, data), verbose=0)
    found = population.evaluate(data.x_test, data.y_test, verbose=0)
    loss, error = (found[0], 1 - np.asarray(found[1])) if data.num_classes else (found, found)
    shape = len(RATES), len(TRUTH_SEEDS)
    loss, error = (np.reshape(values, shape).astype(np.float64) for values in (loss, error))
    error = np.where(np.isfinite(loss), error, np.inf)  # a network of NaNs may be right by chance
    return {BY_ERROR: error, BY_LOSS: np.where(np.isfinite(loss), loss, np.inf)}


def level_with_best(errors: np.ndarray, num_samples: int | None = None) -> np.ndarray:
    """Returns which rates are level with the best: within one standard error of the lowest mean.

    The standard error is pooled over the best and its neighbours, so that five equal numbers are not taken
    for certainty.

    Args:
        errors: Errors, infinite where a training diverged, (rates, seeds).
        num_samples: Of how many held-out samples the errors are shares, where the noise of those is to count
            beside that of the seeds: they are the same for all seeds, and a single one may be the difference.
    """
    means = errors.mean(axis=1)
    best = int(np.argmin(means))
    around = errors[max(best - 1, 0) : best + 2]
    around = around[np.isfinite(around).all(axis=1)]
    variance = around.var(axis=1, ddof=1).mean() / errors.shape[1]
    if num_samples:
        share = (means[best] * num_samples + 1) / (num_samples + 2)  # Laplace's: above 0 where none is wrong
        variance += share * (1 - share) / num_samples
    return means <= means[best] + np.sqrt(variance)


def is_right(pick: float, level: np.ndarray, factor: float = 2) -> bool:
    """Returns whether a pick is within a factor of any of the rates that are level with the best."""
    return bool((np.abs(np.log(pick / level)) <= np.log(factor) * (1 + 1e-9)).any())


@dataclass(frozen=True)
class Measured:
    """What came of a pair.

    Args:
        pair: The pair.
        errors: From `truth`.
        picks: Method -> its rates; of the rules of the range test by smoothing too, (method, smoothing).
        seconds: Of a call of `find` and of a range test.
        num_samples: Number of held-out samples; None where the errors are no shares.
    """

    pair: Pair
    errors: dict[str, np.ndarray]
    picks: dict
    seconds: dict[str, list[float]]
    num_samples: int | None

    def level(self, kind: str) -> np.ndarray:
        """Returns the best rates by one of `KINDS`."""
        if kind == WITH_SAMPLES:
            return RATES[level_with_best(self.errors[BY_ERROR], self.num_samples)]
        return RATES[level_with_best(self.errors[kind])]

    def rights(self, kind: str, method) -> list[bool]:
        """Returns which picks are right."""
        return [is_right(pick, self.level(kind)) for pick in self.picks[method]]


def shuffled(data: Dataset, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the train split in an order of this seed, so that `find` holds out other samples."""
    order = np.random.default_rng(seed).permutation(len(data.x_train))
    return data.x_train[order], data.y_train[order]


def measure(pair: Pair) -> Measured:
    """Finds the truth of a pair, and what each method picks."""
    data = data_of(pair)
    picks = {OURS: [], DEFAULT: []} | {(rule, s): [] for rule in (STEEPEST, MINIMUM) for s in SMOOTHINGS}
    seconds = {OURS: [], STEEPEST: []}
    steps = epochs_of(STEPS, data) * -(-len(data.x_train) // BATCH)
    rates = np.geomspace(RATES[0], RATES[-1], steps)
    for number in range(ROUNDS):
        keras.utils.clear_session()
        x, y = shuffled(data, number)
        start = time.perf_counter()
        build = builder(pair, data, first_seed=100 * number)
        optimizer = OPTIMIZERS[pair.optimizer]()
        found = find(build, x, y, optimizer=optimizer, loss=loss_for(data), steps=STEPS, batch_size=BATCH)
        seconds[OURS].append(time.perf_counter() - start)
        picks[OURS].append(found.best)
        picks[DEFAULT].append(float(optimizer.learning_rate))
        start = time.perf_counter()
        model = builder(pair, data)(100 * number)
        model.compile(OPTIMIZERS[pair.optimizer](), loss_for(data))
        losses = range_test(model, x, y, BATCH, rates)
        seconds[STEEPEST].append(time.perf_counter() - start)
        for smoothing in SMOOTHINGS:
            for rule, pick in read_off(rates, losses, smoothing).items():
                picks[rule, smoothing].append(pick)
    num_samples = len(data.x_test) if data.num_classes else None
    return Measured(pair, truth(pair, data), picks, seconds, num_samples)


def with_better_smoothing(measured: list[Measured]) -> dict[str, float]:
    """Returns for each rule the smoothing by which it is right most often, and gives its picks that name."""
    chosen = {}
    for rule in (STEEPEST, MINIMUM):
        rights = {s: sum(sum(each.rights(BY_ERROR, (rule, s))) for each in measured) for s in SMOOTHINGS}
        chosen[rule] = max(rights, key=rights.get)
        for each in measured:
            each.picks[rule] = each.picks[rule, chosen[rule]]
    return chosen


def main() -> str:
    """Measures and returns the section."""
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as fresh:
        measured = list(fresh.map(measure, PAIRS))
    return "\n".join(section(measured))


def section(measured: list[Measured]) -> list[str]:
    """Returns the lines of the section."""
    chosen = with_better_smoothing(measured)
    smoothings = " and ".join(f"{value:g} ({rule})" for rule, value in chosen.items())
    lines = [
        f"{len(measured)} pairs of data set and network; {ROUNDS} picks of each method, from other seeds "
        f"than the truth: {len(RATES)} rates, {len(TRUTH_SEEDS)} seeds, {TRUTH_STEPS:,} steps in batches of "
        f"{BATCH}, the error on the test split (wrong answers; diabetes: squared error). `find` has its "
        f"defaults, three seeds and {STEPS} steps; a range test has as many steps. The best rates are those "
        "whose mean error is within one standard error of the lowest, and a pick within a factor of two of "
        f"any of them is right. Of two smoothings of the range test, {SMOOTHINGS[0]} and {SMOOTHINGS[1]}, "
        f"each rule has the one that suits it better here: {smoothings}. Cells: the median pick, and how "
        "many are right.",
        "",
        f"| pair | best rates | {' | '.join(METHODS)} | s, `find` | s, range test |",
        "|---|---|" + "---|" * (len(METHODS) + 2),
    ]
    for each in measured:
        cells = [pick_cell(each.picks[method], each.rights(BY_ERROR, method)) for method in METHODS]
        cells += [f"{statistics.median(each.seconds[key]):.1f}" for key in (OURS, STEEPEST)]
        lines.append(f"| {each.pair} | {range_cell(each.level(BY_ERROR))} | {' | '.join(cells)} |")
    shares = {kind: shares_right(measured, kind) for kind in KINDS}
    for kind, title in KINDS.items():
        cells = [f"**{shares[kind][method]:.0%}**" for method in METHODS]
        lines.append(f"| {title} | – | {' | '.join(cells)} | – | – |")
    return [*lines, "", verdict(shares)]


def range_cell(level: np.ndarray) -> str:
    """Returns the lowest and the highest of the rates that are level with the best."""
    ends = dict.fromkeys(f"{rate:.2g}" for rate in (level[0], level[-1]))
    return " to ".join(ends)


def pick_cell(picks: list[float], rights: list[bool]) -> str:
    """Returns the median pick and how many are right."""
    return f"{statistics.median(picks):.2g}, {sum(rights)} of {len(rights)}"


def shares_right(measured: list[Measured], kind: str) -> dict[str, float]:
    """Returns the share of right picks by method, over all pairs."""
    return {m: statistics.mean(right for each in measured for right in each.rights(kind, m)) for m in METHODS}


def verdict(shares: dict[str, dict[str, float]]) -> str:
    """Returns the line on the targets."""
    said = []
    for kind, what in ((BY_ERROR, "of picks"), (WITH_SAMPLES, "with the noise of the held-out samples")):
        found = shares[kind]
        reached = found[OURS] >= TARGET and found[OURS] > max(found[STEEPEST], found[MINIMUM])
        rules = f"the rules in {found[STEEPEST]:.0%} and {found[MINIMUM]:.0%}"
        said.append(f"in {found[OURS]:.0%} {what}, {rules}: {'reached' if reached else 'not reached'}")
    return f"`find` is right {'; '.join(said)} (to reach: {TARGET:.0%}, and more than either rule)."


if __name__ == "__main__":
    print(main())

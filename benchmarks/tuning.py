"""Search: regret after 60 trials against random, grid, Bayesian and TPE, and others where installed.

Every method minimizes the same functions of hyperparameters, without noise and with: normal with a tenth of
the distance from the optimum to the median point as its deviation, or, for the trainings on digits, one seed
instead of the mean of three. A search is judged by the true loss of the trial that looked best to it. Regret
is how far that is from the optimum, in units of the median of random points: 0 is the optimum and 1 no
better than a single random point.
"""

from __future__ import annotations

import math
import os
import statistics
import time
from collections.abc import Callable
from importlib.metadata import version

import keras_tuner
import numpy as np
from peers.samplers import GP, NEEDS, PEERS, SMAC, by_optuna, by_smac, installed
from peers.search_surfaces import Surface, all_surfaces

from dlkeras.tuning import CoarseToFineOracle, simulate

REPEATS = int(os.environ.get("BENCH_ROUNDS", "50"))
TRIALS, NOISE = 60, 0.1
AT_ONCE = 4  # trials that run at the same time, in the second table
OURS, RANDOM, GRID = "coarse to fine", "random", "grid"
BAYESIAN = "Bayesian (keras-tuner)"
SLOW_REPEATS = {BAYESIAN: 1, GP: 2, SMAC: 3}  # they take ten seconds to two minutes of CPU each
ORACLES = {
    OURS: CoarseToFineOracle,
    RANDOM: keras_tuner.oracles.RandomSearchOracle,
    GRID: keras_tuner.oracles.GridSearchOracle,
    BAYESIAN: keras_tuner.oracles.BayesianOptimizationOracle,
}


def space_of(surface: Surface) -> keras_tuner.HyperParameters:
    """Returns the hyperparameters that a surface asks for."""
    space = keras_tuner.HyperParameters()
    surface.loss(space)
    return space


def by_oracle(
    method: str, surface: Surface, seed: int, observe: Callable, times: list[float], at_once: int
) -> None:
    """Runs a search of keras-tuner's kind; `observe` gives the loss that it sees."""
    hp = space_of(surface)
    far = (seed + 1) * 10**6  # keras-tuner counts on from the seed: near ones give the same points again
    options = {"objective": keras_tuner.Objective("loss", "min"), "max_trials": TRIALS, "seed": far}
    oracle = ORACLES[method](hyperparameters=hp, **options)
    suggest = oracle.populate_space

    def timed(trial_id):
        start = time.perf_counter()
        suggestion = suggest(trial_id)
        times.append(time.perf_counter() - start)
        return suggestion

    oracle.populate_space = timed
    asked = hp.copy()

    def score(values, *_) -> float:
        asked.values = values
        return observe(asked)

    for _ in simulate(oracle, score, at_once=at_once):
        pass


def regret(
    method: str, surface: Surface, unit: float, seed: int, noisy: bool, times: list[float], at_once: int = 1
) -> float:
    """Runs one search and returns its regret; `at_once` trials run at a time."""
    rng = np.random.default_rng([seed, 1])
    true, seen = [], []

    def observe(hp) -> float:
        true.append(surface.loss(hp))
        if noisy and surface.trainings is not None:
            seen.append(float(rng.choice(surface.trainings(hp))))
        else:
            seen.append(true[-1] + noisy * NOISE * unit * rng.normal())
        return seen[-1]

    if method in ORACLES:
        by_oracle(method, surface, seed, observe, times, at_once)
    elif method == SMAC:
        by_smac(space_of(surface), seed, TRIALS, observe, times)
    else:
        known = {"method": method, "seed": seed, "trials": TRIALS, "noisy": noisy, "at_once": at_once}
        by_optuna(observe=observe, times=times, **known)
    return (true[int(np.argmin(seen))] - surface.optimum) / unit


def median_of_random(surface: Surface, draws: int = 4000) -> float:
    """Returns the median loss of random points, over the optimum."""
    space = space_of(surface)
    losses = []
    for seed in range(draws):
        hp = keras_tuner.HyperParameters()
        for i, parameter in enumerate(space.space):
            hp.merge([parameter])
            if hp.is_active(parameter):
                hp.values[parameter.name] = parameter.random_sample(seed * len(space.space) + i)
        losses.append(surface.loss(hp))
    return statistics.median(losses) - surface.optimum


def main() -> str:
    """Measures and returns the section."""
    methods = [*ORACLES, *installed()]
    quick = [method for method in methods if method not in SLOW_REPEATS and method != GRID]
    alone, times = regrets_of(methods, 1)
    together, _ = regrets_of(quick, AT_ONCE)
    slow = ", ".join(f"{method}: {SLOW_REPEATS[method]}" for method in methods if method in SLOW_REPEATS)
    lines = [
        f"Median regret after {TRIALS} trials over {REPEATS} repeats ({slow}, the Bayesian without noise "
        "only), and the share of pairs of repeats in which coarse to fine beats random search, a tie "
        "counting half.",
        *("", *table(methods, alone), "", *summary(alone), *level_with_peers(alone), *not_measured()),
        *("", *suggestions(times)),
        "",
        f"The same with {AT_ONCE} trials at a time, each begun before the {AT_ONCE - 1} others were told.",
        *("", *table(quick, together), "", *level_with_peers(together)),
    ]
    return "\n".join(lines)


def regrets_of(methods: list[str], at_once: int) -> tuple[dict, dict[str, list[float]]]:
    """Returns the regrets by surface, noise and method, and the seconds of suggestions by method."""
    times = {method: [] for method in methods}
    regrets = {}
    for surface in all_surfaces():
        unit = median_of_random(surface)
        for noisy in (False, True):
            for method in methods:
                regrets[surface.name, noisy, method] = [
                    regret(method, surface, unit, seed, noisy, times[method], at_once)
                    for seed in range(repeats_of(method, noisy))
                ]
    return regrets, times


def repeats_of(method: str, noisy: bool) -> int:
    """Returns how often a search is repeated: less where it is slow, once where all are alike."""
    if (method == BAYESIAN and noisy) or (method == GRID and not noisy):
        return int(method == GRID)
    return min(REPEATS, SLOW_REPEATS.get(method, REPEATS))


def table(methods: list[str], regrets: dict) -> list[str]:
    """Returns the lines with the median regrets."""
    lines = [
        f"| surface | noise | {' | '.join(methods)} | better than random |",
        "|---|---|" + "---|" * (len(methods) + 1),
    ]
    for name, noisy in dict.fromkeys((name, noisy) for name, noisy, _ in regrets):
        medians = [statistics.median(regrets[name, noisy, method] or [math.inf]) for method in methods]
        cells = ["–" if m == math.inf else f"{m:.4f}" for m in medians]
        cells[medians.index(min(medians))] = f"**{min(medians):.4f}**"
        share = better(regrets[name, noisy, OURS], regrets[name, noisy, RANDOM])
        noise = "no" if not noisy else "one seed" if name.startswith("digits") else f"{NOISE:g}"
        lines.append(f"| {name} | {noise} | {' | '.join(cells)} | {share:.0%} |")
    return lines


def summary(regrets: dict) -> list[str]:
    """Returns the line on the targets beside random."""
    shares = {noisy: [] for noisy in (False, True)}
    for name, noisy, method in regrets:
        if method == OURS:
            shares[noisy].append(better(regrets[name, noisy, OURS], regrets[name, noisy, RANDOM]))
    return [
        f"Better than random in {statistics.mean(shares[False]):.0%} of pairs without noise (to reach: 90 %) "
        f"and {statistics.mean(shares[True]):.0%} with noise (to reach: 67 %)."
    ]


def level_with_peers(regrets: dict) -> list[str]:
    """Returns a line for each peer: in how many rows coarse to fine is level with it or better."""
    level = {method: [] for method in PEERS}
    for name, noisy, method in regrets:
        if method in PEERS:
            ours, theirs = (statistics.median(regrets[name, noisy, m]) for m in (OURS, method))
            level[method].append(ours <= theirs)
    return [
        f"Level with or better than {method} {version(PEERS[method])} in {sum(rows)} of {len(rows)} rows."
        for method, rows in level.items()
        if rows
    ]


def not_measured() -> list[str]:
    """Returns a line for each peer that is not installed."""
    return [
        f"What {method} needs is not installed ({', '.join(NEEDS[method])}): not measured."
        for method in PEERS
        if method not in installed()
    ]


def suggestions(times: dict[str, list[float]]) -> list[str]:
    """Returns the lines on what a suggestion takes."""
    lines = [
        "What a suggestion takes, in ms; the trials told since the last one are worked in. To reach: 2 for "
        "coarse to fine.",
        "",
        "| search | median | quartiles | all of a search, s |",
        "|---|---|---|---|",
    ]
    for method, seconds in times.items():
        low, middle, high = (1e3 * value for value in statistics.quantiles(seconds, n=4))
        whole = TRIALS * statistics.mean(seconds)
        lines.append(f"| {method} | {middle:.2f} | {low:.2f} to {high:.2f} | {whole:.2f} |")
    return lines


def better(ours: list[float], theirs: list[float]) -> float:
    """Returns the share of all pairs in which ours is less, a tie counting half."""
    a, b = np.array(ours)[:, None], np.array(theirs)
    return float(np.mean((a < b) + 0.5 * (a == b)))


if __name__ == "__main__":
    print(main())

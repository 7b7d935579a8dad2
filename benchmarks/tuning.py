"""Search: regret after 60 trials against random, grid, Bayesian and TPE.

Every method minimizes the same functions of hyperparameters, without noise and with: normal with a tenth of
the distance from the optimum to the median point as its deviation, or, for the trainings on digits, one seed
instead of the mean of three. A search is judged by the true loss of the trial that looked best to it. Regret
is how far that is from the optimum, in units of the median of random points: 0 is the optimum and 1 no
better than a single random point.
"""

from __future__ import annotations

import contextlib
import math
import os
import statistics
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec

import keras_tuner
import numpy as np
from peers.search_surfaces import Surface, all_surfaces

from dlkeras.tuning import CoarseToFineOracle, simulate

REPEATS = int(os.environ.get("BENCH_ROUNDS", "50"))
SLOW_REPEATS = 1  # of the Bayesian search, which takes a minute or two, and without noise only
TRIALS, NOISE = 60, 0.1
OURS, RANDOM, GRID = "coarse to fine", "random", "grid"
BAYESIAN, TPE = "Bayesian (keras-tuner)", "TPE (Optuna)"
ORACLES = {
    OURS: CoarseToFineOracle,
    RANDOM: keras_tuner.oracles.RandomSearchOracle,
    GRID: keras_tuner.oracles.GridSearchOracle,
    BAYESIAN: keras_tuner.oracles.BayesianOptimizationOracle,
}


class OptunaParameters:
    """Asks Optuna for what a model asks keras-tuner for.

    Args:
        trial: An `optuna.Trial`.
    """

    def __init__(self, trial):
        self.trial, self.values, self._is_active = trial, {}, [True]

    def Float(self, name, low, high, sampling="linear"):  # noqa: N802
        return self._ask(name, lambda: self.trial.suggest_float(name, low, high, log=sampling == "log"))

    def Int(self, name, low, high):  # noqa: N802
        return self._ask(name, lambda: self.trial.suggest_int(name, low, high))

    def Choice(self, name, values):  # noqa: N802
        if isinstance(values[0], str):
            return self._ask(name, lambda: self.trial.suggest_categorical(name, values))
        return self._ask(name, lambda: values[self.trial.suggest_int(name, 0, len(values) - 1)])

    def Boolean(self, name):  # noqa: N802
        return self._ask(name, lambda: self.trial.suggest_categorical(name, [False, True]))

    @contextlib.contextmanager
    def conditional_scope(self, name, values):
        self._is_active.append(self._is_active[-1] and self.values.get(name) in values)
        yield
        self._is_active.pop()

    def _ask(self, name, suggest):
        if self._is_active[-1]:
            self.values[name] = suggest()
        return self.values.get(name)


def by_oracle(method: str, surface: Surface, seed: int, observe: Callable, times: list[float]) -> None:
    """Runs a search of keras-tuner's kind; `observe` gives the loss that it sees."""
    hp = keras_tuner.HyperParameters()
    surface.loss(hp)
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

    for _ in simulate(oracle, score):
        pass


def by_optuna(method: str, surface: Surface, seed: int, observe: Callable, times: list[float]) -> None:
    """Runs a search of Optuna's, with the options that suit it best."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        sampler = optuna.samplers.TPESampler(seed=seed, multivariate=True, group=True)
    study = optuna.create_study(sampler=sampler)
    for _ in range(TRIALS):
        trial = study.ask()
        study.tell(trial, observe(OptunaParameters(trial)))


def regret(method: str, surface: Surface, unit: float, seed: int, noisy: bool, times: list[float]) -> float:
    """Runs one search and returns its regret."""
    rng = np.random.default_rng([seed, 1])
    true, seen = [], []

    def observe(hp) -> float:
        true.append(surface.loss(hp))
        if noisy and surface.trainings is not None:
            seen.append(float(rng.choice(surface.trainings(hp))))
        else:
            seen.append(true[-1] + noisy * NOISE * unit * rng.normal())
        return seen[-1]

    run = by_optuna if method == TPE else by_oracle
    run(method, surface, seed, observe, times)
    return (true[int(np.argmin(seen))] - surface.optimum) / unit


def median_of_random(surface: Surface, draws: int = 4000) -> float:
    """Returns the median loss of random points, over the optimum."""
    space = keras_tuner.HyperParameters()
    surface.loss(space)
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
    methods = [OURS, RANDOM, GRID, BAYESIAN] + ([TPE] if find_spec("optuna") else [])
    times = {method: [] for method in methods}
    regrets = {}
    for surface in all_surfaces():
        unit = median_of_random(surface)
        for noisy in (False, True):
            for method in methods:
                slow = 0 if noisy else SLOW_REPEATS
                repeats = {BAYESIAN: slow, GRID: REPEATS if noisy else 1}.get(method, REPEATS)
                regrets[surface.name, noisy, method] = [
                    regret(method, surface, unit, seed, noisy, times[method]) for seed in range(repeats)
                ]
    return "\n".join(table(methods, regrets) + summary(methods, regrets, times))


def table(methods: list[str], regrets: dict) -> list[str]:
    """Returns the lines with the median regrets."""
    lines = [
        f"Median regret after {TRIALS} trials over {REPEATS} repeats (Bayesian: "
        f"{SLOW_REPEATS}, without noise only), and the "
        "share of pairs of repeats in which coarse to fine beats random search, a tie counting half.",
        "",
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


def summary(methods: list[str], regrets: dict, times: dict) -> list[str]:
    """Returns the lines on the targets."""
    shares = {noisy: [] for noisy in (False, True)}
    level = []
    for name, noisy, method in regrets:
        if method == OURS:
            shares[noisy].append(better(regrets[name, noisy, OURS], regrets[name, noisy, RANDOM]))
        if method == TPE:
            medians = [statistics.median(regrets[name, noisy, which]) for which in (OURS, TPE)]
            level.append(medians[0] <= medians[1])
    lines = [
        "",
        f"Better than random in {statistics.mean(shares[False]):.0%} of pairs without noise (to reach: 90 %) "
        f"and {statistics.mean(shares[True]):.0%} with noise (to reach: 67 %).",
    ]
    if level:
        lines.append(
            f"Level with or better than TPE of Optuna {version('optuna')} in {sum(level)} of {len(level)} "
            "rows."
        )
    else:
        lines.append("Optuna is not installed, so TPE was not measured.")
    for method in (OURS, BAYESIAN):
        low, middle, high = (1e3 * value for value in statistics.quantiles(times[method], n=4))
        target = " (to reach: 2)" if method == OURS else ""
        lines.append(
            f"A suggestion of {method} takes {middle:.2f} ms, quartiles {low:.2f} to {high:.2f}{target}; the "
            "trials told since the last one are worked in."
        )
    return lines


def better(ours: list[float], theirs: list[float]) -> float:
    """Returns the share of all pairs in which ours is less, a tie counting half."""
    a, b = np.array(ours)[:, None], np.array(theirs)
    return float(np.mean((a < b) + 0.5 * (a == b)))


if __name__ == "__main__":
    print(main())

"""Which way of searching hyperparameters finds good ones soonest, and which of them matter?

Varies the way of searching, the scale of random values, and how many hyperparameters matter. Fixed: ranges
of five hyperparameters of a network for digits, and the cost. Look for a grid behind unless all matter.

Promised: random beats grid when two of five matter, and not when all do; the log scale is right for the
learning rate, and for 1 − β when the rate is small only; coarse to fine beats random at equal cost in epochs;
the learning rate matters most.

Source: the course on tuning; Bergstra and Bengio (2012); Li et al. (2018), Hyperband.
"""

# %% Settings
import functools
import itertools
import warnings
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from dlkeras import data, lab


@dataclass(frozen=True)
class Settings:
    """What a run of this lab uses."""

    dataset: str = "digits"
    rates: tuple[float, ...] = (1e-4, 3.16e-4, 1e-3, 3.16e-3, 0.01, 0.0316, 0.1, 0.316, 1.0)
    others: tuple = ((1, 2, 3), (4, 16, 32), (0.9, 0.99, 0.999), (1e-4, 0.01, 1.0))  # in the order of NAMES
    trainings: int = 5  # of each setting, from other weights
    epochs: int = 9  # of a training; Hyperband stops some after a ninth or a third of them
    budget: int = 40  # full trainings whose epochs a search may spend
    draws: int = 10  # of a learning rate or β, on a log or a linear scale
    bayesian_seeds: int = 5  # at most; its suggestions take keras-tuner long
    seeds: int = 20


FULL, SMALL = Settings(), ((1, 3), (4, 32), (0.9, 0.999), (1e-4, 1.0))
QUICK = Settings(rates=(1e-4, 0.01, 1.0), others=SMALL, epochs=3, budget=12, draws=4, seeds=2)
if __name__ == "__main__":
    flags = lab.read_flags(__doc__, FULL, QUICK, datasets=("digits",))

# %% The model of a trial, as keras-tuner asks for it
import keras
from keras.layers import Dense
from keras_tuner import HyperParameters, Objective, oracles
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from dlkeras import plots
from dlkeras.findings import judge
from dlkeras.models import depth_stack
from dlkeras.optimizers import Momentum
from dlkeras.population import Population
from dlkeras.report import Exhibit
from dlkeras.runs import Runs
from dlkeras.surfaces import Surface
from dlkeras.tuning import CoarseToFineOracle, one_minus_log
from dlkeras.tuning.simulation import simulate

LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def build_model(hp):
    """Makes and compiles the network that a trial asks for."""
    layers, units = hp.Int("layers", 1, 3), hp.Int("units", 4, 32, step=2, sampling="log")
    hidden = [Dense(units, "relu") for _ in range(layers)]
    model = keras.Sequential([keras.Input((64,)), *hidden, Dense(10)])
    beta = one_minus_log(hp, "beta_1", 0.9, 0.999)
    decay = hp.Float("weight_decay", 1e-4, 1.0, sampling="log")
    rate = hp.Float("learning_rate", 1e-4, 1.0, sampling="log")
    model.compile(keras.optimizers.Adam(rate, beta, weight_decay=decay), LOSS, metrics=["accuracy"])
    return model


SPACE = HyperParameters()
build_model(SPACE)  # asks for all hyperparameters
NAMES = LAYERS, UNITS, BETA, DECAY, RATE = [parameter.name for parameter in SPACE.space]
ORACLES = {"coarse to fine": CoarseToFineOracle, "random": oracles.RandomSearchOracle}
ORACLES |= {"Bayesian": oracles.BayesianOptimizationOracle, "Hyperband": oracles.HyperbandOracle}
ZOOM, RANDOM, BAYESIAN, HYPERBAND = ORACLES
GRID, LOG, LINEAR, SGD = "grid", "log scale", "linear scale", Momentum(averaged=False)  # Keras' momentum
COLORS = {ZOOM: "#0072B2", RANDOM: "#E69F00", BAYESIAN: "#009E73", HYPERBAND: "#CC79A7", GRID: "#000000"}
MATTER = {"2 of 5 matter": 2, "3 of 5 matter": 3, "All 5 matter": 5}
SCALED = {  # optimizer, range (of 1 − β if β is drawn) and then α, what the course advises, what is promised
    "Adam’s α": ("adam", (1e-4, 1.0), None, "the learning rate", "supported"),
    "Momentum’s β, α = 0.001": (SGD, (0.001, 0.1), 0.001, "1 − β", "supported"),
    "Momentum’s β, α = 0.1": (SGD, (0.001, 0.1), 0.1, "1 − β", "contradicted"),
}


def fit(population, settings):
    """Trains a population; returns the validation errors after each epoch, (replicas, epochs) in %."""
    table = data.load(settings.dataset)
    seen, held = ((table.x_train[own], table.y_train[own]) for own in (slice(1024), slice(1024, 1344)))
    done = population.fit(*seen, 64, settings.epochs, verbose=0, validation_data=held)  # whole batches
    return 100 * (1 - np.transpose(done.history["val_accuracy"]))


# %% A table of trainings: all settings of a grid
def levels(settings):
    """Gives the values in the table by the names of hyperparameters."""
    return dict(zip(NAMES, (*settings.others, settings.rates), strict=True))


def train_table(layers, units, settings):
    """Trains all settings of one form of network, each several times, as one population."""
    axes = {**levels(settings), LAYERS: [layers], UNITS: [units], "training": range(settings.trainings)}
    grid = [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]
    seeds, rates, betas, decays = ([own[name] for own in grid] for name in ("training", RATE, BETA, DECAY))
    build = functools.cache(lambda seed: depth_stack("relu", layers, units, seed=seed))
    population = Population(build, seeds, rates)
    population.compile(keras.optimizers.Adam(), LOSS, ["accuracy"])
    population.optimizer.vary(beta_1=betas, weight_decay=decays)
    for setting, errors in zip(grid, fit(population, settings), strict=True):
        yield {"part": "table", **setting, "error": float(errors[-1]), "errors": errors}


# %% Grid against random
def nearest(matter, settings):
    """Tries points of a unit cube; notes how near the best of them comes to an optimum that is anywhere."""
    rng, numbers = np.random.default_rng(matter), np.array([2, 3, 4, 5])  # values of each hyperparameter
    for seed in range(settings.seeds):
        optimum, points = rng.random(matter), rng.random((numbers[-1] ** 5, matter))
        random = np.minimum.accumulate(np.mean((points - optimum) ** 2, axis=1)) ** 0.5
        off = (optimum * numbers[:, None] % 1 - 0.5) / numbers[:, None]  # from the nearest value of the grid
        for way, found in (GRID, np.mean(off**2, axis=1) ** 0.5), (RANDOM, random[numbers**5 - 1]):
            yield {"part": "nearest", "matter": matter, "way": way, "seed": seed, "found": found}


def best_of_grid(surface, settings):
    """Tries grids with 2 values of each hyperparameter on digits, which lie anywhere in the ranges."""
    corners = np.array(list(itertools.product([0.0, 0.5], repeat=len(NAMES))))
    for seed in range(settings.seeds):
        rng = np.random.default_rng(seed)
        pairs = [zip(SPACE.space, own, strict=True) for own in corners + rng.random(len(NAMES)) / 2]
        errors = surface([{p.name: p.prob_to_value(u) for p, u in own} for own in pairs])[..., -1]
        seen = errors[np.arange(len(errors)), rng.integers(errors.shape[1], size=len(errors))]
        yield {
            "part": "search",
            "way": GRID,
            "seed": seed,
            "found": np.full(32, errors[np.argmin(seen)].mean()),
        }


# %% Log scale against linear
def draw(case, settings):
    """Draws the learning rate or β on both scales, and trains a network with each as a population."""
    optimizer, (low, high), rate, *_ = SCALED[case]
    shares = np.random.default_rng(0).random((settings.seeds, settings.draws))
    drawn = np.ravel([low * (high / low) ** shares, low + (high - low) * shares])
    seeds = np.tile(np.repeat(range(settings.seeds), settings.draws), 2)
    build = functools.cache(lambda seed: depth_stack("relu", 2, 16, seed=seed))
    population = Population(build, seeds, drawn if rate is None else np.full(drawn.shape, rate))
    population.compile(optimizer, LOSS, ["accuracy"])
    population.optimizer.vary(**({} if rate is None else {"momentum": 1 - drawn}))
    errors = np.reshape(fit(population, settings)[:, -1], (2, *shares.shape))
    for scale, by_seed in zip((LOG, LINEAR), np.minimum.accumulate(errors, axis=2), strict=True):
        for seed, found in enumerate(by_seed):
            yield {"part": "scale", "case": case, "scale": scale, "seed": seed, "found": found}


# %% Searches: keras-tuner's oracles and ours, with the table in place of training
def search(way, seed, surface, settings):
    """Searches until the epochs are spent; notes the error of the setting that looks best so far."""
    budget, apart, least = settings.budget, 1000 * seed + 1, Objective("val_error", "min")
    hyperband = {"max_epochs": settings.epochs, "hyperband_iterations": budget}
    limit = hyperband if way == HYPERBAND else {"max_trials": budget}
    oracle = ORACLES[way](least, hyperparameters=SPACE.copy(), seed=apart, **limit)
    if way == BAYESIAN:  # looks for its next setting from 5 starts instead of 50
        starts = np.random.RandomState(apart)
        oracle._random_state = SimpleNamespace(uniform=lambda low, high, size: starts.rand(5, size[1]))
    rng, training = np.random.default_rng(seed), {}

    def score(values, trial_id, epoch):
        own = training.setdefault(trial_id, rng.integers(settings.trainings))
        return surface([values])[0, own, epoch - 1]

    spent, best, found = 0, np.inf, np.full(budget, np.nan)
    for values, seen, epochs in simulate(oracle, score, epochs=settings.epochs):
        spent += epochs
        if spent > budget * settings.epochs:
            break
        if seen < best:
            best, done = seen, -(-spent // settings.epochs)
            found[done - 1 :] = surface([values])[..., -1].mean()
    yield {"part": "search", "way": way, "seed": seed, "found": found}


def run(settings):
    """Trains, then searches what was trained; returns a dict for each training and each search."""
    forms = itertools.product(*settings.others[:2])
    cases = [(train_table, *form, settings) for form in forms] + [(draw, case, settings) for case in SCALED]
    trained = lab.train_all(lambda part, *case: part(*case), cases, "Training")
    errors = trained.where(part="table").stack("errors", *NAMES, "training")
    surface = Surface(levels(settings), errors, {RATE: "log", DECAY: "log", BETA: "one_minus_log"})
    cases = [(best_of_grid, surface, settings), *((nearest, own, settings) for own in MATTER.values())]
    numbers = {BAYESIAN: min(settings.bayesian_seeds, settings.seeds)}
    ways = [(way, seed) for way in ORACLES for seed in range(numbers.get(way, settings.seeds))]
    cases += [(search, *way, surface, settings) for way in ways]
    with warnings.catch_warnings(), threadpool_limits(1):  # for small matrices threads only wait
        warnings.simplefilter("ignore", ConvergenceWarning)
        return Runs(trained + lab.train_all(lambda part, *case: part(*case), cases, "Searching"))


# %% Findings
def explained(result, **within):
    """Gives the share of the errors' variance that each hyperparameter explains alone, (trainings,) in %."""
    axes = {name: result.values(name, part="table") for name in NAMES}
    alone = Surface(axes, result.stack("error", *NAMES, "training", part="table")).explained(**within)
    return {name: 100 * share for name, share in {**alone, "together": 1 - sum(alone.values())}.items()}


def findings(result):
    """Judges what the course says."""

    def judge_less(statement, measured, kind, ours, theirs, promised=None, at=None):
        found = [result.stack("found", "seed", **kind, **way)[:, :at][:, -1] for way in (theirs, ours)]
        note = f"In the median {np.median(found[1]):.2g} instead of {np.median(found[0]):.2g}."
        return judge(statement, measured, np.log10(found[0] / found[1]), above=0, unit="decades",
                     promised=promised, note=note)  # fmt: skip

    whole = explained(result)
    second = np.max([whole[name] for name in (LAYERS, UNITS, BETA, DECAY)], axis=0)
    grid, random, zoom, hyperband = ({"way": way} for way in (GRID, RANDOM, ZOOM, HYPERBAND))
    search, equal = {"part": "search"}, "digits, equal cost: error of random over"
    random_not_grid, near = "Try random values, not a grid.", {"part": "nearest", "matter": 2}
    measured = "of 5 matter, 3 values of each: distance of the nearest trial, grid over random"
    return [
        judge_less(random_not_grid, f"2 {measured}", near, random, grid, "supported", 2),
        judge_less(random_not_grid, f"5 {measured}", near | {"matter": 5}, random, grid, "contradicted", 2),
        judge_less(random_not_grid, "digits, 32 trials: error of a grid that lies anywhere, over random",
                   search, random, grid, at=32),
        *(judge_less(f"Draw {what} on a log scale.", f"{case}: error of the best of 4 draws, linear over log",
                     {"case": case}, {"scale": LOG}, {"scale": LINEAR}, promised, 4)
          for case, (*_, what, promised) in SCALED.items()),
        judge_less("Search from coarse to fine.", f"{equal} {ZOOM}", search, zoom, random, "supported"),
        judge_less("Stop bad trials early.", f"{equal} {HYPERBAND}", search, hyperband, random),
        judge("The learning rate matters most, and β₁ of Adam hardly.", "share of variance that the learning "
              "rate explains alone, less that of the next", whole[RATE], baseline=second, above=0,
              unit="points", promised="supported", note=f"β₁ explains {whole[BETA].mean():.1f} %."),
    ]  # fmt: skip


# %% Figures
def figures(result):
    """Draws the figures, with their words."""

    def lines(field, names, **kind):
        return {name: result.stack("found", "seed", **kind, **{field: name}) for name in names}

    def medians(panels):
        own = [f"{title} {name} {np.median(np.atleast_2d(v.T)[-1]):.2g}" for title, panel in panels.items()
               for name, v in panel.items()]  # fmt: skip
        return f"Medians at the end: {'; '.join(own)}."

    near = {t: lines("way", (GRID, RANDOM), part="nearest", matter=own) for t, own in MATTER.items()}
    drawn = {case: lines("scale", (LOG, LINEAR), case=case) for case in SCALED}
    found = {"": {way: own[:, 4:] for way, own in lines("way", ORACLES, part="search").items()}}
    good = explained(result, learning_rate=(0.01, 0.1))
    matter = {"Whole ranges": explained(result), "Learning rate 0.01 to 0.1": good}
    (seeds, cost), trainings = found[""][RANDOM].shape, len(result.values("training"))
    draws, bayesian = result.where(part="scale")[0]["found"].size, len(found[""][BAYESIAN])
    return {
        "grid": Exhibit(
            plots.curves([2, 3, 4, 5], near, xlabel="values of each, n", log_y=True, colors=COLORS,
                         ylabel="distance of the nearest trial from the best (share of a range)"),
            "Random search is level with a grid only when all hyperparameters matter",
            f"A grid of n values of each has n⁵ trials, so has random search. {seeds} seeds. {plots.BAND}",
            medians(near),
        ),
        "scales": Exhibit(
            plots.curves(np.arange(1, draws + 1), drawn, xlabel="draws", log_y=True,
                         ylabel="validation error of the best (%)"),
            "The best of some draws on a log and on a linear scale",
            f"Ranges: α 0.0001 to 1, β 0.9 to 0.999. {seeds} seeds. {plots.BAND}",
            medians(drawn),
        ),
        "searches": Exhibit(
            plots.curves(np.arange(5, cost + 5), found, xlabel="cost (full trainings)", log_y=True,
                         colors=COLORS, ylabel="validation error of the setting that looks best (%)"),
            "The error of the setting found so far, by the epochs spent",
            f"Error: mean of {trainings} trainings. {seeds} seeds; Bayesian: {bayesian}. {plots.BAND}",
            medians(found),
        ),
        "importance": Exhibit(
            plots.rows(matter, xlabel="share of the variance of the error (%)", number_format="{:.1f}"),
            "Which hyperparameters matter, over the whole ranges and where the learning rate is good",
            f"Dot: one of {trainings} trainings of all; large: median. Together: what none explains alone.",
            medians(matter),
        ),
    }  # fmt: skip


# %% Page
if __name__ == "__main__":
    lab.publish(flags, __file__, run, findings, figures)

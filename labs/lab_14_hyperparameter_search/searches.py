"""Ways of searching, with a table of trainings in place of training."""

import contextlib
import itertools
import warnings

import numpy as np
from keras_tuner import HyperParameters, Objective, oracles
from model import build_model
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from dlkeras.surfaces import Surface
from dlkeras.tuning import CoarseToFineOracle, simulate

SPACE = HyperParameters()
build_model(SPACE)  # asks for all hyperparameters
NAMES = tuple(parameter.name for parameter in SPACE.space)
ORACLES = {
    "coarse to fine": CoarseToFineOracle,
    "random": oracles.RandomSearchOracle,
    "Bayesian": oracles.BayesianOptimizationOracle,
    "Hyperband": oracles.HyperbandOracle,
}
LOOKED_AT = ("learning_rate", "weight_decay")  # where the view shows what a search tried
BAYESIAN_STARTS = 5  # from which it looks for its next setting, instead of 50: a trial takes it long
BAYESIAN_SEEDS = 5  # at most


def surface_of(runs, settings):
    """Makes a function of the table: from settings to the errors after each epoch, for each training."""
    errors = runs.where(part="table").stack("errors", *NAMES, "training")
    scales = {"learning_rate": "log", "weight_decay": "log", "beta_1": "one_minus_log"}
    return Surface({name: getattr(settings, name) for name in NAMES}, errors, scales)


@contextlib.contextmanager
def small_matrices():
    """Keeps the Bayesian search from using threads, which only wait there, and from its many warnings."""
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def nearest(num_matter, seeds):
    """Tries points of a unit cube; yields how near the best of them comes to an optimum that is anywhere."""
    rng, numbers = np.random.default_rng(num_matter), np.array([2, 3, 4, 5])  # values of each hyperparameter
    for seed in range(seeds.stop):
        optimum, points = rng.random(num_matter), rng.random((numbers[-1] ** 5, num_matter))
        if seed in seeds:
            off = (optimum * numbers[:, None] % 1 - 0.5) / numbers[:, None]  # from the grid's nearest value
            random = np.minimum.accumulate(np.mean((points - optimum) ** 2, axis=1)) ** 0.5
            found = {"grid": np.mean(off**2, axis=1) ** 0.5, "random": random[numbers**5 - 1]}
            about = {"part": "nearest", "matter": num_matter, "seed": seed}
            yield from ({**about, "way": way, "found": own} for way, own in found.items())


def grid_search(seed, surface):
    """Tries a grid with 2 values of each hyperparameter, which lie anywhere in the ranges."""
    rng = np.random.default_rng(seed)
    corners = np.array(list(itertools.product([0.0, 0.5], repeat=len(NAMES))))  # (32, 5)
    places = corners + rng.random(len(NAMES)) / 2  # shares of the ranges
    trials = [zip(SPACE.space, own, strict=True) for own in places]
    errors = surface([{p.name: p.prob_to_value(share) for p, share in own} for own in trials])[..., -1]
    seen = errors[np.arange(len(errors)), rng.integers(errors.shape[1], size=len(errors))]  # of one training
    found = np.full(len(corners), errors[np.argmin(seen)].mean())
    yield {"part": "search", "way": "grid", "seed": seed, "found": found}


def all_searches(surface, settings):
    """Lists the arguments of `search`; the Bayesian one has fewer seeds, since it takes long."""
    few = settings.seeds[:BAYESIAN_SEEDS]
    ways = [(way, seed) for way in ORACLES for seed in (few if way == "Bayesian" else settings.seeds)]
    return [(way, seed, surface, settings) for way, seed in ways]


def search(way, seed, surface, settings):
    """Searches until the epochs are spent; yields the error of the setting that looks best so far.

    A score is the error of one of the trainings of a setting; the error is the mean of all.
    """
    limit = {"max_trials": settings.budget}
    if way == "Hyperband":
        limit = {"max_epochs": settings.epochs, "hyperband_iterations": settings.budget}
    least = Objective("val_error", "min")
    oracle = ORACLES[way](least, hyperparameters=SPACE.copy(), seed=1000 * seed + 1, **limit)
    rng, training = np.random.default_rng(seed), {}

    def score(values, trial_id, epoch):
        own = training.setdefault(trial_id, rng.integers(settings.trainings))
        return surface([values])[0, own, epoch - 1]

    starts = BAYESIAN_STARTS if way == "Bayesian" else None
    spent, best, found, looked = 0, np.inf, np.full(settings.budget, np.nan), []
    for values, seen, epochs in simulate(oracle, score, epochs=settings.epochs, bayesian_starts=starts):
        spent += epochs
        if spent > settings.budget * settings.epochs:
            break
        looked.append([*(values[name] for name in LOOKED_AT), seen, *box_of(oracle, len(looked))])
        if seen < best:
            best, full_trainings = seen, -(-spent // settings.epochs)
            found[full_trainings - 1 :] = surface([values])[..., -1].mean()
    yield {"part": "search", "way": way, "seed": seed, "found": found, "looked": np.array(looked)}


def box_of(oracle, number):
    """Gives from where to where coarse to fine looked for a trial: two numbers for each of LOOKED_AT."""
    notes = list(getattr(oracle, "notes", {}).values())
    box = notes[number]["box"] if notes else {}
    return [end for name in LOOKED_AT for end in box.get(name, (np.nan, np.nan))]

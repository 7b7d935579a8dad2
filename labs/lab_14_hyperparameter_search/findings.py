"""What the course says of searching hyperparameters, held against the runs of `experiment.py`."""

import numpy as np

from dlkeras.findings import judge
from dlkeras.surfaces import Surface

NAMES = LAYERS, UNITS, BETA, DECAY, RATE = "layers", "units", "beta_1", "weight_decay", "learning_rate"
WAYS = ZOOM, RANDOM, BAYESIAN, HYPERBAND = "coarse to fine", "random", "Bayesian", "Hyperband"
GRID, LOG, LINEAR = "grid", "log scale", "linear scale"
DRAWN = ALPHA, BETA_SMALL_STEPS, BETA_LARGE_STEPS = (
    "Adam’s α",
    "Momentum’s β, α = 0.001",
    "Momentum’s β, α = 0.1",
)


def explained(runs, **within):
    """Share of the errors' variance that each hyperparameter explains alone, (trainings,) in %."""
    axes = {name: runs.values(name, part="table") for name in NAMES}
    alone = Surface(axes, runs.stack("error", *NAMES, "training", part="table")).explained(**within)
    return {name: 100 * share for name, share in {**alone, "together": 1 - sum(alone.values())}.items()}


def found(runs, part, trials=None, **kind):
    """What was found after so many trials, or at the end if that is sooner, (seeds,)."""
    return runs.stack("found", "seed", part=part, **kind)[:, :trials][:, -1]


def findings(runs):
    """Judges every statement by a measure: words for it, a number for each seed, its unit."""

    def less(statement, measured, ours, theirs, promised=None):
        note = f"In the median {np.median(ours):.2g} instead of {np.median(theirs):.2g}."
        gains = np.log10(theirs / ours)
        return judge(statement, measured, gains, "decades", above=0, promised=promised, note=note)

    def nearest(num_matter, promised):
        words = "of 5 matter, 3 values of each: distance of the nearest trial, grid over random"
        random, grid = (found(runs, "nearest", 2, matter=num_matter, way=way) for way in (RANDOM, GRID))
        return less(not_a_grid, f"{num_matter} {words}", random, grid, promised)

    def scale(statement, case, promised):
        words = f"{case}: error of the best of 4 draws, linear over log"
        log, linear = (found(runs, "scale", 4, case=case, scale=own) for own in (LOG, LINEAR))
        return less(statement, words, log, linear, promised)

    def search(statement, way, promised=None):
        words = f"digits, equal cost: error of random over {way}"
        ours, random = (found(runs, "search", way=own) for own in (way, RANDOM))
        return less(statement, words, ours, random, promised)

    not_a_grid = "Try random values, not a grid."
    log_rate, log_beta = "Draw the learning rate on a log scale.", "Draw 1 − β on a log scale."
    most = "The learning rate matters most, and β₁ of Adam hardly."
    grid, random = (found(runs, "search", 32, way=way) for way in (GRID, RANDOM))
    share = explained(runs)
    second = np.max([share[name] for name in (LAYERS, UNITS, BETA, DECAY)], axis=0)
    return [
        nearest(2, "supported"),
        nearest(5, "contradicted"),
        less(not_a_grid, "digits, 32 trials: error of a grid that lies anywhere, over random", random, grid),
        scale(log_rate, ALPHA, "supported"),
        scale(log_beta, BETA_SMALL_STEPS, "supported"),
        scale(log_beta, BETA_LARGE_STEPS, "contradicted"),
        search("Search from coarse to fine.", ZOOM, "supported"),
        search("Stop bad trials early.", HYPERBAND),
        judge(
            most,
            "share of variance that the learning rate explains alone, less that of the next",
            share[RATE],
            "points",
            baseline=second,
            above=0,
            promised="supported",
            note=f"β₁ explains {share[BETA].mean():.1f} %.",
        ),
    ]

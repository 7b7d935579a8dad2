"""What is said of searching hyperparameters, held against the runs of `experiment.py`."""

import numpy as np

from dlkeras.findings import judge, judge_ratio, judge_share
from dlkeras.surfaces import Surface

# Who says it.
GRIDS = "Course outline, week 3: “Try random values: Don’t use a grid”; Bergstra and Bengio (2012), figure 1"
TUNING = "Course outline, week 3: “Coarse to fine”"
SCALES = "Course outline, week 3: “Appropriate scale for hyperparameters”"
AVERAGES = "Course outline, week 3: “Hyperparameters for exponentially weighted averages”"
HALVING = "Li et al. (2018), Hyperband, section 1"
ASKED = "Asked here"

MATTERS = 1.05  # times the error, or the distance, of another way

NAMES = LAYERS, UNITS, BETA, DECAY, RATE = "layers", "units", "beta_1", "weight_decay", "learning_rate"
WAYS = ZOOM, RANDOM, BAYESIAN, HYPERBAND = "coarse to fine", "random", "Bayesian", "Hyperband"
SCORED = {1: "one training", 3: "the mean of three"}
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


def flattered(runs, trials, averaged):
    """By how many points the best of some random trials errs more when it is trained anew, (seeds,).

    A trial's score is the mean of some trainings of its setting; the others, which no search has seen, say
    what it is worth. A seed draws settings and trainings, 200 times.
    """
    errors = runs.stack("error", *NAMES, "training", part="table")
    errors = errors.reshape(-1, errors.shape[-1])  # (settings, trainings)
    lost = []
    for seed in runs.values("seed", part="search"):
        rng = np.random.default_rng(seed)
        tried = rng.permuted(errors[rng.integers(len(errors), size=(200, trials))], axis=-1)
        scores, worth = tried[..., :averaged].mean(axis=-1), tried[..., averaged:].mean(axis=-1)
        best = scores.argmin(axis=1)[:, None]
        lost.append(np.take_along_axis(worth - scores, best, axis=1).mean())
    return np.array(lost)


def found(runs, part, trials=None, **kind):
    """What was found after so many trials, or at the end if that is sooner, (seeds,)."""
    return runs.stack("found", "seed", part=part, **kind)[:, :trials][:, -1]


def in_theory(trials):
    """How many times as far the nearest trial is on a grid with 3 values as in random ones, in a square.

    Geometric means, without what the edges of the square do: the logarithm of the distance to the middle of a
    cell is (ln 2 − 3 + π / 2) / 2 on average, in half cells; and trials × π × distance² of random ones is
    exponentially distributed.
    """
    grid = np.log(1 / 6) + (np.log(2) - 3 + np.pi / 2) / 2
    random = -(np.euler_gamma + np.log(trials * np.pi)) / 2
    return np.exp(grid - random)


def findings(runs):
    """Judges every statement by a measure: words for it, a number for each seed, its unit."""

    def less(statement, measured, ours, theirs, source, note="", **options):
        medians = f"In the median {np.median(ours):.2g} instead of {np.median(theirs):.2g}. {note}".strip()
        options |= {"above": options.get("above", MATTERS), "source": source, "note": medians}
        return judge_ratio(statement, measured, theirs, ours, **options)

    def nearest(num_matter, **options):
        words = "of 5 matter, 3 values of each: distance of the nearest trial, grid over random"
        random, grid = (found(runs, "nearest", 2, matter=num_matter, way=way) for way in (RANDOM, GRID))
        return less(not_a_grid, f"{num_matter} {words}", random, grid, GRIDS, **options)

    def scale(statement, case, source, **options):
        """Counts seeds: where all draws are bad the error is that of guessing, which no mean should hold."""
        log, linear = (found(runs, "scale", 4, case=case, scale=own) for own in (LOG, LINEAR))
        words = f"{case}: seeds at which the best of 4 draws errs less on a log than on a linear scale"
        note = f"In the median {np.median(log):.2g} % instead of {np.median(linear):.2g} %."
        return judge_share(statement, words, log < linear, above=0.5, source=source, note=note, **options)

    def search(statement, way, source, **options):
        words = f"digits, equal cost: error of random over {way}"
        ours, random = (found(runs, "search", way=own) for own in (way, RANDOM))
        return less(statement, words, ours, random, source, **options)

    not_a_grid = "Try random values, not a grid."
    log_rate, log_beta = "Draw the learning rate on a log scale.", "Draw 1 − β on a log scale."
    grid, random = (found(runs, "search", 32, way=way) for way in (GRID, RANDOM))
    share = explained(runs)
    second = np.max([share[name] for name in (LAYERS, UNITS, BETA, DECAY)], axis=0)
    places = (
        "The grid’s 243 trials are at 9 places in the two that matter; random trials at as many as there are."
    )
    return [
        nearest(2, above=2, promised="supported", expected=in_theory(3**5), note=places),
        nearest(5, promised="contradicted"),
        less(
            not_a_grid,
            "digits, 32 trials: error of a grid that lies anywhere, over random",
            random,
            grid,
            GRIDS,
        ),
        scale(log_rate, ALPHA, SCALES),
        scale(log_beta, BETA_SMALL_STEPS, AVERAGES),
        scale(log_beta, BETA_LARGE_STEPS, AVERAGES, promised="contradicted"),
        search("Search from coarse to fine.", ZOOM, TUNING),
        search("Stop bad trials early.", HYPERBAND, HALVING),
        *[
            judge(
                "The best score of a search is what to expect of its setting.",
                f"{trials} trials, scored by {SCORED[averaged]}: error when trained anew, minus as scored",
                flattered(runs, trials, averaged),
                "points",
                below=0.1,
                source=ASKED,
            )
            for trials, averaged in ((4, 1), (60, 1), (60, 3))
        ],
        judge(
            "The learning rate matters most, and β₁ of Adam hardly.",
            f"share of variance that the rate explains alone, less the next one’s; {len(second)} trainings",
            share[RATE],
            "points",
            baseline=second,
            above=0,
            source=ASKED,
            note=f"β₁ explains {share[BETA].mean():.1f} %. Trainings, not seeds: they share all settings.",
        ),
    ]

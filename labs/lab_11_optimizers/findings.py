"""What the course says of optimizers, held against the runs of `experiment.py`."""

import numpy as np

from dlkeras.findings import judge

PLAIN = "gradient descent"
NETWORKS = RELU, SIGMOID, EXERCISE = "one ReLU layer", "three sigmoid layers", "the exercise"
WIDE, NARROW = "ravine, L = 20", "ravine, L = 1000"
STEEP = 1.8 / 20  # the rate in the wide ravine that is just below 2/L
EXERCISE_RATE = 7e-4


def at_end(runs, problem, optimizer):
    """Last losses, (rates, seeds), infinite for runs that diverged."""
    losses = runs.stack("loss", "rate", "seed", problem=problem, optimizer=optimizer)
    return np.nan_to_num(np.float64(losses[..., -1]), nan=np.inf)


def best(runs, problem, optimizer):
    """The rate with the least median of last losses, and log10 of the losses there, (seeds,)."""
    losses = at_end(runs, problem, optimizer)
    place = np.median(losses, axis=1).argmin()
    return runs.values("rate", problem=problem)[place], np.log10(losses[place])


def width(runs, problem, optimizer, target):
    """Decades of rates that reach the target, (seeds,)."""
    decades = np.gradient(np.log10(runs.values("rate", problem=problem)))  # that each rate stands for
    return decades @ (at_end(runs, problem, optimizer) < target)


def ravine_paths(runs, optimizer):
    """Ways down the wide ravine at the steep rate, (seeds, steps, 2)."""
    return runs.stack("path", "seed", problem=WIDE, optimizer=optimizer, rate=STEEP)


def way_across(runs, optimizer):
    """Way that is taken across the wide ravine, in heights of the start, (seeds,)."""
    across = ravine_paths(runs, optimizer)[..., 1]
    return np.abs(np.diff(across, axis=1)).sum(axis=1) / across[:, 0]


def left_along(runs, optimizer):
    """log10 of the share of the way along the wide ravine that is left after 20 steps, (seeds,)."""
    along = ravine_paths(runs, optimizer)[..., 0]
    return np.log10(np.abs(along[:, 20] / along[:, 0]))


def exercise_loss(runs, optimizer):
    """log10 of the last loss of the exercise at its own rate, (seeds,)."""
    losses = runs.stack("loss", "seed", problem=EXERCISE, optimizer=optimizer, rate=EXERCISE_RATE)
    return np.log10(np.float64(losses[:, -1]))


def findings(runs, target):
    """Judges every statement by a measure: words for it, a number for each seed, its unit."""

    def gain(statement, problem, this, other, promised=None):
        (rate, losses), (other_rate, others) = (best(runs, problem, name) for name in (this, other))
        words = f"{problem}, each at its best rate: log10 of the last loss, {this} − {other}"
        note = f"Their rates are {rate:.2g} and {other_rate:.2g}."
        options = {"baseline": others, "below": -0.05, "promised": promised, "note": note}
        return judge(statement, words, losses, "decades", **options)

    def beside_plain(statement, words, measure, unit, **options):
        ours, theirs = (measure(runs, name) for name in ("momentum", PLAIN))
        return judge(statement, f"{words}, momentum − {PLAIN}", ours, unit, baseline=theirs, **options)

    def wider(problem):
        ours, theirs = (width(runs, problem, name, target) for name in ("Adam", PLAIN))
        words = f"{problem}: decades of rates that reach the target, Adam − {PLAIN}"
        options = {"baseline": theirs, "above": 0.25, "note": f"The target is {target:g} nats."}
        return judge("Adam needs little tuning of its learning rate.", words, ours, "decades", **options)

    same, dampens = (
        "Adam from the equations is the built-in.",
        "Momentum dampens oscillations across a ravine.",
    )
    faster, better = "Momentum is faster along a ravine.", "Momentum works better than gradient descent."
    many = "Adam works well on many problems."
    apart = runs.stack("apart", "seed", optimizer="ours").max(axis=1)
    return [
        judge(
            same,
            "largest distance of a weight over all steps, from the same gradients",
            apart,
            "units of the last place",
            below=256,
            promised="supported",
            note="The built-in’s 1 − β₂ᵗ, in float32, puts it about as far from the exact recurrence.",
        ),
        beside_plain(
            dampens,
            f"{WIDE}, rate 1.8/L: way across",
            way_across,
            "heights of the start",
            below=-0.5,
            promised="supported",
        ),
        beside_plain(
            faster,
            f"{WIDE}, rate 1.8/L: log10 of what is left after 20 steps",
            left_along,
            "decades",
            below=-0.05,
            promised="contradicted",
            note="With the course’s 1 − β the steps of both are equal in the long run.",
        ),
        gain(faster, WIDE, "momentum", PLAIN, "contradicted"),
        gain(faster, NARROW, "momentum", PLAIN, "supported"),
        beside_plain(
            better,
            f"the exercise at its own rate, {EXERCISE_RATE:g}: log10 of the last loss",
            exercise_loss,
            "decades",
            below=-0.05,
            promised="contradicted",
            note="There the rate is too small for either.",
        ),
        gain(better, EXERCISE, "momentum", PLAIN),
        wider(RELU),
        wider(SIGMOID),
        gain(many, RELU, "Adam", "momentum"),
        gain(many, SIGMOID, "Adam", "momentum"),
        gain(many, EXERCISE, "Adam", "momentum"),
    ]

"""What is said of optimizers, held against the runs of `experiment.py`."""

import numpy as np

from dlkeras.findings import best_by_others, check, judge, judge_ratio

# Who says it.
NOTES = "Course notes: week on backpropagation, optimization algorithms"
EQUATIONS = "Kingma and Ba (2015), algorithm 1"
ASKED = "Asked here"

PLAIN = "gradient descent"
NETWORKS = RELU, SIGMOID, EXERCISE = "one ReLU layer", "three sigmoid layers", "the exercise"
WIDE, NARROW = "ravine, L = 20", "ravine, L = 1000"
STEEP = 1.8 / 20  # the rate in the wide ravine that is just below 2/L
EXERCISE_RATE = 7e-4
BETTER = 1.1  # times the loss of another: what matters


def at_end(runs, problem, optimizer):
    """Last losses, (rates, seeds), infinite for runs that diverged."""
    losses = runs.stack("loss", "rate", "seed", problem=problem, optimizer=optimizer)
    return np.nan_to_num(np.float64(losses[..., -1]), nan=np.inf)


def best(runs, problem, optimizer):
    """The rate with the least median of last losses."""
    place = np.median(at_end(runs, problem, optimizer), axis=1).argmin()
    return runs.values("rate", problem=problem)[place]


def best_settings(runs, problem, *optimizers):
    """Last losses, (seeds,), with the optimizer and rate that other seeds choose; words for most of these."""
    tried = [(name, rate) for name in optimizers for rate in runs.values("rate", problem=problem)]
    losses = np.concatenate([at_end(runs, problem, name) for name in optimizers])
    places, own = best_by_others(losses)
    name, rate = tried[np.bincount(places).argmax()]
    return own, f"{name.replace('momentum,', 'momentum with')} at {rate:.2g}"


def width(runs, problem, optimizer, target):
    """Decades of rates that reach the target, (seeds,)."""
    decades = np.gradient(np.log10(runs.values("rate", problem=problem)))  # that each rate stands for
    return decades @ (at_end(runs, problem, optimizer) < target)


def on_the_way(runs, optimizer):
    """Way taken across the wide ravine, in heights of the start, and share left along it after 20 steps."""
    paths = runs.stack("path", "seed", problem=WIDE, optimizer=optimizer, rate=STEEP)
    along, across = np.moveaxis(paths, -1, 0)  # (seeds, steps)
    return np.abs(np.diff(across, axis=1)).sum(axis=1) / across[:, 0], np.abs(along[:, 20] / along[:, 0])


def exercise_loss(runs, optimizer):
    """Last loss of the exercise at its own rate, (seeds,)."""
    return runs.stack("loss", "seed", problem=EXERCISE, optimizer=optimizer, rate=EXERCISE_RATE)[:, -1]


def on_ravines(runs):
    """What is computed, not drawn: on a ravine all seeds say the same."""
    tuned = [name for name in runs.values("optimizer", problem=WIDE) if name.startswith("momentum")]

    def faster(problem, words, momenta, **options):
        (ours, chosen), (plain, other) = (
            best_settings(runs, problem, *names) for names in (momenta, [PLAIN])
        )
        words = f"{problem}, {words}: error of gradient descent over momentum’s at the end"
        options |= {"above": BETTER, "source": NOTES, "note": f"{other}, {chosen}."}
        statement = "Momentum accelerates gradient descent in the relevant direction."
        return judge_ratio(statement, words, plain, ours, **options)

    (across, left), (plain_across, plain_left) = (on_the_way(runs, name) for name in ("momentum", PLAIN))
    fixed, free = "β = 0.9, each at its best rate", f"best rates, and β of {len(tuned)}"
    return [
        check(
            "Momentum dampens oscillations.",
            f"{WIDE}, rate 1.8/L, β = 0.9: way across, gradient descent over momentum",
            plain_across / across,
            "×",
            above=1.5,
            source=NOTES,
        ),
        check(
            "At the same rate the course’s form, with 1 − β, is no faster along.",
            f"{WIDE}, rate 1.8/L, β = 0.9: left of the way after 20 steps, momentum over gradient descent",
            left / plain_left,
            "×",
            above=1,
            source=ASKED,
            note="Its steps along a slope that stays grow until they are gradient descent’s, and no longer.",
        ),
        faster(WIDE, fixed, ["momentum"], promised="contradicted"),
        faster(WIDE, free, tuned, promised="supported"),
        faster(NARROW, free, tuned, promised="supported"),
    ]


def on_networks(runs, target):
    """Judges what is said of training by networks."""

    def gain(statement, problem, this, other, **options):
        (losses, chosen), (others, rival) = (best_settings(runs, problem, name) for name in (this, other))
        words = f"{problem}, each at its best rate: last loss of {this} over {other}’s"
        return judge_ratio(
            statement, words, losses, others, source=NOTES, note=f"{chosen}, {rival}.", **options
        )

    def wider(problem, **options):
        ours, theirs = (width(runs, problem, name, target) for name in ("Adam", PLAIN))
        words = f"{problem}: decades of rates that reach {target:g} nats, Adam − {PLAIN}"
        statement = "Adam is less sensitive to the rate than gradient descent."
        return judge(statement, words, ours, "decades", baseline=theirs, above=0.25, source=NOTES, **options)

    accelerates = "Momentum accelerates gradient descent."
    works = "Adam works well on a wide range of problems: no worse than momentum."
    exercise, plain_exercise = (exercise_loss(runs, name) for name in ("momentum", PLAIN))
    return [
        judge_ratio(
            accelerates,
            f"the exercise at its own rate, {EXERCISE_RATE:g}: last loss of momentum over gradient descent’s",
            exercise,
            plain_exercise,
            below=1 / BETTER,
            promised="contradicted",
            source=NOTES,
            note="The exercise’s text says so too: its small rate hides what momentum does.",
        ),
        gain(accelerates, EXERCISE, "momentum", PLAIN, below=1 / BETTER),
        wider(RELU),
        wider(SIGMOID),
        *(gain(works, problem, "Adam", "momentum", below=BETTER) for problem in NETWORKS),
    ]


def findings(runs, target):
    """Judges every statement by a measure: words for it, a number for each seed, its unit."""
    return [
        check(
            "Adam from the equations is the built-in.",
            "largest distance of a weight over all steps, from the same gradients",
            runs.stack("apart", "seed", optimizer="ours").max(axis=1),
            "units of the last place",
            below=256,
            source=EQUATIONS,
            note="The built-in’s 1 − β₂ᵗ, in float32, puts it about as far from the exact recurrence.",
        ),
        *on_ravines(runs),
        *on_networks(runs, target),
    ]

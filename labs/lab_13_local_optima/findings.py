"""What the course says of local optima, held against the runs of `experiment.py`."""

import numpy as np
from critical_points import MINIMUM, ON_PATH, SMALLER
from scipy import stats

from dlkeras.findings import best_by_others, check, judge, judge_ratio, judge_share

SADDLE, PLATEAU = STARTS = ("Saddle: weights near zero", "Plateau: 5 sigmoid layers")
OPTIMIZERS = ("gradient descent", "momentum", "RMSprop", "Adam")
PLAIN, EQUAL = "gradient descent", 0.1  # the learning rate at which all are compared
LECTURE = "Lecture on the problem of local optima, in the outline of the course notes"
SADDLES = "Dauphin et al. (2014), figure 1"
THEOREM = "Fukumizu and Amari (2000)"
OWN = "Asked here"


def mean_costs(runs, start, optimizer):
    """The cost averaged over all steps, (rates, seeds)."""
    return runs.stack("costs", "rate", "seed", start=start, optimizer=optimizer).mean(axis=2)


def own_rate(runs, start, optimizer):
    """The rate whose cost, averaged over all steps, is the lowest for the median seed."""
    return runs.values("rate")[np.argmin(np.median(mean_costs(runs, start, optimizer), axis=1))]


def steps(runs, start, optimizer, rate):
    """The steps that each seed needs to leave, (seeds,)."""
    return runs.stack("left", "seed", start=start, optimizer=optimizer, rate=rate)


def steps_at_own_rate(runs, start, optimizer):
    """The steps that each seed needs at the rate that is best for other seeds, and those rates in words."""
    places, _ = best_by_others(mean_costs(runs, start, optimizer))
    left = runs.stack("left", "rate", "seed", start=start, optimizer=optimizer)
    rates = [f"{runs.values('rate')[place]:g}" for place in sorted(set(places))]
    return left[places, np.arange(len(places))], " or ".join(rates)


def findings(runs):
    """Judges every statement by a measure: words for it, a number for each seed, its unit."""
    own = ((PLATEAU, "Adam", "supported"), (SADDLE, "Adam", None), (SADDLE, "momentum", "contradicted"))
    return [
        *of_points(runs),
        *(sooner(runs, start, "Adam", EQUAL, "supported") for start in STARTS),
        *(sooner(runs, start, other, None, promised) for start, other, promised in own),
    ]


def of_points(runs):
    """Where the gradient is zero, and what kind of points these are."""
    seeds, critical = runs.values("seed"), runs.where(part="critical")
    found = [run for run in critical if run["kind"] != "none"]
    built = [[run for run in found if run["seed"] == s and run["origin"] == SMALLER] for s in seeds]
    paths = [[run for run in found if run["seed"] == s and run["origin"] == ON_PATH] for s in seeds]
    ends = [critical.where(seed=seed)[-1] for seed in seeds]  # a descent in which no unit is zero
    least, most = (extreme(run["cost"] for run in found) for extreme in (min, max))
    height = (np.array([run["cost"] for run in ends]) - least) / (most - least)
    minimum = np.array([run["kind"] == MINIMUM for run in ends])
    order = [
        stats.spearmanr(*zip(*((p["cost"], p["down"]) for p in own), strict=True)).statistic for own in built
    ]
    saddles = [np.mean([p["down"] > 0 for p in own]) > 0.5 for own in paths if own]
    highest = sum(np.isclose(run["cost"], most) for own in paths for run in own)
    points = [
        check(
            "Of minima of smaller networks, those with more units at zero are higher, with more ways down.",
            "rank correlation of cost and share of negative eigenvalues, over the points that are made of "
            "smaller networks",
            order,
            above=0.8,
            source=THEOREM,
            note="By construction: each unit at zero takes from what the network can do, and adds ways down.",
        ),
        judge_share(
            "One is unlikely to get stuck in a bad local optimum.",
            "descents of the whole network that end in a local minimum, less than a tenth of the way up from "
            "the lowest minimum to the highest saddle",
            minimum & (height < 0.1),
            above=0.5,
            source=LECTURE,
            promised="supported",
        ),
        judge(
            "Local minima are about as good as the best.",
            "local minima at which descents end: height above the lowest of all, "
            "over that of the highest saddle",
            height,
            "share",
            below=0.1,
            trained=minimum,
            source=SADDLES,
            promised="supported",
        ),
    ]
    if saddles:
        points[1:1] = [
            judge_share(
                "Points without a gradient are mostly saddles.",
                "seeds at which most points are saddles, of those whose searches from a descent’s path "
                "found any",
                saddles,
                above=0.5,
                source=SADDLES,
                note=f"{highest} of the {sum(map(len, paths))} points are the highest saddle, all weights "
                "zero but the last biases, near which the descents set out.",
            )
        ]
    return points


def sooner(runs, start, other, rate, promised):
    """Judges how many times as long gradient descent needs to leave: at least all steps if it never does."""
    if rate:
        (slow, quick), names = (steps(runs, start, name, rate) for name in (PLAIN, other)), [f"{rate:g}"] * 2
    else:
        (slow, quick), names = zip(
            *(steps_at_own_rate(runs, start, name) for name in (PLAIN, other)), strict=True
        )
    last, above = runs.where(part="escape")[0]["costs"].size, 2
    ratio = slow / quick
    told = (quick < last) & ((slow < last) | (ratio > above))
    late, place = int(np.sum(slow == last)), "saddle" if start == SADDLE else "plateau"
    how = "At equal rates." if rate else "Each at the rate that is the best for other seeds."
    bound = f" At least: {late} of {len(slow)} runs of {PLAIN} count as {last} steps." if late else ""
    return judge_ratio(
        f"{other.capitalize()} gets off a {place} sooner than gradient descent.",
        f"{start}. Steps to leave: {PLAIN} at {names[0]} over {other} at {names[1]}",
        np.where(told, ratio, np.nan),
        above=above,
        source=LECTURE if start == PLATEAU else OWN,
        note=how + bound,
        promised=promised,
    )

"""What the course says of local optima, held against the runs of `experiment.py`."""

import numpy as np
from critical_points import MINIMUM
from scipy import stats

from dlkeras.findings import judge

SADDLE, PLATEAU = STARTS = ("Saddle: weights near zero", "Plateau: 5 sigmoid layers")
OPTIMIZERS = ("gradient descent", "momentum", "RMSprop", "Adam")
PLAIN, EQUAL = "gradient descent", 0.1  # the learning rate at which all are compared


def own_rate(runs, start, optimizer):
    """The rate whose cost, averaged over all steps, is the lowest for the median seed."""
    costs = runs.stack("costs", "rate", "seed", start=start, optimizer=optimizer).mean(axis=2)
    return runs.values("rate")[np.argmin(np.median(costs, axis=1))]


def steps(runs, start, optimizer, rate):
    """The steps that each seed needs to leave, (seeds,)."""
    return runs.stack("left", "seed", start=start, optimizer=optimizer, rate=rate)


def findings(runs):
    """Judges every statement by a measure: words for it, a number for each seed, its unit."""
    found = [run for run in runs if run.get("kind", "none") != "none"]
    least, most = (extreme(run["cost"] for run in found) for extreme in (min, max))
    by_seed = [[run for run in found if run["seed"] == seed] for seed in runs.values("seed")]

    def correlation(points):
        return stats.spearmanr([p["cost"] for p in points], [p["down"] for p in points]).statistic

    def minima_high_up(points):
        return np.mean([p["kind"] == MINIMUM for p in points if 2 * p["cost"] > least + most])

    def height_of_minima(points):
        costs = [p["cost"] for p in points if p["kind"] == MINIMUM]
        return (np.mean(costs or most) - least) / (most - least)

    def sooner(start, other, rate=None):
        rates = {name: rate or own_rate(runs, start, name) for name in (PLAIN, other)}
        slow, quick = (steps(runs, start, name, own) for name, own in rates.items())
        named = " over ".join(f"{name} at {own:g}" for name, own in rates.items())
        return f"{start}. Steps to leave: {named}", np.log10(slow / quick), "decades"

    order = [correlation(points) for points in by_seed]
    high, height = [minima_high_up(points) for points in by_seed], [height_of_minima(p) for p in by_seed]
    ranks = "rank correlation of cost and share of negative eigenvalues, over a seed’s critical points"
    share = "share of local minima among a seed’s critical points in the upper half of costs"
    above = "a seed’s local minima: height above the lowest of all, over that of the highest saddle"
    away = "Momentum, RMSprop and Adam get off a plateau sooner."
    equal, own = "At equal rates.", "Each at its own best rate"
    return [
        judge(
            "Points without a gradient are mostly saddles, the more so the higher up.",
            ranks,
            order,
            "",
            above=0.8,
            promised="supported",
        ),
        judge(
            "One is unlikely to get stuck in a bad local optimum.",
            f"{share}, above {(least + most) / 2:.2g}",
            high,
            "share",
            below=0.1,
            promised="supported",
        ),
        judge(
            "Local minima are about as good as the best.",
            above,
            height,
            "",
            below=0.1,
            promised="supported",
        ),
        judge(away, *sooner(SADDLE, "Adam", EQUAL), above=0.3, promised="supported", note=equal),
        judge(away, *sooner(PLATEAU, "Adam", EQUAL), above=0.3, promised="supported", note=equal),
        judge(away, *sooner(PLATEAU, "Adam"), above=0.3, promised="supported", note=f"{own}."),
        judge(away, *sooner(SADDLE, "Adam"), above=0.3, note=f"{own}; the saddle is no trap for either."),
        judge(away, *sooner(SADDLE, "momentum"), above=0.3, promised="contradicted", note=f"{own}."),
    ]

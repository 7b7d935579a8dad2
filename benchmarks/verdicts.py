"""Verdicts: how often they are false, by the shape of the samples and the number of seeds."""

from __future__ import annotations

import numpy as np

from dlkeras.findings import best_by_others, judge, judge_ratio, judge_share

EXPERIMENTS = 2000
SEEDS = (5, 10, 20, 100)
TO_REACH = 3.0  # % on either side
WORDS = {"statement": "nothing", "measured": "nothing"}
DEAD = 0.1  # accuracy of a run that learns nothing
SHAPES = {  # of mean 0
    "normal": lambda rng, n: rng.normal(size=n),
    "uniform": lambda rng, n: rng.uniform(-1, 1, n),
    "Student's t, 3 degrees of freedom": lambda rng, n: rng.standard_t(3, n),
    "exponential": lambda rng, n: rng.exponential(size=n) - 1,
    "lognormal, σ = 1": lambda rng, n: np.exp(rng.normal(size=n)) - np.exp(0.5),
}


def of_shape(draw):
    """Judges samples of mean 0 against 0."""
    return lambda rng, n: judge(samples=draw(rng, n), unit="", above=0, **WORDS)


def two_samples(draw):
    """Judges the difference of two samples of the same shape, the second three times as wide."""
    return lambda rng, n: judge(
        samples=draw(rng, n), baseline=3 * draw(rng, n), paired=False, unit="", above=0, **WORDS
    )


def ratio(rng, n):
    """Judges the ratio of equal things."""
    ours, theirs = np.exp(rng.normal(size=(2, n)))
    return judge_ratio(samples=ours, baseline=theirs, above=1, **WORDS)


def accuracies(rng, n, dead):
    """Draws runs of which a share is dead."""
    return np.where(rng.random(n) < dead, DEAD, rng.normal(0.9, 0.01, n))


def those_that_trained(dead):
    """Judges the mean of the runs that trained, against the true one."""

    def experiment(rng, n):
        samples = accuracies(rng, n, dead)
        return judge(samples=samples, trained=samples > 0.5, unit="", above=0.9, **WORDS)

    return experiment


def share_that_trained(dead):
    """Judges the share of the runs that trained, against the true one."""
    return lambda rng, n: judge_share(successes=accuracies(rng, n, dead) > 0.5, above=1 - dead, **WORDS)


def mixed(dead):
    """Judges the mean of all runs, dead ones among them, against the true one."""
    truth = (1 - dead) * 0.9 + dead * DEAD
    return lambda rng, n: judge(samples=accuracies(rng, n, dead), unit="", above=truth, **WORDS)


def best_of_nine(rng, n):
    """Judges the best of nine equal settings, chosen by other seeds, beside an equal rival."""
    _, costs = best_by_others(rng.normal(size=(9, n)))
    return judge(samples=costs, baseline=rng.normal(size=n), unit="", below=0, **WORDS)


KINDS = {
    **{name: of_shape(draw) for name, draw in SHAPES.items()},
    **{f"difference of two, {name}": two_samples(draw) for name, draw in SHAPES.items()},
    **{
        f"{dead:.0%} dead runs: mean of those that trained": those_that_trained(dead)
        for dead in (0.02, 0.05, 0.1)
    },
    **{f"{dead:.0%} dead runs: share that trained": share_that_trained(dead) for dead in (0.02, 0.05, 0.1)},
    "0/1 with p = 0.1": lambda rng, n: judge_share(successes=rng.random(n) < 0.1, above=0.1, **WORDS),
    "ratio of equal things": ratio,
    "best of 9 settings, chosen by other seeds": best_of_nine,
}
UNSEEN = {f"{dead:.0%} dead runs: mean of all": mixed(dead) for dead in (0.02, 0.05, 0.1)}


def false_verdicts(experiment, n: int) -> tuple[float, float]:
    """Counts the experiments called supported, and contradicted, in %; the effect is on the threshold."""
    rng = np.random.default_rng(n)
    verdicts = [experiment(rng, n).verdict for _ in range(EXPERIMENTS)]
    return tuple(100 * verdicts.count(name) / EXPERIMENTS for name in ("supported", "contradicted"))


def table(kinds) -> tuple[str, float]:
    """Makes a table of the worse side, and the worst number in it."""
    rows = {name: [max(false_verdicts(kind, n)) for n in SEEDS] for name, kind in kinds.items()}
    lines = [
        f"| {name} | " + " | ".join(f"{rate:.1f}" for rate in rates) + " |" for name, rates in rows.items()
    ]
    head = ["| samples | " + " | ".join(f"n = {n}" for n in SEEDS) + " |", "|---" * (len(SEEDS) + 1) + "|"]
    return "\n".join(head + lines), max(max(rates) for rates in rows.values())


def main() -> str:
    """Returns the section of the results."""
    held, worst = table(KINDS)
    unseen, _ = table(UNSEEN)
    reached = f"The largest is {worst:.1f}: {'reached' if worst <= TO_REACH else 'missed'}."
    return f"""\
False verdicts in %, on the worse side, in {EXPERIMENTS:,} experiments whose true effect is the threshold.
To reach: at most {TO_REACH:g} wherever a verdict is given; 2.5 is stated. {reached}

{held}

What no interval knows of: a mean that rare runs decide which the samples do not hold. So labs judge the
share of runs that trained and the mean of those, and each page says how often what none of its runs did may
still happen.

{unseen}
"""

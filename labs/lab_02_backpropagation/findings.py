"""What the course says of backpropagation, held against the runs of `experiment.py`."""

import numpy as np

from dlkeras.findings import check, judge, judge_ratio, judge_share

SLOW, USUAL = 0.01, 0.1  # the notebook's rates
WEEK = "Course notes: week on backpropagation"
MODULE = "Course notes: page of module 2"
SUMMARY = "Course notes: summary of module 2"
XOR_PAPER = "Sprinkhuizen-Kuyper and Boers (1999)"
OWN = "Asked here"


def gates_of(runs):
    """Lists the gates, the one that was asked for first."""
    return list(dict.fromkeys(row["gate"] for row in runs.where(part="training")))


def findings(runs):
    """Judges the statements of the course."""
    return [*of_gradients(runs), *of_gates(runs), *of_small_rates(runs), *of_stuck_runs(runs)]


def of_gradients(runs):
    """Whether the chain rule gives the gradient, and how it shrinks from one neuron to the one before."""
    scales, seeds = runs.values("scale"), runs.values("seed")
    checked = [row for row in runs if row["part"] == "network" or row.get("scale", 9) <= 1]
    apart = [max(row["tape"] for row in checked if row["seed"] == seed) for seed in seeds]
    ratio, wide = (runs.stack("w1_over_w2", "seed", scale=scale) for scale in (1.0, scales[-1]))
    middle = np.median(np.abs(runs.stack("gradient_w1", "seed", scale=1.0)))
    return [
        check(
            "Backpropagation calculates the gradient of the cost function.",
            f"gradients by hand and of the tape, {gates_of(runs)[0].upper()} network and two neurons: "
            "largest relative difference, float64",
            apart,
            below=1e-12,
            source=WEEK,
            note="For weights up to 1; in larger ones the tape's a(1 − a) loses digits as a nears 1.",
        ),
        check(
            "With weights and inputs of at most 1, the gradient for w1 is smaller than that for w2.",
            "two neurons, weights in [−1, 1], input 1: gradient for w1 over that for w2",
            ratio,
            "×",
            below=1,
            source="Chain rule: the ratio is |w2 x (1 − a1)|",
            note=f"The notes call the gradient for w1 very small; it is {middle:.2g} here (median), and "
            f"{np.median(ratio):.2g} times that for w2.",
        ),
        judge_share(
            "We keep multiplying factors that are less than one.",
            f"two neurons, weights in [−{scales[-1]:g}, {scales[-1]:g}], input 1: gradient for w1 below that "
            "for w2",
            wide < 1,
            above=0.9,
            source=MODULE,
            note="One factor is w2. Large weights enlarge the gradient, or saturate a1.",
            promised="contradicted",
        ),
    ]


def of_gates(runs):
    """How often the gates are learned."""
    (gate, other), (narrow, *_, wide) = gates_of(runs), runs.values("width")

    def solved(gate, width, rate, statement="Training finds weights that solve it.", source=OWN, **claim):
        return judge_share(
            statement,
            f"{gate.upper()} solved (every output within 0.4), {width} hidden units, rate {rate:g}",
            runs.stack("kind", "seed", gate=gate, width=width, rate=rate) == "solved",
            source=source,
            **claim,
        )

    large = runs.values("rate")[-1]
    return [
        solved(gate, narrow, USUAL, above=0.8),
        solved(gate, wide, USUAL, above=0.8, note="More hidden units.", promised="supported"),
        solved(other, narrow, USUAL, above=0.8, note="A line divides the rows of AND.", promised="supported"),
        solved(
            gate,
            narrow,
            large,
            "Large rates can miss the minimum point.",
            SUMMARY,
            below=0.5,
            promised="supported",
        ),
    ]


def of_small_rates(runs):
    """What a tenth of a rate costs: ten times the epochs, on the same way."""
    usual = {"gate": gates_of(runs)[0], "width": runs.values("width")[0]}
    quick, slow = (runs.stack("errors", "seed", **usual, rate=rate) for rate in (USUAL, SLOW))
    last = slow[:, -1]
    level = np.maximum(last, quick.min(axis=1))[:, None]
    reached = np.argmax(quick <= level, axis=1) + 1  # points, of as many as there are
    behind = np.abs(last - quick[:, quick.shape[1] // 10 - 1])
    return [
        judge_ratio(
            "Small rates result in extremely slow convergence.",
            f"{usual['gate'].upper()}: epochs at rate {SLOW} over those at {USUAL}, to the error at which "
            f"{SLOW} ends",
            quick.shape[1] / reached,
            above=5,
            source=SUMMARY,
            note=f"Known to {1 / reached.max():.0%}: errors are means over {quick.shape[1]} spans of epochs.",
            promised="supported",
        ),
        judge(
            "A small rate takes the same way, and gets stuck in the same places.",
            f"{usual['gate'].upper()}: error at the end at rate {SLOW}, minus that at {USUAL} after a tenth "
            "of the epochs, absolute",
            behind,
            "squared error",
            below=0.02,
            source=OWN,
            promised="supported",
        ),
    ]


def of_stuck_runs(runs):
    """What the points are at which training is stuck; nothing where every run got through."""
    usual = {"gate": gates_of(runs)[0], "width": runs.values("width")[0], "rate": USUAL}
    kinds = runs.stack("kind", "seed", **usual)
    stuck = kinds[kinds != "solved"]
    if not len(stuck):
        return []
    steps = runs.stack("newton_step", "seed", **usual)[kinds != "solved"]
    counts = ", ".join(f"{kind} {np.sum(stuck == kind)}" for kind in sorted(set(stuck)))
    return [
        judge_share(
            "Where training is stuck there is a local minimum.",
            f"stuck runs, {usual['width']} hidden units, rate {USUAL}: share in a local minimum",
            stuck == "local minimum",
            above=0.5,
            source=OWN,
            note=f"{counts}. Newton's step to a bottom is {np.median(steps):.2g} long (median). "
            f"{XOR_PAPER}: from each finite point a path leads down to the error zero.",
        )
    ]

"""What the course says of backpropagation, held against the runs of `experiment.py`."""

import numpy as np

from dlkeras.findings import judge, judge_share

SLOW, USUAL = 0.01, 0.1  # the notebook's rates


def gates_of(runs):
    """Lists the gates, the one that was asked for first."""
    return list(dict.fromkeys(row["gate"] for row in runs.where(part="training")))


def findings(runs):
    """Judges the statements of the course."""
    widths, rates, scales, seeds = (runs.values(f) for f in ("width", "rate", "scale", "seed"))
    (gate, other), narrow = gates_of(runs), widths[0]
    usual, slow = ({"gate": gate, "width": narrow, "rate": rate} for rate in (USUAL, SLOW))

    def judge_ratio(statement, scale, promised, note):
        measured = f"gradient for w1 over that for w2, weights in [−{scale:g}, {scale:g}], input 1"
        ratio = runs.stack("w1_over_w2", "seed", scale=scale)
        return judge(statement, measured, ratio, below=1, unit="×", promised=promised, note=note)

    def judge_solved(gate, width, rate, promised, statement="Training drives the error to zero.", **claim):
        measured = f"{gate.upper()} solved (every output within 0.4), {width} hidden units, rate {rate:g}"
        solved = runs.stack("kind", "seed", gate=gate, width=width, rate=rate) == "solved"
        return judge_share(statement, measured, solved, promised=promised, **claim)

    checked = [row for row in runs if row["part"] == "network" or row.get("scale", 9) <= 1]
    apart = [max(row["tape"] for row in checked if row["seed"] == seed) for seed in seeds]
    quick, late = runs.stack("errors", "seed", **usual), runs.stack("errors", "seed", **slow)[:, -1]
    behind = np.abs(late - quick[:, quick.shape[1] // 10 - 1])
    kinds = runs.stack("kind", "seed", **usual)
    stuck = kinds[kinds != "solved"]
    found = [
        judge(
            "Backpropagation calculates the gradient of the cost.",
            "gradients by hand and of "
            f"the tape, {gate.upper()} network and two neurons: largest relative difference, float64",
            apart,
            below=1e-12,
            unit="",
            promised="supported",
            note="For weights up to 1; in larger ones the tape's a(1 − a) loses digits as a nears 1.",
        ),
        judge_ratio(
            "The error gradient with respect to w1 is very small.",
            1.0,
            "supported",
            "It is |w2 x (1 − a1)|: on average ¼ for such weights, whatever the error.",
        ),
        judge_ratio(
            "We keep multiplying factors that are less than one.",
            scales[-1],
            "contradicted",
            "One factor is w2. Large weights enlarge the gradient, or saturate a1.",
        ),
        judge_solved(gate, narrow, USUAL, "contradicted", above=0.9),
        judge_solved(gate, 4, USUAL, "supported", above=0.9, note="Two more hidden units."),
        judge_solved(other, narrow, USUAL, "supported", above=0.9, note="A line divides the rows of AND."),
        judge(
            "Small rates result in slow convergence.",
            f"{gate.upper()}: error at {SLOW} minus that at {USUAL} after a tenth of the epochs, absolute",
            behind,
            below=0.02,
            unit="squared error",
            promised="supported",
            note="It takes the same way, and gets stuck in the same places.",
        ),
        judge_solved(gate, narrow, rates[-1], "supported", "Large rates miss the minimum.", below=0.1),
    ]
    if len(stuck):
        steps = runs.stack("newton_step", "seed", **usual)[kinds != "solved"]
        counts = ", ".join(f"{kind} {np.sum(stuck == kind)}" for kind in sorted(set(stuck)))
        found.append(
            judge_share(
                "Training gets stuck in local minima.",
                f"stuck runs, {narrow} hidden units, rate {USUAL}: share in a local minimum",
                stuck == "local minimum",
                above=0.5,
                promised="contradicted",
                note=f"{counts}. Newton's step to a bottom is {np.median(steps):.2g} long (median).",
            )
        )
    return found

"""What the course says of gradient descent, held against the runs of `experiment.py`."""

import numpy as np

from dlkeras.findings import judge


def pick(runs, model, field):
    """Stacks a field of a model's trainings: (seeds, rates, ...), rates rising."""
    return runs.stack(field, "seed", "learning_rate", model=model)


def limits(runs, model):
    """Finds for each seed the rate from which on all runs diverge, and 2/L at the start: (seeds,) each."""
    rates, losses = pick(runs, model, "learning_rate")[0], pick(runs, model, "loss")
    diverged = ~(losses[..., -1] < losses[..., 0])  # NaN too
    first = len(rates) - np.cumprod(diverged[:, ::-1], axis=1).sum(axis=1)
    return np.sqrt(rates[first] * rates[first - 1]), 2 / pick(runs, model, "curvature")[:, 0, 0]


def findings(runs):
    """Judges the statements of the course."""
    rates = pick(runs, "linear", "learning_rate")[0]
    (wall, limit), (own_wall, own_limit) = limits(runs, "linear"), limits(runs, "network")
    good = np.abs(np.log(rates * 2 / limit[0])).argmin()  # 1/L
    tenth = np.abs(np.log(rates / rates[good] * 10)).argmin()
    needed = np.minimum(pick(runs, "linear", "reached"), runs[0]["epoch"][-1])
    reasons = pick(runs, "stop", "reason")[0]
    rate = pick(runs, "stop", "learning_rate")[0]
    ends = {model: pick(runs, model, "loss")[:, good, -1] for model in ("linear", "network")}
    sharp = pick(runs, "network", "curvature")[..., 1]  # (seeds, rates)
    large = np.flatnonzero(np.isfinite(sharp).all(axis=0) & (rates < own_wall.min()))[-1]
    edge, used = rates[large] / 2 * sharp[:, large], pick(runs, "stop", "used")[:, 1]
    return [
        judge(
            "Large rates can miss the minimum point.",
            "linear: distance of the rate from which on runs diverge from 2/L, over 2/L",
            np.abs(wall / limit - 1),
            below=0.04,
            unit="",
            promised="supported",
            note=f"It is {np.median(wall):.3g}, 2/L is {limit[0]:.3g}; rates there are 4 % apart.",
        ),
        judge(
            "The same limit holds for a network.",
            "network: rate from which on runs diverge, over 2/L at the start",
            own_wall / own_limit,
            below=1.1,
            unit="×",
            note="Its curvature changes on the way.",
        ),
        judge(
            "A network ends where the curvature allows the rate.",
            f"network, rate {rates[large]:.2g}: rate over 2/L at the end",
            edge,
            below=1.05,
            unit="×",
            note="At large rates the curvature ends close to 2 / rate.",
        ),
        judge(
            "Small rates result in extremely slow convergence.",
            f"linear: epochs to the threshold at rate {rates[tenth]:.2g}, over those at {rates[good]:.2g}",
            needed[:, tenth] / needed[:, good],
            above=5,
            unit="×",
            promised="supported",
        ),
        judge(
            "Training ends when the epochs are used up or the error is below a threshold.",
            f"network, rate {rate[1]:g}: share of the allowed epochs that is used",
            used,
            below=0.9,
            unit="share",
            promised="supported",
            note=f"Seed 0: {reasons[1]}; {rate[0]:g}: {reasons[0]}.",
        ),
        judge(
            "Training repeats four steps: forward, error, backward, update.",
            "largest difference of a weight, by `fit` and by the four steps written out",
            pick(runs, "stop", "gap").max(axis=(1, 2)),
            below=1e-5,
            unit="",
            promised="supported",
            note="The rest is rounding; both end after the same epoch.",
        ),
        *(
            judge(
                "Where training ends depends on the random start.",
                f"{model}, rate {rates[good]:.2g}: distance of a seed’s last error from the median, over it",
                np.abs(ends[model] / np.median(ends[model]) - 1),
                above=0.005,
                unit="",
                promised=promised,
            )
            for model, promised in (("linear", "contradicted"), ("network", "supported"))
        ),
    ]

"""What the course says of gradient descent, held against the runs of `experiment.py`."""

import numpy as np

from dlkeras.findings import check, judge, judge_ratio, judge_share

SUMMARY = "Course notes: summary of module 2"
THEOREM = "Nesterov (2004), section 2.1"
EDGE = "Cohen et al. (2021), section 3"
OWN = "Asked here"


def pick(runs, model, field):
    """Stacks a field of a model's trainings: (seeds, rates, ...), rates rising."""
    return runs.stack(field, "seed", "learning_rate", model=model)


def limits(runs, model):
    """Finds for each seed the rate from which on all runs diverge, and 2/L at the start: (seeds,) each."""
    rates, losses = pick(runs, model, "learning_rate")[0], pick(runs, model, "loss")
    diverged = ~(losses[..., -1] < losses[..., 0])  # NaN too
    first = len(rates) - np.cumprod(diverged[:, ::-1], axis=1).sum(axis=1)
    return np.sqrt(rates[first] * rates[first - 1]), 2 / pick(runs, model, "curvature")[:, 0, 0]


def times_slower(slow, quick, epochs, above):
    """Divides epochs to a threshold, infinite where it is not reached, by those of a quicker run, (seeds,).

    A slow run that never arrives counts as the last epoch. Where that does not tell whether it takes `above`
    times as long, or the quick one never arrives, it is NaN.
    """
    ratio = np.minimum(slow, epochs) / quick
    told = np.isfinite(quick) & (np.isfinite(slow) | (ratio > above))
    return np.where(told, ratio, np.nan)


def off(ratio):
    """By which factor a ratio is from 1, up or down."""
    return np.maximum(ratio, 1 / ratio)


def findings(runs):
    """Judges the statements of the course."""
    return [*of_large_rates(runs), of_small_rates(runs), *of_the_loop(runs), *of_the_start(runs)]


def of_large_rates(runs):
    """Where training breaks down, and how curved the error is there."""
    rates, losses = pick(runs, "network", "learning_rate")[0], pick(runs, "network", "loss")
    (wall, limit), (own_wall, own_limit) = limits(runs, "linear"), limits(runs, "network")
    sharp = pick(runs, "network", "curvature")[..., 1]  # (seeds, rates), at the end
    large = np.flatnonzero(np.isfinite(sharp).all(axis=0) & (rates < own_wall.min()))[-1]
    edge, own = rates[large] / 2 * sharp[:, large], own_wall / own_limit
    return [
        check(
            "On a quadratic, gradient descent goes down at every rate below 2/L and at none above.",
            "linear: distance of the rate from which on runs diverge from 2/L, over 2/L",
            np.abs(wall / limit - 1),
            below=0.04,
            source=THEOREM,
            note=f"It is {np.median(wall):.3g}, 2/L is {limit[0]:.3g}; rates there are 4 % apart.",
        ),
        judge_share(
            "Large rates can miss the minimum point.",
            f"network, rate {rates[-1]:g}, {rates[-1] / np.median(own_limit):.0f} times 2/L at the start: "
            "runs whose last error is not below their first",
            ~(losses[:, -1, -1] < losses[:, -1, 0]),
            above=0.5,
            source=SUMMARY,
            promised="supported",
        ),
        judge_ratio(
            "2/L at the start is the limit for a network too.",
            "network: rate from which on runs diverge beside 2/L at the start, larger over smaller",
            off(own),
            below=1.1,
            source=OWN,
            note=f"It is {np.median(own):.3g} times 2/L (median): the curvature changes on the way.",
        ),
        judge_ratio(
            "At large rates the curvature of a network ends near 2 / rate.",
            f"network, rate {rates[large]:.2g}, the largest at which no run diverges: L at the end beside "
            "2 / rate, the larger over the smaller",
            off(edge),
            below=1.1,
            source=EDGE,
            expected=1.0,
            note=f"The paper’s L hovers at 2 / rate or just above. Ours is {np.median(edge):.3g} times that "
            f"(median; {edge.min():.3g} to {edge.max():.3g}).",
        ),
    ]


def of_small_rates(runs):
    """What a tenth of a good rate costs."""
    rates, reached = pick(runs, "linear", "learning_rate")[0], pick(runs, "linear", "reached")
    (good, tenth), last = good_and_tenth(runs), runs.where(model="linear")[0]["epoch"][-1]
    late = int(np.sum(~np.isfinite(reached[:, tenth])))
    return judge_ratio(
        "Small rates result in extremely slow convergence.",
        f"linear: epochs to the threshold at rate {rates[tenth]:.2g}, over those at {rates[good]:.2g}, 1/L",
        times_slower(reached[:, tenth], reached[:, good], last, above=5),
        above=5,
        source=SUMMARY,
        note=f"At least: {late} of {len(reached)} slow runs count as {last} epochs." if late else "",
        promised="supported",
    )


def of_the_loop(runs):
    """Whether training stops, and repeats the four steps."""
    rate, reasons = (pick(runs, "stop", field)[0] for field in ("learning_rate", "reason"))
    return [
        judge(
            "Training ends when the epochs are used up or the error is below a threshold.",
            f"network, rate {rate[1]:g}: share of the allowed epochs that is used",
            pick(runs, "stop", "used")[:, 1],
            "share",
            below=0.9,
            source=SUMMARY,
            note=f"Seed 0: {reasons[1]}; {rate[0]:g}: {reasons[0]}.",
            promised="supported",
        ),
        check(
            "Training repeats four steps: forward, error, backward, update.",
            "largest difference of a weight, by `fit` and by the four steps written out",
            pick(runs, "stop", "gap").max(axis=(1, 2)),
            below=1e-5,
            source=SUMMARY,
            note="The rest is rounding; both end after the same epoch.",
        ),
    ]


def of_the_start(runs):
    """How far the last errors of different starts are apart."""
    rates, (good, _) = pick(runs, "linear", "learning_rate")[0], good_and_tenth(runs)
    for model, promised in (("linear", "contradicted"), ("network", None)):
        ends = pick(runs, model, "loss")[:, good, -1]
        yield judge(
            "Where training ends depends on the random start.",
            f"{model}, rate {rates[good]:.2g}: distance of a seed’s last error from the median seed’s",
            100 * np.abs(ends / np.median(ends) - 1),
            "%",
            above=0.5,
            source=OWN,
            promised=promised,
        )


def good_and_tenth(runs):
    """Finds the places of the rates nearest to 1/L of linear regression, and to a tenth of that."""
    rates, (_, limit) = pick(runs, "linear", "learning_rate")[0], limits(runs, "linear")
    good = np.abs(np.log(rates * 2 / limit[0])).argmin()
    return good, np.abs(np.log(rates / rates[good] * 10)).argmin()

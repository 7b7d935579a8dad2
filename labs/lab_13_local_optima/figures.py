"""The figures of the page, each with its title, its caption, and words for readers who cannot see it."""

import itertools

import numpy as np
from critical_points import KINDS, ON_PATH
from findings import EQUAL, OPTIMIZERS, STARTS, own_rate, steps

from dlkeras import plots
from dlkeras.report import Exhibit


def figures(runs, cost):
    """Draws them, in the order of the page; `cost` is of the network whose critical points were sought."""
    about = f"{len(runs.values('seed'))} seeds. {plots.BAND}"
    rates, epochs = runs.values("rate"), runs.where(part="escape")[0]["costs"].size
    own = {kind: own_rate(runs, *kind) for kind in itertools.product(STARTS, OPTIMIZERS)}
    words = "; ".join(
        f"{start[:7]}, {optimizer} at {rate:g}: {np.median(steps(runs, start, optimizer, rate)):.0f}"
        for (start, optimizer), rate in own.items()
    )

    left = {s: runs.where(start=s).lines("left", "seed", "rate", optimizer=OPTIMIZERS) for s in STARTS}
    inverse = {s: {o: _inverse(values, rates, epochs) for o, values in left[s].items()} for s in STARTS}

    def costs(start, rates):
        kind = {"start": start, "part": "escape"}
        return {o: runs.stack("costs", "seed", optimizer=o, rate=rate, **kind) for o, rate in rates.items()}

    panels = {f"{s}, all at {EQUAL}": costs(s, dict.fromkeys(OPTIMIZERS, EQUAL)) for s in STARTS}
    panels |= {f"{s}, own rates": costs(s, {o: own[s, o] for o in OPTIMIZERS}) for s in STARTS}
    return {
        "critical-points": _critical_points(runs, cost),
        "steps-by-rate": Exhibit(
            plots.against_theory(
                rates,
                left,
                inverse,
                xlabel="learning rate",
                ylabel="steps to leave",
                log_x=True,
                theory_name="in inverse proportion to the rate",
                reference=(epochs, "not yet"),
            ),
            "Steps to leave a saddle and a plateau",
            f"Left: the cost is 10 % below that of guessing, and is so at the end. {about}",
            f"Valleys over the rate. Median steps at each one’s own rate: {words}.",
        ),
        "costs": Exhibit(
            plots.curves(
                np.arange(1, epochs + 1), panels, xlabel="step", ylabel="cost (nats)", log_x=True, columns=2
            ),
            "The way out, at equal rates and at each optimizer’s own",
            f"Own: the rate with the lowest mean cost over all steps. {about}",
            f"Costs over {epochs} steps. Rates and steps to leave: {words}.",
        ),
    }


def _inverse(left, rates, epochs):
    """Steps in inverse proportion to the rate, through the first rate at which the median seed gets out."""
    median = np.median(left, axis=0)
    line = (median * rates)[np.argmax(median < epochs)] / np.array(rates)
    return np.where((line > 2) & (line < epochs), line, np.nan)


def _critical_points(runs, cost):
    critical = runs.where(part="critical")
    points = {kind: [(run["cost"], run["down"]) for run in critical if run["kind"] == kind] for kind in KINDS}
    ways, weights = cost.ways_per_unit, cost.num_weights
    zero = range(1, cost.units + 1)
    missed = [run["kind"] == "none" for run in critical.where(origin=ON_PATH)]
    about = f"of a network with {weights} weights; {len(runs.values('seed'))} seeds"
    theory = f"Dashed, theory: {ways} ways down for each unit that is zero"
    searches = f"{sum(missed)} of {len(missed)} searches from a path"
    ends = [(kind, *end) for kind, own in points.items() for end in [min(own), max(own)][: len(own)]]
    return Exhibit(
        plots.scatter(
            points,
            xlabel="cost at the critical point (nats, with the penalty)",
            levels={f"{n} unit{'s' * (n > 1)} zero": n * ways / weights for n in zero},
            ylabel="share of negative eigenvalues of the Hessian",
        ),
        "The higher the cost of a critical point, the more directions lead down",
        f"A dot: a point where the gradient is zero, {about}. {theory}. Left out: {searches}, which ended "
        "with a small gradient, but none of zero.",
        "; ".join(f"{kind}: cost {x:.2f}, share {y:.2f}" for kind, x, y in ends),
    )

"""The figures of the page, each with its title, its caption, and words for readers who cannot see it."""

import numpy as np
from difference import with_difference
from findings import NETWORKS, PLAIN, RELU, SIGMOID, STEEP, WIDE, at_end, best

from dlkeras import plots
from dlkeras.plots import in_words
from dlkeras.report import Exhibit

OPTIMIZERS = (PLAIN, "momentum", "RMSprop", "Adam")
SHOWN = 10.0  # the largest loss in a figure


def figures(runs, target):
    """Draws them, in the order of the page."""
    rates = {p: {name: best(runs, p, name) for name in OPTIMIZERS} for p in (WIDE, *NETWORKS)}
    seeds = f"{len(runs.values('seed'))} seeds. {plots.BAND}"
    return {
        "ravine": ravine(runs, rates),
        "loss-by-rate": loss_by_rate(runs, rates, target, seeds),
        "loss-by-epoch": loss_by_epoch(runs, rates, seeds),
        "side-by-side": side_by_side(runs, seeds),
    }


def ravine(runs, rates):
    """Draws the ways of the first seed."""
    w1, w2 = np.linspace(-11, 11, 221), np.linspace(-2.6, 2.6, 105)
    heights = (w1**2 + 20 * w2[:, None] ** 2) / 2
    ways = {f"{name}, rate {STEEP:g}": (name, STEEP) for name in (PLAIN, "momentum")}
    for name in ("RMSprop", "Adam"):
        rate = rates[WIDE][name]
        ways[f"{name}, best rate {rate:.2g}"] = name, rate
    paths = {
        title: runs.stack("path", "seed", problem=WIDE, optimizer=name, rate=rate)[0]  # (steps, 2)
        for title, (name, rate) in ways.items()
    }
    labels = {"xlabel": "w₁ (curvature 1)", "ylabel": "w₂ (curvature 20)"}
    return Exhibit(
        plots.descent_paths(paths, (w1, w2, heights), columns=2, **labels),
        "Down a ravine",
        "From one start. The best of the rates that were tried has the least error at the end. The error "
        "triples from contour to contour.",
        f"Paths in a long valley: {', '.join(paths)}.",
    )


def loss_by_rate(runs, rates, target, seeds):
    """Draws the valleys: the last loss over the learning rate."""
    ends = {p: {name: np.fmin(at_end(runs, p, name), SHOWN).T for name in OPTIMIZERS} for p in NETWORKS}
    return Exhibit(
        plots.curves(
            runs.values("rate", problem=RELU),
            ends,
            xlabel="learning rate",
            ylabel="training loss at the end (nats)",
            log_x=True,
            log_y=True,
            reference=(target, "target"),
        ),
        "Which learning rates work",
        f"What diverged, or is above {SHOWN:g}, stands there. {seeds}",
        f"Valleys over the learning rate. Best rates: {listed({p: rates[p] for p in NETWORKS})}.",
    )


def loss_by_epoch(runs, rates, seeds):
    """Draws the loss of each optimizer at its best rate."""
    losses = {
        problem: {
            name: runs.stack("loss", "seed", problem=problem, optimizer=name, rate=rate)
            for name, rate in rates[problem].items()
        }
        for problem in (RELU, SIGMOID)  # the exercise has more epochs
    }
    ends = {problem: {name: own[:, -1] for name, own in panel.items()} for problem, panel in losses.items()}
    epochs = range(1, losses[RELU]["Adam"].shape[1] + 1)
    return Exhibit(
        plots.curves(epochs, losses, xlabel="epoch", ylabel="training loss (nats)", log_y=True),
        "Each at its best rate",
        f"The rate with the least median of last losses. {seeds}",
        f"Training loss by epoch. At the end: {listed(ends)}.",
    )


def side_by_side(runs, seeds):
    """Draws the losses of both Adams, and how far apart their weights are."""
    both = runs.where(problem="side by side").lines("loss", "seed", optimizer=["built-in", "ours"])
    apart = runs.stack("apart", "seed", optimizer="ours")
    labels = {
        "xlabel": "step",
        "ylabel": "training loss (nats)",
        "difference_label": "largest distance of a weight\n(units of the last place)",
    }
    return Exhibit(
        with_difference(range(1, apart.shape[1] + 1), both, apart, **labels),
        "Adam, built-in and ours",
        f"Ours gets the built-in’s gradients. {seeds}",
        f"Two loss curves on one another; the weights are at most {apart.max():.2g} units apart.",
    )


def listed(found):
    """Puts numbers by problem and optimizer into words."""
    return "; ".join(f"{problem}: {in_words(own)}" for problem, own in found.items())

"""The figures of the page, each with its title, its caption, and words for readers who cannot see it."""

import numpy as np
from findings import (
    BAYESIAN,
    DRAWN,
    GRID,
    HYPERBAND,
    LINEAR,
    LOG,
    RANDOM,
    SCORED,
    WAYS,
    ZOOM,
    explained,
    flattered,
)

from dlkeras import plots
from dlkeras.plots import in_words
from dlkeras.report import Exhibit

COLORS = {ZOOM: "#0072B2", RANDOM: "#E69F00", BAYESIAN: "#009E73", HYPERBAND: "#CC79A7", GRID: "#000000"}
MATTER = {"2 of 5 matter": 2, "3 of 5 matter": 3, "All 5 matter": 5}


def figures(runs):
    """Draws them, in the order of the page."""
    near = {
        title: runs.where(part="nearest", matter=number).lines("found", "seed", way=(GRID, RANDOM))
        for title, number in MATTER.items()
    }
    drawn = {case: runs.where(case=case).lines("found", "seed", scale=(LOG, LINEAR)) for case in DRAWN}
    whole = runs.where(part="search").lines("found", "seed", way=WAYS)
    found = {way: errors[:, 4:] for way, errors in whole.items()}  # a search begins with a few bad trials
    matter = {
        "Whole ranges": explained(runs),
        "Learning rate 0.01 to 0.1": explained(runs, learning_rate=(0.01, 0.1)),
    }
    (seeds, cost), trainings = whole[RANDOM].shape, len(runs.values("training"))
    draws, about = drawn[DRAWN[0]][LOG].shape[1], f"{seeds} seeds. {plots.BAND}"
    return {
        "grid": Exhibit(
            plots.curves(
                [2, 3, 4, 5],
                near,
                xlabel="values of each, n",
                ylabel="distance of the nearest trial from the best (share of a range)",
                log_y=True,
                colors=COLORS,
            ),
            "Random search is level with a grid only when all hyperparameters matter",
            f"A grid of n values of each has n⁵ trials, so has random search. {about}",
            medians(near),
        ),
        "scales": Exhibit(
            plots.curves(
                range(1, draws + 1),
                drawn,
                xlabel="draws",
                ylabel="validation error of the best (%)",
                log_y=True,
            ),
            "The best of some draws on a log and on a linear scale",
            f"Ranges: α 0.0001 to 1, β 0.9 to 0.999. {about}",
            medians(drawn),
        ),
        "searches": Exhibit(
            plots.curves(
                range(5, cost + 1),
                {"": found},
                xlabel="cost (full trainings)",
                ylabel="validation error of the setting that looks best (%)",
                log_y=True,
                colors=COLORS,
            ),
            "The error of the setting found so far, by the epochs spent",
            f"Error: mean of {trainings} trainings. Bayesian: {len(found[BAYESIAN])} seeds; others: {about}",
            medians({"": found}),
        ),
        "flattery": flattery(runs),
        "importance": Exhibit(
            plots.rows(matter, xlabel="share of the variance of the error (%)", number_format="{:.1f}"),
            "Which hyperparameters matter, over the whole ranges and where the learning rate is good",
            f"Dot: one of {trainings} trainings of all; large: median. Together: what none explains alone.",
            "; ".join(f"{title}: {in_words(shares)}" for title, shares in matter.items()) + ".",
        ),
    }


def flattery(runs):
    """How much the best score of a search flatters its setting, by trials and noise."""
    counts = (4, 15, 60, 240)
    lost = {
        f"scored by {words}": np.array([flattered(runs, trials, averaged) for trials in counts]).T
        for averaged, words in SCORED.items()
    }
    said = [
        f"{name}: {in_words({str(n): own for n, own in zip(counts, of.T, strict=True)})}"
        for name, of in lost.items()
    ]
    return Exhibit(
        plots.by_setting(
            counts,
            {"": lost},
            xlabel="trials of random search",
            ylabel="error when trained anew, minus in the search (points)",
            reference=(0.0, "as scored"),
        ),
        "The best of many trials was also lucky",
        f"Each setting has five trainings; those that did not score it say what it is worth. {plots.DOTS}",
        f"Points by which the best errs more when trained anew. {'; '.join(said)}.",
    )


def medians(panels):
    """Puts the last points of lines (seeds, n) into words."""
    ends = {title: {name: own[:, -1] for name, own in panel.items()} for title, panel in panels.items()}
    return "Medians at the end: " + "; ".join(f"{title} {in_words(own)}" for title, own in ends.items()) + "."

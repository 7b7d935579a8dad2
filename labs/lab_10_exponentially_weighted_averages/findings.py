"""What is said of exponentially weighted averages, held against the runs of `experiment.py`."""

import numpy as np
from averages import BETAS, WINDOWS, misses

from dlkeras.findings import best_by_others, check, judge, judge_ratio

# Who says it.
MODULE = "Course module: bias correction in exponentially weighted average"
ROBERTS = "Roberts (1959), Control Chart Tests Based on Geometric Moving Averages"
ADAM = "Kingma and Ba (2015), section 6.4"
ASKED = "Asked here"

BETA, WINDOW = BETAS.index(0.9), WINDOWS.tolist().index(10)


def best_windows(runs):
    """The window that is the least off the true cost, at two moments of training, (seeds,) each."""
    true, batch = np.moveaxis(runs.stack("costs", "seed", part="train"), 1, 0)
    return [WINDOWS[moment["both"].argmin(axis=1)] for moment in misses(true, batch).values()]


def adam_costs(runs, kind):
    """Cost after each epoch of Adam, (rates, seeds, epochs)."""
    return runs.stack("loss", "rate", "seed", part="adam", kind=kind)


def findings(runs):
    """Judges every statement by a measure: words for it, a number for each seed, its unit."""
    rates = runs.values("rate")
    starts = runs.stack("starts", "seed", part="rest", order="drawn anew")  # (seeds, betas, steps)
    off = np.abs(starts[..., 9] - (1 - np.power(BETAS, 10))).max(axis=1)
    missing = 1 - starts[:, BETA].mean(axis=0)
    early, late = best_windows(runs)

    def left(order):
        return runs.stack("left", "seed", part="rest", order=order)[:, WINDOW]

    def adam(words, costs, **options):
        uncorrected, corrected = (costs(adam_costs(runs, kind)) for kind in ("uncorrected", "corrected"))
        statement, words = "Adam needs its correction.", f"{words}: cost uncorrected over corrected"
        return judge_ratio(statement, words, uncorrected, corrected, above=1.1, source=ADAM, **options)

    over = f"Over 1 % in {np.sum(missing > 0.01)} steps; ln 0.01 / ln β is 43.7."
    return [
        check(
            "Uncorrected, it is 1 − β^t of the mean.",
            f"step 10, β {', '.join(map(str, BETAS))}: largest distance from 1 − β^t, as a share of the mean",
            off,
            below=0.1,
            source=MODULE,
            note=f"At β 0.9 a share of {missing[9]:.2f} is missing, though 1/(1 − β) is 10. {over}",
        ),
        check(
            "It is as noisy as a plain mean of (1 + β) / (1 − β) values, not of 1/(1 − β).",
            "β 0.9, drawn anew: length of a plain mean that is as noisy",
            1 / left("drawn anew"),
            "values",
            above=12,
            source=ROBERTS,
            expected=19.0,
            note=f"Mean {np.mean(1 / left('drawn anew')):.1f}. After 1/(1 − β) = 10 steps weights have "
            "fallen to 1/e.",
        ),
        judge(
            "Averaging takes out the noise, in any order.",
            "β 0.9, sorted by class: share of the variance that is left",
            left("sorted by class"),
            "share",
            below=0.1,
            promised="contradicted",
            source=ASKED,
        ),
        judge_ratio(
            "One β suits all of training.",
            "best window, second half of the steps over first tenth",
            late,
            early,
            below=2,
            source=ASKED,
        ),
        adam(f"rate {rates[0]:g}, after an epoch", lambda costs: costs[0, :, 0], promised="contradicted"),
        adam(f"rate {rates[-1]:g}, after an epoch", lambda costs: costs[-1, :, 0], promised="supported"),
        adam(
            f"each at its best rate, after {adam_costs(runs, 'corrected').shape[-1]} epochs",
            lambda costs: best_by_others(costs[..., -1])[1],
            note="Rates are a factor of three apart.",
        ),
    ]

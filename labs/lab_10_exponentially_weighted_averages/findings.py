"""What the course says of exponentially weighted averages, held against the runs of `experiment.py`."""

import numpy as np
from averages import BETAS, WINDOWS, misses

from dlkeras.findings import judge

BETA, WINDOW = BETAS.index(0.9), WINDOWS.tolist().index(10)


def best_windows(runs):
    """The window that is the least off the true cost, at two moments of training, (seeds,) each."""
    true, batch = np.moveaxis(runs.stack("costs", "seed", part="train"), 1, 0)
    return [WINDOWS[moment["both"].argmin(axis=1)] for moment in misses(true, batch).values()]


def findings(runs):
    """Judges every statement by a measure: words for it, a number for each seed, its unit."""
    rates = runs.values("rate")
    shares = runs.stack("starts", "seed", part="rest", order="drawn anew")[:, BETA]  # by step
    early, late = best_windows(runs)

    def left(order):
        return runs.stack("left", "seed", part="rest", order=order)[:, WINDOW]

    def cost(kind, rate):
        return runs.stack("loss", "seed", part="adam", kind=kind, rate=rate)[:, 0]

    def uncorrected(rate):
        words = f"Adam, rate {rate:g}: cost after an epoch, uncorrected over corrected"
        return words, cost("uncorrected", rate) / cost("corrected", rate), "×"

    warm = f"Over 1 % in {np.sum(shares.mean(axis=0) < 0.99)} steps; ln 0.01 / ln β is 43.7."
    values = "In theory 19 values, (1 + β) / (1 − β); after 10, weights have fallen to 1/e."
    few = "Few bother to correct."
    return [
        judge(
            "Uncorrected, it is 1 − β^t of the mean.",
            "β 0.9, step 10: distance from 1 − β^t",
            np.abs(shares[:, 9] - (1 - 0.9**10)),
            "",
            below=0.02,
            promised="supported",
        ),
        judge(
            "After 1/(1 − β) steps it has warmed up.",
            "β 0.9, step 10: share of the mean that is missing",
            1 - shares[:, 9],
            "share",
            below=0.1,
            promised="contradicted",
            note=warm,
        ),
        judge(
            "It averages 1/(1 − β) values.",
            "β 0.9, drawn anew: length of as noisy a mean, over 10",
            0.1 / left("drawn anew"),
            "×",
            below=1.25,
            promised="contradicted",
            note=values,
        ),
        judge(
            "Averaging takes out the noise.",
            "β 0.9, sorted by class: share of the variance that is left",
            left("sorted by class"),
            "share",
            below=0.1,
            promised="contradicted",
        ),
        judge(
            "One β suits all of training.",
            "best window, second half of the steps over first tenth",
            late / early,
            "×",
            below=2,
        ),
        judge(few, *uncorrected(rates[0]), below=1.1, promised="supported"),
        judge(few, *uncorrected(rates[-1]), below=1.1, promised="contradicted"),
    ]

"""The figures of the page, each with its title, its caption, and words for readers who cannot see it."""

import numpy as np
from averages import BETAS, WINDOWS, average, misses

from dlkeras import plots
from dlkeras.plots import in_words
from dlkeras.report import Exhibit

ORDERS = ("drawn anew", "shuffled", "sorted by class")


def figures(runs):
    """Draws them, in the order of the page."""
    true, batch = np.moveaxis(runs.stack("costs", "seed", part="train"), 1, 0)  # (seeds, steps)
    about = f"{len(true)} seeds. {plots.BAND}"
    starts = runs.stack("starts", "seed", part="rest", order="drawn anew")  # (seeds, betas, steps)
    missed, steps = misses(true, batch), np.arange(starts.shape[-1]) + 1
    reach = {f"β = {beta}": 1 - beta**steps for beta in BETAS}
    left = runs.where(part="rest").lines("left", "seed", order=ORDERS)
    adams = runs.where(part="adam").lines("loss", "seed", "rate", kind=["corrected", "uncorrected"])
    last = len(runs.where(part="adam")[0]["loss"])

    bias = plots.against_theory(
        steps,
        {"": {name: starts[:, i] for i, name in enumerate(reach)}},
        {"": reach},
        xlabel="step",
        log_x=True,
        ylabel="uncorrected average, over the true mean",
        theory_name="1 − β^t",
    )
    at_10 = {name: starts[:, i, 9] for i, name in enumerate(reach)}
    best = {title: WINDOWS[np.median(parts["both"], axis=0).argmin()] for title, parts in missed.items()}
    return {
        "averages": _averages(true[:1, :100], batch[:1, :100]),
        "bias": Exhibit(
            plots.mark_x(bias, {"": {f"{t:.0f}": t for t in np.log(0.01) / np.log(BETAS)}}),
            "The start without correction",
            f"Weights at rest. Marked: steps until 1 % is missing. {about}",
            f"At step 10: {in_words(at_10)}.",
        ),
        "noise": Exhibit(
            plots.against_theory(
                WINDOWS,
                {"": left},
                {"": dict.fromkeys(left, 1 / (2 * WINDOWS - 1))},
                log_x=True,
                xlabel="window 1/(1 − β) (steps)",
                ylabel="variance that is left (share)",
                theory_name="(1 − β) / (1 + β), for independent values",
            ),
            "What is left of the noise, by the order of the samples",
            f"Weights at rest. {about}",
            f"At window 10: {in_words({order: values[:, 3] for order, values in left.items()})}.",
        ),
        "trade": Exhibit(
            plots.curves(
                WINDOWS,
                missed,
                xlabel="window 1/(1 − β) (steps)",
                ylabel="off the true cost by (nats, RMS)",
                log_x=True,
                log_y=True,
            ),
            "The trade: late or noisy",
            f"In training, corrected. {about}",
            f"Best window: {', '.join(f'{window:g} in {title}' for title, window in best.items())}.",
        ),
        "adam": Exhibit(
            plots.curves(
                runs.values("rate"),
                {f"Epoch {e}": {k: costs[..., e - 1] for k, costs in adams.items()} for e in (1, last)},
                xlabel="learning rate of Adam",
                ylabel="cost of all samples (nats)",
                log_x=True,
                log_y=True,
            ),
            "Adam with and without correction",
            f"At the end of an epoch. {about}",
            f"Epoch 1, largest rate: {in_words({k: costs[:, -1, 0] for k, costs in adams.items()})}.",
        ),
    }


def _averages(true, batch):
    panels = {
        f"β = {beta}, {1 / (1 - beta):.0f} steps": {
            "batch": batch,
            "average": average(batch, beta),
            "true": true,
        }
        for beta in BETAS
    }
    ends = {f"β = {beta}": average(batch, beta)[0, -1] for beta in BETAS}
    return Exhibit(
        plots.curves(
            np.arange(batch.shape[1]) + 1,
            panels,
            xlabel="step",
            ylabel="cost (nats)",
            log_y=True,
            colors={"batch": "#BDBDBD"},
        ),
        "Averages in training",
        "One run: costs of batches, corrected averages, and the true cost.",
        f"At the end: {in_words(ends)}. The true cost: {true[0, -1]:.2g}.",
    )

"""The figures of the page, each with its title, its caption, and words for readers who cannot see it."""

import numpy as np
from findings import epoch_costs
from times import WAYS

from dlkeras import plots
from dlkeras.report import Exhibit


def figures(runs):
    """Draws them, in the order of the page."""
    return {"time": time(runs), "apart": apart(runs), "cost": cost(runs)}


def time(runs):
    """Milliseconds of a step by width, for each way."""
    widths = runs.values("width")
    lines = {way: runs.stack("time", "repeat", "width", part="time", way=way) for way in WAYS}
    at = {str(w): plots.in_words({way: v[:, i] for way, v in lines.items()}) for i, w in enumerate(widths)}
    options = {"ylabel": "time of a step (milliseconds)", "log_y": True}
    return Exhibit(
        plots.curves(widths, {"": lines}, xlabel="units of both hidden layers", log_x=True, **options),
        "What compiling buys, by the size of the network",
        "A step on a batch, Adam. Twenty steps at a time, each way in turn, seven times. Line: median; band: "
        "10th to 90th percentile. Times differ from machine to machine, so they are in no finding.",
        "; ".join(f"{width} units: {words}" for width, words in at.items()) + " ms.",
    )


def apart(runs):
    """How far the weights of a loop by hand are from those of fit."""
    optimizers = runs.values("optimizer")
    found = {o: runs.stack("apart", "seed", part="compare", optimizer=o) for o in optimizers}
    return Exhibit(
        plots.rows(
            {"": {o: np.log10(np.maximum(v, 1e-9)) for o, v in found.items()}},
            xlabel="largest difference of a weight, over the largest weight (power of ten)",
        ),
        "By hand and by fit: the same weights",
        f"After {len(runs[0]['fit'])} epochs from the same weights over the same batches. A rounding "
        f"is 1e-7, or −7 here; less than 1e-9 counts as that. {plots.DOTS}",
        f"Medians: {plots.in_words(found)}.",
    )


def cost(runs):
    """The cost of an epoch, as a mean of batches and of samples."""
    by_batch, by_sample, _ = epoch_costs(runs, runs.values("optimizer")[0])
    epochs = np.arange(1, by_batch.shape[1] + 1)
    off = 100 * (by_batch / by_sample - 1)
    return Exhibit(
        plots.by_setting(
            epochs,
            {"": {"mean of the batches": off}},
            xlabel="epoch",
            ylabel="off the mean of the samples (%)",
            reference=(0.0, "mean of the samples"),
        ),
        "A partial batch counts too much",
        f"The last batch has {runs.values('last')[0]} samples. {len(off)} seeds. {plots.DOTS}",
        f"Median by epoch, in %: {', '.join(f'{v:.2g}' for v in np.median(off, axis=0))}.",
    )

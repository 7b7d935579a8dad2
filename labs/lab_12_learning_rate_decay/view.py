"""The view to step through: the rate and the loss of each way to lower it, epoch by epoch."""

import numpy as np
from findings import SGD
from ways import WAYS, schedules_from

from dlkeras.plots import style
from dlkeras.views import Axis, Line, Panel, Slider, View, band

COLORS = dict(zip(WAYS, ["#767676", *style.CATEGORY_COLORS], strict=True))


def view(runs):
    """Makes it of what the runs recorded: SGD, from every first rate."""
    own = runs.where(setting=SGD)
    starts, seeds = own.values("rate"), own.values("seed")
    losses = own.lines("losses", "seed", "rate", way=WAYS)  # (seeds, rates, epochs)
    epochs = np.arange(1, losses[WAYS[0]].shape[-1] + 1)
    made = [schedules_from(float(start), len(epochs), 10) for start in starts]  # steps of a tenth of an epoch
    rates = {
        way: [[float(schedules[way](10 * (epoch - 1))) for epoch in epochs] for schedules in made]
        for way in WAYS
    }
    return View(
        "Step through it: what does a falling rate do to the loss?",
        f"SGD in small batches, {len(seeds)} seeds. Line: median; band: 10th to 90th percentile over seeds. "
        f"The loss "
        "is that of the batches of an epoch, with the penalty, while the weights move.",
        [
            Slider("epoch", "Epoch", epochs.tolist(), start=len(epochs) - 1, plays=True),
            Slider("start", "First rate α₀", [float(s) for s in starts], start=len(starts) // 2),
        ],
        [
            Panel(
                "The rate",
                Axis("epoch"),
                Axis("learning rate", log=True),
                [Line(way, COLORS[way], epochs, rates[way], by=["start"], until="epoch") for way in WAYS],
            ),
            Panel(
                "The loss",
                Axis("epoch"),
                Axis("training loss (nats)", log=True),
                [Line(w, COLORS[w], epochs, **band(losses[w]), by=["start"], until="epoch") for w in WAYS],
            ),
        ],
        figure="rates",
    )

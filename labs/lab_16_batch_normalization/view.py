"""The view to step through: mean and spread of what comes into a hidden layer, without and with the norm."""

import numpy as np
from moments import LOOKED_AT, RATE, SEEN_EVERY

from dlkeras.views import Axis, Line, Panel, Slider, View

PLACES = {"without": "#D55E00", "before": "#0072B2"}
NAMES = {"without": "without", "before": "with, before the activation"}


def view(runs):
    """Makes it of the networks that were followed: the first seed."""
    followed = runs.where(part="follow")
    own = followed.where(seed=followed.values("seed")[0]).lines("moments", place=PLACES)
    both = np.stack([own[place] for place in PLACES])  # (places, times, 2, units)
    mean, spread = both[:, :, 0], both[:, :, 1]
    steps, units = SEEN_EVERY * np.arange(mean.shape[1]), np.arange(1, mean.shape[2] + 1)
    moved = np.abs(np.diff(mean, axis=1, prepend=mean[:, :1]))  # since the time before

    def over_steps(values):
        return [
            Line(NAMES[place], color, steps, values[i].mean(axis=1), at="step")
            for i, (place, color) in enumerate(PLACES.items())
        ]

    return View(
        "Step through it: does what comes into a layer stand still?",
        f"What comes into hidden layer {LOOKED_AT} of five ReLU layers, on the batch of each step, SGD at "
        f"{RATE:g}, one "
        "seed. Line: mean over the batch; band: one standard deviation to either side.",
        [
            Slider("step", "Training step", steps.tolist(), plays=True),
            Slider("place", "Batch normalization", list(NAMES.values())),
        ],
        [
            Panel(
                "Inputs of the layer, unit by unit",
                Axis("unit of the layer before"),
                Axis("input"),
                [
                    Line(
                        "mean and spread",
                        "#222222",
                        units,
                        mean,
                        mean - spread,
                        mean + spread,
                        by=["place", "step"],
                    )
                ],
            ),
            Panel(
                f"How far the means move in {SEEN_EVERY} steps",
                Axis("training step"),
                Axis("distance, mean over units"),
                over_steps(moved),
            ),
            Panel(
                "Spread",
                Axis("training step"),
                Axis("standard deviation, mean over units"),
                over_steps(spread),
            ),
        ],
        figure="rates",
    )

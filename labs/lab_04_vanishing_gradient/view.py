"""The view to step through: gradients by layer and the loss, at every recorded step, depth and optimizer."""

import numpy as np
from figures import COLORS, OPTIMIZERS
from findings import STACKS, pick

from dlkeras.views import Axis, Line, Panel, Slider, View, band, thinned


def view(runs):
    """Makes it of what the runs recorded; neither a figure nor a view trains."""
    depths = runs.values("depth")
    count = len(runs[0]["norms"])
    steps, epochs = thinned(count), len(runs[0]["loss"])
    by_depth = [np.arange(1, depth + 2) for depth in depths]

    def norms(stack):
        """(optimizers, depths, steps, layers), as lists, since depths differ in layers."""
        bands = [
            [band(pick(runs, "norms", stack, depth, optimizer)[:, steps]) for depth in depths]
            for optimizer in OPTIMIZERS
        ]
        return {end: [[own[end] for own in row] for row in bands] for end in ("y", "low", "high")}

    def loss(stack):
        bands = [[band(pick(runs, "loss", stack, depth, o)) for depth in depths] for o in OPTIMIZERS]
        epoch = np.minimum(steps * epochs // count, epochs - 1)  # the loss of the epoch that a step is in
        return {end: [[own[end][epoch] for own in row] for row in bands] for end in ("y", "low", "high")}

    by = ("optimizer", "depth")
    sliders = [
        Slider("step", "Training step", steps.tolist(), plays=True),
        Slider("depth", "Hidden layers", depths, start=len(depths) - 1),
        Slider("optimizer", "Optimizer", OPTIMIZERS),
    ]
    gradients = [
        Line(stack, COLORS[stack], by_depth, **norms(stack), by=(*by, "step"), x_by=("depth",))
        for stack in STACKS
    ]
    losses = [Line(stack, COLORS[stack], steps, **loss(stack), by=by, at="step") for stack in STACKS]
    return View(
        "Step through it: which layers get a gradient, and does the loss fall?",
        f"Line: median over {len(runs.values('seed'))} seeds; band: 10th to 90th percentile. Layer 1 is "
        f"next to "
        "the input; a line that falls to the left is a gradient that vanishes.",
        sliders,
        [
            Panel("Gradient by layer", Axis("layer"), Axis("gradient norm (L2)", log=True), gradients),
            Panel(
                "Loss, mean over an epoch",
                Axis("training step"),
                Axis("training loss (nats)", log=True),
                losses,
            ),
        ],
        figure="gradient-norms",
    )

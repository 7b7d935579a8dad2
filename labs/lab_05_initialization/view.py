"""The view to step through: what a scale of the first weights does to signals, and to what trains."""

import numpy as np

from dlkeras.plots import colors_for
from dlkeras.views import Axis, Line, Panel, Slider, View, band

NAMES = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU"}
COLORS = colors_for(list(NAMES))


def view(runs):
    """Makes it of what the runs recorded."""
    drawn, trained = runs.where(start="draw"), runs.where(start="random")
    scales, depths, seeds = drawn.values("scale"), trained.values("depth"), drawn.values("seed")

    def by_layer(field):  # lines by the scale
        found = drawn.lines(field, "seed", "scale", activation=NAMES)  # (seeds, scales, layers)
        layers = np.arange(1, next(iter(found.values())).shape[-1] + 1)
        turn = -1 if field == "backward" else 1  # recorded from the last layer to the first
        return [
            Line(NAMES[a], COLORS[a], layers, **band(values[..., ::turn]), by=["scale"])
            for a, values in found.items()
        ]

    accuracy = [
        Line(
            NAMES[a],
            COLORS[a],
            scales,
            **band(np.moveaxis(trained.stack("test_accuracy", "seed", "scale", "depth", activation=a), 2, 1)),
            by=["depth"],
            at="scale",
        )
        for a in NAMES
    ]
    signal = Axis("mean square", log=True)
    return View(
        "Step through it: which first weights let signals through?",
        "The scale is the standard deviation of a weight, times √inputs: 1 is Glorot’s for layers of equal "
        "width, "
        f"1.41 He’s. 20 layers of 200 units before any training; {len(seeds)} seeds. Line: median; band: "
        f"10th to 90th "
        "percentile.",
        [
            Slider("scale", "Scale of the first weights", [float(f"{s:.3g}") for s in scales]),
            Slider("depth", "Hidden layers of the networks that are trained", depths, start=len(depths) - 1),
        ],
        [
            Panel("Activations, going forward", Axis("layer"), signal, by_layer("forward")),
            Panel("Gradients, coming back", Axis("layer"), signal, by_layer("backward")),
            Panel(
                "Units that let hardly any gradient through",
                Axis("layer"),
                Axis("share of outputs", ends=(-0.04, 1.04)),
                by_layer("flat"),
            ),
            Panel("What is learned", Axis("scale", log=True), Axis("test accuracy"), accuracy),
        ],
        figure="by-layer",
    )

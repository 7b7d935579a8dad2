"""The view to step through: what a network answers on the whole plane, and its weights, step by step."""

import numpy as np
from checks import NAMES, WATCHED_RATE

from dlkeras.views import Axis, Cells, Line, Panel, Slider, View

BLUE, ORANGE, BLACK = "#0072B2", "#E69F00", "#222222"
ENDS = (-0.5, 1.5)
SIDE = 17  # points of the plane, across and up


def view(runs, X, Y):
    """Makes it of the networks that were watched."""
    watched = runs.where(part="watched")
    seeds, steps = watched.values("seed"), watched[0]["steps"]
    W1, b1, W2, b2 = (watched.stack(name, "seed") for name in NAMES)  # (seeds, steps, units, inputs)
    middles = np.linspace(*ENDS, 2 * SIDE + 1)[1::2]
    plane = np.stack(np.meshgrid(middles, middles), axis=0).reshape(2, -1)  # rows from the bottom
    hidden = 1 / (1 + np.exp(-(W1 @ plane + b1)))
    answers = (1 / (1 + np.exp(-(W2 @ hidden + b2)))).reshape(*W1.shape[:2], SIDE, SIDE)
    targets = Y.ravel()

    def weights(name, values, color):  # a line for each of the layer's numbers
        flat = values.reshape(*values.shape[:2], -1)
        return [
            Line(f"{name}, {i + 1}", color, steps, flat[..., i], by=["start"], at="step")
            for i in range(flat.shape[-1])
        ]

    return View(
        "Step through it: how does a network draw its boundary?",
        f"Two hidden units, rate {WATCHED_RATE:g}. The plane is coloured by the output, from blue (0) to "
        f"orange (1); the "
        "dots are the four rows that are learned.",
        [
            Slider("step", "Step", steps.tolist(), start=len(steps) - 1, plays=True),
            Slider("start", "Random start (seed)", seeds),
        ],
        [
            Panel(
                "What it answers",
                Axis("x₁", ends=ENDS),
                Axis("x₂", ends=ENDS),
                [
                    Cells(answers.round(2), (*ENDS, *ENDS), (BLUE, "#FFFFFF", ORANGE), by=["start", "step"]),
                    Line("target 0", BLUE, X[0, targets == 0], X[1, targets == 0], look="points"),
                    Line("target 1", ORANGE, X[0, targets == 1], X[1, targets == 1], look="points"),
                ],
            ),
            Panel(
                "Error",
                Axis("step", log=True),
                Axis("mean squared error", log=True),
                [Line("error", BLACK, steps, watched.stack("errors", "seed"), by=["start"], at="step")],
            ),
            Panel(
                "Weights of the hidden layer and of the output",
                Axis("step", log=True),
                Axis("weight"),
                [
                    *weights("hidden weight", W1, "#009E73"),
                    *weights("hidden bias", b1, "#56B4E9"),
                    *weights("output weight", W2, "#D55E00"),
                    *weights("output bias", b2, "#CC79A7"),
                ],
            ),
        ],
        figure="error",
    )

"""A view of every kind of mark, and the places where its numbers must be drawn."""

import math

from dlkeras.views import Axis, Cells, Line, Panel, Slider, View

STEPS, RATES = [0, 10, 20], [0.1, 1.0]
NORMS = [  # by step, by rate, by layer; the last layer of the last step has no number
    [[1e-3, 1e-2, 1e-1], [2e-3, 2e-2, 2e-1]],
    [[3e-3, 3e-2, 3e-1], [4e-3, 4e-2, 4e-1]],
    [[5e-3, 5e-2, 5e-1], [6e-3, 6e-2, math.nan]],
]
LOW, HIGH = ([[[n * factor for n in row] for row in step] for step in NORMS] for factor in (0.5, 3))
PATH_X, PATH_Y = [0.0, 2.0, 1.0], [0.0, 1.0, 2.0]

VIEW = View(
    "Which layers?",
    "Three steps.",
    [
        Slider("step", "Training step", STEPS, plays=True),
        Slider("rate", "Learning rate", RATES, start=1),
    ],
    [
        Panel(
            "Norms",
            Axis("layer"),
            Axis("norm", log=True, ends=(1e-4, 1e1)),
            [Line("tanh", "#0072B2", [1, 2, 3], NORMS, LOW, HIGH, by=("step", "rate"))],
        ),
        Panel(
            "Path",
            Axis("w1", ends=(-1, 3)),
            Axis("w2", ends=(-1, 3)),
            [
                Cells([[0.0, 1.0], [0.5, 0.25]], (-1, 3, -1, 3)),
                Line("SGD", "#D55E00", PATH_X, PATH_Y, until="step"),
                Line("best", "#000000", [1.0], [1.0], look="points"),
            ],
        ),
    ],
    figure="loss",
)

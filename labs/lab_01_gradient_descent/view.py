"""The view to step through: the path down the ravine, its error and its end, at every rate and step."""

import numpy as np
from descent import CURVATURES
from findings import pick

from dlkeras.views import Axis, Line, Panel, Slider, View

LIMIT = 2 / CURVATURES[1]  # 2/L
BLUE, GREY, RED = "#0072B2", "#BDBDBD", "#D55E00"


def view(runs):
    """Makes it of what the runs recorded."""
    rates = pick(runs, "ravine", "learning_rate")[0]
    paths, losses = (pick(runs, "ravine", field)[0] for field in ("path", "loss"))  # (rates, steps, ...)
    steps = np.arange(losses.shape[1])
    turn = np.linspace(0, 2 * np.pi, 73)
    contours = [  # of equal error, each three times the one inside it
        Line(
            "",
            GREY,
            *(
                np.sqrt(2 * error / c) * wave(turn)
                for c, wave in zip(CURVATURES, (np.cos, np.sin), strict=True)
            ),
        )
        for error in 0.05 * 3.0 ** np.arange(7)
    ]
    by = {"by": ["rate"], "x_by": ["rate"]}
    path = Line("gradient descent", BLUE, paths[..., 0], paths[..., 1], **by, until="step")
    wall = Line("2/L", RED, [LIMIT, LIMIT], [1e-9, 1e9], look="dashed")
    return View(
        "Step through it: how large may a step be?",
        "The error is (w₁² + 20 w₂²) / 2, so its largest curvature L is 20 and 2/L is 0.1. Grey: lines of "
        "equal error.",
        [
            Slider("step", "Step", steps.tolist(), start=len(steps) - 1, plays=True),
            Slider("rate", "Learning rate", rates.tolist(), start=int(np.abs(rates - 0.09).argmin())),
        ],
        [
            Panel(
                "The path in the ravine",
                Axis("w₁ (curvature 1)", ends=(-9.5, 9.5)),
                Axis("w₂ (curvature 20)", ends=(-2.5, 2.5)),
                [*contours, path],
            ),
            Panel(
                "Error by step",
                Axis("step"),
                Axis("error", log=True, ends=(1e-6, 1e3)),
                [Line("gradient descent", BLUE, steps, losses, by=["rate"], at="step")],
            ),
            Panel(
                "Error at this step, by learning rate",
                Axis("learning rate", ends=(0, 0.105)),
                Axis("error", log=True, ends=(1e-6, 1e3)),
                [wall, Line("gradient descent", BLUE, rates, losses.T, by=["step"], at="rate")],
            ),
        ],
        figure="ravine",
    )

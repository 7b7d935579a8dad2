"""The view to step through: errors, weights and a border, by strength of L2 and by dropout rate."""

import numpy as np
from findings import with_way
from moons import GRID, SAMPLES

from dlkeras import data
from dlkeras.views import Axis, Cells, Line, Panel, Slider, View, band

TRAIN, TEST, BLACK = "#E69F00", "#0072B2", "#222222"
ENDS = (GRID[0], GRID[-1])
WAYS = {"penalty": "L2", "rate": "dropout"}


def view(runs):
    """Makes it of what the runs recorded."""
    strengths = {"penalty": runs.values("strength", part="with", way="L2")}
    strengths["rate"] = [0.0, *runs.values("strength", part="with", way="dropout")]
    seeds = len(runs.values("seed", part="with"))

    def found(slider, field):  # (strengths, seeds); without dropout is without L2
        own = with_way(runs, WAYS[slider], field)
        if slider == "rate":
            own = np.concatenate([with_way(runs, "L2", field, 0.0)[None], own])
        return own[..., -1] if own.ndim == 3 else own

    def lines(slider):
        x = range(len(strengths[slider]))
        errors = {"in training": ("accuracy", TRAIN), "on new images": ("val_accuracy", TEST)}
        return [
            Line(name, color, x, **band(100 * (1 - found(slider, field)), axis=1), at=slider)
            for name, (field, color) in errors.items()
        ]

    moons, classes = data.load("moons"), runs.stack("classes", "penalty", "seed", part="moons").mean(axis=1)
    side = len(GRID)
    plane = classes.reshape(-1, side, side)[:, ::2, ::2].round(2)  # the share of seeds that say 1
    x, y = moons.x_train[:SAMPLES].T, moons.y_train[:SAMPLES]
    norms = [
        Line(
            "norm",
            BLACK,
            range(len(strengths["penalty"])),
            **band(found("penalty", "norm"), axis=1),
            at="penalty",
        )
    ]
    error = Axis("error (%)")
    return View(
        "Step through it: what does more L2, or more dropout, change?",
        f"Line: median over {seeds} seeds; band: 10th to 90th percentile. The error in training is taken "
        f"while the "
        f"weights move. The moons are another, smaller task: {SAMPLES} samples, coloured by what the "
        f"networks say.",
        [
            Slider("penalty", "L2 penalty", strengths["penalty"]),
            Slider("rate", "Dropout rate", strengths["rate"]),
        ],
        [
            Panel("Errors by L2", Axis("place of the penalty, from none"), error, lines("penalty")),
            Panel("Errors by dropout", Axis("place of the rate, from none"), error, lines("rate")),
            Panel(
                "Size of the weights, by L2",
                Axis("place of the penalty, from none"),
                Axis("Frobenius norm"),
                norms,
            ),
            Panel(
                "The border between two moons, with this L2",
                Axis("first input", ends=ENDS),
                Axis("second input", ends=ENDS),
                [
                    Cells(plane, (*ENDS, *ENDS), (TEST, "#FFFFFF", TRAIN), by=["penalty"]),
                    *(
                        Line(f"moon {own}", color, x[0][y == own], x[1][y == own], look="points")
                        for own, color in enumerate((TEST, TRAIN))
                    ),
                ],
            ),
        ],
        figure="strength",
    )

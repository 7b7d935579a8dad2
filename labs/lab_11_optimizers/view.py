"""The view to step through: the paths of four optimizers down the ravine, and their errors."""

import numpy as np
from figures import OPTIMIZERS
from findings import WIDE

from dlkeras.plots import style
from dlkeras.views import Axis, Line, Panel, Slider, View

COLORS = dict(zip(OPTIMIZERS, style.CATEGORY_COLORS, strict=False))
CURVATURE = 20  # across the ravine


def view(runs):
    """Makes it of what the runs recorded: the first seed, at every rate."""
    own = runs.where(problem=WIDE, seed=runs.values("seed", problem=WIDE)[0])
    rates = own.values("rate")
    paths = own.lines("path", "rate", optimizer=OPTIMIZERS)  # (rates, steps, 2)
    losses = own.lines("loss", "rate", optimizer=OPTIMIZERS)  # (rates, steps)
    steps = np.arange(losses[OPTIMIZERS[0]].shape[1])
    turn = np.linspace(0, 2 * np.pi, 73)
    contours = [
        Line("", "#BDBDBD", np.sqrt(2 * e) * np.cos(turn), np.sqrt(2 * e / CURVATURE) * np.sin(turn))
        for e in 0.05 * 3.0 ** np.arange(7)
    ]
    by = {"by": ["rate"], "x_by": ["rate"], "until": "step"}
    return View(
        "Step through it: who gets down the ravine?",
        f"The error is (w₁² + {CURVATURE} w₂²) / 2; all start at the same point, and have the same rate. "
        f"Grey: lines of "
        f"equal error. Gradient descent diverges above {2 / CURVATURE:g}.",
        [
            Slider("step", "Step", steps.tolist(), start=len(steps) - 1, plays=True),
            Slider("rate", "Learning rate", [float(f"{r:.2g}") for r in rates], start=len(rates) // 3),
        ],
        [
            Panel(
                "Paths",
                Axis("w₁ (curvature 1)", ends=(-11, 11)),
                Axis(f"w₂ (curvature {CURVATURE})", ends=(-2.6, 2.6)),
                [*contours, *(Line(n, COLORS[n], p[..., 0], p[..., 1], **by) for n, p in paths.items())],
            ),
            Panel(
                "Error by step",
                Axis("step"),
                Axis("error", log=True, ends=(1e-8, 1e3)),
                [Line(n, COLORS[n], steps, loss, by=["rate"], at="step") for n, loss in losses.items()],
            ),
        ],
        figure="ravine",
    )

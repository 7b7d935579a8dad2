"""The view to step through: where two searches looked, trial by trial, and the best that they had found."""

import numpy as np
from figures import COLORS
from findings import RANDOM, ZOOM

from dlkeras.views import Axis, Line, Panel, Slider, View


def view(runs):
    """Makes it of the first seed's searches: coarse to fine, beside random."""
    searches = runs.where(part="search")
    seed = searches.values("seed")[0]
    looked = {way: searches.where(way=way, seed=seed)[0]["looked"] for way in (ZOOM, RANDOM)}
    count = min(len(own) for own in looked.values())
    trials = np.arange(1, count + 1)
    tried = [
        Line(way, COLORS[way], own[:count, 0], own[:count, 1], until="trial", look="points")
        for way, own in looked.items()
    ]
    low_x, high_x, low_y, high_y = looked[ZOOM][:count, 3:].T  # of the box, NaN for a coarse trial
    around = {"x": [low_x, high_x, high_x, low_x, low_x], "y": [low_y, low_y, high_y, high_y, low_y]}
    box = Line(
        f"box of {ZOOM}",
        COLORS[ZOOM],
        **{name: np.transpose(ends) for name, ends in around.items()},
        by=["trial"],
        x_by=["trial"],
    )
    best = [
        Line(way, COLORS[way], trials, np.minimum.accumulate(own[:count, 2]), at="trial")
        for way, own in looked.items()
    ]
    return View(
        "Step through it: where does a search look?",
        "Each dot is a trial, at its learning rate and its weight decay; the search has three more "
        "hyperparameters. From "
        "coarse to fine: first everywhere, then in a box around the best that shrinks. One seed.",
        [
            Slider(
                "trial", "Trial", trials.tolist(), start=int(np.flatnonzero(low_x == low_x)[-1]), plays=True
            )
        ],
        [
            Panel(
                "Where they looked",
                Axis("learning rate", log=True),
                Axis("weight decay", log=True),
                [box, *tried],
            ),
            Panel("The best so far", Axis("trial"), Axis("validation error (%)", log=True), best),
        ],
        figure="searches",
    )

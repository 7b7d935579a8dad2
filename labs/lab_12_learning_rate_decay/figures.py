"""The figures of the page, each with its title, its caption, and words for readers who cannot see it."""

import numpy as np
from findings import SETTINGS, SGD, floor, heights, more
from ways import WAYS, schedules_from

from dlkeras import plots
from dlkeras.plots import in_words
from dlkeras.report import Exhibit

GREY = {"constant": "#767676"}
PANELS = {"The course’s": WAYS[:6], "Today’s": ["constant", *WAYS[6:]]}
QUADRATIC = {
    "Constant rates": ("0.1", "0.03", "0.01"),
    "Decay from 0.1": ("inverse time", "0.95^epoch", "k / √epoch"),
}
SHOWN = 1.0  # the largest cost in a figure


def figures(runs):
    """Draws them, in the order of the page."""
    seeds = len(runs.values("seed"))
    return {
        "floor": quadratic(runs, seeds),
        "rates": rates(),
        "cost-by-rate": cost_by_rate(runs, seeds),
        "ways": ways(runs, seeds),
    }


def quadratic(runs, seeds):
    """Draws the heights above the least error, and theory's floors."""
    height = {title: {way: heights(runs, way) for way in names} for title, names in QUADRATIC.items()}
    theory = {
        title: {way: np.where(floor(runs, way) > 1e-5, floor(runs, way), np.nan) for way in names}
        for title, names in QUADRATIC.items()
    }
    ends = {way: own[:, -1] for panel in height.values() for way, own in panel.items()}
    epochs = len(floor(runs, "0.1"))
    return Exhibit(
        plots.against_theory(
            range(1, epochs + 1),
            height,
            theory,
            log_x=True,
            xlabel="epoch",
            ylabel="mean squared error above the least",
            theory_name="floor of the present rate, rate × mean square of a sample’s gradient / "
            "(4 × batch size)",
        ),
        "A noisy quadratic: the floor of a constant rate, and how decay goes below it",
        f"Linear regression, mini-batches drawn with replacement. {seeds} seeds. {plots.BAND}",
        f"Height above the least error at the end: {in_words(ends)}.",
    )


def rates():
    """Draws the ways over 20 epochs of 10 steps."""
    steps, schedules = np.arange(200), schedules_from(1.0, 20, 10)
    shapes = {way: [[float(schedule(step)) for step in steps]] for way, schedule in schedules.items()}
    panels = {title: {way: shapes[way] for way in names} for title, names in PANELS.items()}
    return Exhibit(
        plots.curves(steps / 10, panels, xlabel="epoch", ylabel="rate / α₀", colors=GREY),
        "The ways to lower a rate, over 20 epochs",
        "The staircase is halved four times; manual: a tenth from the middle on, later a hundredth.",
        "The course’s ways fall at once, in steps or in jumps; today’s in half a wave.",
    )


def cost_by_rate(runs, seeds):
    """Draws the cost over the rate that training starts from, and names the best rate of each way."""
    costs = runs.where(setting=SGD).lines("cost", "seed", "rate", way=WAYS)
    rates = runs.values("rate", setting=SGD)
    panels = {title: {way: np.minimum(costs[way], SHOWN) for way in names} for title, names in PANELS.items()}
    best = [f"{way} {rates[np.median(costs[way], axis=0).argmin()]:g}" for way in WAYS]
    return Exhibit(
        plots.curves(
            rates,
            panels,
            xlabel="α₀",
            ylabel="cost at the end (nats, with the penalty)",
            log_x=True,
            log_y=True,
            colors=GREY,
        ),
        f"The cost by the rate that training starts from: {SGD}",
        f"{seeds} seeds. Above {SHOWN:g}: drawn there. {plots.BAND}",
        f"Valleys over α₀. Lowest at: {', '.join(best)}.",
    )


def ways(runs, seeds):
    """Draws the cost of each way beside that of the best constant rate."""
    beside = {setting: {way: more(runs, setting, [way]) for way in WAYS} for setting in SETTINGS}
    medians = {setting: in_words(own) for setting, own in beside.items()}
    return Exhibit(
        plots.rows(
            beside,
            xlabel="cost beside constant’s (%)",
            number_format="{:+.1f}",
            columns=2,
            reference=(0, "the cost with the best constant rate"),
            colors=GREY,
        ),
        "Each way from its own best α₀, beside the best constant rate",
        f"Each α₀ is the best for other seeds. Dot: one of {seeds} seeds; large dot and number: median; bar: "
        "10th to 90th percentile. Each panel has a scale of its own.",
        f"Medians in percent: {'; '.join(f'{setting}: {own}' for setting, own in medians.items())}.",
    )

"""The figures of the page, each with its title, its caption, and words for readers who cannot see it."""

import numpy as np
from findings import noises
from until_target import until_target

from dlkeras import plots
from dlkeras.report import Exhibit

WORTH = "all samples are worth as much, and all steps take as long, as at the smallest size"


def listed(values, names):
    """Puts numbers into words: "0.5 at 4, 2 at 64"."""
    return ", ".join(f"{value:.2g} at {name}" for value, name in zip(values, names, strict=True))


def figures(runs):
    """Draws them, in the order of the page."""
    best = runs.where(best=True)
    sizes, epochs = np.array(best.values("size")), best.stack("epochs", "seed", "size")
    names = [*map(str, sizes[:-1]), "all"]
    seconds = runs.stack("seconds", "size", part="clock")[:, 0]
    rates = best.stack("rate", "size", seed=best[0]["seed"])
    about = f"{len(epochs)} seeds. {plots.BAND}"
    chosen = f"Each size at its best learning rate: {listed(rates, names)}. {about}"
    return {
        "trade": trade(sizes, names, epochs, seconds, chosen),
        "cost": cost(best, sizes, names, seconds, chosen),
        "noise": noise(runs, sizes[-1], about),
    }


def trade(sizes, names, epochs, seconds, chosen):
    """Steps, epochs and seconds to the target, by batch size."""
    found = {"Steps": epochs * (sizes[-1] / sizes), "Epochs": epochs, "Seconds": epochs * seconds}
    medians = {title: np.median(values, axis=0) for title, values in found.items()}
    equal = {"Steps": sizes[0] / sizes, "Epochs": sizes / sizes, "Seconds": sizes[0] / sizes}
    theory = {title: {title.lower(): medians[title][0] * values} for title, values in equal.items()}
    drawn = plots.against_theory(
        sizes,
        {title: {title.lower(): values} for title, values in found.items()},
        theory,
        xlabel="batch size (samples)",
        ylabel="until the cost is at the target",
        log_x=True,
        theory_name=WORTH,
    )
    quickest = sizes[medians["Seconds"].argmin()]
    return Exhibit(
        plots.mark_x(drawn, {"Seconds": {f"best: {quickest}": quickest}}),
        "The trade: few steps, or cheap ones",
        f"Seconds are those of plain `fit`. {chosen}",
        f"Epochs: {listed(medians['Epochs'], names)}. Seconds: {listed(medians['Seconds'], names)}.",
    )


def cost(best, sizes, names, seconds, chosen):
    """The cost by epoch and by second."""
    costs = [best.stack("cost", "seed", size=size) for size in best.values("size")]
    ends = [np.arange(1, values.shape[1] + 1) for values in costs]
    times = [end * second for end, second in zip(ends, seconds, strict=True)]
    lines = {
        title: dict(zip(names, zip(axis, costs, strict=True), strict=True))
        for title, axis in {"By epoch": ends, "By second": times}.items()
    }
    drawn = until_target(
        lines,
        target=(best[0]["target"], "target"),
        ylabel="cost (nats)",
        xlabels=["epoch", "seconds of plain fit on this machine"],
    )
    words = f"An epoch takes {listed(seconds, names)} seconds."
    title, caption = "Cost by epoch and by second", f"Of all samples, after each epoch. {chosen}"
    return Exhibit(drawn, title, caption, words)


def noise(runs, n, about):
    """The noise of the gradient by batch size, beside 1/√size."""
    sizes, (start, later) = noises(runs)
    panels = dict(zip([f"After {e} epochs" for e in runs.values("after")], (start, later), strict=True))
    root = np.sqrt(sizes[0] / sizes)
    drawn = plots.against_theory(
        sizes,
        {title: {"noise": values} for title, values in panels.items()},
        {title: {"noise": np.median(values[:, 0]) * root} for title, values in panels.items()},
        xlabel="batch size (samples)",
        ylabel="gradient noise, over the gradient’s norm",
        log_x=True,
        reference=(1.0, "as large as the gradient"),
        theory_name="1/√size",
    )
    medians = {title: np.median(values[:, 0]) for title, values in panels.items()}
    return Exhibit(
        drawn,
        "Gradient noise by batch size",
        f"RMS distance from the gradient of all {n:,} samples. {about}",
        f"At size {sizes[0]}: " + ", ".join(f"{title} {value:.2g}" for title, value in medians.items()),
    )

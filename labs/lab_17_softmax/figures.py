"""The figures of the page, each with its title, its caption, and words for readers who cannot see it."""

import numpy as np
from calibration import calibrations
from checks import GAPS
from findings import BETWEEN
from regions import GRID

from dlkeras import data, plots
from dlkeras.report import Exhibit

LOSS_NAMES = {"categorical_crossentropy": "cross-entropy", "mse": "squared error"}
START_NAMES = {"Glorot": "First weights by Glorot", "wrong": "Sure of the first class at the start"}


def figures(runs):
    """Draws them, in the order of the page."""
    seeds = runs.values("seed")
    about = f"{len(seeds)} seeds."
    drawn = {
        "regions": regions(runs, seeds[0]),
        "gradient": gradient(runs),
        "losses": losses(runs, about),
        "calibration": calibration(runs, about),
        "between": between(runs, about),
    }
    return {name: exhibit for name, exhibit in drawn.items() if exhibit}


def regions(runs, seed):
    """The class of every point of a plane, without and with a hidden layer."""
    spirals = data.load("spirals")
    maps, accuracies = {}, {}
    for hidden in runs.values("hidden"):
        title = f"{hidden} hidden units" if hidden else "No hidden layer"
        run = runs.where(part="regions", hidden=hidden, seed=seed)[0]
        maps[title] = run["classes"].reshape(len(GRID), len(GRID))
        accuracies[title] = runs.stack("accuracy", "seed", part="regions", hidden=hidden)
    return Exhibit(
        plots.region_maps(maps, GRID, spirals.x_test, spirals.y_test),
        "Borders between classes: straight without a hidden layer",
        f"Colour: the class of the largest probability. Dots: test samples. Seed {seed}.",
        f"Two maps of three classes. Training accuracy: {plots.in_words(accuracies)}.",
    )


def gradient(runs):
    """The gradient of a wrong answer by how sure it is."""
    ways = {run["way"]: run["gradient_by_gap"][None] for run in runs.where(part="gap")}
    at = {way: [values[0, 40]] for way, values in ways.items()}
    return Exhibit(
        plots.curves(
            GAPS,
            {"": ways},
            xlabel="logit of the wrong class, less that of the right one",
            ylabel="gradient for the wrong class’s logit",
        ),
        "What is left of the gradient when a wrong answer is sure",
        "One sample of two classes, float32. Logits and Keras’ softmax keep 1. A loss of probabilities alone "
        "is cut off where they round to 0; squared error has no gradient there either.",
        f"At a gap of 40: {plots.in_words(at)}.",
    )


def losses(runs, about):
    """Epochs to the target by learning rate, cross-entropy and squared error; None if none gets there."""
    rates, last = runs.values("rate"), runs.values("last_epoch")[-1]
    panels = {
        title: {
            name: runs.stack("epochs", "seed", "rate", part="loss", loss=loss, start=start)
            for loss, name in LOSS_NAMES.items()
        }
        for start, title in START_NAMES.items()
    }
    least = {
        f"{name}, {title.lower()}": [np.median(values, axis=0).min()]
        for title, lines in panels.items()
        for name, values in lines.items()
    }
    shown = {title: dict(arrived(lines)) for title, lines in panels.items()}
    if not any(shown.values()):
        return None
    return Exhibit(
        plots.curves(
            rates,
            {title: lines for title, lines in shown.items() if lines},
            xlabel="learning rate",
            ylabel="epochs to the training accuracy aimed at",
            log_x=True,
        ),
        "Cross-entropy and squared error, by learning rate",
        f"Runs that did not arrive in {last} epochs are left out. {about} {plots.BAND}",
        f"Fewest epochs, median: {plots.in_words(least)}.",
    )


def arrived(lines):
    """Leaves out runs that did not arrive, and lines of which none did."""
    for name, epochs in lines.items():
        if np.isfinite(epochs).any():
            yield name, np.where(np.isfinite(epochs), epochs, np.nan)


def calibration(runs, about):
    """How far confidence is from accuracy as training goes on."""
    over, mended, *_ = (100 * values.T for values in calibrations(runs))  # (seeds, times)
    lines = {"as trained": over, "with a temperature": mended}
    at_end = plots.in_words({name: values[:, -1] for name, values in lines.items()})
    return Exhibit(
        plots.curves(
            runs.values("after"),
            {"": lines},
            xlabel="epochs of training",
            ylabel="confidence less accuracy (points)",
            log_x=True,
            reference=(0.0, "as sure as right"),
        ),
        "What a probability is worth, by length of training",
        f"On new images. Above 0 a network says more than it knows. {about} {plots.BAND}",
        f"At the end, in points: {at_end}.",
    )


def between(runs, about):
    """Training accuracy by what is between logits and loss."""
    scales = runs.values("scale", part="between")
    arms = {
        own: runs.stack("accuracy", "seed", "scale", part="between", between=own)[..., -1] for own in BETWEEN
    }
    return Exhibit(
        plots.by_setting(
            [f"{scale:g}" for scale in scales],
            {"": arms},
            xlabel="size of the last layer’s first weights (times Glorot’s)",
            ylabel="training accuracy at the end",
        ),
        "Logits or probabilities: what training comes to",
        f"The larger the first weights, the surer the first, wrong answers. {about} {plots.DOTS}",
        f"At {scales[-1]:g}: {plots.in_words({own: found[:, -1] for own, found in arms.items()})}.",
    )

"""The figures of the page, each with its title, its caption, and words for readers who cannot see it."""

import numpy as np
from findings import FALLS
from gradients import ARRIVED, PARTS, STILL, THRESHOLD
from measures import by_seed, gain_of_change, gain_of_repair, watched
from trainings import FAULTS

from dlkeras import plots
from dlkeras.report import Exhibit

SHOWN = ("equal_weights", *FALLS)  # faults whose losses are drawn


def figures(runs):
    """Draws them, in the order of the page."""
    seeds = f"{len(runs.values('seed', part='watched'))} seeds."
    return {
        "gains": gains(runs, seeds),
        "found": found(runs, seeds),
        "losses": losses(runs, seeds),
        "gradients": gradients(runs, seeds),
    }


def gains(runs, seeds):
    """What a repair gains, and what the tool's first change does."""
    faults = watched(runs)
    repair = {FAULTS[fault].words: gain_of_repair(runs, fault) for fault in faults}
    tried = {fault: gain_of_change(runs, fault) for fault in faults}
    change = {FAULTS[f].words: gain if len(gain) else np.zeros(1) for f, gain in tried.items()}
    panels = {"Repaired": repair}
    if any(len(gain) for gain in tried.values()):
        panels["Changed as the tool says first"] = change
    most = max(len(gain) for gain in tried.values())
    return Exhibit(
        plots.rows(
            panels,
            xlabel="skill gained on held-out samples",
            reference=(0.0, "the broken training"),
            number_format="{:.2f}",
        ),
        "What each fault costs, and what the proposed change brings back",
        f"Skill: 0 is a constant prediction, 1 a perfect one. {seeds} Changes are trained from {most}; one "
        "that only the user can make, such as looking at the labels, gains nothing here.",
        f"Median gain of the repairs: {plots.in_words(repair)}.",
    )


def found(runs, seeds):
    """What the tool says of each fault and of its repair."""
    faults = watched(runs)
    kinds = {
        "told of": ("is_told", True),
        "right cause among two": ("is_right", True),
        "repaired: told of": ("is_told", False),
    }
    shares = [[by_seed(runs, field, fault, b).mean() for field, b in kinds.values()] for fault in faults]
    means = dict(zip(kinds, np.mean(shares, axis=0)[:, None], strict=True))
    return Exhibit(
        plots.grid_map(
            shares,
            row_labels=[FAULTS[fault].words for fault in faults],
            column_labels=list(kinds),
            xlabel="what the tool says",
            ylabel="",
            colorbar_label="share of seeds",
        ),
        "What the tool says of each fault, and of the same training without it",
        f"A good tool has ones in the first two columns and zeros in the last. {seeds}",
        f"Means of the columns: {plots.in_words(means)}.",
    )


def losses(runs, seeds):
    """The loss by epoch, in units of the loss of guessing."""
    shown = [fault for fault in SHOWN if fault in watched(runs)]
    panels = {
        FAULTS[fault].words[0].upper() + FAULTS[fault].words[1:]: {
            name: by_seed(runs, "losses", fault, broken)
            for name, broken in (("broken", True), ("repaired", False))
        }
        for fault in shown
    }
    epochs = len(by_seed(runs, "losses", shown[0], True)[0])
    at_end = {f"{title}, {name}": own[:, -1] for title, both in panels.items() for name, own in both.items()}
    return Exhibit(
        plots.curves(
            np.arange(epochs),
            panels,
            xlabel="epoch",
            ylabel="loss over that of guessing",
            reference=(1.0, "guessing"),
        ),
        "A loss that falls, and one that does not",
        "Guessing gives every class its share, or every sample the mean; for ten equal classes it costs "
        f"ln 10. {seeds} {plots.BAND}",
        f"At the end: {plots.in_words(at_end)}.",
    )


def gradients(runs, seeds):
    """The gradient's norm over the training, beside a fixed threshold."""
    panels = {
        title.capitalize(): {
            f"{layer} layer": np.maximum(runs.stack(layer, "seed", part="gradients", kind=title), 1e-12)
            for layer in ("first", "last")
        }
        for title in (STILL, ARRIVED)
    }
    at_end = {f"{title}, {name}": own[:, -1] for title, both in panels.items() for name, own in both.items()}
    return Exhibit(
        plots.curves(
            100 * np.arange(1, PARTS + 1) / PARTS,
            panels,
            xlabel="share of the training (%)",
            ylabel="norm of the gradient (L2)",
            log_y=True,
            reference=(THRESHOLD, "threshold"),
        ),
        "A small gradient is not one that has vanished",
        f"Median of a twentieth of the training. What is below 1e-12 is drawn there. {seeds} {plots.BAND}",
        f"At the end: {plots.in_words(at_end)}.",
    )

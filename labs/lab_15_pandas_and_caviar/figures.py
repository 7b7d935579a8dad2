"""The figures of the page, each with its title, its caption, and words for readers who cannot see it."""

import numpy as np
from changed_data import CHANGES
from findings import CAVIAR, NARROW, PANDA, WIDE, found, with_old_setting
from searches import AT_ONCE

from dlkeras import plots
from dlkeras.plots import in_words
from dlkeras.report import Exhibit


def figures(runs):
    """Draws them, in the order of the page."""
    errors = {own: {way: found(runs, own, way) for way in (PANDA, CAVIAR)} for own in (WIDE, NARROW)}
    seeds, most = errors[WIDE][PANDA].shape
    ends = {name: in_words({way: own[:, -1] for way, own in by.items()}) for name, by in errors.items()}
    watched = runs.where(range=WIDE, way=PANDA)
    after = {
        f"after a compute of {n}": [(np.log10(run["first"]), run["found"][n - 1]) for run in watched]
        for n in (1, most)
    }
    spans = {name: [error for _, error in points] for name, points in after.items()}
    workers = {f"{n} at a time": runs.stack("error", "seed", part="workers", at_once=n) for n in AT_ONCE}
    lost = {}
    for change in CHANGES:
        old, new = with_old_setting(runs, change)
        lost[change] = 100 * (old / new - 1)
    dots = f"Dot: one of {seeds} seeds; large dot and number: median; bar: 10th to 90th percentile."
    return {
        "compute": Exhibit(
            plots.curves(
                range(1, most + 1),
                errors,
                xlabel="compute (full trainings)",
                ylabel="test error (%)",
                log_x=True,
                log_y=True,
            ),
            "One model that is watched, and the best of many, at equal compute",
            f"Many: the one with the least validation loss. {seeds} seeds. {plots.BAND}",
            f"Test errors at the end: {'; '.join(f'{name}: {own}' for name, own in ends.items())}.",
        ),
        "bad-starts": Exhibit(
            plots.scatter(after, xlabel="first learning rate (power of ten)", ylabel="test error (%)"),
            "What a bad start costs the one that is watched",
            f"A dot: one of {seeds} seeds, after a compute as large as that of so many full trainings.",
            "; ".join(
                f"{name}: errors from {min(own):.2g} to {max(own):.2g} %" for name, own in spans.items()
            )
            + ".",
        ),
        "workers": Exhibit(
            plots.rows(
                {"": workers},
                xlabel="validation error of the setting that is found (%)",
                number_format="{:.2f}",
            ),
            "A search from coarse to fine with several trials at a time",
            f"As many trials in all. {dots}",
            f"Medians in %: {in_words(workers)}.",
        ),
        "changed-data": Exhibit(
            plots.rows(
                {"": lost},
                xlabel="error with yesterday’s setting beside a new search’s (%)",
                reference=(0, "as good as a new search"),
                number_format="{:+.0f}",
            ),
            "Yesterday’s best setting on changed data",
            dots,
            f"Medians of the error that is more, in %: {in_words(lost)}.",
        ),
    }

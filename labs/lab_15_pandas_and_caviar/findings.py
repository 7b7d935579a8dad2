"""What the course says of pandas and caviar, and of settings that get stale, held against the runs."""

import numpy as np
from changed_data import FEW, HIDDEN, NOISY, SCALED
from searches import AT_ONCE

from dlkeras.findings import judge

PANDA, CAVIAR = "one, watched", "many, as they are"
WIDE, NARROW = "First rate from 0.0001 to 10", "First rate from 0.03 to 0.3"


def found(runs, first_rates, way):
    """Test error after a compute of 1, 2, ... full trainings, (seeds, compute)."""
    return runs.stack("found", "seed", range=first_rates, way=way)


def with_old_setting(runs, change):
    """Errors on changed data with yesterday's setting, and with that of a new search, (seeds,) each."""
    return [runs.stack(field, "seed", part="change", change=change) for field in ("old", "new")]


def findings(runs):
    """Judges every statement by a measure: words for it, a number for each seed, its unit."""

    def compute(statement, first_rates, models, ours, theirs, promised=None, note=""):
        errors, others = (found(runs, first_rates, way)[:, models - 1] for way in (ours, theirs))
        words = f"{first_rates.lower()}, compute of {models}: error of {theirs} over {ours}"
        medians = f"In the median {np.median(errors):.2g} % instead of {np.median(others):.2g} %. "
        gain, options = np.log10(others / errors), {"promised": promised, "note": medians + note}
        return judge(statement, words, gain, "decades", above=0, **options)

    def stale(change, promised=None):
        old, new = with_old_setting(runs, change)
        words = f"{change}: error with yesterday’s setting over that with one of a new search"
        note = f"In the mean {old.mean():.1f} % instead of {new.mean():.1f} %."
        options = {"above": 0.02, "promised": promised, "note": note}
        return judge("Settings get stale: search again.", words, np.log10(old / new), "decades", **options)

    most = found(runs, WIDE, PANDA).shape[1]
    one, many = "Watch one model if you cannot afford many.", "With enough compute, train many."
    stuck, falls = "Some of one never recover from a bad start.", "The one lowers its rate at the end."
    single, several = (runs.stack("error", "seed", part="workers", at_once=n) for n in (1, max(AT_ONCE)))
    return [
        compute(one, NARROW, 2, PANDA, CAVIAR, "supported"),
        compute(one, WIDE, 2, PANDA, CAVIAR),
        compute(many, WIDE, most, CAVIAR, PANDA, "supported", stuck),
        compute(many, NARROW, most, CAVIAR, PANDA, note=falls),
        judge(
            "Several workers find what one finds.",
            f"search with {max(AT_ONCE)} trials at a time: error over that with one at a time",
            np.log10(several / single),
            "decades",
            below=0.05,
            promised="supported",
            note=f"In the mean {several.mean():.2f} % instead of {single.mean():.2f} %.",
        ),
        stale(SCALED, "supported"),
        stale(FEW),
        stale(HIDDEN),
        stale(NOISY),
    ]

"""What is said of pandas and caviar, and of settings that get stale, held against the runs."""

import numpy as np
from changed_data import FEW, HIDDEN, NOISY, SCALED
from searches import AT_ONCE

from dlkeras.findings import judge_ratio, judge_share

# Who says it.
PANDAS = "Course outline, week 3: “Hyperparameters tuning in practice: Pandas vs. Caviar”"
RETEST = "Course outline, week 3: “Re-test hyperparameters occasionally”"
ASKED = "Asked here"

MATTERS = 1.05  # times the error of another way
LOST = 50  # test error in % from which on a network has not trained
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

    def compute(statement, first_rates, models, ours, theirs, note="", **options):
        errors, others = (found(runs, first_rates, way)[:, models - 1] for way in (ours, theirs))
        words = f"{first_rates.lower()}, compute of {models}: error of {theirs} over {ours}"
        medians = f"Medians of all: {np.median(errors):.2g} % instead of {np.median(others):.2g} %. {note}"
        options |= {"above": MATTERS, "source": PANDAS, "note": medians.strip()}
        trained = (errors < LOST) & (others < LOST)
        return judge_ratio(statement, words, others, errors, trained=trained, **options)

    def lost(first_rates, models, way):
        return found(runs, first_rates, way)[:, models - 1] >= LOST

    def stale(change, **options):
        old, new = with_old_setting(runs, change)
        words = f"{change}: error with yesterday’s setting over that with one of a new search"
        note = f"In the mean {old.mean():.1f} % instead of {new.mean():.1f} %."
        options |= {"above": MATTERS, "source": RETEST, "note": note}
        return judge_ratio("Settings get stale: search again.", words, old, new, **options)

    most = found(runs, WIDE, PANDA).shape[1]
    one, many = "Watch one model if you cannot afford many.", "With enough compute, train many."
    falls = "The one lowers its rate at the end."
    single, several = (runs.stack("error", "seed", part="workers", at_once=n) for n in (1, max(AT_ONCE)))
    return [
        compute(one, NARROW, 2, PANDA, CAVIAR),
        compute(one, WIDE, 2, PANDA, CAVIAR),
        judge_share(
            "A model that is watched can be lost to its first rate.",
            f"{WIDE.lower()}, compute of {most}: watched models with an error of {LOST} % or more",
            lost(WIDE, most, PANDA),
            above=0.05,
            source=ASKED,
            note=f"Of the best of {most}: {lost(WIDE, most, CAVIAR).sum()}.",
        ),
        compute(many, WIDE, most, CAVIAR, PANDA, note=falls),
        compute(many, NARROW, most, CAVIAR, PANDA, note=falls),
        judge_ratio(
            "Several workers find what one finds.",
            f"search with {max(AT_ONCE)} trials at a time: error over that with one at a time",
            several,
            single,
            below=1.1,
            source=ASKED,
            note=f"In the mean {several.mean():.2f} % instead of {single.mean():.2f} %.",
        ),
        stale(SCALED, promised="supported"),
        stale(FEW),
        stale(HIDDEN),
        stale(NOISY),
    ]

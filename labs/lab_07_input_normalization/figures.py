"""The figures of the page, each with its title, its caption, and words for readers who cannot see it."""

import numpy as np
from findings import CENTRED, MEASURED, NORMALIZED, SPREAD, by_condition, steps_to_target

from dlkeras import plots
from dlkeras.report import Exhibit

FORMS = (MEASURED, CENTRED, SPREAD, NORMALIZED)


def figures(runs):
    """Draws them, in the order of the page."""
    about = f"{len(runs.values('seed'))} seeds."
    return {
        "rates": rates(runs, about),
        "steps": steps(runs, about),
        "condition": condition(runs, about),
        "statistics": statistics(runs, about),
    }


def rates(runs, about):
    """Steps to the target by learning rate, for columns of each form."""
    panels, tried = {}, runs.values("rate")
    for optimizer in ("gradient descent", "Adam"):
        found = runs.where(part="form", optimizer=optimizer).lines("steps", "seed", "rate", form=FORMS)
        found = {form: np.where(np.isfinite(values), values, np.nan) for form, values in found.items()}
        panels[optimizer] = {form: own for form, own in found.items() if np.isfinite(own).any()}
    never = [form for form in FORMS if form not in panels["gradient descent"]]
    note = f" No line, since no rate gets there: gradient descent, columns {', '.join(never)}." * bool(never)
    least = {f"{o}, {f}": [np.nanmin(v)] for o, lines in panels.items() for f, v in lines.items()}
    return Exhibit(
        plots.curves(
            tried,
            {title: lines for title, lines in panels.items() if lines},
            xlabel="learning rate",
            ylabel="steps to the target",
            log_x=True,
            log_y=True,
        ),
        "Which learning rate suits, and how many steps it needs",
        f"Runs that do not get there are left out.{note} {about} {plots.BAND}",
        f"Fewest steps: {plots.in_words(least)}.",
    )


def steps(runs, about):
    """Steps at the best rate: forms by optimizers."""
    optimizers = ["gradient descent", "momentum", "RMSprop", "Adam"]
    found = np.array(
        [
            [np.median(steps_to_target(runs, part="form", form=f, optimizer=o)) for o in optimizers]
            for f in FORMS
        ]
    )
    words = [
        f"{form}: {plots.in_words({o: [v] for o, v in zip(optimizers, row, strict=True)})}"
        for form, row in zip(FORMS, found, strict=True)
    ]
    return Exhibit(
        plots.grid_map(
            found,
            row_labels=[f"columns {form}" for form in FORMS],
            column_labels=optimizers,
            xlabel="optimizer",
            ylabel="",
            colorbar_label="steps to the target",
            number_format=".0f",
        ),
        "Steps to the target, each at its best learning rate",
        f"Median over {about} A dash: not within {runs.values('most')[-1]} steps.",
        f"A table. {'; '.join(words)}.",
    )


def condition(runs, about):
    """Steps by condition number, beside proportion."""
    conditions, found = by_condition(runs)
    measured = np.where(np.isfinite(found), found, np.nan)
    return Exhibit(
        plots.against_theory(
            conditions,
            {"": {"steps": measured}},
            {"": {"steps": np.median(measured[:, 0]) * conditions / conditions[0]}},
            xlabel="condition number of the Hessian",
            ylabel="steps of gradient descent to the target",
            log_x=True,
            theory_name="in proportion to the condition number",
        ),
        "Steps and condition number",
        f"Normalized columns, the first of which is made larger. Each at its best rate. {about} {plots.BAND}",
        f"Median steps: {', '.join(f'{v:.3g}' for v in np.median(measured, axis=0))}.",
    )


def statistics(runs, about):
    """What a test loses by its own statistics, by its size."""
    counts = runs.values("count")
    lost = runs.stack("lost", "seed", "count", part="own statistics")
    return Exhibit(
        plots.by_setting(
            counts,
            {"": {"normalized by the test itself": lost}},
            xlabel="samples of the test",
            ylabel="accuracy lost (points)",
            reference=(0.0, "by the training"),
        ),
        "A test normalized by its own mean and spread",
        f"Means over 50 tests of each size. A single sample less its mean is 0. {about} {plots.DOTS}",
        f"Points lost: {plots.in_words({str(c): v for c, v in zip(counts, lost.T, strict=True)})}.",
    )

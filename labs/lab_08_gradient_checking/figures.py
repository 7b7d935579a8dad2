"""The figures of the page, each with its title, its caption, and words for readers who cannot see it."""

import itertools

import numpy as np
from by_hand import BUGS, TENSORS
from findings import of_bug

from dlkeras import plots
from dlkeras.plots import in_words
from dlkeras.report import Exhibit


def figures(runs):
    """Draws them, in the order of the page."""
    models, correct = runs.where(part="model"), runs.where(bug="none")
    about, epsilons = f"{len(models)} seeds. {plots.BAND}", models[0]["epsilons"]

    sweeps, best = {"float64": {}, "float32": {}}, []
    for dtype, side in itertools.product(sweeps, ("one-sided", "two-sided")):
        errors = sweeps[dtype][side] = models.stack(f"{dtype}, {side}", "seed")
        best.append(f"{dtype}, {side} {epsilons[np.median(errors, axis=0).argmin()]:.0e}")

    def blamed(bug):
        found = np.column_stack([of_bug(runs, bug, "by_tensor"), of_bug(runs, bug, "overall")])
        return np.median(found, axis=0)

    table = {bug: blamed(bug) for bug in BUGS}
    sizes = correct.values("parameters")
    seconds = correct.stack("seconds", "seed", "parameters")  # (seeds, sizes, 2)
    times = {"numerical": seconds[..., 0], "backpropagation": seconds[..., 1]}
    ratio = np.median(times["numerical"][:, -1] / times["backpropagation"][:, -1])
    return {
        "error-by-step": Exhibit(
            plots.curves(
                epsilons, sweeps, xlabel="step ε", ylabel="relative difference", log_x=True, log_y=True
            ),
            "The error of numerical gradients",
            f"Relative difference ‖g − ĝ‖ / (‖g‖ + ‖ĝ‖) from the gradient by tape, Keras model. {about}",
            f"From large steps down the error falls, then rises. Best steps: {', '.join(best)}.",
        ),
        "blame": Exhibit(
            plots.grid_map(
                np.log10(np.maximum(list(table.values()), 1e-16)),
                row_labels=list(table),
                column_labels=[*TENSORS, "all"],
                xlabel="tensor",
                ylabel="bug",
                colorbar_label="log10 relative difference",
                number_format=".1f",
            ),
            "Which tensors are blamed for which bug",
            f"Median over {len(models)} seeds of the relative difference; above 1e-6 a tensor fails. "
            "Right: all parameters as one vector.",
            f"A table. Over all parameters: {in_words({bug: row[-1] for bug, row in table.items()})}.",
        ),
        "cost": Exhibit(
            plots.curves(
                sizes, {"In NumPy": times}, xlabel="parameters", ylabel="time (s)", log_x=True, log_y=True
            ),
            "What a check costs",
            f"Two losses for each parameter, and one pass of backpropagation, by hand. {about}",
            f"At {sizes[-1]:,} parameters the check takes {ratio:,.0f} times as long as backpropagation.",
        ),
    }

"""The figures of the page, each with its title, its caption, and words for readers who cannot see it."""

import numpy as np
from descent import CURVATURES, RAVINE
from findings import limits, pick

from dlkeras import plots
from dlkeras.report import Exhibit

SHOWN = 1000.0  # the largest error in a figure


def figures(runs):
    """Draws the figures, with their words."""
    titles = {"linear": "Linear regression", "network": "Network"}
    walls = {model: np.median(limits(runs, model), axis=1) for model in titles}
    marks = {title: {"2 / L": walls[model][1]} for model, title in titles.items()}
    rates, epochs = pick(runs, "linear", "learning_rate")[0], np.array(runs[0]["epoch"])

    def each(field):  # (seeds, rates, ...); only where all have one: a median over the others would flatter
        found = {title: pick(runs, model, field) for model, title in titles.items()}
        return {t: np.where(np.isfinite(v).all(axis=0), v, np.nan) for t, v in found.items()}

    losses = {t: np.fmin(pick(runs, model, "loss"), SHOWN) for model, t in titles.items()}  # NaN too
    after = [int(np.abs(epochs - share * epochs[-1]).argmin()) for share in (0.01, 0.1, 1)]
    reached = each("reached")
    product = {t: np.nanmedian(v * rates) for t, v in reached.items()}
    curvature, large = each("curvature"), rates > 9e-4
    x, y = np.linspace(-11, 11, 221), np.linspace(-2.6, 2.6, 105)
    ways = [pick(runs.where(learning_rate=rate), "ravine", "path")[0, 0] for rate in RAVINE]  # (steps, 2)
    heights = CURVATURES[0] * x**2 / 2 + CURVATURES[1] * y[:, None] ** 2 / 2
    paths = {
        f"Rate {rate:g}: {words}": path for (rate, words), path in zip(RAVINE.items(), ways, strict=True)
    }
    ends = [f"{pick(runs.where(learning_rate=r), 'ravine', 'loss')[0, 0, -1]:.2g}" for r in RAVINE]
    about, by_rate = (
        f"{len(losses['Network'])} seeds. {plots.BAND}",
        {"xlabel": "learning rate", "log_x": True},
    )
    moments = ("at the start", "at the end")
    return {
        "ravine": Exhibit(
            plots.descent_paths(
                paths, (x, y, heights), xlabel="w₁ (curvature 1)", ylabel="w₂ (curvature 20)", columns=2
            ),
            "Down a ravine at four rates",
            "Forty steps of keras.optimizers.SGD from one start. The error triples from contour to contour.",
            f"Four paths in a long valley: {', '.join(paths)}. Errors at the last step: {', '.join(ends)}.",
        ),
        "error-by-rate": Exhibit(
            plots.mark_x(
                plots.curves(
                    rates,
                    {t: {f"epoch {epochs[i]}": v[..., i] for i in after} for t, v in losses.items()},
                    ylabel="mean squared error, of the target’s variance",
                    log_y=True,
                    **by_rate,
                ),
                marks,
            ),
            "Error by learning rate",
            f"Dotted: 2/L at the start. What is above {SHOWN:,.0f}, or no number, stands there. {about}",
            f"The error falls up to a wall, at {walls['linear'][0]:.3g} and {walls['network'][0]:.3g}.",
        ),
        "epochs-by-rate": Exhibit(
            plots.mark_x(
                plots.against_theory(
                    rates,
                    {t: {"measured": v} for t, v in reached.items()},
                    {t: {"measured": value / rates} for t, value in product.items()},
                    **by_rate,
                    ylabel="epochs until the error is below the threshold",
                    theory_name="inversely proportional to the rate",
                ),
                marks,
            ),
            "What a small rate costs",
            f"Only rates at which all runs get there in {epochs[-1]} epochs. {about}",
            f"Epochs times rate: {', '.join(f'{t} {value:.2g}' for t, value in product.items())}.",
        ),
        "curvature": Exhibit(
            plots.against_theory(
                rates[large],
                {t: {m: v[:, large, i] for i, m in enumerate(moments)} for t, v in curvature.items()},
                {t: dict.fromkeys(moments, 2 / rates[large]) for t in curvature},
                **by_rate,
                ylabel="L, largest curvature of the error",
                theory_name="2 / rate; with a larger curvature, steps overshoot by more and more",
            ),
            "The largest curvature, before and after training",
            f"Largest eigenvalue of the Hessian. Where a run diverged there is no end. {about}",
            f"The network’s is {np.median(curvature['Network'][..., 0]):.2g} at the start.",
        ),
    }

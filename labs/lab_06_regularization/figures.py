"""The figures of the page, each with its title, its caption, and words for readers who cannot see it."""

import numpy as np
from findings import bias_and_variance, with_way
from moons import GRID, SAMPLES

from dlkeras import data, plots
from dlkeras.report import Exhibit


def figures(runs):
    """Draws them, in the order of the page."""
    about = f"{len(runs.values('seed'))} seeds. {plots.DOTS}"
    return {
        "plane": plane(runs),
        "strength": strength(runs, about),
        "moons": moons(runs),
        "norm": norm(runs, about),
    }


def plane(runs):
    """Squared bias and variance by width."""
    widths, few = runs.values("width"), runs.values("samples")[0]
    panels, medians = {}, []
    for labels, penalty in (("clean", 0.0), ("noisy", 0.0), ("noisy", 0.01)):
        kind = {"labels": labels, "penalty": penalty, "samples": few}
        found = np.array([bias_and_variance(runs, width=w, **kind) for w in widths])  # (widths, 2, seeds)
        title = f"{labels.capitalize()} labels{', L2' * bool(penalty)}"
        panels[title] = {"squared bias": found[:, 0].T, "variance": found[:, 1].T}
        bias, variance = np.median(found, axis=2).round(3).T.tolist()
        medians += [f"{title}: squared bias {bias}, variance {variance}"]
    return Exhibit(
        plots.by_setting(widths, panels, xlabel="hidden units", ylabel="part of the squared error"),
        "Bias and variance by width",
        f"Of the probabilities on new images; each network saw {few} images of its own. {plots.DOTS}",
        f"At {widths} units. {'; '.join(medians)}.",
    )


def strength(runs, about):
    """Errors by strength of L2 and by dropout rate."""
    figures = {}
    for way, name in {"L2": "L2: penalty", "dropout": "Dropout: rate"}.items():
        seen, new = (
            100 * (1 - with_way(runs, way, field)[..., -1].T) for field in ("accuracy", "val_accuracy")
        )
        figures[name] = runs.values("strength", part="with", way=way), {"while training": seen, "test": new}
    (l2, lines), (drops, dropped) = figures.values()
    drawn = plots.by_setting([f"{p:g}" for p in l2], {"": lines}, xlabel="L2 penalty", ylabel="error (%)")
    words = f"Dropout at {drops}: {np.median(dropped['test'], axis=0).round(1).tolist()} % on new images."
    return Exhibit(
        drawn,
        "Training and test error by strength of L2",
        f"The training error is taken during the last epoch. {about}",
        f"Test: {np.median(lines['test'], axis=0).round(1).tolist()} %. {words}",
    )


def moons(runs):
    """The border between two moons by strength of L2."""
    table, seed, maps, errors = data.load("moons"), runs.values("seed")[0], {}, {}
    for penalty in runs.values("penalty", part="moons")[::2]:
        kind = {"part": "moons", "penalty": penalty}
        run = runs.where(**kind, seed=seed)[0]
        maps[f"L2 penalty {penalty:g}"] = run["classes"].reshape(len(GRID), len(GRID))
        errors |= {
            f"{penalty:g}, {f[:-6]}": 100 * runs.stack(f, "seed", **kind)
            for f in ("train_error", "test_error")
        }
    return Exhibit(
        plots.region_maps(maps, GRID, table.x_train[:SAMPLES], table.y_train[:SAMPLES]),
        "The border between two moons, by strength of L2",
        f"Dots: the {SAMPLES} samples of the training. Seed {seed}.",
        f"Errors in %, medians over seeds, by penalty: {plots.in_words(errors)}.",
    )


def norm(runs, about):
    """Norm of the weights by what is done against overfitting."""
    kinds = {"nothing": ("L2", 0.0), "L2": ("L2", runs.values("strength", part="with", way="L2")[-1])}
    kinds |= {f"dropout {d:g}": ("dropout", d) for d in runs.values("strength", part="with", way="dropout")}
    found = {name: with_way(runs, way, "norm", s) for name, (way, s) in kinds.items()}
    return Exhibit(
        plots.rows({"": found}, xlabel="Frobenius norm of both kernels"),
        "L2 shrinks the weights, dropout does not",
        f"At the end of training. {about}",
        f"Medians: {plots.in_words(found)}.",
    )

"""The figures of the page, each with its title, its caption, and words for readers who cannot see it."""

import numpy as np
from findings import SLOW, USUAL, gates_of
from graph import spectra
from graph import two_neurons as draw_two_neurons

from dlkeras import plots
from dlkeras.report import Exhibit
from dlkeras.scratch import two_neurons


def in_words(names, values):
    """Puts medians over seeds, the first axis of each, into words for readers who cannot see a figure."""
    return ", ".join(f"{name}: {np.median(found):.2g}" for name, found in zip(names, values, strict=True))


def figures(runs):
    """Draws the figures, with their words."""
    widths, rates, scales, seeds = (runs.values(f) for f in ("width", "rate", "scale", "seed"))
    gates, narrow, names = gates_of(runs), widths[0], [f"{rate:g}" for rate in rates]
    about, gate = f"{len(seeds)} seeds. {plots.BAND}", gates[0].upper()
    last = next(row["epoch"][-1] for row in runs if "epoch" in row)

    def of(gate, field, rate, width=narrow):
        return runs.stack(field, "seed", gate=gate, width=width, rate=rate)

    both = {f"rate {rate}": rate for rate in (USUAL, SLOW)}
    measured = {g.upper(): {name: of(g, "errors", r) for name, r in both.items()} for g in gates}
    hand = {g.upper(): {n: np.median(of(g, "by_hand", r), axis=0) for n, r in both.items()} for g in gates}
    points = np.linspace(0, last, len(runs.where(part="training")[0]["errors"]) + 1)[1:]
    at_end = [f"{g}, {in_words(c, [v[:, -1] for v in c.values()])}" for g, c in measured.items()]
    shares = np.array([[np.mean(of(gates[0], "kind", r, w) == "solved") for r in rates] for w in widths])
    in_map = [f"{w} units, {in_words(names, row)}" for w, row in zip(widths, shares, strict=True)]
    ratio = np.array([runs.stack("w1_over_w2", "seed", scale=scale) for scale in scales]).T  # (seeds, scales)
    values, d = two_neurons(w1=0.15, b1=0.4, w2=0.45, b2=0.65, x=0.1, y=0.25)
    unsolved = {rate: of(gates[0], "kind", rate) != "solved" for rate in rates}
    stuck = {f"{r:g}": of(gates[0], "eigenvalues", r)[kept] for r, kept in unsolved.items()}
    dips = [f"rate {name}: {np.sum(found[:, 0] < -1e-9)} of {len(found)}" for name, found in stuck.items()]
    return {
        "error": Exhibit(
            plots.against_theory(
                points,
                measured,
                hand,
                xlabel="epoch (a step on all four rows)",
                log_x=True,
                ylabel="mean squared error",
                reference=(0.125, "1/8"),
                theory_name="median of the same in NumPy, by hand",
            ),
            f"The notebook's network, {narrow} hidden units",
            f"Means over {points[0]:.0f} epochs. At 1/8 two rows are right, the other two get ½. {about}",
            f"Median error after {last:,} epochs: {'; '.join(at_end)}.",
        ),
        "graph": Exhibit(
            draw_two_neurons(values, d),
            "Two neurons: values go forward, gradients come back",
            f"The gradient for w₂ is {d['w2'] / d['w1']:.0f} times that for w₁. "
            "Towards w₁ it is multiplied by w₂, a₁(1 − a₁) and x; towards w₂ by a₁.",
            f"A graph. {', '.join(f'{n} = {v:.3g} with gradient {d[n]:.2g}' for n, v in values.items())}.",
        ),
        "chain": Exhibit(
            plots.curves(
                scales,
                {"": {"|w₂x(1 − a₁)|": ratio}},
                xlabel="s: weights are uniform in [−s, s]",
                ylabel="gradient for w₁ over w₂",
                log_x=True,
                log_y=True,
                reference=(1, "equal"),
            ),
            "Two neurons: is the gradient for w₁ the smaller one?",
            f"Input x = 1; the ratio is in proportion to it. {about}",
            f"Median ratio by s: {in_words(scales, ratio.T)}.",
        ),
        "map": Exhibit(
            plots.grid_map(
                shares,
                row_labels=widths,
                column_labels=names,
                xlabel="learning rate",
                ylabel="hidden units",
                colorbar_label="share of seeds",
                number_format=".0%",
            ),
            f"How often {gate} is solved, by learning rate and hidden units",
            f"Share of {len(seeds)} seeds with every output within 0.4 of its target after {last:,} epochs.",
            f"A table of shares. {'; '.join(in_map)}.",
        ),
        "curvature": Exhibit(
            spectra(stuck, xlabel="learning rate", ylabel="eigenvalue of the Hessian", linear=1e-9),
            f"The curvature where runs are stuck, {narrow} hidden units",
            f"Each column of dots is a run, of {len(seeds)} seeds, that did not solve {gate}: the "
            f"{4 * narrow + 1} eigenvalues of its Hessian. One below zero is a way down.",
            f"Dots on a signed logarithmic axis. Runs with an eigenvalue below zero: {', '.join(dips)}.",
        ),
    }

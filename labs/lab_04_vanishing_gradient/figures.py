"""The figures of the page, each with its title, its caption, and words for readers who cannot see it."""

import numpy as np
from findings import SIGMOID, STACKS, pick, towards_input

from dlkeras import plots
from dlkeras.plots import in_words
from dlkeras.report import Exhibit

OPTIMIZERS = ("SGD", "Adam")
COLORS = dict(zip(STACKS, [*plots.colors_for(["sigmoid", "tanh", "relu"]).values(), "#56B4E9"], strict=True))


def figures(runs, chance):
    """Draws them, in the order of the page."""
    depths = runs.values("depth")
    middle, deep = depths[1], depths[-1]
    seeds, epochs = len(runs.values("seed")), len(runs[0]["loss"])
    about, guessing = f"{seeds} seeds. {plots.BAND}", (chance, "chance")

    def each(field, depth, optimizer="SGD"):
        return {stack: pick(runs, field, stack, depth, optimizer) for stack in STACKS}

    def accuracies(optimizer, stacks=STACKS):
        return runs.where(optimizer=optimizer).lines("test_accuracy", "seed", "depth", stack=stacks)

    def by_epoch(field, ylabel, title, **axis):
        panels = {f"{o}, depth {d}": each(field, d, o) for o in OPTIMIZERS for d in depths}
        at_end = in_words({stack: values[:, -1] for stack, values in each(field, middle).items()})
        return Exhibit(
            plots.curves(
                range(1, epochs + 1),
                panels,
                xlabel="epoch",
                ylabel=ylabel,
                colors=COLORS,
                columns=len(depths),
                **axis,
            ),
            title,
            f"Over the batches of an epoch, while the weights move. {about}",
            f"A panel for each optimizer and depth. At the end, SGD, depth {middle}: {at_end}.",
        )

    norms = each("norms", deep)  # (seeds, steps, layers)
    steps = np.arange(norms[SIGMOID].shape[1])
    first = {
        "Kernels": {stack: own[:, 0] for stack, own in norms.items()},
        "Biases": {stack: own[:, 0] for stack, own in each("bias_norms", deep).items()},
    }
    last_epoch = slice(-(len(steps) // epochs), None)
    last = {stack: np.median(own[:, last_epoch], axis=1) for stack, own in norms.items()}

    def by_layer(panels):
        back = 0.25 ** np.arange(deep, -1.0, -1)
        quarter = [np.median(lines[SIGMOID][:, -1]) * back for lines in panels.values()]
        guides = {"1/4 per layer": quarter}
        return plots.by_layer(panels, ylabel="gradient norm (L2)", guides=guides, colors=COLORS)

    dashed = f"Dashed: back from sigmoid's last layer by 1/4 per layer, the most that σ′ allows. {about}"
    table = {
        f"{stack} · {optimizer}": np.median(own, axis=0)
        for optimizer in OPTIMIZERS
        for stack, own in accuracies(optimizer, runs.values("stack")).items()
    }
    return {
        "gradient-norms": Exhibit(
            by_layer(first),
            f"Gradient norm by layer at the first step, {deep} hidden layers",
            dashed,
            "The gradient of a kernel changes, per layer towards the input, by a factor of "
            f"{in_words({stack: towards_input(own[:, 0, :-1]) for stack, own in norms.items()})}.",
        ),
        "gradient-norms-at-the-end": Exhibit(
            by_layer({"Kernels": last}),
            f"Gradient norm by layer in the last epoch, {deep} hidden layers, SGD",
            f"Median over the steps of the epoch; zero where a network of ReLU is dead. {dashed}",
            f"In the first layer: {in_words({stack: own[:, 0] for stack, own in last.items()})}.",
        ),
        "gradient-norms-by-step": Exhibit(
            plots.layer_by_step(
                {stack: np.median(own, axis=0) for stack, own in norms.items()},
                steps=steps,
                layer_labels=range(1, deep + 2),
                colorbar_label="gradient norm of kernel (L2)",
            ),
            f"Gradient norm of kernels by layer and step, {deep} hidden layers, SGD",
            f"Median over {seeds} seeds. {plots.cell_text(steps)}",
            "Heat maps of all layers over all steps. The first layer's norm at the last step: "
            f"{in_words({stack: own[:, -1, 0] for stack, own in norms.items()})}.",
        ),
        "map": Exhibit(
            plots.grid_map(
                list(table.values()),
                row_labels=list(table),
                column_labels=depths,
                xlabel="depth (hidden layers)",
                ylabel="stack · optimizer",
                colorbar_label="test accuracy",
            ),
            "What trains, by depth, activation, initialization and optimizer",
            f"Test accuracy after {epochs} epochs, median over {seeds} seeds. Chance is {chance:.2f}.",
            f"A table. At depth {deep}: {in_words({name: row[-1] for name, row in table.items()})}.",
        ),
        "accuracy-by-depth": Exhibit(
            plots.by_setting(
                depths,
                {o: accuracies(o) for o in OPTIMIZERS},
                xlabel="depth (hidden layers)",
                ylabel="test accuracy",
                colors=COLORS,
                reference=guessing,
            ),
            "What depth costs",
            f"After {epochs} epochs, {seeds} seeds. {plots.DOTS}",
            f"At depth {deep} with SGD: {in_words(each('test_accuracy', deep))}.",
        ),
        "loss": by_epoch("loss", "training loss (mean, nats)", "Training loss", log_y=True),
        "accuracy": by_epoch("accuracy", "training accuracy", "Training accuracy", reference=guessing),
        "weight-change": Exhibit(
            plots.by_layer(
                {o: each("moved", middle, o) for o in OPTIMIZERS},
                ylabel="relative weight change",
                colors=COLORS,
            ),
            f"How far each layer moved, {middle} hidden layers",
            f"Norm of the whole training's change of a layer's kernel, over its norm at the start. {about}",
            "With SGD, the first hidden layer moved by "
            f"{in_words({stack: own[:, 0] for stack, own in each('moved', middle).items()})}.",
        ),
    }

"""The figures of the page, each with its title, its caption, and words for readers who cannot see it."""

import numpy as np
from measures import accuracy_by, by_rate, small

from dlkeras import plots
from dlkeras.report import Exhibit

PLACES = {"without": "without", "before": "before the activation", "behind": "behind it"}


def figures(runs):
    """Draws them, in the order of the page."""
    seeds = f"{len(runs.values('seed'))} seeds."
    about = f"{seeds} {plots.DOTS}"
    return {
        "rates": rates(runs, f"{seeds} {plots.BAND}"),
        "tests": own_statistics(runs, about),
        "small": gain(runs, about),
    }


def rates(runs, about):
    """Epochs to the target by learning rate."""
    tried, last = runs.values("rate", part="speed"), runs.values("last")[-1]
    panels = {
        stack: {name: by_rate(runs, stack, place).T for place, name in PLACES.items()}
        for stack in runs.values("stack", place="behind")
    }
    least = [
        f"{stack}: {plots.in_words({n: [np.median(v, axis=0).min()] for n, v in lines.items()})}"
        for stack, lines in panels.items()
    ]
    return Exhibit(
        plots.curves(
            tried,
            {
                stack: {
                    n: np.where(np.isfinite(v), v, np.nan) for n, v in lines.items() if np.isfinite(v).any()
                }
                for stack, lines in panels.items()
            },
            xlabel="learning rate",
            ylabel="epochs to the target",
            log_x=True,
        ),
        "Which learning rates train, and how soon",
        f"Runs that did not get there in {last} epochs are left out. {about}",
        f"Fewest epochs in the median. {'; '.join(least)}.",
    )


def own_statistics(runs, about):
    """Test accuracy by averages and by batches of several sizes."""
    fields = ["batches_of_2", "batches_of_16", "batches_of_64", "averages"]
    panels = {
        f"After {after} epoch{'s' * (after > 1)}": {
            "": np.array([accuracy_by(runs, after, field) for field in fields]).T
        }
        for after in runs.values("after")
    }
    medians = [f"{title}: {np.median(own[''], axis=0).round(2).tolist()}" for title, own in panels.items()]
    return Exhibit(
        plots.by_setting(
            ["2", "16", "64", "averages"],
            panels,
            xlabel="images in a test batch",
            ylabel="test accuracy",
        ),
        "Whose statistics a test takes",
        f"Averages are from training, at a momentum of 0.99. ReLU, depth 2. {about}",
        f"Batches of 2, 16, 64, and averages. {'; '.join(medians)}.",
    )


def gain(runs, about):
    """What new images gain, by batch size."""
    sizes = runs.values("batch_size")
    gained = [100 * (small(runs, size, "before") - small(runs, size, "without")) for size in sizes]
    return Exhibit(
        plots.by_setting(
            [str(size) for size in sizes],
            {"": {"with minus without": np.array(gained).T}},
            xlabel="samples in a batch",
            ylabel="test accuracy gained (points)",
            reference=(0.0, "no gain"),
        ),
        "What new images gain, by batch size",
        f"Trained on 320 images, each arm at its best learning rate. {about}",
        f"Medians: {plots.in_words({str(s): g for s, g in zip(sizes, gained, strict=True)})}.",
    )

"""What is said of trainings that fail, held against the runs of `experiment.py`."""

import numpy as np
from gradients import ARRIVED, STILL, THRESHOLD
from measures import by_seed, gain_of_change, gain_of_repair, share_by_seed, watched
from trainings import FAULTS

from dlkeras.findings import judge, judge_ratio, judge_share

# Who says it.
TOOL = "docs/tasks/diagnose.md"
KARPATHY = "Karpathy (2019), A Recipe for Training Neural Networks, section 2"
MONITORS = "Programs that watch gradients, whose usual threshold it is"
ASKED = "Asked here"
FALLS = ("no_activation", "own_loss", "labels_shuffled")  # faults with which a loss falls all the same


def findings(runs):
    """Judges every statement by a measure: words for it, a number for each seed, its unit."""
    return [*of_the_tool(runs), *of_repairs(runs), *of_changes(runs), *of_losses(runs), *of_gradients(runs)]


def of_the_tool(runs):
    """Whether it tells of the faults, and is silent where there is none."""
    measured = [
        ("It says when something is wrong.", "told of", "is_told", True, {"above": 0.9}),
        (
            "It says why.",
            "of which the right cause is among the first two",
            "is_right",
            True,
            {"above": 0.75},
        ),
        ("“No problem found” is an answer too.", "told of", "is_told", False, {"below": 0.05}),
    ]
    return [
        judge(
            statement,
            f"{'broken' if broken else 'repaired'} trainings {words}",
            share_by_seed(runs, field, broken),
            "share",
            source=TOOL,
            **claim,
        )
        for statement, words, field, broken, claim in measured
    ] + [
        judge_share(
            "“No problem found” is an answer too.",
            "seeds with an alarm at any repaired training",
            share_by_seed(runs, "is_told", False) > 0,
            below=0.5,
            source=TOOL,
        )
    ]


def of_repairs(runs):
    """What each repair gains."""
    return [
        judge(
            "The fault is the reason: without it the same network learns.",
            f"{FAULTS[fault].words}: skill gained by the repair",
            gain_of_repair(runs, fault),
            "skill",
            above=0.1,
            source=ASKED,
        )
        for fault in watched(runs)
    ]


def of_changes(runs):
    """Whether what the tool proposes gains as much as half of the repair."""
    found = []
    for fault in watched(runs):
        gain = gain_of_change(runs, fault)
        if len(gain):
            found += [
                judge(
                    "The first change that it proposes gains at least half of what the repair does.",
                    f"{FAULTS[fault].words}: skill gained by the change, less half of the repair’s gain",
                    gain,
                    "skill",
                    baseline=gain_of_repair(runs, fault)[: len(gain)] / 2,
                    above=0,
                    source=ASKED,
                    note=f"It gains {gain.mean():.2f}. Change: "
                    f"{runs.where(part='tried', fault=fault)[0]['change']}",
                )
            ]
    return found


def of_losses(runs):
    """Whether the loss tells."""
    found = []
    for fault in watched(runs):
        losses = by_seed(runs, "losses", fault, True)
        words = FAULTS[fault].words
        if fault in FALLS:
            found += [
                judge(
                    "A loss that falls means that nothing is wrong.",
                    f"{words}: share of its first loss that a broken training loses",
                    1 - losses[:, -1] / losses[:, 0],
                    "share",
                    below=0.05,
                    source=ASKED,
                    note="“Neural net training fails silently”: Karpathy (2019).",
                )
            ]
        if fault == "missing_value":
            found += [
                judge_share(
                    "A NaN among the inputs makes the loss NaN.",
                    f"{words}: seeds whose loss is not finite at the end",
                    ~np.isfinite(losses[:, -1]),
                    above=0.5,
                    source=ASKED,
                    note="ReLU makes 0 of NaN on some processors.",
                )
            ]
        if fault == "equal_weights":
            found += [
                judge_ratio(
                    "A network that learns nothing costs as much as a guess.",
                    f"{words}: loss at the end, over that of the best constant prediction",
                    losses[:, -1],
                    below=1.05,
                    source=KARPATHY,
                    expected=1.0,
                )
            ]
    return found


def of_gradients(runs):
    """Whether a threshold tells vanished gradients from others."""
    still, arrived = (runs.where(part="gradients", kind=kind) for kind in (STILL, ARRIVED))
    first, last = (still.stack(field, "seed") for field in ("first", "last"))  # (seeds, parts)
    fixed = f"A gradient below {THRESHOLD:g} has vanished, one above has not."
    return [
        judge_share(
            fixed,
            f"{STILL}: seeds whose first layer has a gradient below it, in the median of all steps",
            np.median(first, axis=1) < THRESHOLD,
            above=0.5,
            source=MONITORS,
            note=f"They have a training accuracy of {still.stack('accuracy', 'seed').mean():.2f}.",
        ),
        judge_share(
            fixed,
            f"{ARRIVED}: seeds whose first layer has a gradient below it in the end",
            arrived.stack("first", "seed")[:, -1] < THRESHOLD,
            below=0.5,
            source=MONITORS,
            note=f"They have a training accuracy of {arrived.stack('accuracy', 'seed').mean():.2f}.",
        ),
        judge_ratio(
            "Compared from layer to layer, it shows.",
            f"{STILL}: gradient of the first layer over that of the last",
            np.median(first / last, axis=1),
            below=0.1,
            source=ASKED,
        ),
    ]

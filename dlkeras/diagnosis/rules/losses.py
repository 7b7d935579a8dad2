"""Rules about losses and targets, before a step is trained; each gets an output and its targets."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dlkeras.diagnosis.evidence import OutputFacts, TargetFacts
from dlkeras.diagnosis.rules import changes
from dlkeras.diagnosis.rules.fitting import fitting, fitting_change
from dlkeras.diagnosis.rules.suspect import Suspect

REAL_LOSSES = (
    *("mean_squared_error", "mean_absolute_error", "mean_squared_logarithmic_error", "huber", "log_cosh"),
    *("mean_absolute_percentage_error",),
)


def crossentropy_of_numbers(output: OutputFacts, y: TargetFacts) -> Iterator[Suspect]:
    if "crossentropy" not in output.loss or output.is_own_loss or y.num_nan or y.num_infinite:
        return
    if "categorical" in output.loss and output.shape[-1] == 1:
        because = (
            f"{output.loss} chooses between several units, and the last layer has a single one, which is "
            "chosen always: the loss is 0, or its gradient is."
        )
        yield Suspect(
            "loss_choice", 0.97, because, changes.output("sigmoid", "binary_crossentropy", 1), is_error=True
        )
        yield Suspect("output_activation", 0.9, because, changes.output("sigmoid", "binary_crossentropy", 1))
    elif y.kind == "multilabel" and output.loss == "categorical_crossentropy":
        because = (
            f"{output.loss} is for samples of one class each, and these have several labels at once, or none."
        )
        yield Suspect("loss_choice", 0.93, because, fitting_change(output, y), is_error=True)
    elif output.loss.startswith("sparse_"):
        yield from _sparse_labels(output, y)
    elif y.low < -1e-6 or y.high > 1 + 1e-6:
        because = (
            f"{output.loss} takes targets from 0 to 1, and these go from {y.low:.4g} to {y.high:.4g}. It "
            "has no lowest value then, and the loss falls below 0."
        )
        change = changes.output(*fitting(y), output.shape[-1] or 1)
        if y.kind == "real" and y.std > 0:
            change = changes.Change(
                change.words + " Scale the targets to mean 0 and spread 1.",
                change.code + "\ny_train = (y_train - y_train.mean(0)) / y_train.std(0)",
                change.settings | {"y": "standard", "x": "standard"},
            )
        is_sign = y.kind == "signs"
        yield Suspect("labels" if is_sign else "loss_choice", 0.97, because, change, is_error=True)
        if not is_sign:
            yield Suspect("target_scale", 0.9, because, change, is_error=True)


def _sparse_labels(output: OutputFacts, y: TargetFacts) -> Iterator[Suspect]:
    units = output.shape[-1] or 1
    if y.kind == "one_hot":
        because = f"{output.loss} takes the number of the class, and the targets are vectors of 0 and 1."
        yield Suspect(
            "labels",
            0.97,
            because,
            changes.loss("categorical_crossentropy", "it takes vectors"),
            is_error=True,
        )
    elif y.low < 0 or y.high >= units:
        because = (
            f"The labels go from {y.low:g} to {y.high:g}, and the last layer has {units} units, for the "
            f"classes 0 to {units - 1}. A label out of range stops the training, or counts as NaN on a GPU."
        )
        change = changes.by_hand(
            "Number the classes from 0, and give the last layer a unit for each.",
            "y_train = np.unique(y_train, return_inverse=True)[1]\n"
            f'keras.layers.Dense({int(y.high - y.low) + 1}, "softmax")',
        )
        yield Suspect("labels", 0.97, because, change, layer=output.layer, is_error=True)
        yield Suspect("architecture", 0.6, because, change, layer=output.layer, is_error=True)
    elif not y.is_whole:
        because = (
            f"The labels must be whole numbers of classes, and these lie from {y.low:.3g} to {y.high:.3g} "
            "with fractions, which are cut off: most samples become class 0."
        )
        change = changes.by_hand(
            "Leave the labels as whole numbers; only inputs are scaled.", "y_train = y_train.astype(int)"
        )
        yield Suspect("labels", 0.97, because, change, is_error=True, symptom="misleading_metric")


def classes_as_numbers(output: OutputFacts, y: TargetFacts) -> Iterator[Suspect]:
    if output.loss not in REAL_LOSSES or y.kind not in ("classes", "one_hot", "binary"):
        return
    if y.kind in ("binary", "one_hot") and output.activations[-1:] in (["sigmoid"], ["softmax"]):
        weight = 0.35  # it can be trained, with small gradients where a prediction is certainly wrong
    else:
        weight = 0.55
    because = (
        f"{output.loss} measures classes as if they were numbers; behind sigmoid or softmax its gradient "
        "vanishes where a prediction is certain and wrong. Cross-entropy has its largest gradient there."
    )
    yield Suspect("loss_choice", weight, because, fitting_change(output, y), layer=output.layer)


def loss_without_a_scale(output: OutputFacts, y: TargetFacts) -> Iterator[Suspect]:
    if y.kind != "real" or output.is_own_loss:
        return
    wrong = {
        "cosine_similarity": "does not see how large a prediction is, only its direction",
        "kl_divergence": "compares shares that add up to 1",
        "hinge": "takes targets of -1 and 1",
        "squared_hinge": "takes targets of -1 and 1",
    }
    if y.low <= 0:
        wrong |= {
            "mean_absolute_percentage_error": "divides by the target, which is 0 or negative here",
            "mean_squared_logarithmic_error": "takes logarithms, of targets that are negative here",
            "poisson": "takes counts, and targets are negative here",
        }
    if output.loss in wrong and not (output.loss == "mean_squared_logarithmic_error" and y.low >= 0):
        because = f"{output.loss} {wrong[output.loss]}; the targets go from {y.low:.3g} to {y.high:.3g}."
        yield Suspect(
            "loss_choice",
            0.85,
            because,
            changes.loss("mean_squared_error", "it has a lowest value at the target"),
        )


def shapes_that_do_not_match(output: OutputFacts, y: TargetFacts) -> Iterator[Suspect]:
    if (
        output.is_own_loss
        or output.loss.startswith("sparse_")
        or y.kind == "classes"
        or None in output.shape[1:]
    ):
        return
    of_targets, of_outputs = int(np.prod(y.shape[1:])), int(np.prod(output.shape[1:]))
    if of_targets != of_outputs:
        because = (
            f"The targets have the shape {y.shape} and the predictions {('n', *output.shape[1:])}: each "
            "number of the one is compared with several of the other."
        )
        change = changes.by_hand(
            "Give the last layer the shape of the targets.", f"keras.layers.Dense({of_targets})"
        )
        yield Suspect("shape", 0.9, because, change, layer=output.layer, is_error=True)
        yield Suspect("labels", 0.6, because, change, layer=output.layer)


def own_loss(output: OutputFacts, y: TargetFacts) -> Iterator[Suspect]:
    found = output.experiments
    name = fitting(y)[1]
    if found.get("truth", 0.0) > found.get("ignorance", np.inf):
        because = (
            f"`{output.loss}` is larger for the targets themselves ({found['truth']:.3g}) than for their "
            f"mean ({found['ignorance']:.3g}): training leads away from them. Is its sign wrong?"
        )
        yield Suspect(
            "loss_choice", 0.97, because, changes.loss(name, "it falls towards the targets"), is_error=True
        )
    exact, all_lost = found.get("exact", np.nan), found.get("ignorance", np.nan)
    if found.get("as_given", exact) - exact > 0.1 * abs(all_lost - exact):
        because = (
            f"`{output.loss}` of the targets themselves is {found['as_given']:.3g}, and {exact:.3g} once "
            f"both have the same shape: targets {y.shape} and predictions {('n', *output.shape[1:])} are "
            "stretched to a table in which each target meets every prediction."
        )
        change = changes.by_hand(
            "Give targets and predictions the same shape.", "y_train = y_train.reshape(-1, 1)"
        )
        yield Suspect("shape", 0.95, because, change, layer=output.layer, is_error=True)
    if found.get("doubled", 1.0) > 1.5:
        because = (
            f"`{output.loss}` is {found['doubled']:.2g} times as large when each sample is taken twice: it "
            "is a sum over the batch, so gradients and steps grow with the batch. A mean does not."
        )
        yield Suspect("loss_choice", 0.9, because, changes.loss(name, "it is a mean over the batch"))
    if "truth" in found and not all(np.isfinite(found.get(key, 0.0)) for key in ("exact", "zero", "slope")):
        because = (
            f"`{output.loss}` or its gradient is not finite where a prediction is exactly right, or 0: a "
            "logarithm, division or root without a guard."
        )
        yield Suspect("numerics", 0.6, because, changes.loss(name, "it is guarded"))


RULES = (
    crossentropy_of_numbers,
    classes_as_numbers,
    loss_without_a_scale,
    shapes_that_do_not_match,
    own_loss,
)

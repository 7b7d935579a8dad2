"""Rules about the samples: what is missing, out of scale, out of order or rare."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dlkeras.diagnosis.evidence import Evidence
from dlkeras.diagnosis.rules import changes
from dlkeras.diagnosis.rules.suspect import Suspect

NORMALISING = ("BatchNormalization", "LayerNormalization", "GroupNormalization", "Normalization")
SCALE = 5.0  # root mean square of the inputs of the first layer from which on they are worth a word
UNEQUAL = 8.0  # samples of the most frequent class over those of the rarest
UNEVEN = 30.0  # spread of a column over that of another


def not_finite(evidence: Evidence) -> Iterator[Suspect]:
    for what, arrays in (("x", evidence.x), ("y", evidence.y)):
        for array in arrays:
            if array.num_nan or array.num_infinite:
                because = (
                    f"`{what}` holds {array.num_nan} NaN and {array.num_infinite} infinite numbers in "
                    f"{array.shape[0]} samples. One of them in a batch makes the loss, and then every "
                    "weight, NaN."
                )
                change = changes.Change(
                    "Fill what is missing, or leave those samples out.",
                    f"good = np.isfinite({what}_train.reshape(len({what}_train), -1)).all(1)\n"
                    "x_train, y_train = x_train[good], y_train[good]",
                    {"drop_nonfinite": True},
                )
                yield Suspect("data_nan", 0.99, because, change, is_error=True, symptom="nan")


def scale_of_inputs(evidence: Evidence) -> Iterator[Suspect]:
    first = evidence.first_input
    if first is None or _is_normalised(evidence):
        return
    size = float(np.hypot(first.mean, first.std))
    alive = first.column_std[first.column_std > 0]
    uneven = float(alive.max() / np.median(alive)) if len(alive) > 1 else 1.0
    loud = size > SCALE
    if loud:
        largest = max(abs(first.low), abs(first.high))
        because = (
            f"What the first layer gets has a size of {size:.3g} (root mean square; the largest is "
            f"{largest:.3g})"
            + (
                f", and one column is spread {uneven:.0f} times as wide as the one in the middle"
                if uneven > UNEVEN
                else ""
            )
            + ". Layers are made to start from about 1: the outputs of the first one grow in proportion, its "
            "gradient too, and the loss gets steep along some weights and flat along others."
        )
        weight = min(0.9, 0.35 + 0.17 * np.log10(size / SCALE) * 2)
        yield Suspect("input_scale", weight, because, changes.scaled_inputs(), layer=_first_name(evidence))
    elif 0 < size < 0.03:
        because = (
            f"What the first layer gets has a size of {size:.3g} (root mean square), where layers are made "
            "to start from about 1. Were the inputs scaled twice?"
        )
        yield Suspect("input_scale", 0.75, because, changes.scaled_inputs(), layer=_first_name(evidence))


def _is_normalised(evidence: Evidence) -> bool:
    for layer in evidence.layers:
        if layer.kind in NORMALISING or layer.kind == "Embedding":
            return True
        if layer.fan_in:
            return False
    return False


def _first_name(evidence: Evidence) -> str | None:
    return next((layer.name for layer in evidence.layers if layer.fan_in), None)


def other_scale_of_held_out(evidence: Evidence) -> Iterator[Suspect]:
    """Compares column by column: samples of one kind differ by a few standard errors, not by the spread."""
    for train, held_out in zip(evidence.x, evidence.x_val, strict=False):
        if train.column_mean.shape != held_out.column_mean.shape or not np.any(train.column_std > 0):
            continue
        error = np.sqrt(1 / max(1, held_out.shape[0]))
        spread = np.where(train.column_std > 0, train.column_std, np.nan)
        shift = np.nanmedian(np.abs(held_out.column_mean - train.column_mean) / spread)
        with np.errstate(divide="ignore"):
            ratio = np.nanmedian(np.abs(np.log(held_out.column_std / spread)))
        if shift > 1 + 3 * error or ratio > np.log(3):
            because = (
                f"The columns of the held-out samples lie {shift:.2g} spreads of the training away from "
                f"those of the training, and are {np.exp(ratio):.2g} times as wide or narrow: they were not "
                "scaled alike."
            )
            change = changes.by_hand(
                "Scale both with the mean and spread of the training samples.",
                "mean, spread = x_train.mean(0), x_train.std(0)\n"
                "x_train, x_val = (x_train - mean) / spread, (x_val - mean) / spread",
            )
            change = changes.Change(change.words, change.code, {"x": "each"})
            yield Suspect("input_scale", 0.95, because, change, is_error=True, symptom="misleading_metric")
            yield Suspect("split", 0.5, because, change)


def scale_of_targets(evidence: Evidence) -> Iterator[Suspect]:
    if not evidence.y or evidence.y[0].kind != "real" or not evidence.outputs:
        return
    y = evidence.y[0]
    size = float(np.hypot(y.mean, y.std))
    if not 0.02 < size < 10 or y.std > 5:
        because = (
            f"The targets have a size of {size:.3g} and a spread of {y.std:.3g}, where outputs start near "
            f"{_spread_at_start(evidence):.2g}. The optimizer has to go all the way, "
            "and the squared error and its gradient grow with the scale."
        )
        off = abs(np.log10(max(size, 1e-12)))
        yield Suspect("target_scale", min(0.85, 0.4 + 0.15 * off), because, changes.scaled_targets())


def _spread_at_start(evidence: Evidence) -> float:
    look = evidence.looks[0] if evidence.looks else None
    return float(max(abs(look.prediction_low), abs(look.prediction_high))) if look else np.nan


def order_of_samples(evidence: Evidence) -> Iterator[Suspect]:
    y = evidence.y[0] if evidence.y else None
    if y is None or y.counts is None:
        return
    fit = evidence.fit
    if y.is_sorted and not fit.get("shuffle", True):
        because = (
            "The samples come class by class and are not shuffled (`shuffle=False`): for many steps a batch "
            "holds one class alone, and the model unlearns the others."
        )
        yield Suspect("split", 0.9, because, _shuffled(), is_error=True)
    held_out = evidence.y_val[0] if evidence.y_val else None
    if held_out is not None and held_out.values is not None and y.values is not None and y.kind != "real":
        unknown = sorted(set(held_out.values) - set(y.values))
        missing = sorted(set(y.values) - set(held_out.values))
        if unknown or (fit.get("is_split") and y.is_sorted and missing):
            because = (
                f"The held-out samples have classes {_some(unknown or missing)} that "
                f"{'the training samples lack' if unknown else 'are not among the held-out ones'}: "
                "`validation_split` takes the last samples, as they come, before any shuffling."
            )
            yield Suspect("split", 0.95, because, _shuffled(), is_error=True, symptom="misleading_metric")


def _some(values) -> str:
    return ", ".join(f"{value:g}" for value in values[:5])


def _shuffled():
    return changes.Change(
        "Shuffle the samples before anything is split off.",
        "order = np.random.default_rng(0).permutation(len(x_train))\n"
        "x_train, y_train = x_train[order], y_train[order]",
        {"shuffle": True},
    )


def one_class_alone(evidence: Evidence) -> Iterator[Suspect]:
    """Of arrays: wrong labels. Of a first batch, of three classes or more: samples that come in order."""
    for output, y in zip(evidence.outputs, evidence.y, strict=False):
        if output.is_own_loss or not output.loss or y.num_nan or y.num_infinite or y.shape[0] <= 10:
            continue
        if y.counts is None or len(y.counts) > 1:
            continue
        if not evidence.is_first_batch:
            because = f"All {y.shape[0]} targets are {y.values[0]:g}: there is nothing to tell apart."
            change = changes.by_hand("Look at how the targets were made.", "print(np.unique(y_train))")
            yield Suspect("labels", 0.9, because, change, is_error=True, symptom="misleading_metric")
        elif y.kind in ("classes", "one_hot") and (output.shape[-1] or 1) > 2:
            because = (
                f"All {y.shape[0]} targets of the first batch are {y.values[0]:g}, of {output.shape[-1]} "
                "classes: the samples seem to come class by class, so the model unlearns the others."
            )
            change = changes.by_hand(
                "Shuffle over all samples, before they are put into batches.",
                "samples.shuffle(num_samples).batch(32)",
            )
            yield Suspect("split", 0.9, because, change, is_error=True)


def size_of_batch(evidence: Evidence) -> Iterator[Suspect]:
    fit = evidence.fit
    size, batch = fit.get("num_samples"), fit.get("batch_size")
    if not (size and batch):
        return
    if batch >= size / 2 and size >= 64:
        because = (
            f"A batch holds {batch} of {size} samples, so an epoch is {-(-size // batch)} update"
            f"{'s' if batch < size else ''}, and {fit.get('epochs')} epochs are {len(evidence.steps)}."
        )
        change = changes.batch(32, "there are more updates in an epoch")
        yield Suspect("batch_size", 0.8, because, change, symptom="slow_convergence")
    elif batch <= 2 and size >= 200:
        because = f"Batches of {batch}: the gradient is mostly noise, and each step follows it."
        yield Suspect("batch_size", 0.5, because, changes.batch(32, "noise cancels out"))


def rare_class(evidence: Evidence) -> Iterator[Suspect]:
    y = evidence.y[0] if evidence.y else None
    if (
        y is None
        or y.counts is None
        or y.kind not in ("classes", "one_hot", "binary", "signs")
        or len(y.counts) < 2
    ):
        return
    share = y.counts.min() / y.counts.sum()
    if y.counts.max() / y.counts.min() >= UNEQUAL and not evidence.fit.get("class_weight"):
        same = evidence.looks[-1].same_rate if evidence.looks else np.nan
        because = (
            f"The rarest class has {100 * share:.1f} % of the samples, and the most frequent one "
            f"{100 * y.counts.max() / y.counts.sum():.0f} %, which is the accuracy of a model that knows "
            f"nothing. {100 * same:.0f} % of the predictions are one and the same class."
        )
        yield Suspect("imbalance", 0.85, because, changes.weights_of_classes(), symptom="misleading_metric")


RULES = (
    not_finite,
    scale_of_inputs,
    other_scale_of_held_out,
    scale_of_targets,
    order_of_samples,
    one_class_alone,
    size_of_batch,
    rare_class,
)

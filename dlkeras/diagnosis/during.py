"""Rules about what happened in the steps: how far weights moved, where gradients ended, what died."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from dlkeras.diagnosis import changes
from dlkeras.diagnosis.before_layers import hidden, scale_of
from dlkeras.diagnosis.evidence import Evidence
from dlkeras.diagnosis.looking import STATISTICS
from dlkeras.diagnosis.suspect import Suspect

ADAPTIVE = ("Adam", "AdamW", "Nadam", "Adamax", "RMSprop", "Adagrad", "Adafactor", "Lion")
USUAL = 0.003  # norm of a step's change over that of the weights, when training goes well: 1e-4 to 1e-2
DEAD = STATISTICS.index("dead")
SATURATED = STATISTICS.index("saturated")
BETWEEN = STATISTICS.index("between")


def suspects(evidence: Evidence) -> Iterator[Suspect]:
    """Yields what the steps speak for."""
    for rule in RULES:
        yield from rule(evidence)


def update_ratios(evidence: Evidence) -> np.ndarray:
    """Median over the kernels of a step's change over the weights, by measured step."""
    rows = [
        [v for k, v in moved.items() if not k.endswith(("bias", "beta", "gamma")) and np.isfinite(v)]
        for _, moved in evidence.updates
    ]
    return np.array([np.median(row) for row in rows if row])


def path_of(evidence: Evidence) -> float:
    """How far the kernels went from epoch to epoch, over their norms: median of the kernels."""
    rows = [
        [v for k, v in look.moved.items() if not k.endswith(("bias", "beta", "gamma"))]
        for look in evidence.looks[1:]
    ]
    return float(np.median(np.sum(rows, axis=0))) if rows and all(rows) else np.nan


def gradient_fall(evidence: Evidence) -> float:
    """Gradient of the first layer over the largest of a later one, in the first steps (median); 1 for one "
    "layer."""
    rows = evidence.gradients[:10]
    if rows.size == 0 or rows.shape[1] < 2:
        return 1.0
    with np.errstate(all="ignore"):
        ratio = np.nanmedian(rows[:, 0] / np.nanmax(rows[:, 1:], axis=1))
    return float(ratio) if np.isfinite(ratio) else 1.0


def final_loss_ratio(evidence: Evidence) -> float:
    """Loss at the end over what ignorance costs."""
    return evidence.looks[-1].loss / evidence.ignorance if evidence.looks and evidence.ignorance else np.nan


def wrong_way(evidence: Evidence) -> Iterator[Suspect]:
    rate, name = evidence.optimizer.get("rate", 1.0), evidence.optimizer.get("name", "Adam")
    if rate < 0:
        because = f"The learning rate is {rate:g}: each step goes up the loss, away from where it is small."
        yield Suspect(
            "learning_rate_high",
            0.99,
            because,
            changes.rate(_plain_rate(name), name),
            is_error=True,
            symptom="divergence",
        )
    elif rate == 0 and not evidence.optimizer.get("has_schedule"):
        because = "The learning rate is 0, so nothing moves."
        yield Suspect(
            "learning_rate_low", 0.99, because, changes.rate(_plain_rate(name), name), is_error=True
        )


def _plain_rate(name: str) -> float:
    return 0.001 if name in ADAPTIVE else 0.01


def steps_too_large(evidence: Evidence) -> Iterator[Suspect]:
    rate, name = evidence.optimizer.get("rate", 0.0), evidence.optimizer.get("name", "")
    ratios = update_ratios(evidence)
    first = float(np.max(ratios[:3])) if len(ratios) else 0.0
    if rate > 0 and first > 0.1:
        new = rate * USUAL / first
        if name in ADAPTIVE:
            new = min(max(new, 0.0005), 0.003)
        because = (
            f"A single step changed the weights by {100 * first:.3g} % of their size (median of the "
            f"layers), at a learning rate of {rate:g}; "
            f"from 0.01 to 1 % is usual. A step that large lands anywhere."
        )
        weight = min(0.88, 0.62 + 0.16 * np.log10(first / 0.1))
        yield Suspect("learning_rate_high", weight, because, changes.rate(new, name))
    elif name in ADAPTIVE and rate > 0.03:
        because = (
            f"{name} moves every weight by about its learning rate at each step, and {rate:g} is much: "
            "0.001 is "
            "usual."
        )
        yield Suspect("learning_rate_high", 0.6, because, changes.rate(0.001, name))


def loss_that_rises(evidence: Evidence) -> Iterator[Suspect]:
    losses = [look.loss + look.penalty for look in evidence.looks]
    rate, name = evidence.optimizer.get("rate", 0.0), evidence.optimizer.get("name", "")
    if len(losses) < 2 or rate <= 0:
        return
    finite = [value for value in losses if np.isfinite(value)]
    has_gone = len(finite) < len(losses) or evidence.failure is not None
    peak = max(finite) / max(finite[0], 1e-12) if finite and finite[0] > 0 else 1.0
    seen = [log["loss"] for log in evidence.logs if np.isfinite(log.get("loss", np.nan))]
    if seen and finite and finite[0] > 0:
        peak = max(peak, max(seen) / finite[0])
    if has_gone or peak > 2:
        new = rate / 10 if name not in ADAPTIVE or rate <= 0.001 else max(0.001, rate / 30)
        what = (
            "left the range of numbers" if has_gone else f"rose to {peak:.3g} times what it was at the start"
        )
        because = f"The loss {what}, at a learning rate of {rate:g}: steps that overshoot get longer."
        yield Suspect("learning_rate_high", 0.6 if has_gone else 0.62, because, changes.rate(new, name))


def steps_too_small(evidence: Evidence) -> Iterator[Suspect]:
    path, steps = path_of(evidence), len(evidence.steps)
    rate, name = evidence.optimizer.get("rate", 0.0), evidence.optimizer.get("name", "")
    if not (np.isfinite(path) and rate > 0 and steps) or path > 0.3:
        return
    ratios = update_ratios(evidence)
    each = float(np.median(ratios)) if len(ratios) else path / steps
    if each > 0.02:
        return
    factor = min(100.0, max(3.0, 0.5 / max(path, 1e-9)))
    epochs = evidence.fit.get("epochs") or 1
    new = (
        min(rate * factor, 0.01 if name in ADAPTIVE else 0.1)
        if rate * 3 < (0.01 if name in ADAPTIVE else 0.1)
        else rate * 3
    )
    because = (
        f"In {steps} steps the weights went {100 * path:.2g} % of their size, {100 * each:.2g} % in a "
        "step; when a "
        "network learns they go about as far as they are long. It has hardly begun."
    )
    weight = 0.72 if path < 0.1 else 0.58
    few = steps < 100
    longer = int(epochs * min(factor, 10))
    change = changes.rate_and_epochs(new, longer, name) if few else changes.rate(new, name)
    yield Suspect("learning_rate_low", weight, because, change, symptom="slow_convergence")
    yield Suspect(
        "epochs",
        weight - (0.02 if few else 0.12),
        because,
        changes.epochs(longer),
        symptom="slow_convergence",
    )


def steady_slow_fall(evidence: Evidence) -> Iterator[Suspect]:
    """A loss that falls in nearly every epoch, as fast in the end as before, and is far from what can be "
    "reached."""
    losses = np.array([log.get("loss", np.nan) for log in evidence.logs])
    rate, name = evidence.optimizer.get("rate", 0.0), evidence.optimizer.get("name", "")
    if len(losses) < 4 or not np.all(np.isfinite(losses)) or rate <= 0:
        return
    falls = -np.diff(losses)
    late = falls[-max(2, len(falls) // 4) :].mean()
    if np.mean(falls > 0) < 0.85 or late < 0.4 * falls.mean():
        return
    epochs = evidence.fit.get("epochs") or len(losses)
    because = (
        f"The loss falls from epoch to epoch ({losses[0]:.3g} to {losses[-1]:.3g}), at the end "
        f"{late / falls.mean():.2g} times as fast as on "
        "average: it goes the right way and has far to go."
    )
    new = min(rate * 10, 0.1) if rate < 0.03 else rate * 3
    yield Suspect("learning_rate_low", 0.66, because, changes.rate(new, name), symptom="slow_convergence")
    yield Suspect("epochs", 0.6, because, changes.epochs(4 * epochs), symptom="slow_convergence")


def unusual_settings(evidence: Evidence) -> Iterator[Suspect]:
    facts = evidence.optimizer
    name, rate = facts.get("name", ""), facts.get("rate", 0.0)
    if (name == "Adadelta" and 0 < rate < 0.1) or (name == "Adagrad" and 0 < rate < 0.005):
        usual = 1.0 if name == "Adadelta" else 0.01
        because = (
            f"{name} scales its steps by itself and was published with a rate of {usual:g}; with {rate:g} "
            "its steps are that much "
            "smaller."
        )
        yield Suspect(
            "learning_rate_low", 0.74, because, changes.rate(usual, name), symptom="slow_convergence"
        )
        yield Suspect("optimizer", 0.73, because, changes.rate(usual, name), symptom="slow_convergence")
    if facts.get("momentum", 0.0) >= 0.99:
        steps = 1 / max(1 - facts["momentum"], 1e-3)
        because = f"A momentum of {facts['momentum']:g} adds up {steps:.0f} steps, which overshoot together."
        yield Suspect(
            "optimizer", 0.66, because, changes.by_hand("Use a momentum of 0.9.", "SGD(rate, momentum=0.9)")
        )
        yield Suspect("learning_rate_high", 0.64, because, changes.rate(rate / 10, name))
    if facts.get("epsilon", 0.0) >= 0.01 and name in ADAPTIVE:
        because = (
            f"An epsilon of {facts['epsilon']:g} is as large as the gradients that it guards from 0: the "
            "steps "
            "shrink with them."
        )
        yield Suspect("optimizer", 0.7, because, changes.by_hand("Leave epsilon at 1e-7.", f"{name}(rate)"))
    if facts.get("weight_decay", 0.0) >= 0.1:
        because = f"A weight decay of {facts['weight_decay']:g} pulls every weight to 0; 0.004 is usual."
        yield Suspect(
            "regularisation",
            0.75,
            because,
            changes.by_hand("Use 0.004.", f"{name}(rate, weight_decay=0.004)"),
        )


def clipped_away(evidence: Evidence) -> Iterator[Suspect]:
    if evidence.gradients.shape != evidence.applied.shape or not evidence.gradients.size:
        return
    with np.errstate(all="ignore"):
        whole = np.sqrt(np.nansum(evidence.gradients**2, axis=1))
        left = np.sqrt(np.nansum(evidence.applied**2, axis=1))
        share = float(np.nanmedian(left / whole))
    if share < 0.05 and evidence.optimizer.get("name") not in ADAPTIVE:
        because = (
            f"Clipping leaves {100 * share:.2g} % of the length of the gradients, which is "
            f"{np.nanmedian(whole):.3g} in the median: "
            "it does not cut outliers, it makes every step that short."
        )
        yield Suspect("optimizer", 0.9, because, changes.clip(), symptom="slow_convergence")


def heavy_penalty(evidence: Evidence) -> Iterator[Suspect]:
    look = evidence.looks[-1] if evidence.looks else None
    if look is None or not np.isfinite(look.penalty) or look.penalty <= 0:
        return
    first = evidence.looks[0]
    share = look.penalty / (look.penalty + abs(look.loss))
    share_first = first.penalty / (first.penalty + abs(first.loss))
    if max(share, share_first) > 0.5:
        because = (
            f"The penalty on the weights was {100 * share_first:.0f} % of the loss at the start and is "
            f"{100 * share:.0f} % at the end: training makes weights small rather than predictions right."
        )
        yield Suspect("regularisation", 0.88, because, changes.penalty(), symptom="underfitting")


def averages_that_do_not_fit(evidence: Evidence) -> Iterator[Suspect]:
    has_norm = [layer.name for layer in evidence.layers if layer.kind == "BatchNormalization"]
    if not has_norm or len(evidence.looks) < 2 or not evidence.logs:
        return
    seen, look = evidence.logs[-1].get("loss", np.nan), evidence.looks[-1]
    steps = len(evidence.steps)
    if look.loss + look.penalty > 2 * seen and look.loss + look.penalty - seen > 0.3 * abs(
        evidence.ignorance
    ):
        because = (
            f"On samples of the training the loss is {seen:.3g} while it trains, with the mean of each "
            "batch, and "
            f"{look.loss:.3g} with the moving averages that BatchNormalization predicts with: after "
            f"{steps} steps they do not fit."
        )
        change = changes.Change(
            "Let the averages follow faster, or train longer, with batches of 16 and more.",
            "keras.layers.BatchNormalization(momentum=0.9)",
            {"batch_norm_momentum": 0.9},
        )
        yield Suspect("batchnorm", 0.85, because, change, layer=has_norm[0], symptom="misleading_metric")


def dead_units(evidence: Evidence) -> Iterator[Suspect]:
    if len(evidence.looks) < 2 or not evidence.layers:
        return
    first, last = evidence.looks[0].layers, evidence.looks[-1].layers
    inside = {layer.name for layer in hidden(evidence)}
    for k, layer in enumerate(evidence.layers):
        if layer.name in inside and layer.activation == "relu" and last[k, DEAD] >= 0.9:
            if first[k, DEAD] < 0.5:
                rate, name = evidence.optimizer.get("rate", 0.0), evidence.optimizer.get("name", "")
                because = (
                    f"{100 * last[k, DEAD]:.0f} % of the units of {layer.name} are zero on every sample, and "
                    f"{100 * first[k, DEAD]:.0f} % were at the start: a step threw them where ReLU has no "
                    "slope."
                )
                yield Suspect(
                    "learning_rate_high",
                    0.66,
                    because,
                    changes.rate(max(rate / 10, 1e-5), name),
                    layer=layer.name,
                    symptom="dead_relu",
                )
            return


def dead_from_the_start(evidence: Evidence) -> Iterator[Suspect]:
    if not evidence.looks or not evidence.layers:
        return
    first, inside = evidence.looks[0].layers, {layer.name for layer in hidden(evidence)}
    for k, layer in enumerate(evidence.layers):
        if layer.name in inside and layer.activation == "relu" and first[k, DEAD] >= 0.9 and layer.units > 2:
            because = (
                f"{100 * first[k, DEAD]:.0f} % of the units of {layer.name} are zero on every sample "
                "before the first step; half of "
                "their inputs should be positive. No gradient passes there."
            )
            yield Suspect(
                "weight_init", 0.64, because, changes.initializer(), layer=layer.name, symptom="dead_relu"
            )
            return


def saturated_from_the_start(evidence: Evidence) -> Iterator[Suspect]:
    if not evidence.looks or not evidence.layers:
        return
    first = evidence.looks[0].layers
    for k, layer in enumerate(evidence.layers[:-1]):
        if layer.name in {each.name for each in hidden(evidence)} and first[k, SATURATED] > 0.5:
            because = (
                f"{100 * first[k, SATURATED]:.0f} % of the outputs of {layer.name} are at the flat ends of "
                f"{layer.activation} before the first step, "
                "where the slope is below a twentieth of its largest: what comes back is next to nothing."
            )
            size = evidence.first_input
            loud = size is not None and np.hypot(size.mean, size.std) > 3
            cause = "input_scale" if loud else "weight_init"
            change = changes.scaled_inputs() if loud else changes.initializer("glorot_uniform")
            yield Suspect(cause, 0.8, because, change, layer=layer.name, symptom="saturated_units")
            return


def vanishing(evidence: Evidence) -> Iterator[Suspect]:
    fall = gradient_fall(evidence)
    bending = [layer for layer in hidden(evidence) if layer.activation not in (None, "linear")]
    if fall > 0.02 or len(bending) < 3:
        return
    names = [layer.activation for layer in bending]
    squashing = sum(name in ("sigmoid", "tanh", "softsign", "hard_sigmoid", "softmax") for name in names)
    because = (
        f"In the first steps the gradient of the first layer is {fall:.2g} of the largest behind it; in a "
        "stack that keeps the "
        "size of its signal they are alike."
    )
    if squashing > len(names) / 2:
        yield Suspect(
            "hidden_activation",
            0.75,
            because,
            changes.hidden("relu"),
            layer=bending[0].name,
            symptom="vanishing_gradient",
        )
    else:
        scales = [scale_of(layer) for layer in hidden(evidence) if layer.fan_in]
        small = bool(scales) and float(np.median(scales)) < 1.2
        cause = "weight_init" if small else "architecture"
        yield Suspect(
            cause, 0.6, because, changes.initializer(), layer=bending[0].name, symptom="vanishing_gradient"
        )


RULES: tuple[Callable[[Evidence], Iterator[Suspect]], ...] = (
    wrong_way,
    steps_too_large,
    loss_that_rises,
    steps_too_small,
    steady_slow_fall,
    unusual_settings,
    clipped_away,
    heavy_penalty,
    averages_that_do_not_fit,
    dead_units,
    dead_from_the_start,
    saturated_from_the_start,
    vanishing,
)

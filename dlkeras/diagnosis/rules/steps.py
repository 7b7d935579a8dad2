"""Rules about the steps: too large, too small, in the wrong direction, cut off."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dlkeras.diagnosis.evidence import Evidence
from dlkeras.diagnosis.rules import changes
from dlkeras.diagnosis.rules.measures import path_of, update_ratios
from dlkeras.diagnosis.rules.suspect import Suspect

ADAPTIVE = ("Adam", "AdamW", "Nadam", "Adamax", "RMSprop", "Adagrad", "Adafactor", "Lion")
USUAL = 0.003  # norm of a step's change over that of the weights, when training goes well: 1e-4 to 1e-2


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
        new = rate * max(USUAL / first, 1e-3)  # a first step may be thousands of times too large by itself
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
            "0.001 is usual."
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
    if evidence.applied.size and np.nanmedian(evidence.applied) == 0:
        return  # no rate makes a step of a gradient that is 0
    ratios = update_ratios(evidence)
    each = float(np.median(ratios)) if len(ratios) else path / steps
    if each > 0.02:
        return
    factor = min(1e4, max(3.0, 0.5 / max(path, 1e-9)))
    epochs = evidence.fit.get("epochs") or 1
    new = (
        min(rate * factor, 0.01 if name in ADAPTIVE else 0.1)
        if rate * 3 < (0.01 if name in ADAPTIVE else 0.1)
        else rate * 3
    )
    because = (
        f"In {steps} steps the weights went {100 * path:.2g} % of their size, {100 * each:.2g} % in a step; "
        "when a network learns they go about as far as they are long. It has hardly begun."
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
    """A loss that falls in nearly every epoch, in the end as fast as before, and has far to go."""
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
        f"{late / falls.mean():.2g} times as fast as on average: it goes the right way and has far to go."
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
            "its steps are that much smaller."
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
            "steps shrink with them."
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


RULES = (
    wrong_way,
    steps_too_large,
    loss_that_rises,
    steps_too_small,
    steady_slow_fall,
    unusual_settings,
    clipped_away,
)

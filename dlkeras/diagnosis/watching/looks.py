"""Looks at a model before training and after each epoch, over the same samples, and keeps what it saw."""

from __future__ import annotations

import keras
import numpy as np

from dlkeras.diagnosis.evidence import Evidence, Look
from dlkeras.diagnosis.watching import losses
from dlkeras.diagnosis.watching.data_facts import array_facts, arrays_of, target_facts
from dlkeras.diagnosis.watching.looking import Looking, Seen
from dlkeras.diagnosis.watching.reference import reference_skill
from dlkeras.diagnosis.watching.samples import Samples, some_of
from dlkeras.diagnosis.watching.skill import CLASS_KINDS, decided, skill_of


class Looks:
    """What is looked at, and the evidence that grows by it.

    Args:
        model: The model in training.
        evidence: Gets the facts of data, layers, outputs and loss at once, and a look at each `add`.
        train: The samples of the training.
        held_out: Those that it is validated on, or None.
    """

    def __init__(self, model: keras.Model, evidence: Evidence, train: Samples, held_out: Samples | None):
        self._model, self._evidence = model, evidence
        self._train = some_of(train, model)
        self._held_out = None if held_out is None else some_of(held_out, model)
        self._looking = Looking(model, self._train.x)
        seen = self._looking.at(self._train.x)
        evidence.layers, evidence.outputs = self._looking.layers, self._looking.outputs
        self._losses = losses.losses_of(model, self._train.y, seen.predictions)
        for output, loss, y, p in zip(
            evidence.outputs, self._losses, self._train.y, seen.predictions, strict=True
        ):
            if loss is not None:
                output.loss, output.is_own_loss, output.from_logits = losses.name_of(loss)
                output.experiments = losses.experiments(loss, y, p) if output.is_own_loss else {}
        self._note_data(train, held_out, seen)

    def add(self, epoch: int, moved: dict[str, float], norms: dict[str, float]) -> None:
        """Looks, after some epochs, and notes how far weights have moved since the look before."""
        seen = self._looking.at(self._train.x)
        loss, skill, *of_predictions = self._rate(self._train, seen)
        held_out = (np.nan, np.nan)
        if self._held_out is not None:
            held_out = self._rate(self._held_out, self._looking.at(self._held_out.x))[:2]
        self._evidence.looks.append(
            Look(
                epoch,
                loss,
                seen.penalty,
                skill,
                *of_predictions,
                held_out[1],
                held_out[0],
                *_range(seen),
                seen.layers,
                norms,
                moved,
            )
        )

    def _rate(self, samples: Samples, seen: Seen) -> tuple:
        """Loss, skill, accuracy, share of the most frequent prediction, spread; of the first output."""
        output, y, p = self._evidence.outputs[0], samples.y[0], seen.predictions[0]
        loss = np.nan if self._losses[0] is None else losses.value_of(self._losses[0], y, p)
        kind = self._evidence.y[0].kind
        is_logit = output.from_logits
        with np.errstate(all="ignore"):
            skill = skill_of(y, p, kind, is_logit)
            spread = float(np.sqrt(np.mean(np.var(p.astype(np.float64), axis=0))))
            accuracy = same = np.nan
            if kind in CLASS_KINDS and np.all(np.isfinite(p)):
                truth, guess = decided(y, p, kind, is_logit)
                if truth.shape == guess.shape:
                    accuracy = float(np.mean(truth == guess))
                    same = float(
                        np.mean([np.unique(g, return_counts=True)[1].max() for g in guess.T]) / len(guess)
                    )
            elif kind == "real":
                spread /= float(y.std()) or 1.0
        return loss, skill, accuracy, same, spread

    def _note_data(self, train: Samples, held_out: Samples | None, seen: Seen) -> None:
        evidence = self._evidence
        evidence.x = [array_facts(each) for each in arrays_of(train.x)]
        pairs = list(zip(train.y, evidence.outputs, strict=True))
        evidence.y = [target_facts(y, output.loss, output.shape[-1] or 1) for y, output in pairs]
        if held_out is not None:
            evidence.x_val = [array_facts(each) for each in arrays_of(held_out.x)]
            pairs = zip(held_out.y, evidence.outputs, strict=True)
            evidence.y_val = [target_facts(y, o.loss, o.shape[-1] or 1) for y, o in pairs]
        if seen.first_input is not None:
            evidence.first_input = array_facts(seen.first_input)
        first = evidence.outputs[0]
        evidence.reference = reference_skill(some_of(train, self._model, 512), evidence.y[0].kind)
        if self._losses[0] is not None:
            evidence.ignorance = losses.cost_of_ignorance(
                self._losses[0],
                self._train.y[0],
                evidence.y[0].kind,
                seen.predictions[0].shape,
                first.from_logits,
            )


def _range(seen: Seen) -> tuple[float, float]:
    p = seen.predictions[0]
    return float(p.min()), float(p.max())

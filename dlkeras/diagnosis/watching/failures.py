"""Names the first tensor of a training that was not finite."""

from __future__ import annotations

import keras
import numpy as np

from dlkeras.callbacks.records import NonFinite
from dlkeras.callbacks.step_recorder import StepRecorder
from dlkeras.diagnosis.evidence import Failure
from dlkeras.diagnosis.watching.first_nonfinite import FirstNonFinite
from dlkeras.diagnosis.watching.layer_calls import variable_names


def first_failure(
    watch: FirstNonFinite, recorder: StepRecorder | None, model: keras.Model, num_steps: int
) -> Failure | None:
    """Finds it, from the first loss and the first gradient that were not finite.

    What came first in a step: inputs, targets, what layers gave in the order of their calls, the loss, the
    gradients from the last layer back, the weights after the update.
    """
    gradient = None
    if recorder is not None and recorder.columns is not None:
        gradient = recorder.record().first_nonfinite()
    if watch.step is None:
        return _after(gradient, model, num_steps)
    if gradient is not None and gradient.step < watch.step:
        return _of(gradient)
    found = watch.not_finite()
    for kind in ("input", "target"):
        if first := [name for of, name in found if of == kind]:
            return Failure(kind, watch.step, first[0])
    if weights := [name for of, name in found if of == "weight"]:
        return Failure("weight", max(0, watch.step - 1), weights[0])
    if activations := [name for of, name in found if of == "activation"]:
        return Failure("activation", watch.step, activations[0])
    return Failure("loss", watch.step, "loss")


def _after(gradient: NonFinite | None, model: keras.Model, num_steps: int) -> Failure | None:
    if gradient is not None:
        return _of(gradient)
    for weight in model.trainable_variables:
        if not np.all(np.isfinite(weight.numpy())):
            return Failure("weight", max(0, num_steps - 1), variable_names(model)[id(weight)])
    return None


def _of(gradient: NonFinite) -> Failure:
    return Failure("gradient", gradient.step, gradient.variable)

"""The callback that watches a training and says what is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from dlkeras.callbacks.step_recorder import StepRecorder, innermost
from dlkeras.callbacks.train_tap import TrainTap
from dlkeras.diagnosis.evidence import Evidence
from dlkeras.diagnosis.problem import Problem
from dlkeras.diagnosis.watching import failures, model_facts
from dlkeras.diagnosis.watching.first_nonfinite import FirstNonFinite
from dlkeras.diagnosis.watching.looks import Looks
from dlkeras.diagnosis.watching.samples import Given, Samples, samples_of
from dlkeras.diagnosis.watching.weights import Movement

if TYPE_CHECKING:
    from dlkeras.diagnosis.proving.proof import Trial
    from dlkeras.plots import Figure


class Diagnosis(keras.callbacks.Callback):
    """Watches a training and says what is wrong with it, why, and what to change.

    Before the first step it looks at model, loss and data; during training it records the gradient of every
    layer at every step, and how far one step in an epoch moves the weights; after each of the first ten
    epochs, and ever more rarely later, it predicts 256 samples of the training and 256 held-out ones. It
    changes nothing: the weights end bit for bit as without.

    Whether a model learns is established first, by its *skill* on those samples: 0 for the best constant
    prediction and 1 for a perfect one, whatever the task and the loss. It is held against what simple methods
    (five nearest neighbours, ridge regression) make of the same samples. Only where it learns nothing, stays
    far below them, breaks down or was ended before it began are gradients, steps and scales blamed; what
    cannot be right, such as a softmax over one unit, is always told.

    It sees what passes through `fit`: any model of Keras, functional, nested, shared or subclassed, in mixed
    precision, with a `train_step` of its own that uses `compute_loss` and an optimizer of Keras. Of a
    `tf.data.Dataset` or generator it sees the first batch alone. A training loop without `fit` it does not
    see, nor one on several devices; of several outputs it rates the first. What it did not see is in
    `evidence.unseen`, and in the report.

    Attributes:
        evidence: All that the rules know, as plain numbers.

    Example:
        ```python
        diagnosis = Diagnosis()
        model.fit(x, y, epochs=20, validation_split=0.2, callbacks=[diagnosis])
        print(diagnosis.report())
        for problem in diagnosis.problems:
            print(problem.name, problem.causes, problem.change.code)
        ```

    References:
        Zhang et al. (2021), AUTOTRAINER, and Ben Braiek and Khomh (2023), TheDeepChecker, name many of the
        symptoms; their thresholds are not used. Skill: Brodersen et al. (2010), balanced accuracy.
    """

    def __init__(self):
        super().__init__()
        self._forget()

    def _forget(self) -> None:
        self.evidence = Evidence()
        self._tap: TrainTap | None = None
        self._recorder: StepRecorder | None = None
        self._watch: FirstNonFinite | None = None
        self._movement: Movement | None = None
        self._looks: Looks | None = None
        self._problems: list[Problem] | None = None
        self._step = 0
        self._steps_before = 0

    # What it watches

    def on_train_begin(self, logs=None):
        before, movement = (self._tap, self._recorder, self._watch), self._movement
        self._forget()
        evidence, given = self.evidence, Given.of(self.model)
        evidence.fit = given.settings(self.params or {})
        evidence.optimizer = model_facts.optimizer_facts(innermost(self.model.optimizer))
        self._movement = Movement.begun(self.model, movement)
        evidence.is_first_batch = given.train is None
        if given.train is None:
            evidence.unseen.append("the samples are not in arrays, so the first batch stands for them")
        else:
            self._look_from(given.train, given.held_out)
        self._join(before, keeps_first=given.train is None)

    def on_train_batch_begin(self, batch, logs=None):
        steps = self.evidence.fit.get("steps") or 0
        if batch == steps // 2 or self._step == 0:
            self._movement.begin_step()

    def on_train_batch_end(self, batch, logs=None):
        self._step = self._steps_before + batch + 1
        moved = self._movement.end_step()
        if moved:
            self.evidence.updates.append((self._step - 1, moved))

    def on_epoch_end(self, epoch, logs=None):
        self._steps_before = self._step
        self._problems = None
        self.evidence.logs.append({name: float(np.mean(value)) for name, value in (logs or {}).items()})
        if self._recorder is not None:
            self._check_recorder(epoch)
        if self._looks is None and self._watch is not None and (batch := self._watch.first_batch()):
            samples = samples_of(self.model, *batch)
            if samples is not None:
                self._look_from(samples, None)
        if self._is_due(len(self.evidence.logs)):
            self._look()

    def on_train_end(self, logs=None):
        if self.evidence.looks and self.evidence.looks[-1].epoch < len(self.evidence.logs):
            self._look()
        self._gather()
        if self._tap is not None:
            for watcher in (self._recorder, self._watch):
                self._tap.leave(watcher)

    @staticmethod
    def _is_due(epoch: int) -> bool:
        """Whether to look after an epoch: each of the first ten, then one in an eighth of all so far."""
        return epoch <= 10 or epoch % (epoch // 8) == 0

    def _look(self) -> None:
        if self._looks is not None:
            self._looks.add(len(self.evidence.logs), *self._movement.end_epoch())

    def _look_from(self, train: Samples, held_out: Samples | None) -> None:
        try:
            self._looks = Looks(self.model, self.evidence, train, held_out)
        except Exception as error:  # a model of the user's own may refuse; its training goes on
            reason = str(error).strip().splitlines()[:1] or [type(error).__name__]
            self.evidence.unseen.append(
                f"layers and predictions, since the model could not be called: {reason[0]}"
            )
            return
        if not self.evidence.logs:
            self._looks.add(0, {}, {})

    def _join(self, before: tuple, keeps_first: bool) -> None:
        """Takes part in the step; that of the training before serves again where nothing has changed."""
        if not self.model.trainable_variables:
            return
        if self.model.distribute_strategy.num_replicas_in_sync > 1:
            self.evidence.unseen.append("gradients, since the training runs on several devices")
            return
        tap, recorder, watch = before
        self._tap = TrainTap.install(self.model, tap)
        if self._tap is tap and None not in (recorder, watch) and watch.keeps_first == keeps_first:
            recorder.restart()
            watch.restart()
        else:
            recorder = StepRecorder(self.model, 1, ("gradients", "unclipped"))
            watch = FirstNonFinite(self.model, keeps_first)
        self._recorder, self._watch = recorder, watch
        self._tap.join(self._recorder)
        self._tap.join(self._watch)

    def _check_recorder(self, epoch: int) -> None:
        if not self._recorder.has_calls:
            self.evidence.unseen.append("gradients, since `train_step` calls no optimizer of Keras")
            self._tap.leave(self._recorder)
            self._recorder = None
        elif not self._watch.has_seen_loss and not epoch:
            self.evidence.unseen.append("the loss of a step, since `train_step` does not use `compute_loss`")

    # What it says

    @property
    def problems(self) -> list[Problem]:
        """What is wrong, the most certain first, at most three; empty if nothing is."""
        if self._problems is None:
            from dlkeras.diagnosis.judging import problems_of

            self._gather()
            self._problems = problems_of(self.evidence)
        return self._problems

    @property
    def causes(self) -> list[str]:
        """The causes of all problems, the most certain first, each once."""
        return list(dict.fromkeys(cause for problem in self.problems for cause in problem.causes))

    def report(self) -> str:
        """Says in words what is wrong, why, and what to change."""
        from dlkeras.diagnosis.telling.text import text_of

        return text_of(self.problems, self.evidence)

    def figures(self) -> dict[str, Figure]:
        """Draws what was seen: skill by epoch and gradients by step."""
        from dlkeras.diagnosis.telling.figures import exhibits  # Matplotlib takes a second

        self._gather()
        return {name: exhibit.figure for name, exhibit in exhibits(self.evidence).items()}

    def write_page(self, folder: str | os.PathLike, title: str = "Why does it not learn?") -> Path:
        """Writes the report as a page, with its figures.

        Args:
            folder: Gets index.html and the figures; made if missing.
            title: Of the page.

        Returns:
            Path of the page.
        """
        from dlkeras.diagnosis.telling.page import write_page

        return write_page(Path(folder), title, self.problems, self.evidence)

    def try_changes(
        self,
        build: Callable[..., keras.Model],
        x: np.ndarray,
        y: np.ndarray,
        seeds: int = 5,
        validation_data: tuple[np.ndarray, np.ndarray] | None = None,
        most: int | None = None,
    ) -> list[Trial]:
        """Trains the model as it is and with each change proposed, from the same seeds, for as many epochs.

        Args:
            build: Makes the compiled model anew, from nothing or from a seed. It is never changed.
            x: Inputs, (n, ...).
            y: Targets, (n, ...).
            seeds: How many times each is trained.
            validation_data: What skill is measured on; None for a fifth of the samples, drawn at random.
            most: How many changes are tried, the most certain first; None for each, and all of them together.

        Returns:
            A trial for each change that can be made by itself, the one that gains most first.

        Raises:
            ValueError: If `seeds` or `most` is below 1.

        Example:
            ```python
            for trial in diagnosis.try_changes(build, x, y):
                print(trial.change.words, trial.finding.effect, trial.finding.verdict)
            ```
        """
        from dlkeras.diagnosis.proving.proof import try_changes

        return try_changes(self.problems, self.evidence, build, x, y, seeds, validation_data, most)

    @property
    def failed_batch(self) -> tuple[Any, Any] | None:
        """Inputs and targets of the first step whose loss was not finite; None if there is none."""
        return None if self._watch is None else self._watch.batch()

    def _gather(self) -> None:
        evidence = self.evidence
        if self._recorder is not None and self._recorder.columns is not None:
            record = self._recorder.record()
            evidence.steps, evidence.gradient_layers = record.steps, list(record.columns.layer_names)
            evidence.gradients = record.layer_norms("unclipped")
            evidence.applied = record.layer_norms("gradients")
        if self._watch is not None:
            evidence.failure = failures.first_failure(self._watch, self._recorder, self.model, self._step)

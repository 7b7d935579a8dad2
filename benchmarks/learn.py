"""Exercises: mistakes that the grader rejects, right answers that it accepts, time from save to answer.

The written mistakes and the right answers of other forms are those of `tests/learn/`; the generated mistakes
change an operator, a comparison, a constant or an argument of our solutions, or remove a line.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

from dlkeras.lab import start_tensorflow
from dlkeras.learn.catalogue import Entry, all_entries
from dlkeras.learn.grade import PASSED, grade
from dlkeras.learn.progress import Progress
from dlkeras.learn.variants import made_from, variant
from dlkeras.learn.watch import LOOK, Session
from dlkeras.learn.worker import Worker

ROOT = Path(__file__).resolve().parent.parent
SAVES = int(os.environ.get("BENCH_SAVES", "3"))  # of each exercise
LIMIT = 5  # seconds of a generated mutant, which may never end
NEVER_EQUAL = "a random number is never exactly as large"
SAME_EIGENVALUE = "XXᵀ and XᵀX have the same largest eigenvalue"
SPREAD = "sums of columns spread over rows anyhow"

# Generated changes after which the solution is still right, and why.
EQUIVALENT = {
    ("largest_rate", "2 / len(X) * X.T @ X -> X @ (2 / len(X) * X.T)"): SAME_EIGENVALUE,
    ("neuron", "w @ x -> x @ w"): "the product of two vectors has no order",
    ("sigmoid", "Z >= 0 -> Z > 0"): "both forms are 1/2 at zero",
    ("bent_slopes", "-Z -> +Z"): "the slope of the sigmoid is the same at -z",
    ("softmax_of_columns", "power.sum(axis=0, keepdims=True) -> power.sum(axis=0)"): SPREAD,
    ("softmax_of_columns", "True -> False"): SPREAD,
    ("dead_and_saturated", "a * (1 - a) < 0.05 / 4 -> a * (1 - a) <= 0.05 / 4"): NEVER_EQUAL,
    ("dead_and_saturated", "-Z -> +Z"): "the slope of the sigmoid is the same at -z",
    ("norms_by_layer", "True -> False"): "`strict` only guards",
    (
        "norms_by_layer",
        "zip(weights[::-1], outputs[:0:-1], strict=True) -> zip(weights[::-1], outputs[:0:-1])",
    ): "`strict` only guards",
    (
        "norm_recorder",
        "def __init__(self):;     super().__init__();     self.norms = [] -> "
        "def __init__(self):;     pass;     self.norms = []",
    ): "Keras sets the model, which is all that is read of it, later",
    ("inverted_dropout", "rng.random(A.shape) < keep_prob -> rng.random(A.shape) <= keep_prob"): NEVER_EQUAL,
    ("weights_for_raw", "w_raw @ mean -> mean @ w_raw"): "the product of two vectors has no order",
    ("condition_number", "X.T @ X / len(X) -> X.T @ X * len(X)"): "a factor of H cancels",
    ("gradient_noise", "1 -> 2"): "NumPy takes any negative length for the unknown one",
    ("hessian", "np.stack(columns, axis=1) -> np.stack(columns)"): "the Hessian is symmetric",
    ("forward_propagation", "True -> False"): "`strict` only guards",
    (
        "forward_propagation",
        "zip(before[::2], before[1::2], strict=True) -> zip(before[::2], before[1::2])",
    ): "`strict` only guards",
    ("hessian", "1 -> 0"): "the Hessian is symmetric",
    (
        "way_down",
        "d * np.sign(d[np.argmax(np.abs(d) > 1e-09)]) -> d / np.sign(d[np.argmax(np.abs(d) > 1e-09)])",
    ): "the sign is 1 or -1",
    ("way_down", "np.abs(d) > 1e-09 -> np.abs(d) >= 1e-09"): NEVER_EQUAL,
}


def answers(entry: Entry) -> tuple[list, list]:
    """Returns the written mistakes and the right answers that the tests have."""
    return import_module(f"lab_{entry.lab:02d}_answers").ANSWERS[entry.exercise.name]


def written(entries: list[Entry]) -> list[str]:
    """Counts what the grader says of written mistakes and of right answers."""
    rejected = named = known = total = accepted = right = 0
    for entry in entries:
        exercise, (others, forms) = entry.exercise, answers(entry)
        for name, pieces in exercise.mistakes.items():
            result = grade(variant(exercise, *pieces), exercise)
            rejected, named = rejected + (result.state != PASSED), named + (result.mistake == name)
        for pieces in others:
            rejected += grade(variant(exercise, *pieces), exercise).state != PASSED
        known += len(exercise.mistakes)
        total += len(exercise.mistakes) + len(others)
        forms = [exercise.solution, *forms]
        accepted += sum(grade(form, exercise).state == PASSED for form in forms)
        right += len(forms)
    return [
        f"{len(entries)} exercises, {sum(e.exercise.needs_keras for e in entries)} of them in Keras.",
        "",
        "| what | of how many | to reach |",
        "|---|---|---|",
        f"| written mistakes rejected | {rejected} of {total} | all |",
        f"| of those with a name, named | {named} of {known} | all |",
        f"| right answers accepted, our own among them | {accepted} of {right} | all |",
    ]


def generated(entries: list[Entry]) -> list[str]:
    """Counts generated mistakes that are rejected, and lists those that are not."""
    from generated_mutants import mutants

    total, explained, survivors = 0, [], []
    for entry in entries:
        exercise = entry.exercise
        for words, source in mutants(exercise.solution):
            total += 1
            if grade(made_from(exercise, source), exercise, limit=LIMIT).state == PASSED:
                reason = EQUIVALENT.get((exercise.name, words))
                (explained if reason else survivors).append(f"{entry.name}: `{words}`, {reason}")
    rejected = total - len(explained) - len(survivors)
    share = 100 * (total - len(survivors)) / total
    return [
        f"| generated mistakes rejected | {rejected} of {total}, and {len(explained)} explained: "
        f"{share:.1f} % | 97 % |",
        "",
        "Explained, since the changed solution is right:",
        "",
        *[f"- {line}" for line in explained],
        *(["", "Not rejected and not explained:", ""] if survivors else []),
        *[f"- {line}" for line in survivors],
    ]


def seconds_to_answer() -> list[str]:
    """Measures a session: from the save to the words, the half of the time between two looks included."""
    lines = [
        "",
        f"From save to answer, {SAVES} saves of each exercise with our solution in it; the session looks at "
        f"the file every {LOOK:g} s, of which half is added. The first answer is that of a new worker.",
        "",
        "| exercises | median, s | longest, s | first answer, s | to reach, median |",
        "|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "labs", Path(folder) / "labs")
        entries = all_entries(Path(folder) / "labs")
        for keras, limit in ((False, 1), (True, 3)):
            own = [entry for entry in entries if entry.exercise.needs_keras == keras]
            worker = Worker(keras)
            session = Session(own, Progress(folder), {keras: worker}, say=lambda _: None)
            took = []
            for entry in [own[0], *own * SAVES]:
                session.entry = entry
                todo = "    raise NotImplementedError  # TODO: your lines in the place of this one"
                text = entry.stub.replace(todo, entry.exercise.body) + "\n" * len(took)
                start = time.perf_counter()
                entry.path.write_text(text, encoding="utf-8")
                session.look()
                took.append(time.perf_counter() - start + LOOK / 2)
                if not session.passed:
                    raise RuntimeError(f"{entry.name} must pass with our solution.")
            worker.stop()
            first, *others = took
            lines.append(
                f"| {'Keras' if keras else 'NumPy'} | {statistics.median(others):.2f} | {max(others):.2f} "
                f"| {first:.1f} | {limit} |"
            )
    return lines


def main() -> str:
    """Measures and returns the section."""
    sys.path.insert(0, str(ROOT / "tests" / "learn"))
    start_tensorflow()
    entries = all_entries(ROOT / "labs")
    return "\n".join([*written(entries), *generated(entries), *seconds_to_answer()])

"""What a learner sees in a session: the file that is run again, the keys, and the progress that is kept."""

import json
import re

import pytest
from learner import RIGHT, exercises, write

from dlkeras.learn.grade import FAILED, OPEN, PASSED, Result
from dlkeras.learn.progress import FILE, Progress, reset
from dlkeras.learn.watch import Session
from dlkeras.learn.worker import Worker


@pytest.fixture(scope="module")
def workers():
    workers = {False: Worker(keras=False)}
    yield workers
    workers[False].stop()


@pytest.fixture
def session(tmp_path, workers):
    return Session(exercises(tmp_path), Progress(tmp_path / "results"), workers, [].append)


def said(session):
    """What was said since the last time."""
    screen = session.say.__self__
    text = "\n".join(screen)
    screen.clear()
    return text


def test_the_file_is_run_when_it_is_saved_and_not_otherwise(session):
    session.look()
    assert "· 2.1 neuron: open" in said(session)
    session.look()
    assert said(session) == ""
    write(session.entry, "return np.tanh(w @ x + b)")
    session.look()
    text = said(session)
    assert "✗ 2.1 neuron: failed" in text
    assert "Asked:\n    Computes what one sigmoid neuron puts out.\n    z = w · x + b" in text
    assert "Smallest input at which it fails:\n    w = [" in text
    assert re.search(r"What fails: value\. Returned:\n    \S+\n  Must be:\n    \S+\n", text)
    assert "What this is:\n    This is tanh, not the sigmoid." in text
    write(session.entry, *RIGHT)
    session.look()
    assert "✓ 2.1 neuron: passed" in said(session)


def test_a_file_that_is_away_for_a_moment_is_told_once(session):
    text = session.entry.path.read_text()
    session.look()
    session.entry.path.unlink()
    said(session)
    session.look()
    session.look()
    assert said(session) == f"There is no file {session.entry.path}; r writes it."
    session.entry.path.write_text(text)
    session.look()
    assert "open" in said(session)


class Recorded:
    """A worker that answers at once and keeps what it was asked to do."""

    def __init__(self):
        self.has_answered, self.calls = False, []

    def start(self):
        self.calls.append("start")

    def grade(self, entry):
        self.calls.append(entry.exercise.name)
        self.has_answered = True
        return Result(OPEN), ""


def test_keras_is_imported_ahead_of_need_and_waiting_is_told(tmp_path):
    entries = exercises(tmp_path, lab=4)
    workers = {False: Recorded(), True: Recorded()}
    session = Session(entries, Progress(tmp_path / "results"), workers, [].append)
    assert [entry.exercise.needs_keras for entry in entries] == [False] * 4 + [True] * 2
    for _ in range(3):
        session.look()
        session.press("n")
    assert workers[True].calls == []
    session.look()  # the last one in NumPy
    assert workers[True].calls == ["start"]
    session.press("n")
    said(session)
    session.look()
    assert said(session).startswith("TensorFlow is imported first, which takes some seconds.\n")
    session.press("n")
    session.look()
    assert "TensorFlow" not in said(session)
    assert workers[True].calls == ["start", "start", "start", "depth_stack", "start", "norm_recorder"]


def test_hints_come_one_at_a_time(session):
    hints = session.entry.exercise.hints
    for number, hint in enumerate([*hints, hints[-1]], start=1):
        session.press("h")
        assert said(session) == f"Hint {min(number, len(hints))} of {len(hints)}: {hint}"


def test_the_solution_is_shown_after_passing(session):
    session.press("s")
    assert said(session) == "Our solution is shown once yours passes. h gives a hint."
    write(session.entry, *RIGHT)
    session.look()
    said(session)
    session.press("s")
    text = said(session)
    assert text.count("return 1 / (1 + np.exp(-z))") == 2  # theirs and ours
    assert "figure that this is behind" in text
    assert "lab-02/graph.png, which `make lab-2` draws" in text


def test_next_goes_to_what_is_left(session):
    session.press("n")
    assert session.entry.exercise.name == "forward"
    session.press("l")
    listed = said(session)
    assert listed.startswith("Lab 2, backpropagation: 0 of 5\n  · 2.1 neuron")
    session.entries = session.entries[1:2]
    session.press("n")
    assert said(session) == "There is no other one left."


def test_reset_asks_and_keeps_a_copy(session):
    written = write(session.entry, "return 0").path.read_text()
    session.press("r")
    assert session.press("n")  # anything but y
    assert said(session).endswith("Nothing was changed.")
    assert session.entry.path.read_text() == written
    session.press("r")
    session.press("y")
    copy = session.entry.path.with_name("01_neuron.kept-1.py")
    assert session.entry.path.read_text() == session.entry.stub
    assert copy.read_text() == written
    write(session.entry, "return 1")
    assert reset(session.entry) == copy.with_name("01_neuron.kept-2.py")
    assert copy.read_text() == written
    assert reset(session.entry) is None  # nothing was in it


def test_q_ends(session):
    assert session.press("x")
    assert not session.press("q")


def test_attempts_are_counted_once_for_a_file(tmp_path):
    entry, folder = exercises(tmp_path)[0], tmp_path / "results"
    progress = Progress(folder)
    progress.add(entry, Result("open"))
    assert not (folder / FILE).exists()
    write(entry, "return 0")
    for _ in range(2):
        progress.add(entry, Result(FAILED, "value"))
    write(entry, *RIGHT)
    progress.add(entry, Result(PASSED))
    again = Progress(folder)
    assert (again.attempts(entry), again.passed(entry)) == (2, True)
    reset(entry)
    again.add(entry, Result("open"))
    assert not Progress(folder).passed(entry)


def test_a_damaged_file_is_put_aside(tmp_path):
    entry = write(exercises(tmp_path)[0], "return 0")
    (tmp_path / FILE).write_text("{")
    progress = Progress(tmp_path)
    assert progress.attempts(entry) == 0
    progress.add(entry, Result(FAILED, "value"))
    assert (tmp_path / "learn.kept-1.json").read_text() == "{"
    assert json.loads((tmp_path / FILE).read_text())["lab_02_backpropagation/01_neuron"]["attempts"] == 1

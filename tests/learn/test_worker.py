"""A learner's file in a process of its own: right, wrong, raising, printing, never ending."""

import math
import re

import pytest
from learner import RIGHT, exercises, write

from dlkeras.learn.grade import FAILED, OPEN, PASSED, Result
from dlkeras.learn.worker import PRINTED, Worker


@pytest.fixture(scope="module")
def worker():
    worker = Worker(keras=False, limit=1)
    yield worker
    worker.stop()


@pytest.fixture
def first(tmp_path):
    return exercises(tmp_path)[0]


def test_open_right_and_wrong(worker, first):
    assert worker.grade(first) == (Result(OPEN), "")
    assert worker.grade(write(first, *RIGHT)) == (Result(PASSED), "")
    wrong, _ = worker.grade(write(first, "return w @ x + b"))
    assert (wrong.state, wrong.property) == (FAILED, "value")
    assert wrong.mistake == "This is z, before the sigmoid."
    w, x, b = map(float, re.fullmatch(r"w = \[(.+)\]\nx = \[(.+)\]\nb = (.+)", wrong.given).groups())
    assert float(wrong.returned) == pytest.approx(w * x + b, rel=1e-4)
    assert float(wrong.must) == pytest.approx(1 / (1 + math.exp(-(w * x + b))), rel=1e-4)


def test_ellipsis_is_open_too(worker, first):
    assert worker.grade(write(first, "return ..."))[0].state == OPEN


def test_an_exception_shows_the_learners_line(worker, first):
    result, _ = worker.grade(write(first, "z = w @ x", "return z[0]"))
    assert (result.property, result.line) == ("exception", "line 25: return z[0]")
    assert result.returned == "IndexError: invalid index to scalar variable."


def test_a_syntax_error_shows_the_learners_line(worker, first):
    result, _ = worker.grade(write(first, "return (w @ x"))
    assert (result.property, result.line) == ("exception", "line 24: return (w @ x")
    assert result.returned.startswith("SyntaxError: '(' was never closed")


def test_another_name_is_told(worker, first):
    first.path.write_text("def neurone(w, x, b):\n    return 0\n")
    result, _ = worker.grade(first)
    assert (result.property, result.must) == ("name", "a function `neuron`")


def test_an_endless_loop_ends_and_shows_its_line(worker, first):
    result, _ = worker.grade(write(first, "while True:", "    b = b + 1"))
    assert (result.property, result.returned) == ("time", "nothing within 1 s")
    assert result.line in ("line 24: while True:", "line 25: b = b + 1")
    assert worker.grade(write(first, *RIGHT))[0].state == PASSED  # and the next one is run as ever


def test_a_loop_that_catches_everything_ends_too(worker, first):
    lines = ("while True:", "    try:", "        b = b + 1", "    except BaseException:", "        pass")
    result, _ = worker.grade(write(first, *lines))
    assert (result.property, result.returned) == ("time", "nothing within 1 s")
    deaf = ("import signal", "signal.signal(signal.SIGALRM, signal.SIG_IGN)", "while True:", "    pass")
    result, _ = worker.grade(write(first, *deaf))
    assert (result.property, result.returned, result.line) == ("time", "nothing within 1 s", "")


def test_the_end_of_the_process_is_told(worker, first):
    result, _ = worker.grade(write(first, "import os", "os._exit(0)"))
    assert (result.state, result.returned) == (FAILED, "the end of the whole process")
    result, _ = worker.grade(write(first, "import os", "os.kill(os.getppid(), 9)"))
    assert (result.state, result.returned) == (FAILED, "the end of the whole process")
    result, _ = worker.grade(write(first, "raise SystemExit"))
    assert (result.property, result.line) == ("exception", "line 24: raise SystemExit")


def test_what_is_printed_is_shown_and_cut(worker, first):
    _, printed = worker.grade(write(first, "print('z is', w @ x + b)", *RIGHT))
    assert printed.startswith("z is 0.31")
    result, printed = worker.grade(write(first, "while True:", "    print('x' * 100)"))
    assert result.property == "time"
    assert PRINTED < len(printed) < PRINTED + 100
    assert printed.endswith("(the rest is cut)")
    _, printed = worker.grade(write(first, "print('once')", "return 0"))
    assert printed == "once\n"  # not again for the inputs behind the first failure


def test_a_changed_argument_is_caught(worker, tmp_path):
    entry = exercises(tmp_path)[3]
    lines = ("dZ /= 2", "dW, db = 2 * dZ @ A_before.T, 2 * dZ.sum(axis=1, keepdims=True)")
    result, _ = worker.grade(write(entry, *lines, "return dW, db, 2 * W.T @ dZ"))
    assert result.property == "arguments unchanged"
    assert result.mistake == "The function changes its argument `dZ` in place; the caller still needs it."


def test_each_run_has_a_process_of_its_own(worker, first):
    lines = ("import numpy", "numpy.exp = None", "return 1")
    assert worker.grade(write(first, *lines))[0].must == "NumPy and the grader as they were"
    assert worker.grade(write(first, *RIGHT))[0].state == PASSED


@pytest.mark.slow
def test_keras_is_imported_once(tmp_path):
    worker = Worker(keras=True)
    entry = exercises(tmp_path, lab=18)[1]
    try:
        assert worker.grade(entry)[0].state == OPEN
        right, printed = worker.grade(write(entry, "return tf.one_hot(labels, num_classes)"))
        assert (right, printed) == (Result(PASSED), "")
        process = worker._process.pid
        wrong, _ = worker.grade(write(entry, "return 1 - tf.one_hot(labels, num_classes)"))
        assert wrong.mistake == "0 and 1 are the other way round."
        assert worker._process.pid == process
    finally:
        worker.stop()

"""`python -m dlkeras.learn`: with and without a terminal, for a teacher, and what it imports."""

import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from learner import LABS, RIGHT, exercises, write

from dlkeras.learn import exercises_of

ROOT = Path(__file__).parents[2]


def command(folder, *flags, text=""):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "dlkeras.learn", *flags],
        cwd=folder,
        env=environment,
        input=text,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def own(tmp_path):
    return exercises(tmp_path)


def test_once_runs_all_and_says_what_is_open(own, tmp_path):
    write(own[0], *RIGHT)
    write(own[1], "return W1, W2")
    run = command(tmp_path, "2", "--once", "--json", "out.json")
    assert (run.returncode, run.stderr) == (0, "")
    assert "✓ 2.1 neuron: passed" in run.stdout
    assert "✗ 2.2 forward: failed" in run.stdout
    assert "· 2.3 chain_rule: open" in run.stdout
    assert run.stdout.endswith(f"1 of 5 done. Next: {own[1].path.relative_to(tmp_path)}\n")
    rows = json.loads((tmp_path / "out.json").read_text())
    assert rows[0] == {
        "lab": 2,
        "exercise": "01_neuron",
        "passed": True,
        "state": "passed",
        "attempts": 1,
        "failing_property": None,
        "mistake": None,
    }
    assert [row["state"] for row in rows] == ["passed", "failed", "open", "open", "open"]
    assert rows[1]["failing_property"] == "value 1"


def test_without_a_terminal_it_lists(own, tmp_path):
    run = command(tmp_path, "2")
    assert run.stdout.startswith("Lab 2, backpropagation: 0 of 5")
    assert run.stdout.endswith("Without a terminal, --once runs them.\n")


def test_reset_asks(own, tmp_path):
    written = write(own[0], "return 0").path.read_text()
    assert command(tmp_path, "--reset", "neuron", text="n\n").stdout.endswith("Nothing was changed.\n")
    assert own[0].path.read_text() == written
    command(tmp_path, "--reset", "01_neuron", text="y\n")
    assert own[0].path.read_text() == own[0].stub
    assert own[0].path.with_name("01_neuron.kept-1.py").read_text() == written


def test_what_cannot_be_done_is_said(own, tmp_path):
    assert "there is no folder labs here" in command("/").stderr
    assert "lab 99 has no exercises" in command(tmp_path, "99").stderr
    assert "--json goes with --once" in command(tmp_path, "2", "--json", "x").stderr
    assert (
        "no exercise is called 'x'. There are: neuron, forward"
        in command(tmp_path, "2", "--reset", "x").stderr
    )


def test_numpy_exercises_never_import_tensorflow(own, tmp_path):
    code = (
        "import sys; from dlkeras.learn.__main__ import main; sys.argv[1:] = ['2', '--once']; main();"
        "sys.exit(bool({'tensorflow', 'keras', 'matplotlib', 'sklearn'} & set(sys.modules)))"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment).returncode == 0
    write(own[0], "import sys", "print([name for name in sys.modules if 'tensorflow' in name])", *RIGHT)
    assert "[]" in command(tmp_path, "2", "--once").stdout


def test_on_a_terminal_it_watches(own, tmp_path):
    parent, child = pty.openpty()
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "dlkeras.learn", "2"],
        cwd=tmp_path,
        env=environment,
        stdin=child,
        stdout=child,
        stderr=child,
    )
    os.close(child)

    def wait_for(words):
        text, end = "", time.monotonic() + 60
        while words not in text:
            assert time.monotonic() < end, text
            if select.select([parent], [], [], 0.1)[0]:
                text += os.read(parent, 4096).decode()

    try:
        wait_for("Return goes on")
        os.write(parent, b"\n")
        wait_for("2.1 neuron: open")
        write(own[0], *RIGHT)
        wait_for("2.1 neuron: passed")
        os.write(parent, b"n")
        wait_for("2.2 forward: open")
        os.write(parent, b"q")
        assert process.wait(30) == 0
    finally:
        process.kill()
        os.close(parent)


def test_a_page_can_link_its_exercises():
    folder = next(LABS.glob("lab_02_*"))
    found = exercises_of(folder)
    assert [path.name for path, _ in found] == sorted(
        path.name for path in (folder / "exercises").glob("*.py")
    )
    assert found[0][1] == "Computes what one sigmoid neuron puts out."
    assert exercises_of(folder / "exercises") == []

"""Labs, found by their folders, and a quick run of each, made once for all tests of a process."""

import functools
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LABS = sorted((ROOT / "labs").glob("lab_*/experiment.py"))
ALWAYS = "lab_04_vanishing_gradient"  # what `make test` runs; `make test-all` runs every lab


def number_of(script: Path) -> int:
    return int(re.match(r"lab_(\d+)_", script.parent.name)[1])


def each_lab(test):
    """Parametrizes a test that needs a quick run; `make test` does with one lab."""
    return _with_labs(LABS)(test)


def some_labs(test):
    """Parametrizes a test that takes long by labs of every form: with views, with modules of their own."""
    return _with_labs(script for script in LABS if number_of(script) in (2, 4, 7, 11, 14, 17))(test)


def _with_labs(labs):
    cases = [
        pytest.param(script, marks=() if script.parent.name == ALWAYS else pytest.mark.slow)
        for script in labs
    ]
    return pytest.mark.parametrize("script", cases, ids=lambda path: path.parent.name)


def python(*arguments: str | Path, folder: Path = ROOT) -> subprocess.CompletedProcess:
    environment = {k: v for k, v in os.environ.items() if k not in ("TF_CPP_MIN_LOG_LEVEL", "XLA_FLAGS")}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, env=environment
    )


def make(target: str) -> subprocess.CompletedProcess:
    command = ["make", "--no-print-directory", target]  # `make test` may itself be running
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


@dataclass(frozen=True)
class QuickRun:
    """What a lab's quick run left and printed."""

    folder: Path
    stdout: str
    stderr: str


@functools.cache
def quick_run(script: Path) -> QuickRun:
    """Runs a lab as its reader does, from a folder that is not the repository's."""
    results = Path(tempfile.mkdtemp(prefix="dlkeras-quick-"))
    run = python(script, "--quick", "--out", "pages", folder=results)
    assert run.returncode == 0, run.stderr
    return QuickRun(results / "pages" / f"lab-{number_of(script):02d}", run.stdout, run.stderr)

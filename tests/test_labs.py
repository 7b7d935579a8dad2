"""Every lab, found by its file: a quick run, its page, its flags, and the places that name it."""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LABS = sorted((ROOT / "labs").glob("lab_*.py"))
# A quick run compiles much and trains little; `.ci/run` has one lab compiled as its reader does.
COMPILE_FAST = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
# What a second process finds, without drawing it.
FIND_AGAIN = """
import runpy, sys
from dlkeras import report
lab = runpy.run_path(sys.argv[1])
print(report._json(lab["findings"](lab["run"](lab["QUICK"]))))
"""
FILES = {"index.html", "findings.json", "runs.csv", "settings.json"}


def number_of(script: Path) -> int:
    return int(re.match(r"lab_(\d+)_", script.name)[1])


def python(*arguments: str | Path) -> subprocess.CompletedProcess:
    environment = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    environment["XLA_FLAGS"] = COMPILE_FAST
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, env=environment
    )


def make(target: str) -> subprocess.CompletedProcess:
    command = ["make", "--no-print-directory", target]  # `make test` may itself be running
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_there_are_labs():
    assert LABS


@pytest.mark.parametrize("script", LABS, ids=lambda path: path.stem)
def test_quick_run_and_its_findings_again(script, tmp_path):
    run = python(script, "--quick", "--out", str(tmp_path))
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""  # no start-up noise, no warnings
    a = tmp_path / f"lab-{number_of(script):02d}"
    assert run.stdout.rstrip().endswith(f"Page: {a / 'index.html'}")
    assert {path.name for path in a.iterdir()} > FILES
    again = python("-c", FIND_AGAIN, script)
    assert again.returncode == 0, again.stderr
    assert again.stdout.rstrip() == (a / "findings.json").read_text().rstrip()

    verdicts = {finding["verdict"] for finding in json.loads((a / "findings.json").read_text())}
    assert verdicts <= {"supported", "contradicted", "undecided"}
    html = (a / "index.html").read_text()
    images = re.findall(r"<img [^>]*>", html)
    assert len(images) == len(list(a.glob("*.png"))) == len(list(a.glob("*.svg"))) > 0
    assert all(re.search(r'alt="[^"]{20,}"', image) and 'src="data:' in image for image in images)
    assert not re.search(r'(src|href)="https?:', html)
    with open(a / "runs.csv", newline="") as file:
        assert len(list(csv.DictReader(file))) > 1


@pytest.mark.parametrize("script", LABS, ids=lambda path: path.stem)
def test_help_does_not_import_tensorflow(script):
    flags = [sys.executable, "-X", "importtime", str(script), "--help"]
    run = subprocess.run(flags, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0
    imported = {line.rsplit("|", 1)[-1].strip() for line in run.stderr.splitlines()}
    assert "argparse" in imported
    assert not imported & {"tensorflow", "keras", "matplotlib", "sklearn", "scipy"}
    for flag in ("--quick", "--seeds", "--dataset", "--epochs", "--out", "--check", "--open"):
        assert flag in run.stdout


@pytest.mark.parametrize("script", LABS, ids=lambda path: path.stem)
def test_the_question_is_the_same_everywhere(script):
    question = script.read_text().splitlines()[0].removeprefix('"""')
    assert script.with_suffix(".md").read_text().splitlines()[0] == f"# {question}"


def test_readme_and_makefile_name_the_labs_that_there_are():
    numbers = [number_of(script) for script in LABS]
    table = re.findall(r"^\| `make lab-(\d+)` \|", (ROOT / "README.md").read_text(), flags=re.MULTILINE)
    assert [int(number) for number in table] == numbers
    printed = make("help").stdout
    assert [int(number) for number in re.findall(r"^  lab-(\d+) ", printed, flags=re.MULTILINE)] == numbers


def test_an_unknown_lab_says_which_there_are():
    run = make("lab-99")
    assert run.returncode != 0
    assert run.stdout.startswith("There is no lab 99. There are:\n  lab-")

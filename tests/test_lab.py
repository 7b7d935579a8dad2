"""Flags, checks and the terminal of a lab, without training."""

import dataclasses
import json
import sys
import time

import pytest
from lab_samples import TEXT, write_folder

from dlkeras import lab
from dlkeras.base import versions
from dlkeras.base.freshness import is_current
from dlkeras.findings import check, judge
from dlkeras.plots import curves
from dlkeras.report import Exhibit


@pytest.fixture(autouse=True)
def _as_before(monkeypatch):
    monkeypatch.setattr(sys, "stdout", sys.stdout)  # what `read_settings` replaces
    monkeypatch.setenv("XLA_FLAGS", "")


def read(tmp_path, *argv):
    """Reads flags as a lab of two epochs and twenty seeds does."""
    script = tmp_path / "lab_03_some_name" / "experiment.py"
    if not script.exists():
        write_folder(tmp_path)
    return lab.read_settings(
        str(script),
        dataset="digits",
        epochs=2,
        seeds=range(20),
        widths=(1, 2),
        quick={"seeds": range(3), "widths": (1,)},
        argv=[*argv, "--out", str(tmp_path / "results")],
    )


def findings(runs):
    last = [run["loss"][-1] for run in runs]
    return [judge("It falls.", "last loss", last, below=100, unit="nats", promised="supported")]


def publish(tmp_path, *argv, found=findings):
    settings, flags = read(tmp_path, *argv)
    print("a plain case")
    runs = [{"seed": seed, "loss": [2.0, 1.0 + seed][: settings.epochs]} for seed in settings.seeds]
    losses = {"all": {"loss": [run["loss"] for run in runs]}}
    drawn = curves(range(1, settings.epochs + 1), losses, xlabel="epoch", ylabel="loss (nats)")
    return lab.write_page(flags, runs, found(runs), {"loss": Exhibit(drawn, "Loss", "Caption.", "The loss.")})


def test_flags_change_the_settings(tmp_path):
    def settings(*argv):
        return vars(read(tmp_path, *argv)[0])

    full = {"dataset": "digits", "epochs": 2, "seeds": range(20), "widths": (1, 2)}
    quick = full | {"seeds": range(3), "widths": (1,)}
    assert settings() == full
    assert settings("--quick") == quick
    chosen = {"dataset": "wine", "epochs": 9, "seeds": range(4)}
    assert settings("--quick", "--seeds", "4", "--epochs", "9", "--dataset", "wine") == quick | chosen
    assert settings("--first-seed", "20") == full | {"seeds": range(20, 40)}
    assert settings("--first-seed", "7", "--seeds", "2") == full | {"seeds": range(7, 9)}


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--seeds", "0"], "argument --seeds: must be a whole number of at least 1, not '0'"),
        (["--first-seed", "-1"], "argument --first-seed: must be a whole number of at least 0, not '-1'"),
        (["--epochs", "1.5"], "argument --epochs: must be a whole number of at least 1, not '1.5'"),
        (["--dataset", "cifar"], "argument --dataset: invalid choice: 'cifar'"),
    ],
)
def test_bad_flags(tmp_path, argv, message, capsys):
    with pytest.raises(SystemExit) as exit_:
        read(tmp_path, *argv)
    assert exit_.value.code == 2
    assert message in capsys.readouterr().err


def test_a_broken_text_is_told_before_the_training(tmp_path):
    write_folder(tmp_path, TEXT.replace("## Source", "## Sources"))
    with pytest.raises(ValueError, match=r"^README\.md must have the sections"):
        read(tmp_path)


def test_the_page_is_written_and_printed(tmp_path, capsys):
    page = publish(tmp_path)
    printed = capsys.readouterr().out
    assert printed.startswith("a plain case\n")
    assert printed.rstrip().endswith(f"Page: {page}")
    assert "supported" in printed
    rows = (page.parent / "runs.csv").read_text().splitlines()
    assert rows[:3] == ["seed,epoch,loss", "0,1,2.0", "0,2,1.0"]
    settings = json.loads((page.parent / "settings.json").read_text())["settings"]
    assert settings["seeds"] == list(range(20))
    assert set(settings["versions"]) == {*versions.PACKAGES, "python"}
    assert set(settings["machine"]) == {"processor", "cores", "threads"}
    assert f"Measured on {settings['machine']['processor']}, " in page.read_text()


def test_the_page_has_the_plain_case_and_what_it_printed(tmp_path):
    for _ in range(2):  # a second run in the same process, as in a notebook, has its own print-out
        html = publish(tmp_path).read_text()
        assert "<code>print(epochs)</code>" in html
        assert "<samp>a plain case\n</samp>" in html


def test_check_fails_on_a_broken_promise(tmp_path):
    def broken(runs):
        return [dataclasses.replace(findings(runs)[0], promised="contradicted")]

    publish(tmp_path, "--check")
    publish(tmp_path, found=broken)
    with pytest.raises(SystemExit) as exit_:
        publish(tmp_path, "--check", found=broken)
    assert exit_.value.code == (
        "Findings that came out otherwise than promised:\n"
        "- It falls. Promised: contradicted. Came out: supported."
    )


@pytest.mark.parametrize("argv", [["--seeds", "19"], ["--dataset", "wine"], ["--epochs", "1"], ["--quick"]])
def test_a_run_of_another_kind_promises_nothing_but_its_checks(tmp_path, argv):
    def broken(runs):
        return [dataclasses.replace(findings(runs)[0], promised="contradicted")]

    def failing(runs):
        return [check("It is small.", "last loss", [run["loss"][-1] for run in runs], below=1e-9)]

    publish(tmp_path, "--check", *argv, found=broken)
    with pytest.raises(SystemExit) as exit_:
        publish(tmp_path, "--check", *argv, found=failing)
    assert exit_.value.code == (
        "Findings that came out otherwise than promised:\n- It is small. Promised: holds. Came out: fails."
    )


def test_an_interrupted_run_leaves_the_last_page(tmp_path):
    before = publish(tmp_path).read_bytes()

    def interrupted(runs):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish(tmp_path, found=interrupted)
    assert (tmp_path / "results" / "lab-03" / "index.html").read_bytes() == before


def test_train_all_keeps_the_order_of_the_cases():
    def train(delay, name):
        time.sleep(delay)
        yield {"name": name}
        yield {"name": name.upper()}

    rows = lab.train_all(train, [(0.2, "a"), (0.0, "b"), (0.1, "c")], "Waiting")
    assert [row["name"] for row in rows] == ["a", "A", "b", "B", "c", "C"]


def test_train_all_ends_with_the_first_error():
    called = []

    def train(number):
        called.append(number)
        time.sleep(0.01)
        raise RuntimeError(f"training {number} failed")

    with pytest.raises(RuntimeError, match=r"training \d+ failed"):
        lab.train_all(train, [(number,) for number in range(200)], "Failing")
    assert len(called) < 200


def test_a_page_knows_the_flags_and_the_code_that_made_it(tmp_path):
    path = publish(tmp_path, "--quick", "--seeds", "2")
    run = json.loads((path.parent / "settings.json").read_text())["run"]
    assert run["flags"] == ["--quick", "--seeds", "2"]  # not where it is
    assert run["seconds"] >= 0
    assert is_current(run, ["--quick", "--seeds", "2"], tmp_path / "lab_03_some_name")
    (tmp_path / "lab_03_some_name" / "README.md").write_text(TEXT.replace("Careful", "Care"))
    assert not is_current(run, ["--quick", "--seeds", "2"], tmp_path / "lab_03_some_name")

"""Flags, checks and the terminal of a lab, without training."""

import dataclasses
import json
import time

import pytest

from dlkeras import lab
from dlkeras.findings import judge
from dlkeras.plots import curves
from dlkeras.report import Exhibit


@dataclasses.dataclass(frozen=True)
class Settings:
    dataset: str = "digits"
    epochs: int = 2
    seeds: int = 5


DOC = "Does it work?\n\nThe rest."
TEXT = """# Does it work?

A summary.

## Definitions

- **Term**: meaning.

## Experiment

One.

## Warnings

- Careful.

## Questions

- More? `make lab-7`

## Source

A book.
"""


def run(settings):
    return [{"seed": s, "loss": [2.0, 1.0 + s][: settings.epochs]} for s in range(settings.seeds)]


def findings(result):
    last = [row["loss"][-1] for row in result]
    return [judge("It falls.", "last loss", last, below=100, unit="nats", promised="supported")]


def figures(result):
    drawn = curves(
        [1, 2], {"all": {"loss": [row["loss"] for row in result]}}, xlabel="epoch", ylabel="loss (nats)"
    )
    return {"loss": Exhibit(drawn, "Loss", "Caption.", "The loss.")}


def publish(tmp_path, argv, found=findings):
    (tmp_path / "lab_07_test.md").write_text(TEXT)
    flags = lab.read_flags(
        DOC, Settings(), Settings(seeds=3), argv=[*argv, "--out", str(tmp_path / "results")]
    )
    return lab.publish(flags, str(tmp_path / "lab_07_test.py"), run, found, figures)


def test_flags_change_the_settings():
    def settings(*argv):
        return lab.read_flags(DOC, Settings(), Settings(seeds=3), argv=argv).settings

    assert settings() == Settings()
    assert settings("--quick") == Settings(seeds=3)
    assert settings("--quick", "--seeds", "4", "--epochs", "9", "--dataset", "wine") == Settings("wine", 9, 4)


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--seeds", "0"], "argument --seeds: must be a whole number of at least 1, not '0'"),
        (["--epochs", "1.5"], "argument --epochs: must be a whole number of at least 1, not '1.5'"),
        (["--dataset", "cifar"], "argument --dataset: invalid choice: 'cifar'"),
    ],
)
def test_bad_flags(argv, message, capsys):
    with pytest.raises(SystemExit) as exit_:
        lab.read_flags(DOC, Settings(), Settings(), argv=argv)
    assert exit_.value.code == 2
    assert message in capsys.readouterr().err


def test_publish_writes_the_page_and_says_where(tmp_path, capsys):
    page = publish(tmp_path, [])
    printed = capsys.readouterr().out
    assert printed.rstrip().endswith(f"Page: {page}")
    assert "supported" in printed
    rows = (page.parent / "runs.csv").read_text().splitlines()
    assert rows[:3] == ["seed,epoch,loss", "0,1,2.0", "0,2,1.0"]
    settings = json.loads((page.parent / "settings.json").read_text())["settings"]
    assert settings["seeds"] == [0, 1, 2, 3, 4]
    assert set(settings["versions"]) == {*lab.PACKAGES, "python"}


def test_check_fails_on_a_broken_promise(tmp_path):
    def broken(result):
        return [dataclasses.replace(findings(result)[0], promised="contradicted")]

    publish(tmp_path, ["--check"])
    publish(tmp_path, [], broken)
    with pytest.raises(SystemExit) as exit_:
        publish(tmp_path, ["--check"], broken)
    assert exit_.value.code == (
        "Findings that came out otherwise than promised:\n"
        "- It falls. Promised: contradicted. Came out: supported."
    )


def test_an_interrupted_run_leaves_the_last_page(tmp_path):
    before = publish(tmp_path, []).read_bytes()

    def interrupted(result):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish(tmp_path, [], interrupted)
    assert (tmp_path / "results" / "lab-07" / "index.html").read_bytes() == before


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

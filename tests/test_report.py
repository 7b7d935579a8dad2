"""A lab's page holds what it was given, and says no to what cannot be shown."""

import csv
import dataclasses
import doctest
import json
import math
import os
import re
from pathlib import Path

import numpy as np
import pytest
from refusals import refused, refuses
from report_samples import ANSWER, FINDINGS, PAGE, RUNS, SETTINGS, Reader, Stub, exhibit, files, write
from view_samples import VIEW

from dlkeras import page, plots, report
from dlkeras.base.finding import MARKS

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("module", [page, report])
def test_examples_run(tmp_path, monkeypatch, module):
    (tmp_path / "labs").symlink_to(ROOT / "labs")
    monkeypatch.chdir(tmp_path)
    found = doctest.testmod(module)
    assert found.attempted > 0
    assert found.failed == 0


def test_all_parts_are_written(tmp_path):
    index = write(tmp_path)
    assert index == tmp_path / "lab-04" / "index.html"
    assert sorted(files(tmp_path)) == [
        f"lab-04/{name}"
        for name in ("findings.json", "index.html", "loss.png", "loss.svg", "runs.csv", "settings.json")
    ]
    with open(index.parent / "runs.csv", newline="") as file:
        assert list(csv.DictReader(file)) == [{key: str(value) for key, value in row.items()} for row in RUNS]


def test_json_is_valid_where_numbers_are_not(tmp_path):
    folder = write(tmp_path).parent

    def refuse(constant):
        raise AssertionError(constant)

    found = json.loads((folder / "findings.json").read_text(), parse_constant=refuse)
    assert found[1]["interval"] == [0.0, None]
    lists = {"interval": [0.2, 0.25], "samples": [], "baseline": [], "trained": []}
    assert found[0] == {
        **dataclasses.asdict(FINDINGS[0]),
        **lists,
        "p_value": None,
        "power": None,
        "expected": None,
    }
    settings = json.loads((folder / "settings.json").read_text(), parse_constant=refuse)
    assert settings["settings"] == {**SETTINGS, "scale": 0.5, "limit": "inf"}
    assert settings["page"]["title"] == PAGE.title


def test_same_input_gives_same_bytes(tmp_path):
    write(tmp_path / "a")
    write(tmp_path / "b", settings=dict(reversed(SETTINGS.items())))
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_real_figures_give_same_bytes_and_stay_small(tmp_path):
    for name in "ab":
        figure = plots.curves(
            range(1, 431), {"p": {"tanh": np.ones((5, 430))}}, xlabel="training step", ylabel="loss (nats)"
        )
        shown = {"loss": report.Exhibit(figure, "Loss", plots.BAND, "A flat line.")}
        report.write_lab(tmp_path / name, PAGE, shown, FINDINGS, RUNS, SETTINGS)
    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert len(files(tmp_path / "a")["lab-04/index.html"]) < 3e6


def test_page_is_whole_and_stands_alone(tmp_path):
    text = write(tmp_path).read_text(encoding="utf-8")
    reader = Reader(text)
    assert reader.all("html") == [{"lang": "en"}]
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in reader.all("meta")
    assert all("src" not in attrs for attrs in reader.all("script"))
    assert not reader.all("link")
    assert "http" not in text
    (image,) = reader.all("img")
    assert image["src"].startswith("data:image/png;base64,")
    assert image["alt"] == "The loss falls from 2.3 to 0.1."
    linked = [attrs["href"] for attrs in reader.all("a")]
    assert linked == ["../index.html", "loss.png", "loss.svg", "runs.csv", "findings.json", "settings.json"]


def test_page_has_the_answer_first_and_the_table_at_the_end(tmp_path):
    page = dataclasses.replace(PAGE, code=("A case", "fit()"), printed="3 layers")
    parts = {"loss": exhibit()}, FINDINGS, RUNS, SETTINGS, ANSWER, VIEW, {"Script": "../../experiment.py"}
    text = report.write_lab(tmp_path, page, *parts).read_text(encoding="utf-8")
    reader = Reader(text)
    order = [
        PAGE.title,
        "Norms shrink to 0.22.",
        "Depth & activation vary; width is fixed.",
        "How much? All A fifth",
        "Which layers? Three steps.",
        "1. Loss by step",
        "Five seeds.",
        "“Norms shrink.” ✓ supported A layer leaves 0.22.",
        "Factor <per> layer: 0.22 per layer interval 0.2 to 0.25, Student’s t claim: below 0.5 5 seeds",
        "“ReLU trains.” ✗ contradicted No run learns.",
        "fit()",
        "3 layers",
        "Script · as a notebook: make notebook-4",
        "Zero on every sample of a <fixed> probe.",
        "Ten layers.",
        "One data set.",
        'make lab-4 ARGS="--quick"',
        "All statements",
        "Norms shrink. ✓ supported Factor <per> layer 0.22 per layer interval 0.2 to 0.25",
        "Share that learn He: 1 2 × 10⁻⁶ of runs interval 0 to not a number, Student’s t claim: above 0.9",
        '"limit": "inf"',
        "Glorot and Bengio (2010)",
    ]
    places = [reader.text.index(words) for words in order]
    assert places == sorted(places)
    assert {"class": "badge contradicted"} in reader.all("span")
    assert {"href": "../../experiment.py"} in reader.all("a")


def test_text_is_escaped(tmp_path):
    bad = dataclasses.replace(PAGE, title="<script>alert(1)</script>", warnings=["`<b>`"])
    text = write(tmp_path, bad).read_text(encoding="utf-8")
    reader = Reader(text)
    assert "alert" not in "".join(re.findall(r"<script.*?</script>", text, re.DOTALL))
    assert not reader.all("b")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.2239, "0.224"),
        (-0.01, "−0.01"),
        (999.7, "1,000"),
        (12345.6, "12,346"),
        (1.3e-6, "1.3 × 10⁻⁶"),
        (-2.5e12, "−2.5 × 10¹²"),
        (math.inf, "∞"),
    ],
)
def test_numbers_are_written_for_readers(tmp_path, value, text):
    findings = [dataclasses.replace(FINDINGS[0], effect=value, unit="u")]
    path = report.write_lab(tmp_path, PAGE, {"loss": exhibit()}, findings, RUNS, SETTINGS)
    assert f"<strong>{text}</strong> u" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["title", "caption", "alt"])
def test_exhibit_needs_words(name):
    words = {"title": "t", "caption": "c", "alt": "a", name: " "}
    with refuses(f"`{name}` must not be empty. Received: {name}=' '."):
        report.Exhibit(Stub(), **words)


def test_page_needs_words_and_a_number():
    with refuses("`title` must not be empty. Received: title=''."):
        dataclasses.replace(PAGE, title="")
    with refuses("`number` must be at least 1. Received: number=0."):
        dataclasses.replace(PAGE, number=0)


UNKNOWN = dataclasses.replace(FINDINGS[0], verdict="true")
WRONG_VALUES = {
    "`exhibits` must hold at least one entry. Received: exhibits={}.": {"exhibits": {}},
    "`findings` must hold at least one entry. Received: findings=[].": {"findings": []},
    "`runs` must hold at least one entry. Received: runs=[].": {"runs": []},
    "`exhibits` must have names of letters, digits, - and _. Received: '../loss'.": {
        "exhibits": {"../loss": exhibit()}
    },
    f"`verdict` must be one of {', '.join(MARKS)}. Received: {UNKNOWN!r}.": {"findings": [UNKNOWN]},
    "`runs` must have the columns ['seed'] in every row. Received: row={'sead': 1}.": {
        "runs": [{"seed": 0}, {"sead": 1}]
    },
}
WRONG_TYPES = {
    "`findings` must be of class `Finding`. Received: {'verdict': 'supported'}.": {
        "findings": [{"verdict": "supported"}]
    },
}


@refused(WRONG_VALUES, WRONG_TYPES)
def test_write_lab_refuses_before_it_writes(given, message, kind, tmp_path):
    parts = {"exhibits": {"loss": exhibit()}, "findings": FINDINGS, "runs": RUNS, "settings": SETTINGS}
    with refuses(message, kind):
        report.write_lab(tmp_path, PAGE, **parts | given)
    assert not files(tmp_path)


@pytest.mark.parametrize(
    ("changed", "kind", "words"),
    [
        ({"error": OSError("disk full")}, OSError, "disk full"),
        ({"error": KeyboardInterrupt("stopped")}, KeyboardInterrupt, "stopped"),
        ({"settings": {"object": object()}}, TypeError, "not JSON serializable"),
    ],
)
def test_a_failure_leaves_the_last_page(tmp_path, changed, kind, words):
    write(tmp_path)
    before = files(tmp_path)
    with pytest.raises(kind, match=words):
        write(tmp_path, **changed)
    assert files(tmp_path) == before
    assert os.listdir(tmp_path) == ["lab-04"]


@pytest.mark.parametrize("failing", [1, 2])
def test_a_rename_that_fails_leaves_the_last_page(tmp_path, monkeypatch, failing):
    write(tmp_path)
    before = files(tmp_path)
    rename, calls = os.rename, []

    def fail_once(source, target):
        calls.append((source, target))
        if len(calls) == failing:
            raise OSError("rename failed")
        rename(source, target)

    monkeypatch.setattr(os, "rename", fail_once)
    with pytest.raises(OSError, match="rename failed"):
        write(tmp_path, content="newer")
    assert files(tmp_path) == before
    assert os.listdir(tmp_path) == ["lab-04"]


@pytest.mark.parametrize("killed_after", ["writing", "first rename", "second rename"])
def test_a_killed_run_is_cleaned_up_by_the_next(tmp_path, killed_after):
    """A kill runs no handlers, so its state on disk is made by hand; the next run fails on purpose."""
    write(tmp_path, content="older")
    write(tmp_path / "elsewhere", content="newer")
    older, newer = files(tmp_path / "lab-04"), files(tmp_path / "elsewhere" / "lab-04")
    os.rename(tmp_path / "elsewhere" / "lab-04", tmp_path / ".lab-04.new")
    os.rmdir(tmp_path / "elsewhere")
    if killed_after != "writing":
        os.rename(tmp_path / "lab-04", tmp_path / ".lab-04.old")
    if killed_after == "second rename":
        os.rename(tmp_path / ".lab-04.new", tmp_path / "lab-04")
    with pytest.raises(OSError, match="disk full"):
        write(tmp_path, error=OSError("disk full"))
    assert files(tmp_path / "lab-04") == (newer if killed_after == "second rename" else older)
    assert os.listdir(tmp_path) == ["lab-04"]


def test_a_new_page_replaces_the_whole_folder(tmp_path):
    write(tmp_path, content="older")
    (tmp_path / "lab-04" / "left-over.png").write_text("from an older version of the lab")
    write(tmp_path, content="newer")
    assert "left-over.png" not in os.listdir(tmp_path / "lab-04")
    assert (tmp_path / "lab-04" / "loss.png").read_text() == "newer .png"
    assert os.listdir(tmp_path) == ["lab-04"]

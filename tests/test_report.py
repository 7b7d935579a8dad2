"""A lab's page holds what it was given, and says no to what cannot be shown."""

import csv
import dataclasses
import doctest
import json
import math
import os
from pathlib import Path

import numpy as np
import pytest
from refusals import refused, refuses
from report_samples import FINDINGS, PAGE, RUNS, SETTINGS, Reader, Stub, exhibit, files, write

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
    assert not reader.all("script")
    assert not reader.all("link")
    assert "http" not in text
    (image,) = reader.all("img")
    assert image["src"].startswith("data:image/png;base64,")
    assert image["alt"] == "The loss falls from 2.3 to 0.1."
    linked = [attrs["href"] for attrs in reader.all("a")]
    assert linked == ["../index.html", "loss.png", "loss.svg", "runs.csv", "findings.json", "settings.json"]


def test_page_says_what_was_found_before_what_was_seen(tmp_path):
    reader = Reader(write(tmp_path).read_text(encoding="utf-8"))
    order = [
        PAGE.title,
        "Depth & activation vary; width is fixed.",
        "Norms shrink.",
        "✓ supported",
        "Factor <per> layer",
        "0.22 per layer interval 0.2 to 0.25, Student’s t claim: below 0.5",
        "✗ contradicted",
        "He: 1",
        "2 × 10⁻⁶ of runs interval 0 to not a number, Student’s t claim: above 0.9",
        "1. Loss by step",
        "Five seeds.",
        "Zero on every sample of a <fixed> probe.",
        "Ten layers.",
        "One data set.",
        'make lab-4 ARGS="--quick"',
        '"limit": "inf"',
        "Glorot and Bengio (2010)",
    ]
    places = [reader.text.index(words) for words in order]
    assert places == sorted(places)
    assert {"class": "badge contradicted"} in reader.all("span")
    assert reader.all("code")[0] == {}


def test_text_is_escaped(tmp_path):
    bad = dataclasses.replace(PAGE, title="<script>alert(1)</script>", warnings=["`<b>`"])
    reader = Reader(write(tmp_path, bad).read_text(encoding="utf-8"))
    assert not reader.all("script")
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


def test_index_lists_labs_by_number_with_verdicts(tmp_path):
    write(tmp_path, dataclasses.replace(PAGE, number=11, title="Which optimizer?"))
    write(tmp_path)
    reader = Reader(report.write_index(tmp_path).read_text(encoding="utf-8"))
    assert reader.text.index("Lab 4: Why do early") < reader.text.index("Lab 11: Which optimizer?")
    assert reader.text.count("✓ 1 supported ✗ 1 contradicted") == 2
    assert [image["src"] for image in reader.all("img")] == ["lab-04/loss.png", "lab-11/loss.png"]
    for attrs in reader.all("a"):
        assert (tmp_path / attrs["href"]).is_file()


def test_index_has_the_glossary_of_the_course(tmp_path):
    text = report.write_index(tmp_path).read_text(encoding="utf-8")
    for term in (
        "bias và phương sai, độ chệch và phương sai",
        "đánh đổi",
        "phương sai và độ lệch chuẩn",
        "chuẩn Frobenius",
        "phân rã trọng số, suy giảm trọng số",
    ):
        assert f'<span lang="vi">{term}</span>' in text
    assert "Dropout" in text
    assert "No lab has been run yet." in Reader(text).text
    assert os.listdir(tmp_path) == ["index.html"]


def test_index_names_a_broken_lab(tmp_path):
    (tmp_path / "lab-07").mkdir()
    with pytest.raises(ValueError, match="lab-07") as error:
        report.write_index(tmp_path)
    assert str(error.value) == (
        f"`results` must hold labs as `write_lab` wrote them. Received: {tmp_path / 'lab-07'} "
        f"({error.value.__cause__!r}). Run the lab again or remove the folder."
    )
    assert not (tmp_path / "index.html").exists()

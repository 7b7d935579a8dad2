"""A lab's page holds what it was given, and no failure spoils the last good one."""

import contextlib
import csv
import dataclasses
import doctest
import html.parser
import json
import math
import os
import re
from pathlib import Path

import numpy as np
import pytest

from dlkeras import plots, report


@dataclasses.dataclass(frozen=True)
class Finding:
    statement: str
    measured: str
    effect: float
    interval: tuple[float, float]
    unit: str
    n: int
    threshold: float
    verdict: str
    note: str


FINDINGS = [
    Finding("Norms shrink.", "Factor <per> layer", 0.22, (0.2, 0.25), "per layer", 5, 0.5, "supported", ""),
    Finding(
        "ReLU trains.",
        "Share that learn",
        2e-6,
        (0.0, math.nan),
        "of runs",
        5,
        0.9,
        "contradicted",
        "`He`: 1",
    ),
]
RUNS = [
    {"seed": 0, "activation": "tanh", "accuracy": 0.9},
    {"seed": 1, "activation": "tanh", "accuracy": 0.8},
]
SETTINGS = {
    "seeds": [0, 1],
    "versions": {"numpy": np.__version__},
    "scale": np.float32(0.5),
    "limit": math.inf,
}


class Stub:
    """Stands for a figure: quick to save, and fails when told to."""

    def __init__(self, content="pixels", error=None):
        self.content, self.error = content, error

    def savefig(self, path, **_):
        if self.error is not None:
            raise self.error
        Path(path).write_text(f"{self.content} {Path(path).suffix}")


@pytest.fixture
def page():
    return report.Page(
        number=4,
        slug="vanishing-gradient",
        title="Why do early layers learn slowest?",
        summary="Depth & activation vary; `width` is fixed.",
        definitions=[("Dead unit", "Zero on every sample of a <fixed> probe.")],
        experiment=["Ten layers.", "Five seeds."],
        warnings=["One data set."],
        questions=[("What does He change?", 'make lab-4 ARGS="--quick"')],
        source="Glorot and Bengio (2010)",
    )


def exhibit(content="pixels", error=None):
    return report.Exhibit(
        Stub(content, error), "Loss by step", "Five seeds.", "The loss falls from 2.3 to 0.1."
    )


def write(results, page, content="pixels", error=None, settings=SETTINGS):
    return report.write_lab(results, page, {"loss": exhibit(content, error)}, FINDINGS, RUNS, settings)


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


class Reader(html.parser.HTMLParser):
    """Collects tags and text, and checks that every tag is closed in order."""

    VOID = frozenset({"meta", "img", "br", "link"})

    def __init__(self, text):
        super().__init__()
        self.tags, self.words, self.open = [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def all(self, tag):
        return [attrs for found, attrs in self.tags if found == tag]

    @property
    def text(self):
        return re.sub(r"\s+", " ", "".join(self.words))


@contextlib.contextmanager
def refuses(message, kind=ValueError):
    with pytest.raises(kind) as error:
        yield
    assert str(error.value) == message


def test_examples_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = doctest.testmod(report)
    assert found.attempted > 0
    assert found.failed == 0


# --- what is written


def test_all_parts_are_written(tmp_path, page):
    index = write(tmp_path, page)
    assert index == tmp_path / "lab-04" / "index.html"
    assert sorted(files(tmp_path)) == [
        f"lab-04/{name}"
        for name in ("findings.json", "index.html", "loss.png", "loss.svg", "runs.csv", "settings.json")
    ]
    with open(index.parent / "runs.csv", newline="") as file:
        assert list(csv.DictReader(file)) == [{key: str(value) for key, value in row.items()} for row in RUNS]


def test_json_is_valid_where_numbers_are_not(tmp_path, page):
    folder = write(tmp_path, page).parent

    def refuse(constant):
        raise AssertionError(constant)

    found = json.loads((folder / "findings.json").read_text(), parse_constant=refuse)
    assert found[1]["interval"] == [0.0, None]
    assert found[0] == {**dataclasses.asdict(FINDINGS[0]), "interval": [0.2, 0.25]}
    settings = json.loads((folder / "settings.json").read_text(), parse_constant=refuse)
    assert settings["settings"] == {**SETTINGS, "scale": 0.5, "limit": "inf"}
    assert settings["page"]["title"] == page.title


def test_same_input_gives_same_bytes(tmp_path, page):
    write(tmp_path / "a", page)
    write(tmp_path / "b", page, settings=dict(reversed(SETTINGS.items())))
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_real_figures_give_same_bytes_and_stay_small(tmp_path, page):
    for name in "ab":
        figure = plots.curves(
            range(1, 431), {"p": {"tanh": np.ones((5, 430))}}, xlabel="training step", ylabel="loss (nats)"
        )
        shown = {"loss": report.Exhibit(figure, "Loss", plots.BAND, "A flat line.")}
        report.write_lab(tmp_path / name, page, shown, FINDINGS, RUNS, SETTINGS)
    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert len(files(tmp_path / "a")["lab-04/index.html"]) < 3e6


def test_page_is_whole_and_stands_alone(tmp_path, page):
    text = write(tmp_path, page).read_text(encoding="utf-8")
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


def test_page_says_what_was_found_before_what_was_seen(tmp_path, page):
    reader = Reader(write(tmp_path, page).read_text(encoding="utf-8"))
    order = [
        page.title,
        "Depth & activation vary; width is fixed.",
        "Norms shrink.",
        "✓ supported",
        "Factor <per> layer",
        "0.22 per layer interval 0.2 to 0.25 matters from 0.5",
        "✗ contradicted",
        "He: 1",
        "2 × 10⁻⁶ of runs interval 0 to not a number matters from 0.9",
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


def test_text_is_escaped(tmp_path, page):
    bad = dataclasses.replace(page, title="<script>alert(1)</script>", warnings=["`<b>`"])
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
def test_numbers_are_written_for_readers(tmp_path, page, value, text):
    findings = [dataclasses.replace(FINDINGS[0], effect=value, unit="u")]
    path = report.write_lab(tmp_path, page, {"loss": exhibit()}, findings, RUNS, SETTINGS)
    assert f"<strong>{text}</strong> u" in path.read_text(encoding="utf-8")


# --- what is refused


@pytest.mark.parametrize("name", ["title", "caption", "alt"])
def test_exhibit_needs_words(name):
    words = {"title": "t", "caption": "c", "alt": "a", name: " "}
    with refuses(f"`{name}` must not be empty. Received: {name}=' '."):
        report.Exhibit(Stub(), **words)


def test_page_needs_words_and_a_number(page):
    with refuses("`title` must not be empty. Received: title=''."):
        dataclasses.replace(page, title="")
    with refuses("`number` must be at least 1. Received: number=0."):
        dataclasses.replace(page, number=0)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"exhibits": {}}, "`exhibits` must hold at least one entry. Received: exhibits={}."),
        ({"findings": []}, "`findings` must hold at least one entry. Received: findings=[]."),
        ({"runs": []}, "`runs` must hold at least one entry. Received: runs=[]."),
        (
            {"exhibits": {"../loss": exhibit()}},
            "`exhibits` must have names of letters, digits, - and _. Received: '../loss'.",
        ),
        (
            {"findings": [dataclasses.replace(FINDINGS[0], verdict="true")]},
            "`verdict` must be one of supported, contradicted, undecided. "
            f"Received: {dataclasses.replace(FINDINGS[0], verdict='true')!r}.",
        ),
        (
            {"runs": [{"seed": 0}, {"sead": 1}]},
            "`runs` must have the columns ['seed'] in every row. Received: row={'sead': 1}.",
        ),
    ],
)
def test_write_lab_refuses_before_it_writes(tmp_path, page, changed, message):
    parts = {"exhibits": {"loss": exhibit()}, "findings": FINDINGS, "runs": RUNS, "settings": SETTINGS}
    with refuses(message):
        report.write_lab(tmp_path, page, **{**parts, **changed})
    assert not files(tmp_path)


def test_findings_must_be_records(tmp_path, page):
    message = (
        "`findings` must be dataclass records with statement, measured, effect, interval, unit, n, "
        "threshold, verdict, note. Received: {'verdict': 'supported'}."
    )
    with refuses(message, TypeError):
        report.write_lab(tmp_path, page, {"loss": exhibit()}, [{"verdict": "supported"}], RUNS, SETTINGS)


# --- the last good page


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_a_failure_leaves_the_last_page(tmp_path, page, error):
    write(tmp_path, page)
    before = files(tmp_path)
    with pytest.raises(type(error)):
        write(tmp_path, page, error=error)
    assert files(tmp_path) == before
    assert os.listdir(tmp_path) == ["lab-04"]


def test_settings_that_are_no_json_leave_the_last_page(tmp_path, page):
    write(tmp_path, page)
    before = files(tmp_path)
    with pytest.raises(TypeError, match="not JSON serializable"):
        write(tmp_path, page, settings={"object": object()})
    assert files(tmp_path) == before


@pytest.mark.parametrize("failing", [1, 2])
def test_a_rename_that_fails_leaves_the_last_page(tmp_path, page, monkeypatch, failing):
    write(tmp_path, page)
    before = files(tmp_path)
    rename, calls = os.rename, []

    def fail_once(source, target):
        calls.append((source, target))
        if len(calls) == failing:
            raise OSError("rename failed")
        rename(source, target)

    monkeypatch.setattr(os, "rename", fail_once)
    with pytest.raises(OSError, match="rename failed"):
        write(tmp_path, page, "newer")
    assert files(tmp_path) == before
    assert os.listdir(tmp_path) == ["lab-04"]


@pytest.mark.parametrize("killed_after", ["writing", "first rename", "second rename"])
def test_a_killed_run_is_cleaned_up_by_the_next(tmp_path, page, killed_after):
    """A kill runs no handlers, so its state on disk is made by hand; the next run fails on purpose."""
    write(tmp_path, page, "older")
    write(tmp_path / "elsewhere", page, "newer")
    older, newer = files(tmp_path / "lab-04"), files(tmp_path / "elsewhere" / "lab-04")
    os.rename(tmp_path / "elsewhere" / "lab-04", tmp_path / ".lab-04.new")
    os.rmdir(tmp_path / "elsewhere")
    if killed_after != "writing":
        os.rename(tmp_path / "lab-04", tmp_path / ".lab-04.old")
    if killed_after == "second rename":
        os.rename(tmp_path / ".lab-04.new", tmp_path / "lab-04")
    with pytest.raises(OSError, match="disk full"):
        write(tmp_path, page, error=OSError("disk full"))
    assert files(tmp_path / "lab-04") == (newer if killed_after == "second rename" else older)
    assert os.listdir(tmp_path) == ["lab-04"]


def test_a_new_page_replaces_the_whole_folder(tmp_path, page):
    write(tmp_path, page, "older")
    (tmp_path / "lab-04" / "left-over.png").write_text("from an older version of the lab")
    write(tmp_path, page, "newer")
    assert "left-over.png" not in os.listdir(tmp_path / "lab-04")
    assert (tmp_path / "lab-04" / "loss.png").read_text() == "newer .png"
    assert os.listdir(tmp_path) == ["lab-04"]


# --- the index


def test_index_lists_labs_by_number_with_verdicts(tmp_path, page):
    write(tmp_path, dataclasses.replace(page, number=11, title="Which optimizer?"))
    write(tmp_path, page)
    reader = Reader(report.write_index(tmp_path).read_text(encoding="utf-8"))
    assert reader.text.index("Lab 4: Why do early") < reader.text.index("Lab 11: Which optimizer?")
    assert reader.text.count("✓ 1 supported ✗ 1 contradicted") == 2
    assert [image["src"] for image in reader.all("img")] == ["lab-04/loss.png", "lab-11/loss.png"]
    for attrs in reader.all("a"):
        assert (tmp_path / attrs["href"]).is_file()


def test_index_has_the_glossary_of_the_course(tmp_path):
    text = report.write_index(tmp_path).read_text(encoding="utf-8")
    for term in (
        "bias và phương sai",
        "đánh đổi",
        "phương sai và độ lệch chuẩn",
        "chuẩn Frobenius",
        "phân rã trọng số",
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

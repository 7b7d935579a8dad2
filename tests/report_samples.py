"""A lab with all its parts, and readers of what is written for it."""

import html.parser
import math
import re
from pathlib import Path

import numpy as np

from dlkeras import report
from dlkeras.answers import Answer, Question
from dlkeras.findings import Finding
from dlkeras.page import Page

FINDINGS = [
    Finding(
        "Norms shrink.", "Factor <per> layer", 0.22, (0.2, 0.25), "per layer", 5, "below", 0.5, "supported"
    ),
    Finding(
        statement="ReLU trains.",
        measured="Share that learn",
        effect=2e-6,
        interval=(0.0, math.nan),
        unit="of runs",
        n=5,
        side="above",
        threshold=0.9,
        verdict="contradicted",
        note="`He`: 1",
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


PAGE = Page(
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

ANSWER = Answer(
    "Norms shrink to 0.22.",
    [
        Question("How much?", ["All", "A fifth"], 1, "It is 0.22.", "loss"),
        Question("Does it train?", ["Yes", "No", "Never"], 1, "None of 5.", ""),
    ],
    [("loss", "A layer leaves 0.22."), ("loss", "No run learns.")],
)


def exhibit(content="pixels", error=None):
    return report.Exhibit(
        Stub(content, error), "Loss by step", "Five seeds.", "The loss falls from 2.3 to 0.1."
    )


def write(results, page=PAGE, content="pixels", error=None, settings=SETTINGS):
    """Writes the lab with one exhibit and gives the path of its page."""
    return report.write_lab(results, page, {"loss": exhibit(content, error)}, FINDINGS, RUNS, settings)


def files(folder):
    """Paths below the folder with their bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


class Reader(html.parser.HTMLParser):
    """Collects tags and text, and checks that every tag is closed in order."""

    VOID = frozenset({"meta", "img", "br", "link", "input"})

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
        assert self.open[-1] == tag, (self.open, self.getpos())
        self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "script"):
            self.words.append(data)

    def all(self, tag):
        return [attrs for found, attrs in self.tags if found == tag]

    @property
    def text(self):
        return re.sub(r"\s+", " ", "".join(self.words))

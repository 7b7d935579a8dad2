"""The text of a page, read from Markdown."""

from pathlib import Path

import pytest

from dlkeras.page import Page, read_page

TEXT = """# Why?

A summary
in two lines.

## Definitions

- **Term**: its
  meaning.
- **Other**: more.

## Experiment

One.

Two
lines.

## Warnings

- Careful.

## Questions

- And then? `make lab-3 ARGS="--seeds 9"`

## Source

A book.
"""


def write(folder: Path, text: str, name: str = "lab_03_some_name") -> Path:
    (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder / f"{name}.py"


def test_every_part_is_read(tmp_path):
    assert read_page(write(tmp_path, TEXT)) == Page(
        number=3,
        slug="some-name",
        title="Why?",
        summary="A summary in two lines.",
        definitions=[("Term", "its meaning."), ("Other", "more.")],
        experiment=["One.", "Two lines."],
        warnings=["Careful."],
        questions=[("And then?", 'make lab-3 ARGS="--seeds 9"')],
        source="A book.",
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "## Source",
            "## Sources",
            "lab_03_some_name.md must have the sections Definitions, Experiment, Warnings, Questions, "
            "Source. Received: Definitions, Experiment, Warnings, Questions, Sources",
        ),
        (
            "And then? `make",
            "And then? make",
            "An entry must have the form (.+?) `(.+)`. Received: 'And then? make lab-3 ARGS=\"--seeds 9\"`'",
        ),
        ("A summary\nin two lines.", "", "`summary` must not be empty. Received: summary=''."),
    ],
)
def test_errors(tmp_path, old, new, message):
    assert old in TEXT
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the whole message is compared
        read_page(write(tmp_path, TEXT.replace(old, new)))
    assert str(error.value) == message


def test_a_file_that_is_no_lab(tmp_path):
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the whole message is compared
        read_page(write(tmp_path, TEXT, "experiment"))
    assert str(error.value) == "`script` must be named lab_NN_some_name.py. Received: script='experiment.py'"

"""The text of a page, read from Markdown."""

import pytest
from lab_samples import SCRIPT, TEXT, write_folder

from dlkeras.page import Page, read_page


def test_every_part_is_read(tmp_path):
    assert read_page(write_folder(tmp_path)) == Page(
        number=3,
        slug="some-name",
        title="Why?",
        summary="A summary in two lines.",
        definitions=[("Term", "its meaning."), ("Other", "more.")],
        experiment=["One.", "Two lines."],
        warnings=["Careful."],
        questions=[("And then?", 'make lab-3 ARGS="--seeds 9"')],
        source="A book.",
        code=("One network", "print(epochs)"),
    )


def test_a_script_without_a_plain_case_has_no_code(tmp_path):
    script = write_folder(tmp_path)
    script.write_text(SCRIPT.partition("# %% One")[0])
    assert read_page(script).code is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "## Source",
            "## Sources",
            "README.md must have the sections Definitions, Experiment, Warnings, Questions, "
            "Source. Received: Definitions, Experiment, Warnings, Questions, Sources",
        ),
        (
            "And then? `make",
            "And then? make",
            "An entry must have the form (.+?) `(.+)`. Received: 'And then? make lab-3 ARGS=\"--seeds 9\"`'",
        ),
        ("A summary\nin two lines.\n\n", "", "`summary` must not be empty. Received: summary=''."),
    ],
)
def test_errors(tmp_path, old, new, message):
    assert old in TEXT
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the whole message is compared
        read_page(write_folder(tmp_path, TEXT.replace(old, new)))
    assert str(error.value) == message


def test_a_file_that_is_no_lab(tmp_path):
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the whole message is compared
        read_page(write_folder(tmp_path, TEXT, "experiment"))
    assert str(error.value) == (
        "`script` must be in a folder named lab_NN_some_name. Received: folder='experiment'"
    )
